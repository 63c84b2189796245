"""Optional second factor: codes of an authenticator app, and recovery codes for a lost one."""

from __future__ import annotations

import secrets
import time

import pyotp
from sqlalchemy import delete, or_, select, update

from auth import audit
from auth.credentials import sessions
from auth.models import RecoveryCode, User, db
from auth.moments import now
from auth.secret import decrypt, digest, encrypt

STEP = 30  # seconds
DRIFT = 1  # steps by which a phone's clock may be wrong
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


def is_on(user: User) -> bool:
    return user.totp_confirmed_at is not None and user.totp_secret is not None


def prepare(user: User) -> str:
    """A new secret, not yet asked for at sign-in. The caller commits."""
    secret = pyotp.random_base32()
    user.totp_secret, user.totp_confirmed_at, user.totp_last_step = encrypt(secret), None, None
    return secret


def prepared(user: User) -> str | None:
    """The secret that waits for its first code."""
    if user.totp_secret is None or user.totp_confirmed_at is not None:
        return None
    return decrypt(user.totp_secret)


def address(user: User, secret: str) -> str:
    """The `otpauth:` address that authenticator apps read."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name="Haresign")


def accept(user: User, code: str) -> bool:
    """Whether a code is right and was not used before. The caller commits."""
    secret = decrypt(user.totp_secret or "")
    typed = "".join(code.split())
    if secret is None or len(typed) != 6:
        return False
    present = int(time.time()) // STEP
    for step in range(present - DRIFT, present + DRIFT + 1):
        if secrets.compare_digest(pyotp.TOTP(secret).at(step * STEP).encode(), typed.encode()):
            return _use_step(user, step)
    return False


def _use_step(user: User, step: int) -> bool:
    """Of two requests with the same code, only one gets in. A step that is ahead of every phone was
    noted by a wrong clock.
    """
    used = User.totp_last_step
    ahead = int(time.time()) // STEP + DRIFT
    taken = db.session.execute(
        update(User)
        .where(User.id == user.id, or_(used.is_(None), used < step, used > ahead))
        .values(totp_last_step=step)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def accept_recovery(user: User, code: str) -> bool:
    """Whether it is an unused recovery code, which is used up by it. The caller commits."""
    typed = "".join(c for c in code.casefold() if c.isalnum())
    taken = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user.id,
            RecoveryCode.digest == digest(typed),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now())
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        return False
    audit.record("recovery code used", user_id=user.id)
    return True


def turn_on(user: User) -> list[str]:
    """Ask for codes from now on; returns the recovery codes, shown once. The caller commits."""
    user.totp_confirmed_at = now()
    audit.record("second factor on", user_id=user.id, actor_id=user.id)
    sessions.renew(user)
    return new_recovery_codes(user)


def turn_off(user: User) -> None:
    """The caller commits."""
    user.totp_secret = user.totp_confirmed_at = user.totp_last_step = None
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    audit.record("second factor off", user_id=user.id, actor_id=user.id)
    sessions.renew(user)


def new_recovery_codes(user: User) -> list[str]:
    """Replaces the earlier ones. 52 random bits each."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(11)) for _ in range(RECOVERY_CODES)]
    db.session.add_all(RecoveryCode(user_id=user.id, digest=digest(code)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def recovery_codes_left(user_id: int) -> int:
    return len(
        db.session.scalars(
            select(RecoveryCode.id).where(
                RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
            )
        ).all()
    )
