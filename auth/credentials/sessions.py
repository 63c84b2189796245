"""Signed-in browsers: a row in the database behind a cookie that holds only a random value.

Flask-Login asks who makes a request (`_loaded`) and guards the views; its own cookies are not used.
The cookie of a deleted row is worth nothing, so signing out elsewhere, suspension and a changed
password take effect at the next request, whoever holds a copy.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlencode

from flask import Flask, Response, g, has_request_context, redirect, request
from flask_login import LoginManager, UserMixin, current_user, login_required
from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import NotFound, ServiceUnavailable
from werkzeug.wrappers import Response as Answer

from auth.credentials.agents import describe
from auth.database import in_passing, reading
from auth.models import User, UserSession, db
from auth.moments import SKEW, now
from auth.secret import digest

IDLE, ABSOLUTE = timedelta(hours=8), timedelta(hours=24)
IDLE_REMEMBERED, ABSOLUTE_REMEMBERED = timedelta(days=14), timedelta(days=30)
SEEN_EVERY = timedelta(minutes=5)
RANDOM_BYTES = 32
LOGIN = "/accounts/login/"
AWAY = "The accounts are away for a moment. Nothing was changed. Try again in a minute."

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Account(UserMixin):
    """Who makes the present request, as the database said at its start."""

    id: int
    email: str
    name: str
    is_platform_admin: bool
    workspace: str | None  # code of the practice or PCN in use
    session_id: int

    @property
    def initials(self) -> str:
        words = self.name.split() or [self.email]
        return "".join(word[0] for word in (words[0], words[-1])[: len(words)]).upper()


def register(app: Flask) -> None:
    manager = LoginManager()  # without its own cookie, which it would look after at every answer
    manager.request_loader(lambda _: _loaded())
    manager.unauthorized_handler(_to_sign_in)
    app.login_manager = manager  # type: ignore[attr-defined]
    app.after_request(_keep_private)
    app.after_request(_set_cookie)


def cookie_name() -> str:
    """The prefix makes browsers refuse the cookie from anywhere but this very host, over TLS."""
    return "__Host-session" if request.is_secure else "session"


def presented() -> str:
    """The value of the session cookie, whether or not it stands for anything."""
    return str(g.get("session_value") or request.cookies.get(cookie_name(), ""))


def current() -> Account | None:
    """The account of the present request, or None."""
    if not has_request_context() or not current_user.is_authenticated:
        return None
    found: Account = current_user._get_current_object()
    return found


def _loaded() -> Account | None:
    """Who the request is from: whoever it has just signed in, else whom its cookie stands for."""
    if "account" not in g:
        try:
            g.account = _find(request.cookies.get(cookie_name(), ""))
        except OperationalError:  # public pages are there without the accounts
            g.account, g.accounts_away = None, True
    account: Account | None = g.account
    return account


def _now_is(account: Account | None) -> None:
    g.account = account
    g.pop("_login_user", None)  # Flask-Login asks again


def _find(value: str) -> Account | None:
    if not value or len(value) > 100:
        return None
    with reading() as connection:
        row = connection.execute(
            select(
                User.id,
                User.email,
                User.name,
                User.is_platform_admin,
                User.workspace,
                UserSession.id.label("session_id"),
                UserSession.seen_at,
                UserSession.remembered,
            )
            .join(UserSession, UserSession.user_id == User.id)
            .where(
                UserSession.digest == digest(value),
                UserSession.expires_at > now(),
                UserSession.created_at <= now() + SKEW,  # not by a clock that was ahead
                User.suspended_at.is_(None),
                User.verified_at.is_not(None),
            )
        ).one_or_none()
    if row is None:
        return None
    unseen = now() - row.seen_at
    if unseen > (IDLE_REMEMBERED if row.remembered else IDLE):
        return None
    if unseen > SEEN_EVERY or unseen < -SKEW:
        with suppress(OperationalError), in_passing() as connection:
            connection.execute(
                update(UserSession).where(UserSession.id == row.session_id).values(seen_at=now())
            )
    return Account(
        row.id, row.email, row.name, row.is_platform_admin, row.workspace, row.session_id
    )


def is_over(moment: datetime) -> ColumnElement[bool]:
    """Whether a session has ended, or was begun by a clock that was ahead."""
    return or_(
        UserSession.expires_at <= moment,
        UserSession.created_at > moment + SKEW,
        and_(UserSession.remembered.is_(False), UserSession.seen_at < moment - IDLE),
        UserSession.seen_at < moment - IDLE_REMEMBERED,
    )


def begin(user: User, *, remembered: bool) -> None:
    """Sign the browser in under a new value; the row of the value it came with is deleted.

    The caller commits.
    """
    value = secrets.token_urlsafe(RANDOM_BYTES)
    moment = now()
    lasts = ABSOLUTE_REMEMBERED if remembered else ABSOLUTE
    db.session.execute(delete(UserSession).where(UserSession.digest == digest(presented())))
    db.session.execute(delete(UserSession).where(is_over(moment)))
    row = UserSession(
        user_id=user.id,
        digest=digest(value),
        created_at=moment,
        seen_at=moment,
        expires_at=moment + lasts,
        remembered=remembered,
        agent=describe(request.headers.get("User-Agent", "")),
    )
    db.session.add(row)
    db.session.flush()
    g.session_value = value
    g.session_seconds = int(lasts.total_seconds()) if remembered else None
    _now_is(Account(user.id, user.email, user.name, user.is_platform_admin, user.workspace, row.id))


def renew(user: User) -> None:
    """Give this browser a new value and end every other one: after a change of what protects
    the account. The caller commits.
    """
    row = db.session.scalar(select(UserSession).where(UserSession.digest == digest(presented())))
    remembered = bool(row and row.remembered)
    end_all(user.id)
    begin(user, remembered=remembered)


def end() -> None:
    """Sign this browser out. The caller commits."""
    db.session.execute(delete(UserSession).where(UserSession.digest == digest(presented())))
    g.session_value = ""
    _now_is(None)


def end_all(user_id: int) -> None:
    """Sign an account out everywhere. The caller commits."""
    db.session.execute(delete(UserSession).where(UserSession.user_id == user_id))


def end_one(user_id: int, session_id: int) -> bool:
    """Sign one of the account's browsers out; False when it is not there. The caller commits."""
    ended = db.session.execute(
        delete(UserSession).where(UserSession.id == session_id, UserSession.user_id == user_id)
    )
    return bool(ended.rowcount)  # type: ignore[attr-defined]


def signed_in(view: Callable[P, Answer | str]) -> Callable[P, Answer | str]:
    """For a view that needs an account: others go to sign-in and come back."""
    guarded: Callable[P, Answer | str] = login_required(view)
    return guarded


def _to_sign_in() -> Answer:
    if g.get("accounts_away"):
        raise ServiceUnavailable(AWAY)
    asked = request.method == "GET"
    here = f"{request.script_root}{request.full_path}".rstrip("?") if asked else ""
    query = f"?{urlencode({'next': here})}" if here else ""
    return redirect(f"{request.script_root}{LOGIN}{query}")


def platform_admin(view: Callable[P, Answer | str]) -> Callable[P, Answer | str]:
    """For a view of the platform's administrators. To others it does not exist."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Answer | str:
        if not account().is_platform_admin:
            raise NotFound
        return view(*args, **kwargs)

    return signed_in(guarded)


def is_platform_admin() -> bool:
    """Whether an administrator of the platform asks."""
    visitor = current()
    return visitor is not None and visitor.is_platform_admin


def account() -> Account:
    """The account of a request that `signed_in` let through."""
    found = current()
    if found is None:
        raise RuntimeError("asked for the account outside a view that needs one")
    return found


def _set_cookie(response: Response) -> Response:
    value = g.get("session_value")
    if value is None:
        return response
    if value:
        response.set_cookie(
            cookie_name(),
            value,
            max_age=g.session_seconds,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
            path="/",
        )
    else:
        response.delete_cookie(
            cookie_name(), secure=request.is_secure, httponly=True, samesite="Lax", path="/"
        )
    return response


def _keep_private(response: Response) -> Response:
    """Pages that know who is signed in stay out of shared caches; those with forms out of all."""
    if request.path.startswith("/accounts/") or "has_form" in g:
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "same-origin"  # addresses here can hold a token
    elif "account" in g:  # the answer depends on it
        response.headers.add("Vary", "Cookie")
        if g.account is not None:
            response.headers["Cache-Control"] = "private, no-cache"
    return response
