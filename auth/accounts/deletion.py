"""The end of an account: what goes with it, and what others keep."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import g
from sqlalchemy import delete as sql_delete
from sqlalchemy import select, update

from auth import audit, locks
from auth.database import reader
from auth.email import mail
from auth.email.addresses import whole
from auth.models import Document, Membership, OrganisationEvent, Preset, User, db
from auth.moments import now
from auth.workspaces import files, memberships, organisations
from auth.workspaces.transitions import INSIDE

ALONE = (
    "You are the only administrator of this site. Appoint another one first, or say below that you "
    "leave it without."
)


class Refused(ValueError):
    """Others would be left without an administrator; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Member:
    user_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Orphaned:
    """A practice or PCN whose other members would be left without an admin."""

    org_code: str
    label: str
    members: tuple[Member, ...]


def left_without_admin(user_id: int) -> list[Orphaned]:
    """Where the account is the only admin and others are members."""
    with reader() as session:
        codes = session.scalars(
            select(Membership.org_code)
            .where(Membership.user_id == user_id, Membership.state == "admin")
            .order_by(Membership.org_code)
        ).all()
        orphaned = []
        for code in codes:
            others = session.execute(
                select(Membership.state, User.id, User.name)
                .join(User, User.id == Membership.user_id)
                .where(
                    Membership.org_code == code,
                    Membership.user_id != user_id,
                    Membership.state.in_(INSIDE),
                    User.suspended_at.is_(None),
                )
                .order_by(User.name)
            ).all()
            if others and all(one.state != "admin" for one in others):
                members = tuple(Member(one.id, one.name) for one in others)
                orphaned.append(Orphaned(code, organisations.label(code), members))
    return orphaned


def alone_in(user_id: int) -> list[str]:
    """The practices and PCNs that the account is the only member of, by name."""
    with reader() as session:
        own = session.scalars(
            select(Membership.org_code).where(
                Membership.user_id == user_id, Membership.state.in_(INSIDE)
            )
        ).all()
        shared = session.scalars(
            select(Membership.org_code)
            .join(User, User.id == Membership.user_id)
            .where(
                Membership.org_code.in_(own),
                Membership.user_id != user_id,
                Membership.state.in_(INSIDE),
                User.suspended_at.is_(None),
            )
        ).all()
    return [organisations.label(code) for code in sorted(set(own) - set(shared))]


def is_only_administrator(user_id: int) -> bool:
    """Whether the site would be left without anyone who can administer it."""
    with reader() as session:
        others = session.execute(
            select(User.id, User.is_platform_admin).where(
                User.is_platform_admin, User.suspended_at.is_(None), User.verified_at.is_not(None)
            )
        ).all()
    return {one.id for one in others} == {user_id}


def delete(user_id: int, heirs: dict[str, int], *, leaves_site: bool = False) -> None:
    """Remove an account. `heirs` become admins, by organisation code. The site's only administrator
    goes only when that is said. Raises `Refused`.

    Sessions, memberships, keys, private presets and private documents go with it. What was shared
    stays, without an author.
    """
    admins = locks.platform_admins()
    _lock_memberships(user_id)
    left = {
        one.org_code: {member.user_id for member in one.members}
        for one in left_without_admin(user_id)
    }
    problem = ""
    if any(heirs.get(code) not in members for code, members in left.items()):
        problem = "Somebody else has just left. Choose who follows you, and send the form again."
    elif admins == {user_id} and not leaves_site:
        problem = ALONE
    if problem:
        db.session.rollback()
        raise Refused(problem)
    user = db.session.get_one(User, user_id)
    email, name, roles = user.email, user.name, _memberships(user_id)
    co_admins = _co_admins(user_id, roles)
    promoted = [_promote(code, heir, user_id) for code, heir in heirs.items() if code in left]
    db.session.execute(
        sql_delete(Preset).where(Preset.owner_id == user_id, Preset.shared.is_(False))
    )
    _forget_reasons(user_id)
    private = Document.owner_id == user_id, Document.shared.is_(False)
    keys = db.session.scalars(select(Document.key).where(*private)).all()
    db.session.execute(sql_delete(Document).where(*private))
    audit.record("account deleted", user_id=user_id, actor_id=user_id)
    db.session.flush()
    db.session.execute(sql_delete(User).where(User.id == user_id))
    mail.send(
        email,
        "Your Haresign account is deleted",
        [
            (
                "Your account, its memberships, private presets, private documents and API keys "
                "are removed. Documents and presets that you shared stay with the practice or "
                "PCN, without your name."
            )
        ],
    )
    _tell_admins(name, roles, co_admins)
    for address, label in promoted:
        mail.send(
            address,
            f"You are now an admin of {label}",
            [
                (
                    f"The last admin of {label} deleted their account and chose you to follow. "
                    "You can now approve, decline and remove members."
                )
            ],
        )
    db.session.commit()
    for key in keys:
        files.remove(key)
    g.session_value, g.account = "", None


def _memberships(user_id: int) -> dict[str, str]:
    """What the account is where, by organisation code: a member or an admin."""
    rows = db.session.execute(
        select(Membership.org_code, Membership.state)
        .where(Membership.user_id == user_id, Membership.state.in_(INSIDE))
        .order_by(Membership.org_code)
    )
    return {row.org_code: "an admin" if row.state == "admin" else "a member" for row in rows}


def _co_admins(user_id: int, codes: Iterable[str]) -> list[tuple[str, str]]:
    """Address and organisation code of every other admin, who hears of the end."""
    rows = db.session.execute(
        select(User.email, Membership.org_code)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.org_code.in_(codes),
            Membership.user_id != user_id,
            Membership.state == "admin",
            User.suspended_at.is_(None),
        )
        .order_by(Membership.org_code, User.id)
    )
    return [(row.email, row.org_code) for row in rows]


def _tell_admins(name: str, roles: dict[str, str], admins: Iterable[tuple[str, str]]) -> None:
    for email, code in admins:
        label = organisations.label(code)
        mail.send(
            email,
            f"{name}, {roles[code]} of {label}, deleted their account",
            [
                "What they shared stays, without their name.",
                mail.Link(f"Members of {label}", whole(f"/accounts/organisations/{code}/")),
            ],
        )
    for code, role in roles.items():
        db.session.add(
            OrganisationEvent(org_code=code, at=now(), kind=f"{role} is gone", detail="")
        )


def _forget_reasons(user_id: int) -> None:
    """What somebody wrote about the person when a membership was declined or ended."""
    db.session.execute(
        update(OrganisationEvent)
        .where(
            OrganisationEvent.user_id == user_id,
            OrganisationEvent.kind.in_(memberships.EVENTS.values()),
        )
        .values(detail="")
    )


def _lock_memberships(user_id: int) -> None:
    """All memberships of the account's organisations: two admins do not leave one at once."""
    codes = select(Membership.org_code).where(
        Membership.user_id == user_id, Membership.state == "admin"
    )
    db.session.execute(
        select(Membership.id)
        .where(Membership.org_code.in_(codes))
        .order_by(Membership.id)
        .with_for_update()
    )


def _promote(code: str, heir: int, by: int) -> tuple[str, str]:
    membership = db.session.scalars(
        select(Membership).where(
            Membership.org_code == code,
            Membership.user_id == heir,
            Membership.state.in_(INSIDE),
        )
    ).one()
    membership.state, membership.decided_at, membership.decided_by = "admin", now(), None
    db.session.add(
        OrganisationEvent(org_code=code, at=now(), kind="handed over", user_id=heir, detail="")
    )
    audit.record("admin handed over", user_id=heir, actor_id=by, detail=code)
    return db.session.get_one(User, heir).email, organisations.label(code)
