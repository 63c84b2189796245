"""The e-mails that depend on what an account is when they are sent.

A request with an address alone (register, send the link again, choose a new password) leaves the
same row whether or not there is an account; here it is looked up, away from the request. Links are
made here too, so that their time begins when the message leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from auth import audit
from auth.credentials import tokens
from auth.email.mail import Lines, Link
from auth.email.outgoing import Kind
from auth.models import User, db


@dataclass(frozen=True, slots=True)
class Letter:
    to: str
    subject: str
    lines: Lines


def write(content: dict[str, Any]) -> Letter | None:
    """What is to be sent; None where nobody is to hear anything. The caller commits."""
    kind: Kind = content["kind"]
    if kind == "message":
        lines = [line if isinstance(line, str) else Link(*line) for line in content["lines"]]
        return Letter(content["to"], content["subject"], lines)
    return _WRITERS[kind](content)


def _user(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == email))


def _registered(content: dict[str, Any]) -> Letter | None:
    user, root = _user(content["email"]), content["root"]
    if user is None:
        return None
    if user.verified_at is None:
        return _verification(user, root, content.get("after", ""))
    return Letter(
        user.email,
        "You already have a Haresign account",
        [
            (
                "Somebody, probably you, tried to create a Haresign account with this address. "
                "There is one already, and nothing was changed."
            ),
            Link("Sign in", f"{root}/login/"),
            Link("Choose a new password", f"{root}/password-reset/"),
        ],
    )


def _again(content: dict[str, Any]) -> Letter | None:
    user = _user(content["email"])
    if user is None or user.verified_at is not None:
        return None
    return _verification(user, content["root"], content.get("after", ""))


def _verification(user: User, root: str, after: str) -> Letter:
    """`after` is where somebody came from who registered on the way to something."""
    link = f"{root}/verify/{tokens.issue(user.id, 'verify')}/"
    return Letter(
        user.email,
        "Confirm your e-mail address",
        [
            (
                "Somebody, probably you, created a Haresign account with this address. "
                "Open the link within 24 hours to activate it."
            ),
            Link(
                "Confirm my e-mail address",
                f"{link}?{urlencode({'next': after})}" if after else link,
            ),
            "If it was not you, ignore this message. The account cannot be used without the link.",
        ],
    )


def _reset(content: dict[str, Any]) -> Letter | None:
    user, root = _user(content["email"]), content["root"]
    if user is None or user.suspended_at is not None:
        return None
    audit.record("reset asked for", user_id=user.id)
    return Letter(
        user.email,
        "Choose a new password",
        [
            (
                "Somebody, probably you, asked for a new password for your Haresign account. "
                "Open the link within 10 minutes to choose one."
            ),
            Link(
                "Choose a new password", f"{root}/password-reset/{tokens.issue(user.id, 'reset')}/"
            ),
            "If it was not you, ignore this message. Your password stays as it is.",
        ],
    )


def _new_address(content: dict[str, Any]) -> Letter | None:
    user, email, root = db.session.get(User, content["user_id"]), content["email"], content["root"]
    if user is None:
        return None
    if _user(email) is not None:
        return Letter(
            email,
            "This address already has a Haresign account",
            [
                (
                    "Somebody asked to use this address for their Haresign account. It has an "
                    "account of its own already, so nothing was changed."
                ),
            ],
        )
    link = f"{root}/email/{tokens.issue(user.id, 'email', email=email)}/"
    return Letter(
        email,
        "Confirm your new e-mail address",
        [
            "You asked to sign in to Haresign with this address. Open the link within an hour.",
            Link("Confirm my new e-mail address", link),
            "If it was not you, ignore this message.",
        ],
    )


_WRITERS: dict[Kind, Callable[[dict[str, Any]], Letter | None]] = {
    "registered": _registered,
    "verify": _again,
    "reset": _reset,
    "email": _new_address,
}
