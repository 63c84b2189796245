"""Presets: the selections of a tool page under a name.

Every function takes the account that asks. Whoever may not read a preset is answered as if it did
not exist; whoever may read but not change it, likewise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from auth import locks
from auth.credentials.sessions import Account
from auth.database import reader
from auth.models import Preset, User, db
from auth.models.workspaces import preset_place
from auth.moments import now
from auth.workspaces import memberships
from auth.workspaces.rosters import Hidden, codes, is_admin
from auth.workspaces.sharing import readable

MOST = 200  # presets of one account
LONGEST_NAME = 120
LONGEST_QUERY = 2000


class Full(ValueError):
    """The account has as many presets as it may have."""


class Taken(ValueError):
    """Another preset in the same place has the name; the message says so."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a preset “{name}” here already. Choose another name.")


@dataclass(frozen=True, slots=True)
class Saved:
    """A preset as one account sees it. `author` is empty when the account is gone."""

    id: int
    name: str
    tool: str
    query: str
    org_code: str | None
    shared: bool
    data_version: str | None
    own: bool
    author: str
    updated_at: datetime
    used_at: datetime | None


def count(account: Account) -> int:
    with reader() as session:
        return (
            session.scalar(
                select(func.count()).select_from(Preset).where(readable(Preset, account))
            )
            or 0
        )


def all_of(account: Account) -> list[Saved]:
    """Own presets and those shared with the account's workspaces, by name."""
    with reader() as session:
        return _rows(session, account, select(Preset).where(readable(Preset, account)))


def of_tool(account: Account, tool: str) -> list[Saved]:
    """What the page of a tool offers: presets of the workspace in use, and personal ones."""
    scope = or_(Preset.org_code.is_(None), Preset.org_code == (account.workspace or ""))
    with reader() as session:
        return _rows(
            session,
            account,
            select(Preset).where(readable(Preset, account), Preset.tool == tool, scope),
        )


def get(account: Account, preset_id: int) -> Saved:
    """Raises `Hidden`."""
    with reader() as session:
        rows = _rows(
            session,
            account,
            select(Preset).where(readable(Preset, account), Preset.id == preset_id),
        )
    if not rows:
        raise Hidden(preset_id)
    return rows[0]


def save(
    account: Account,
    *,
    name: str,
    tool: str,
    query: str,
    org_code: str | None = None,
    shared: bool = False,
    data_version: str | None = None,
) -> int:
    """Add a preset and give its number. Raises `Hidden` for a workspace of others, `Full`, and
    `Taken`.
    """
    if org_code is not None and org_code not in codes(account):
        raise Hidden(org_code)
    locks.account(account.id)
    own = select(func.count()).select_from(Preset).where(Preset.owner_id == account.id)
    if (db.session.scalar(own) or 0) >= MOST:
        db.session.rollback()
        raise Full(f"An account may have {MOST} presets. Delete one first.")
    moment = now()
    preset = Preset(
        owner_id=account.id,
        org_code=org_code,
        shared=shared and org_code is not None,
        tool=tool,
        name=name[:LONGEST_NAME],
        query=query[:LONGEST_QUERY],
        data_version=data_version,
        created_at=moment,
        updated_at=moment,
    )
    db.session.add(preset)
    _flush(preset.name)
    if preset.shared and org_code:
        _note(account, org_code, "shared a preset", preset.name)
    number = preset.id
    db.session.commit()
    return number


def change(
    account: Account, preset_id: int, *, name: str, org_code: str | None, data_version: str | None
) -> None:
    """Rename, share with a workspace or with nobody, pin or unpin. Only its owner may. Raises
    `Hidden` and `Taken`.
    """
    before = _own(account, preset_id)
    if org_code is not None and org_code not in codes(account):
        raise Hidden(preset_id)
    shared = org_code is not None
    if shared and org_code and not (before.shared and before.org_code == org_code):
        _note(account, org_code, "shared a preset", name)
    preset = db.session.get_one(Preset, preset_id)
    preset.name, preset.name_key = name[:LONGEST_NAME], name[:LONGEST_NAME].casefold()
    preset.org_code, preset.shared = org_code or preset.org_code, shared
    preset.place = preset_place(account.id, preset.org_code, shared=shared)
    preset.data_version, preset.updated_at = data_version, now()
    _flush(name)
    db.session.commit()


def replace(account: Account, preset_id: int, *, query: str, data_version: str | None) -> None:
    """Put other selections, and another pin or none, under the same name. Only its owner may.
    Raises `Hidden`.
    """
    _own(account, preset_id)
    db.session.execute(
        update(Preset)
        .where(Preset.id == preset_id, Preset.owner_id == account.id)
        .values(query=query[:LONGEST_QUERY], data_version=data_version, updated_at=now())
    )
    db.session.commit()


def _own(account: Account, preset_id: int) -> Saved:
    preset = get(account, preset_id)
    if not preset.own:
        raise Hidden(preset_id)
    return preset


def _flush(name: str) -> None:
    """What is in the session goes to the database, which knows every name in a place."""
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        raise Taken(name) from error


def duplicate(account: Account, preset_id: int) -> int:
    """A private copy of any preset that the account may read. Raises `Hidden` and `Full`."""
    preset = get(account, preset_id)
    org_code = preset.org_code if preset.org_code in codes(account) else None
    for number in range(1, MOST + 2):  # every account has fewer
        end = " (copy)" if number == 1 else f" (copy {number})"
        try:
            return save(
                account,
                name=f"{preset.name[: LONGEST_NAME - len(end)]}{end}",
                tool=preset.tool,
                query=preset.query,
                org_code=org_code,
                data_version=preset.data_version,
            )
        except Taken:
            continue
    raise Full(f"An account may have {MOST} presets. Delete one first.")


def may_delete(account: Account, preset: Saved) -> bool:
    """Its owner; an admin of the workspace when the owner is gone."""
    return preset.own or (not preset.author and is_admin(account, preset.org_code or ""))


def delete(account: Account, preset_id: int) -> None:
    preset = get(account, preset_id)
    if not may_delete(account, preset):
        raise Hidden(preset_id)
    db.session.execute(db.delete(Preset).where(Preset.id == preset_id))
    db.session.commit()


def used(account: Account, preset_id: int) -> None:
    """Note that the account has loaded it."""
    get(account, preset_id)
    db.session.execute(update(Preset).where(Preset.id == preset_id).values(used_at=now()))
    db.session.commit()


def _rows(session: Session, account: Account, chosen: Select[Preset]) -> list[Saved]:
    rows = session.execute(
        chosen.add_columns(User.name)
        .join(User, User.id == Preset.owner_id, isouter=True)
        .order_by(func.lower(Preset.name), Preset.id)
    ).all()
    return [
        Saved(
            row.id,
            row.name,
            row.tool,
            row.query,
            row.org_code,
            row.shared,
            row.data_version,
            row.owner_id == account.id,
            author or "",
            row.updated_at,
            row.used_at,
        )
        for row, author in rows
    ]


def _note(account: Account, code: str, kind: str, name: str) -> None:
    memberships.note(
        code, kind, user_id=account.id, actor_id=account.id, detail=name[:LONGEST_NAME]
    )
