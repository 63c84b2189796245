"""Requests to join: how many wait for an account, and what became of one.

Every function takes the account that asks and answers as if what it may not see did not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from auth.credentials.sessions import Account
from auth.database import reader
from auth.models import Membership, OrganisationEvent, User
from auth.workspaces.rosters import Hidden, Member, codes, deciding_as, member
from auth.workspaces.transitions import INSIDE

DECIDED = ("approved", "declined", "request withdrawn")  # kinds of events that end a request
GONE = "somebody whose account is gone"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a request ended. `what` is one of `DECIDED`."""

    what: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Request:
    """A request as those see it who are or were asked to decide. `ended` is None while it waits,
    and of a membership whose decision nobody noted.
    """

    member: Member
    may_decide: bool
    ended: Ended | None


def count(account: Account) -> int:
    """How many wait for the account as an admin of practices and PCNs."""
    own = select(Membership.org_code).where(
        Membership.user_id == account.id, Membership.state == "admin"
    )
    waiting = (
        select(func.count())
        .select_from(Membership)
        .where(Membership.state == "pending", Membership.org_code.in_(own))
    )
    with reader() as session:
        return session.scalar(waiting) or 0


def get(account: Account, membership_id: int) -> Request:
    """Whoever was told of a request may ask what became of it: an admin of the organisation, and
    the administrators of the site if one of them has decided there since. Raises `Hidden`.
    """
    with reader() as session:
        row = session.get(Membership, membership_id)
        if row is None or row.user_id == account.id:
            raise Hidden(membership_id)
        decides = deciding_as(session, account, row.org_code) is not None
        if not (decides or (account.is_platform_admin and _site_decided(session, row))):
            raise Hidden(membership_id)
        person = session.get_one(User, row.user_id)
        event = session.execute(
            select(OrganisationEvent, User.name)
            .outerjoin(User, User.id == OrganisationEvent.actor_id)
            .where(
                OrganisationEvent.org_code == row.org_code,
                OrganisationEvent.user_id == row.user_id,
                OrganisationEvent.kind.in_(DECIDED),
                OrganisationEvent.at >= row.requested_at,
            )
            .order_by(OrganisationEvent.id.desc())
            .limit(1)
        ).one_or_none()
        waits = row.state == "pending"
        ended = None
        if event is not None and not waits:
            ended = Ended(event[0].kind, event[1] or GONE, event[0].at, event[0].detail)
        return Request(member(row, person.name, person.email), decides and waits, ended)


def others(account: Account, code: str) -> tuple[int, int]:
    """How many others are members where the account is one, and how many of them are admins.
    Raises `Hidden`.
    """
    if code not in codes(account):
        raise Hidden(code)
    with reader() as session:
        states = session.scalars(
            select(Membership.state)
            .join(User, User.id == Membership.user_id)
            .where(
                Membership.org_code == code,
                Membership.user_id != account.id,
                Membership.state.in_(INSIDE),
                User.suspended_at.is_(None),
            )
        ).all()
    return len(states), sum(state == "admin" for state in states)


def _site_decided(session: Session, row: Membership) -> bool:
    """Whether a request was the site's own to decide, because the organisation had no admin."""
    decided = (
        select(OrganisationEvent.id)
        .join(User, User.id == OrganisationEvent.actor_id)
        .where(
            OrganisationEvent.org_code == row.org_code,
            OrganisationEvent.kind.in_(DECIDED),
            OrganisationEvent.at >= row.requested_at,
            User.is_platform_admin,
        )
    )
    return session.scalar(decided.limit(1)) is not None
