"""Memberships of practices and PCNs: asked for, decided, ended.

Every function takes the account that asks and answers as if what it may not see did not exist.
"""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from auth import audit, locks
from auth.credentials.sessions import Account
from auth.models import Membership, OrganisationEvent, User, db
from auth.models.workspaces import LONGEST_REASON, OrgType, State
from auth.moments import SKEW, now
from auth.workspaces import membership_mail
from auth.workspaces.rosters import Hidden, codes, deciding_as
from auth.workspaces.transitions import INSIDE, REASONED, TABLE, Action, Actor, after

REQUESTS_A_DAY = 10
EVENTS: dict[Action, str] = {
    "request": "asked to join",
    "withdraw": "request withdrawn",
    "leave": "left",
    "approve": "approved",
    "reject": "declined",
    "remove": "removed",
    "promote": "made an admin",
    "demote": "made an ordinary member",
    "hand-over": "handed over to",
}


class Refused(ValueError):
    """The membership is not in a state in which this can be done; the message says why."""


def use(account: Account, code: str) -> None:
    """Make an organisation the workspace in use; nothing for none. Raises `Hidden`."""
    if code and code not in codes(account):
        raise Hidden(code)
    db.session.execute(update(User).where(User.id == account.id).values(workspace=code or None))
    db.session.commit()


def note(code: str, kind: str, *, user_id: int, actor_id: int, detail: str = "") -> None:
    """Add to an organisation's log. The caller commits."""
    db.session.add(
        OrganisationEvent(
            org_code=code, at=now(), kind=kind, user_id=user_id, actor_id=actor_id, detail=detail
        )
    )


def request(account: Account, code: str, org_type: OrgType) -> None:
    """Ask to join. The caller has found that the organisation exists and is open."""
    locks.account(account.id)
    own = db.session.scalar(
        select(Membership)
        .where(Membership.user_id == account.id, Membership.org_code == code)
        .with_for_update()
    )
    state = after("self", "request", cast("State", own.state) if own else None)
    try:
        if state is None:
            raise Refused("There is a membership or a request already.")
        if _asked_today(account.id) >= REQUESTS_A_DAY:
            raise Refused(f"At most {REQUESTS_A_DAY} requests can be made in a day.")
    except Refused:
        db.session.rollback()
        raise
    if own is None:
        own = Membership(user_id=account.id, org_code=code, org_type=org_type)
        db.session.add(own)
    own.state, own.requested_at = state, now()
    own.decided_at = own.decided_by = own.reason = None
    try:
        db.session.flush()
    except IntegrityError as error:  # asked twice at the same moment
        db.session.rollback()
        raise Refused("There is a membership or a request already.") from error
    _record("request", own, account)
    membership_mail.asked(account, code, own.id, _deciders(db.session(), code))
    db.session.commit()


def act(account: Account, membership_id: int, action: Action, *, reason: str = "") -> State:
    """Change a membership as the table says; `reason` is kept where the action may have one.
    Raises `Hidden` or `Refused`.
    """
    membership = db.session.scalar(select(Membership).where(Membership.id == membership_id))
    if membership is None:
        db.session.rollback()
        raise Hidden(membership_id)
    # All of the organisation's rows, so that two admins cannot leave it at the same moment.
    rows = db.session.scalars(
        select(Membership)
        .where(Membership.org_code == membership.org_code)
        .order_by(Membership.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    try:
        state = _next(account, membership, action)
        if membership.user_id == account.id and membership.state == "admin" and state != "admin":
            _keep_an_admin(membership, list(rows), stays=state in INSIDE)
    except (Hidden, Refused):
        db.session.rollback()
        raise
    before = cast("State", membership.state)
    membership.state, membership.decided_at, membership.decided_by = state, now(), account.id
    membership.reason = (reason[:LONGEST_REASON] or None) if action in REASONED else None
    if action == "hand-over":
        own = next(one for one in rows if one.user_id == account.id)
        own.state, own.decided_at, own.decided_by = "active", now(), account.id
    if state not in INSIDE:
        db.session.execute(
            update(User)
            .where(User.id == membership.user_id, User.workspace == membership.org_code)
            .values(workspace=None)
        )
    person = db.session.get_one(User, membership.user_id)
    in_use = action == "approve" and _use_the_first(person, membership)
    _record(action, membership, account)
    told = membership_mail.Person(person.email, person.name)
    deciders = [
        one for one in _deciders(db.session(), membership.org_code) if one.email != told.email
    ]
    change = membership_mail.Change(
        action,
        before,
        state,
        membership.org_code,
        reason=membership.reason or "",
        in_use=in_use,
        by_platform=before == "pending" and not _is_of(account, list(rows)),
    )
    membership_mail.changed(account, change, told, deciders)
    db.session.commit()
    return state


def _use_the_first(person: User, row: Membership) -> bool:
    """Make an organisation the workspace in use if it is the only one of its new member."""
    others = select(Membership.id).where(
        Membership.user_id == person.id, Membership.state.in_(INSIDE), Membership.id != row.id
    )
    if person.workspace is not None or db.session.scalar(others.limit(1)) is not None:
        return False
    person.workspace = row.org_code
    return True


def _is_of(account: Account, rows: list[Membership]) -> bool:
    """Whether an account is an admin among an organisation's memberships."""
    return any(one.user_id == account.id and one.state == "admin" for one in rows)


def _next(account: Account, row: Membership, action: Action) -> State:
    before = cast("State", row.state)
    deciding = deciding_as(db.session(), account, row.org_code)
    own = row.user_id == account.id
    actors: list[Actor] = ["self"] if own else []
    if deciding == "platform" or (deciding == "admin" and not own):
        actors.append(deciding)
    if not actors:
        raise Hidden(row.id)
    for actor in actors:
        state = after(actor, action, before)
        if state is not None:
            return state
    known = {which for _, which, state in TABLE if state == before}
    if action in known:
        raise Refused("This membership is not yours to change in that way.")
    raise Refused("Somebody has decided about this already.")


def _keep_an_admin(leaving: Membership, rows: list[Membership], *, stays: bool) -> None:
    others = [one for one in rows if one.id != leaving.id and one.state in INSIDE]
    if stays and not others:
        raise Refused("You are the only member: there would be no admin left.")
    if others and all(one.state != "admin" for one in others):
        raise Refused("Make another member an admin first: there would be no admin left.")


def _record(action: Action, row: Membership, account: Account) -> None:
    note(
        row.org_code,
        EVENTS[action],
        user_id=row.user_id,
        actor_id=account.id,
        detail=row.reason or "",
    )
    audit.record(
        f"membership {action}", user_id=row.user_id, actor_id=account.id, detail=row.org_code
    )


def _asked_today(user_id: int) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(OrganisationEvent)
            .where(
                OrganisationEvent.actor_id == user_id,
                OrganisationEvent.kind == EVENTS["request"],
                OrganisationEvent.at > now() - timedelta(days=1),
                OrganisationEvent.at <= now() + SKEW,  # not of a clock that was ahead
            )
        )
        or 0
    )


def _deciders(session: Session, code: str) -> list[membership_mail.Person]:
    """Whose decision a request is: the organisation's admins, or the platform's."""
    admins = session.execute(
        select(User.email, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.org_code == code,
            Membership.state == "admin",
            User.suspended_at.is_(None),
        )
        .order_by(User.id)
    ).all()
    if not admins:
        admins = session.execute(
            select(User.email, User.name)
            .where(User.is_platform_admin.is_(True), User.suspended_at.is_(None))
            .order_by(User.id)
        ).all()
    return [membership_mail.Person(one.email, one.name) for one in admins]
