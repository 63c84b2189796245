"""Who belongs where: what an account may read about memberships.

Every function takes the account that asks and answers as if what it may not see did not exist.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from auth.credentials.sessions import Account
from auth.database import reader
from auth.models import Membership, OrganisationEvent, User
from auth.models.workspaces import OrgType, State
from auth.workspaces.transitions import INSIDE, Actor


class Hidden(LookupError):
    """There is no such thing, or it is not for this account to know: both look the same."""


@dataclass(frozen=True, slots=True)
class Link:
    """An account's own membership, with what it needs to know of the others'."""

    id: int
    org_code: str
    org_type: OrgType
    state: State
    requested_at: datetime
    members: int
    has_admin: bool


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody's membership as an admin of the organisation sees it."""

    id: int
    user_id: int
    org_code: str
    name: str
    email: str
    state: State
    requested_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    kind: str
    name: str
    by: str
    detail: str


def links(account: Account) -> list[Link]:
    """The account's own memberships, requests and past ones too, newest request last."""
    with reader() as session:
        own = session.scalars(
            select(Membership).where(Membership.user_id == account.id).order_by(Membership.id)
        ).all()
        codes = [one.org_code for one in own]
        counts: dict[tuple[str, str], int] = {
            (code, state): count
            for code, state, count in session.execute(
                select(Membership.org_code, Membership.state, func.count())
                .join(User, User.id == Membership.user_id)
                .where(Membership.org_code.in_(codes), User.suspended_at.is_(None))
                .group_by(Membership.org_code, Membership.state)
            )
        }
    return [
        Link(
            one.id,
            one.org_code,
            cast("OrgType", one.org_type),
            cast("State", one.state),
            one.requested_at,
            sum(counts.get((one.org_code, state), 0) for state in INSIDE),
            bool(counts.get((one.org_code, "admin"))),
        )
        for one in own
    ]


def workspaces(account: Account) -> list[Membership]:
    """Where the account is a member, in the order in which it joined."""
    with reader() as session:
        return list(
            session.scalars(
                select(Membership)
                .where(Membership.user_id == account.id, Membership.state.in_(INSIDE))
                .order_by(Membership.id)
            )
        )


def codes(account: Account) -> frozenset[str]:
    """The organisations that the account is a member of."""
    return frozenset(one.org_code for one in workspaces(account))


def active_workspace(account: Account) -> Membership | None:
    """The workspace in use, if the account is still a member."""
    if not account.workspace:
        return None
    return next((one for one in workspaces(account) if one.org_code == account.workspace), None)


def is_admin(account: Account, code: str) -> bool:
    with reader() as session:
        return _is_admin(session, account.id, code)


def may_manage(account: Account, code: str) -> bool:
    """Whether the account decides about members now: an admin there, or the platform's
    administrators while nobody else can.
    """
    with reader() as session:
        return bool(deciding_as(session, account, code))


def members(account: Account, code: str) -> list[Member]:
    """Everyone who is in or has asked, by name. Raises `Hidden`."""
    with reader() as session:
        if not deciding_as(session, account, code):
            raise Hidden(code)
        return _members(session, Membership.org_code == code)


def colleagues(account: Account, code: str) -> list[Member]:
    """Everyone who is in, without their addresses, for a member. Raises `Hidden`."""
    if code not in codes(account):
        raise Hidden(code)
    with reader() as session:
        people = _members(session, Membership.org_code == code)
    return [replace(one, email="") for one in people if one.state in INSIDE]


def visible(account: Account, membership_id: int) -> Member:
    """A membership of the account itself, or one that it decides about. Raises `Hidden`."""
    with reader() as session:
        found = session.execute(
            select(Membership, User.name, User.email)
            .join(User, User.id == Membership.user_id)
            .where(Membership.id == membership_id)
        ).one_or_none()
        if found is None:
            raise Hidden(membership_id)
        row, name, email = found
        if row.user_id != account.id and not deciding_as(session, account, row.org_code):
            raise Hidden(membership_id)
        return member(row, name, email)


def waiting(account: Account) -> list[Member]:
    """Requests of organisations without an admin, oldest first: for platform administrators."""
    if not account.is_platform_admin:
        raise Hidden("waiting")
    with reader() as session:
        members = _members(
            session, Membership.state == "pending", Membership.org_code.not_in(governed_codes())
        )
    return sorted(members, key=lambda one: (one.requested_at, one.id))


def ungoverned(account: Account) -> list[str]:
    """Organisations with members but no admin who can act: for platform administrators."""
    if not account.is_platform_admin:
        raise Hidden("ungoverned")
    with reader() as session:
        return list(
            session.scalars(
                select(Membership.org_code)
                .where(Membership.state.in_(INSIDE), Membership.org_code.not_in(governed_codes()))
                .distinct()
                .order_by(Membership.org_code)
            )
        )


def events(account: Account, code: str, *, most: int = 100) -> list[Event]:
    """The organisation's log, newest first. Raises `Hidden`."""
    with reader() as session:
        if not deciding_as(session, account, code):
            raise Hidden(code)
        rows = session.scalars(
            select(OrganisationEvent)
            .where(OrganisationEvent.org_code == code)
            .order_by(OrganisationEvent.id.desc())
            .limit(most)
        ).all()
        ids = {one for row in rows for one in (row.user_id, row.actor_id) if one is not None}
        known = session.execute(select(User.id, User.name).where(User.id.in_(ids)))
        names = {one.id: one.name for one in known}
    gone = "An account that is gone"
    return [
        Event(
            row.at,
            row.kind,
            names.get(row.user_id or 0, gone),
            names.get(row.actor_id or 0, gone),
            row.detail,
        )
        for row in rows
    ]


def _is_admin(session: Session, user_id: int, code: str) -> bool:
    return (
        session.scalar(
            select(Membership.id).where(
                Membership.user_id == user_id,
                Membership.org_code == code,
                Membership.state == "admin",
            )
        )
        is not None
    )


def governed_codes() -> Select[str]:
    """The organisations that have an admin who can act."""
    return (
        select(Membership.org_code)
        .join(User, User.id == Membership.user_id)
        .where(Membership.state == "admin", User.suspended_at.is_(None))
    )


def deciding_as(session: Session, account: Account, code: str) -> Actor | None:
    if _is_admin(session, account.id, code):
        return "admin"
    if not account.is_platform_admin:
        return None
    governed = session.scalar(governed_codes().where(Membership.org_code == code).limit(1))
    return None if governed else "platform"


def _members(session: Session, *conditions: object) -> list[Member]:
    rows = session.execute(
        select(Membership, User.name, User.email)
        .join(User, User.id == Membership.user_id)
        .where(*conditions, Membership.state.in_(("pending", *INSIDE)))  # type: ignore[arg-type]
        .order_by(func.lower(User.name), Membership.id)
    ).all()
    return [member(row, name, email) for row, name, email in rows]


def member(row: Membership, name: str, email: str) -> Member:
    return Member(
        row.id,
        row.user_id,
        row.org_code,
        name,
        email,
        cast("State", row.state),
        row.requested_at,
        row.decided_at,
    )
