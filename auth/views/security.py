"""Sign-in and security: password, e-mail address, second factor, signed-in browsers."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answer

from auth import audit
from auth.accounts import factor_mail, people, signin
from auth.credentials import sessions, throttle, totp
from auth.credentials.sessions import account, signed_in
from auth.database import reader
from auth.forms import Form
from auth.models import User, UserSession, db
from auth.moments import now
from auth.views import security_pages as pages
from auth.views.entry import check_email, check_new_password
from auth.views.profile import WRONG_PASSWORD

BLUEPRINT = Blueprint("security", __name__, url_prefix="/accounts")
SAID = {
    "password": "Your password is changed. Other browsers are signed out.",
    "email": "A link is on its way to the new address. The old one stays until it is opened.",
    "ended": "That browser is signed out.",
    "others": "Every other browser is signed out.",
    "off": "The second factor is off.",
}


def _check_password(form: Form, name: str = "current") -> None:
    """The password again, before something that protects the account changes."""
    if not signin.knows_password(account().id, form[name], how=str(account().session_id)):
        form.errors[name] = WRONG_PASSWORD


def _check_both(form: Form) -> None:
    """The password and the second factor again. A right code is used up only with a right
    password; what was used up is committed.
    """
    form.require("code", "Enter the code that your app shows, or a recovery code.")
    if not form.errors:
        _check_password(form)
    if not form.errors and not signin.has_factor(account().id, form["code"]):
        form.errors["code"] = "This code is not right, or was used already. Try the next one."


@BLUEPRINT.get("/security/")
@signed_in
def security() -> str:
    with reader() as session:
        user = session.get_one(User, account().id)
        rows = session.scalars(
            select(UserSession)
            .where(UserSession.user_id == account().id, UserSession.expires_at > now())
            .order_by(UserSession.seen_at.desc(), UserSession.id.desc())
        ).all()
    return pages.overview(
        rows,
        here=account().session_id,
        factor=totp.is_on(user),
        done=SAID.get(request.args.get("done", ""), ""),
    )


@BLUEPRINT.post("/sessions/<int:session_id>/end/")
@signed_in
def end_session(session_id: int) -> Answer:
    if not sessions.end_one(account().id, session_id):
        raise NotFound
    audit.record("browser signed out", user_id=account().id, actor_id=account().id)
    db.session.commit()
    return redirect(url_for("security.security", done="ended"))


@BLUEPRINT.post("/sessions/end-others/")
@signed_in
def end_others() -> Answer:
    user = people.by_id(account().id)
    sessions.renew(user)
    audit.record("other browsers signed out", user_id=user.id, actor_id=user.id)
    db.session.commit()
    return redirect(url_for("security.security", done="others"))


@BLUEPRINT.route("/password/", methods=["GET", "POST"])
@signed_in
def password() -> Answer | str:
    form = Form.sent(passwords=("current", "password"))
    if request.method == "POST":
        check_new_password(form, email=account().email, name=account().name)
        if not form.errors:
            _check_password(form)
        if not form.errors:
            people.change_password(account().id, form["password"])
            return redirect(url_for("security.security", done="password"))
    return pages.change_password(form)


@BLUEPRINT.route("/email/", methods=["GET", "POST"])
@signed_in
def email() -> Answer | str:
    form = Form.sent("email", passwords=("current",))
    if request.method == "POST":
        address = check_email(form)
        if address == account().email:
            form.errors["email"] = "This is the address that you have now."
        if not form.errors:
            _check_password(form)
        if not form.errors:
            throttle.attempt_alone("mail", str(account().id))
            people.ask_for_email(account().id, address)
            return redirect(url_for("security.security", done="email"))
    return pages.change_email(form)


@BLUEPRINT.route("/second-factor/", methods=["GET", "POST"])
@signed_in
def second_factor() -> Answer | str:
    """Off: ask for the password, then show a secret. On: off again, with a code as well."""
    form = Form.sent("code", passwords=("current",))
    on = _is_on()
    if request.method == "POST":
        (_check_both if on else _check_password)(form)
        if not form.errors:
            user = people.by_id(account().id)
            if on:
                totp.turn_off(user)
                factor_mail.turned_off(user)
                db.session.commit()
                return redirect(url_for("security.security", done="off"))
            if totp.is_on(user):  # at another browser meanwhile
                return redirect(url_for("security.second_factor"))
            secret = totp.prepare(user)
            db.session.commit()
            return _scan(user, secret, Form())
    return _second_factor(form)


def _is_on() -> bool:
    with reader() as session:
        return totp.is_on(session.get_one(User, account().id))


def _second_factor(form: Form) -> str:
    user = people.by_id(account().id)
    return pages.second_factor(form, on=totp.is_on(user), left=totp.recovery_codes_left(user.id))


@BLUEPRINT.post("/second-factor/confirm/")
@signed_in
def confirm_second_factor() -> Answer | str:
    """The first code turns it on; the recovery codes are shown with this answer alone."""
    user = people.by_id(account().id)
    secret = totp.prepared(user)
    if secret is None:
        return redirect(url_for("security.second_factor"))
    form = Form.sent("code")
    throttle.attempt_alone("code", str(user.id))
    user = people.by_id(account().id)
    if not totp.accept(user, form["code"]):
        db.session.rollback()
        form.errors["code"] = "This code is not right. Check the clock of the phone."
        return _scan(people.by_id(account().id), secret, form)
    codes = totp.turn_on(user)
    factor_mail.turned_on(user)
    throttle.clear_alone("code", str(user.id))
    db.session.commit()
    return pages.recovery(codes)


@BLUEPRINT.post("/second-factor/codes/")
@signed_in
def recovery_codes() -> Answer | str:
    form = Form.sent("code", passwords=("current",))
    if not _is_on():
        return redirect(url_for("security.second_factor"))
    _check_both(form)
    if form.errors:
        return _second_factor(form)
    user = people.by_id(account().id)
    codes = totp.new_recovery_codes(user)
    audit.record("recovery codes renewed", user_id=user.id, actor_id=user.id)
    db.session.commit()
    return pages.recovery(codes)


def _scan(user: User, secret: str, form: Form) -> str:
    import segno

    picture = segno.make(totp.address(user, secret), micro=False).svg_inline(
        scale=4, border=0, omitsize=True
    )
    return pages.scan(
        form,
        picture=Markup(picture),  # drawn by segno from modules, no text inside
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    )
