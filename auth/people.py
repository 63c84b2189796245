"""What happens to an account: made, verified, recovered, changed.

What a visitor asks for with an address alone happens beside the request: the answer then says and
takes the same, whether or not there is an account.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from auth import audit, mail, passwords, sessions, tokens
from auth.addresses import whole
from auth.background import later
from auth.database import reader
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


def ask_to_register(email: str, name: str, password: str) -> None:
    """Make an account, or tell its owner that somebody tried. The answer does not depend on it."""
    later(_register, whole("/accounts"), email, name, passwords.hashed(password))


def _register(root: str, email: str, name: str, password_hash: str) -> None:
    db.session.execute(
        delete(User).where(User.verified_at.is_(None), User.created_at < now() - UNVERIFIED_LASTS)
    )
    db.session.commit()
    try:
        user = create(email, name, password_hash)
    except Taken:
        owner = by_email(email)
        if owner is not None and owner.verified_at is None:
            # Whoever asked first may not be whose address it is: the last one to ask decides.
            owner.name, owner.password_hash = name, password_hash
            _send_verification(root, owner)
            return
        mail.send(
            email,
            "You already have a Haresign account",
            [
                (
                    "Somebody, probably you, tried to create a Haresign account with this address. "
                    "There is one already, and nothing was changed."
                ),
                mail.Link("Sign in", f"{root}/login/"),
                mail.Link("Choose a new password", f"{root}/password-reset/"),
            ],
        )
        return
    _send_verification(root, user)


def ask_for_verification(email: str) -> None:
    """Send the link again, if there is an account that waits for it."""
    later(_resend, whole("/accounts"), email)


def _resend(root: str, email: str) -> None:
    user = by_email(email)
    if user is not None and user.verified_at is None:
        _send_verification(root, user)


def _send_verification(root: str, user: User) -> None:
    link = f"{root}/verify/{tokens.issue(user.id, 'verify')}/"
    email = user.email
    db.session.commit()
    mail.send(
        email,
        "Confirm your e-mail address",
        [
            (
                "Somebody, probably you, created a Haresign account with this address. "
                "Open the link within 24 hours to activate it."
            ),
            mail.Link("Confirm my e-mail address", link),
            "If it was not you, ignore this message. The account cannot be used without the link.",
        ],
    )


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


def ask_for_reset(email: str) -> None:
    """Send a link to choose a new password, if the address has an account."""
    later(_send_reset, whole("/accounts"), email)


def _send_reset(root: str, email: str) -> None:
    user = by_email(email)
    if user is None or user.suspended_at is not None:
        return
    link = f"{root}/password-reset/{tokens.issue(user.id, 'reset')}/"
    audit.record("reset asked for", user_id=user.id)
    db.session.commit()
    mail.send(
        email,
        "Choose a new password",
        [
            (
                "Somebody, probably you, asked for a new password for your Haresign account. "
                "Open the link within 10 minutes to choose one."
            ),
            mail.Link("Choose a new password", link),
            "If it was not you, ignore this message. Your password stays as it is.",
        ],
    )


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
    audit.record("password reset", user_id=user.id)
    email = user.email
    db.session.commit()
    _tell_of_password(email)
    return True


def change_password(user_id: int, password: str) -> None:
    """Set a new password; this browser stays signed in, every other one is signed out."""
    password_hash = passwords.hashed(password)
    user = by_id(user_id)
    user.password_hash = password_hash
    tokens.forget(user.id)
    sessions.renew(user)
    audit.record("password changed", user_id=user.id, actor_id=user.id)
    email = user.email
    db.session.commit()
    _tell_of_password(email)


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
    """Send a link to a new address. The old one stays until the link is used."""
    later(_send_email_change, whole("/accounts"), user_id, email)


def _send_email_change(root: str, user_id: int, email: str) -> None:
    user = by_id(user_id)
    if by_email(email) is not None:
        mail.send(
            email,
            "This address already has a Haresign account",
            [
                (
                    "Somebody asked to use this address for their Haresign account. It has an "
                    "account of its own already, so nothing was changed."
                ),
            ],
        )
        return
    link = f"{root}/email/{tokens.issue(user.id, 'email', email=email)}/"
    old = user.email
    audit.record("new address asked for", user_id=user.id, actor_id=user.id)
    db.session.commit()
    mail.send(
        email,
        "Confirm your new e-mail address",
        [
            "You asked to sign in to Haresign with this address. Open the link within an hour.",
            mail.Link("Confirm my new e-mail address", link),
            "If it was not you, ignore this message.",
        ],
    )
    mail.send(
        old,
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
    db.session.commit()
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
    return True
