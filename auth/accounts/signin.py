"""Signing in: the password, then the second factor where there is one."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

from auth import audit
from auth.accounts import factor_mail, people
from auth.credentials import devices, passwords, sessions, throttle, tokens, totp
from auth.models import User, db
from auth.secret import decrypt, encrypt

CODE_SECONDS = 600  # to type the code after the password

Outcome = Literal["in", "wrong", "unverified", "suspended", "code"]


@dataclass(frozen=True, slots=True)
class Half:
    """A right password that waits for a code. It travels in the form, encrypted."""

    user_id: int
    email: str
    password_hash: str
    remembered: bool

    def sealed(self) -> str:
        return encrypt(json.dumps(asdict(self)))


def unseal(text: str) -> Half | None:
    """None when it is old, or not ours."""
    inside = decrypt(text, seconds=CODE_SECONDS)
    return Half(**json.loads(inside)) if inside else None


def with_password(email: str, password: str, *, remembered: bool) -> tuple[Outcome, Half | None]:
    """Try a password. Only who knows it hears what else is wrong. Raises `throttle.TooMany`."""
    device = devices.known(email)
    throttle.attempt("sign-in", email, device=device)
    user = people.by_email(email)
    stored = user.password_hash if user else None
    db.session.rollback()  # no transaction is open while the password is hashed
    if not passwords.matches(stored, password) or stored is None:
        audit.record("sign-in refused", user_id=user.id if user else None)
        db.session.commit()
        return "wrong", None
    user = people.by_email(email)
    if user is None or user.password_hash != stored:  # changed or deleted meanwhile
        db.session.rollback()
        return "wrong", None
    if user.verified_at is None or user.suspended_at is not None:
        unverified = user.verified_at is None
        db.session.rollback()
        return ("unverified" if unverified else "suspended"), None
    throttle.clear("sign-in", email, device=device)
    if passwords.is_outdated(stored):
        user.password_hash = stored = passwords.hashed(password)
    if totp.is_on(user):
        half = Half(user.id, email, stored, remembered)
        db.session.commit()
        return "code", half
    enter(user, remembered=remembered)
    return "in", None


def with_code(half: Half, code: str) -> bool:
    """Try a code of the app or a recovery code. Raises `throttle.TooMany`."""
    device = devices.known(half.email)
    throttle.attempt("code", str(half.user_id), device=device)
    user = db.session.get(User, half.user_id)
    if (
        user is None
        or user.suspended_at is not None
        or user.password_hash != half.password_hash
        or not _accepts(user, code)
    ):
        audit.record("code refused", user_id=half.user_id)
        db.session.commit()
        return False
    throttle.clear("code", str(half.user_id), device=device)
    enter(user, remembered=half.remembered)
    return True


def enter(user: User, *, remembered: bool) -> None:
    """Sign the browser in, after all that was to be proved. Commits."""
    sessions.begin(user, remembered=remembered)
    devices.remember(user.email)
    throttle.sweep()
    tokens.sweep()
    audit.record("signed in", user_id=user.id, actor_id=user.id)
    db.session.commit()


def knows_password(user_id: int, password: str, *, how: str) -> bool:
    """Whether whoever has the account's session or link (`how`) knows its password too. What
    others try elsewhere does not count here. Raises `throttle.TooMany`.
    """
    who = f"{user_id} {how}"
    throttle.attempt_alone("password", who)
    stored = people.by_id(user_id).password_hash
    db.session.rollback()
    right = passwords.matches(stored, password)
    if right:
        throttle.clear_alone("password", who)
    else:
        audit.record("password repeated wrong", user_id=user_id, actor_id=user_id)
    db.session.commit()
    return right


def has_factor(user_id: int, code: str) -> bool:
    """Whether whoever has the account's session has its second factor too: a code of the app, or
    a recovery code, which is used up. Raises `throttle.TooMany`.
    """
    throttle.attempt_alone("code", str(user_id))
    user = people.by_id(user_id)
    right = _accepts(user, code)
    if right:
        throttle.clear_alone("code", str(user_id))
    else:
        audit.record("code refused", user_id=user_id, actor_id=user_id)
    db.session.commit()
    return right


def _accepts(user: User, code: str) -> bool:
    """A code of the app, or a recovery code, whose use the owner hears of. The caller commits."""
    if totp.accept(user, code):
        return True
    if not totp.accept_recovery(user, code):
        return False
    factor_mail.recovery_used(user)
    return True
