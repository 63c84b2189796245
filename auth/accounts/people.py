"""What happens to an account: made, verified, recovered, changed.

What a visitor asks for with an address alone says and takes the same, whether or not there is an
account: what depends on one is found out when the e-mail is sent (`auth.email.letters`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from auth import audit
from auth.credentials import devices, passwords, sessions, throttle, tokens
from auth.database import reader
from auth.email import mail, outgoing
from auth.email.addresses import whole
from auth.models import User, db
from auth.moments import now

UNVERIFIED_LASTS = timedelta(days=7)  # then the address is free again


class Taken(ValueError):
    """Another account has the address."""


def by_email(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == email))


def by_id(user_id: int) -> User:
    """The account of a request that is signed in."""
    return db.session.get_one(User, user_id)


def platform_admins() -> list[str]:
    """Their e-mail addresses."""
    with reader() as session:
        return list(
            session.scalars(
                select(User.email).where(
                    User.is_platform_admin,
                    User.suspended_at.is_(None),
                    User.verified_at.is_not(None),
                )
            )
        )


def create(email: str, name: str, password_hash: str, *, verified: bool = False) -> User:
    """Add an account and commit. Raises `Taken`."""
    moment = now()
    user = User(
        email=email,
        name=name,
        password_hash=password_hash,
        created_at=moment,
        verified_at=moment if verified else None,
    )
    db.session.add(user)
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        raise Taken(email) from error
    audit.record("account made", user_id=user.id)
    db.session.commit()
    return user


def register(email: str, name: str, password: str, *, after: str = "") -> None:
    """Make an account, or change one that nobody has confirmed yet: whoever asked first may not be
    whose address it is, so the last one to ask decides. A confirmed account stays as it is, and
    its owner hears of it.

    The statements are the same in every case, and all is committed when this returns. `after` is
    where the link in the message leads on to.
    """
    password_hash = passwords.hashed(password)
    moment = now()
    db.session.execute(
        delete(User).where(User.verified_at.is_(None), User.created_at < moment - UNVERIFIED_LASTS)
    )
    before = db.session.scalar(select(User.id).where(User.email == email))
    db.session.execute(
        _insert()(User)
        .values(
            email=email,
            name=name,
            password_hash=password_hash,
            created_at=moment,
            is_platform_admin=False,
        )
        .on_conflict_do_update(
            index_elements=[User.email],
            set_={"name": name, "password_hash": password_hash},
            where=User.verified_at.is_(None),
        )
    )
    number = db.session.scalar(select(User.id).where(User.email == email))
    audit.record("account made" if before is None else "registration repeated", user_id=number)
    outgoing.put("registered", root=whole("/accounts"), email=email, after=after)
    db.session.commit()


def _insert() -> Callable[..., Any]:
    """The INSERT of the database in use; both know what to do with a row that is there already."""
    return postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert


def ask_for_verification(email: str, *, after: str = "") -> None:
    """Send the link again, if there is an account that waits for it."""
    _ask("verify", email, after=after)


def ask_for_reset(email: str) -> None:
    """Send a link to choose a new password, if the address has an account."""
    _ask("reset", email)


def _ask(kind: Literal["verify", "reset"], email: str, **more: str) -> None:
    """The same row for every address: whether it has an account is looked up when it is sent."""
    outgoing.put(kind, root=whole("/accounts"), email=email, **more)
    db.session.commit()


def verify(token: str) -> bool:
    """Activate the account that a link was sent to; False when the link is old or used."""
    taken = tokens.use(token, "verify")
    if taken is None:
        db.session.rollback()
        return False
    db.session.execute(
        update(User)
        .where(User.id == taken.user_id, User.verified_at.is_(None))
        .values(verified_at=now())
    )
    audit.record("address confirmed", user_id=taken.user_id)
    db.session.commit()
    return True


def reset(token: str, password: str) -> bool:
    """Set a new password by a link; False when the link is old or used. Ends every session."""
    password_hash = passwords.hashed(password)
    taken = tokens.use(token, "reset")
    if taken is None:
        db.session.rollback()
        return False
    user = by_id(taken.user_id)
    user.password_hash = password_hash
    user.verified_at = user.verified_at or now()  # the link came through the mailbox
    tokens.forget(user.id)
    sessions.end_all(user.id)
    throttle.clear("sign-in", user.email)
    throttle.clear("code", str(user.id))
    devices.remember(user.email)  # it came through the mailbox: nobody's guesses keep it out
    audit.record("password reset", user_id=user.id)
    _tell_of_password(user.email)
    db.session.commit()
    return True


def change_password(user_id: int, password: str) -> None:
    """Set a new password; this browser stays signed in, every other one is signed out."""
    password_hash = passwords.hashed(password)
    user = by_id(user_id)
    user.password_hash = password_hash
    tokens.forget(user.id)
    sessions.renew(user)
    audit.record("password changed", user_id=user.id, actor_id=user.id)
    _tell_of_password(user.email)
    db.session.commit()


def _tell_of_password(email: str) -> None:
    mail.send(
        email,
        "Your password was changed",
        [
            (
                "The password of your Haresign account was changed, and other browsers were signed "
                "out."
            ),
            "If it was not you, choose a new password at once.",
            mail.Link("Choose a new password", whole("/accounts/password-reset/")),
        ],
    )


def ask_for_email(user_id: int, email: str) -> None:
    """Send a link to a new address. The old one stays until the link is used.

    The old one is told in every case: it must not learn whether the new one has an account.
    """
    root = whole("/accounts")
    audit.record("new address asked for", user_id=user_id, actor_id=user_id)
    outgoing.put("email", root=root, user_id=user_id, email=email)
    mail.send(
        by_id(user_id).email,
        "A new e-mail address was asked for",
        [
            (
                "Somebody, probably you, asked to move your Haresign account to another e-mail "
                "address. It moves when a link sent there is opened."
            ),
            "If it was not you, change your password: whoever asked knew it.",
            mail.Link("Change your password", f"{root}/password/"),
        ],
    )
    db.session.commit()


def change_email(token: str) -> bool:
    """Move an account to the address that a link was sent to; signs it out everywhere."""
    taken = tokens.use(token, "email")
    if taken is None or taken.email is None:
        db.session.rollback()
        return False
    user = by_id(taken.user_id)
    old, user.email = user.email, taken.email
    try:
        db.session.flush()
    except IntegrityError:  # the address got an account of its own meanwhile
        db.session.rollback()
        return False
    tokens.forget(user.id)
    sessions.end_all(user.id)
    audit.record("address changed", user_id=user.id)
    mail.send(
        old,
        "Your e-mail address was changed",
        [
            (
                "Your Haresign account now has another e-mail address, and this one no longer "
                "signs in. If it was not you, write to us."
            ),
            mail.Link("Contact", whole("/contact/")),
        ],
    )
    db.session.commit()
    return True
