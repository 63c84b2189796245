"""Uploaded documents: kept for their owner, shared with a workspace, listed, read, deleted.

Every function takes the account that asks. What it may not read is as if it did not exist; what it
may read but not change, likewise.
"""

from __future__ import annotations

import hashlib
import math
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from auth import audit, locks
from auth.credentials.sessions import Account
from auth.database import reader
from auth.models import Document, User, db
from auth.moments import now
from auth.uploads.inspection import inspect
from auth.uploads.kinds import BY_TYPE
from auth.uploads.refusal import RefusedFile
from auth.workspaces import files, memberships
from auth.workspaces.rosters import Hidden, codes, is_admin
from auth.workspaces.sharing import readable

LARGEST = 10 * 1024 * 1024  # bytes of one file
MOST = 200  # files of one account
ROOM = 200 * 1024 * 1024  # bytes of all files of one account
LONGEST_NAME = 200
TURNS = "turns"  # a folder of the home


@dataclass(frozen=True, slots=True)
class Kept:
    """A document as one account sees it. `author` is empty when the account is gone."""

    id: int
    key: str
    name: str
    kind: str
    content_type: str
    size: int
    org_code: str | None
    shared: bool
    own: bool
    author: str
    created_at: datetime


def count(account: Account) -> int:
    with reader() as session:
        counted = select(func.count()).select_from(Document).where(readable(Document, account))
        return session.scalar(counted) or 0


def own(account: Account) -> list[Kept]:
    """What the account uploaded, newest first."""
    with reader() as session:
        return _rows(session, account, select(Document).where(Document.owner_id == account.id))


def library(account: Account, code: str) -> list[Kept]:
    """What members share in a workspace, newest first. Raises `Hidden`."""
    if code not in codes(account):
        raise Hidden(code)
    with reader() as session:
        return _rows(
            session,
            account,
            select(Document).where(Document.org_code == code, Document.shared.is_(True)),
        )


def get(account: Account, document_id: int) -> Kept:
    """Raises `Hidden`."""
    with reader() as session:
        rows = _rows(
            session,
            account,
            select(Document).where(readable(Document, account), Document.id == document_id),
        )
    if not rows:
        raise Hidden(document_id)
    return rows[0]


def read(account: Account, document_id: int) -> tuple[Kept, bytes]:
    """A document with its bytes. Raises `Hidden`, and `RefusedFile` when the file is damaged."""
    document = get(account, document_id)
    with reader() as session:
        digest = session.scalar(select(Document.digest).where(Document.id == document_id))
    try:
        body = files.path(document.key).read_bytes()
    except FileNotFoundError as error:
        raise RefusedFile("The file of this document is missing on the server.") from error
    if hashlib.sha256(body).hexdigest() != digest:
        raise RefusedFile("The file of this document is damaged on the server.")
    return document, body


def too_large(size: int) -> str:
    """Rounded up, so that it never reads like the limit."""
    megabytes = f"{math.ceil(size / 1024**2 * 10) / 10:,.1f}".removesuffix(".0")
    return f"Up to {LARGEST // 1024**2} MB; this file has {megabytes} MB."


def upload(account: Account, name: str, stream: IO[bytes], *, share_with: str | None = None) -> int:
    """Check a file, keep it, and give its number. Raises `RefusedFile`, and `Hidden` for a
    workspace of others.
    """
    if share_with is not None and share_with not in codes(account):
        raise Hidden(share_with)
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    if size > LARGEST:
        raise RefusedFile(too_large(size))
    _room_for(account, size)
    key = secrets.token_hex(16)
    with files.draft(stream) as draft:
        kind = inspect(draft.path, name, folder=files.folder().parent / TURNS)
        number = None
        try:
            number = _keep(account, key, name, draft, kind.content_type, share_with)
        finally:
            if number is None:  # whatever it was: no file stays behind without its row
                db.session.rollback()
                files.remove(key)
    return number


def _keep(
    account: Account,
    key: str,
    name: str,
    draft: files.Draft,
    content_type: str,
    share_with: str | None,
) -> int:
    """The file, then its row; counted again while nobody else counts."""
    locks.account(account.id)
    _room_for(account, draft.size)
    files.keep(draft, key)
    document = Document(
        key=key,
        owner_id=account.id,
        org_code=share_with,
        shared=share_with is not None,
        name=safe_name(name),
        content_type=content_type,
        size=draft.size,
        digest=draft.digest,
        created_at=now(),
    )
    db.session.add(document)
    db.session.flush()
    number = document.id
    if share_with is not None:
        _note(account, share_with, "shared a document", document.name)
    audit.record("document uploaded", user_id=account.id, actor_id=account.id, detail=str(number))
    db.session.commit()
    return number


def share(account: Account, document_id: int, code: str | None) -> None:
    """Share with a workspace, or with nobody. Its owner may; an admin may end the sharing."""
    document = get(account, document_id)
    ends = code is None and document.shared and is_admin(account, document.org_code or "")
    if not (document.own or (ends and document.author)):
        raise Hidden(document_id)
    if code is not None and code not in codes(account):
        raise Hidden(code)
    db.session.execute(
        update(Document)
        .where(Document.id == document_id)
        .values(shared=code is not None, org_code=code)
    )
    if code is not None:
        _note(account, code, "shared a document", document.name)
    elif document.org_code:
        _note(account, document.org_code, "stopped sharing a document", document.name)
    db.session.commit()


def may_delete(account: Account, document: Kept) -> bool:
    """Its owner; an admin of the workspace when the owner is gone."""
    return document.own or (not document.author and is_admin(account, document.org_code or ""))


def may_withdraw(account: Account, document: Kept) -> bool:
    """An admin of the workspace may take a member's document out of it."""
    return (
        document.shared
        and not document.own
        and bool(document.author)
        and is_admin(account, document.org_code or "")
    )


def remove(account: Account, document_id: int) -> None:
    document = get(account, document_id)
    if not may_delete(account, document):
        raise Hidden(document_id)
    db.session.execute(delete(Document).where(Document.id == document_id))
    if document.shared and document.org_code:
        _note(account, document.org_code, "deleted a document", document.name)
    audit.record(
        "document deleted", user_id=account.id, actor_id=account.id, detail=str(document_id)
    )
    db.session.commit()
    files.remove(document.key)


def safe_name(name: str) -> str:
    """The last part of a name, without what has a meaning to file systems or to readers."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c if c.isprintable() and c not in '<>:"|?*' else "_" for c in last)
    kept = kept.strip(" .") or "document"
    stem, dot, ending = kept.rpartition(".")
    return f"{stem[: LONGEST_NAME - 12]}{dot}{ending[:10]}" if dot else kept[: LONGEST_NAME - 12]


def _room_for(account: Account, size: int) -> None:
    with reader() as session:
        present, used = session.execute(
            select(func.count(), func.coalesce(func.sum(Document.size), 0)).where(
                Document.owner_id == account.id
            )
        ).one()
    if present >= MOST:
        raise RefusedFile(f"An account may keep {MOST} documents. Delete one first.")
    if used + size > ROOM:
        raise RefusedFile(f"Your documents may have {ROOM // 1024**2} MB together.")


def _rows(session: Session, account: Account, chosen: Select[Document]) -> list[Kept]:
    rows = session.execute(
        chosen.add_columns(User.name)
        .join(User, User.id == Document.owner_id, isouter=True)
        .order_by(Document.id.desc())
    ).all()
    return [
        Kept(
            row.id,
            row.key,
            row.name,
            BY_TYPE[row.content_type].label if row.content_type in BY_TYPE else "File",
            row.content_type,
            row.size,
            row.org_code,
            row.shared,
            row.owner_id == account.id,
            author or "",
            row.created_at,
        )
        for row, author in rows
    ]


def _note(account: Account, code: str, kind: str, name: str) -> None:
    memberships.note(code, kind, user_id=account.id, actor_id=account.id, detail=name)
