"""Mail to the owner of an account whose second factor changes or whose recovery code is used."""

from __future__ import annotations

from auth.credentials import totp
from auth.email import mail
from auth.email.addresses import whole
from auth.models import User
from data.format import plural


def turned_on(user: User) -> None:
    _tell(
        user,
        "The second factor of your account is on",
        "Signing in to your Haresign account now asks for a code of your authenticator app.",
    )


def turned_off(user: User) -> None:
    _tell(
        user,
        "The second factor of your account is off",
        "Signing in to your Haresign account no longer asks for a code, only for the password.",
    )


def recovery_used(user: User) -> None:
    left = plural(totp.recovery_codes_left(user.id), "is", "are")
    _tell(
        user,
        "A recovery code of your account was used",
        f"Somebody, probably you, used a recovery code of your Haresign account. {left} left.",
    )


def _tell(user: User, subject: str, what: str) -> None:
    mail.send(
        user.email,
        subject,
        [
            what,
            "If it was not you, choose a new password at once, and look at the second factor.",
            mail.Link("Choose a new password", whole("/accounts/password-reset/")),
            mail.Link("Second factor", whole("/accounts/second-factor/")),
        ],
    )
