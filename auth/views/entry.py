"""Ways in: register, confirm the address, sign in, sign out, choose a new password."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from auth import audit
from auth.accounts import people, signin
from auth.credentials import devices, passwords, sessions, throttle, tokens
from auth.email.addresses import is_email, normalise, own_path
from auth.forms import Form
from auth.models import db
from auth.views import entry_pages as pages

BLUEPRINT = Blueprint("entry", __name__, url_prefix="/accounts")
CHECK = "Check your e-mail"
BAD_EMAIL = "Enter an e-mail address, such as name@example.org."
NOT_CHOSEN = (
    "This is not the password of the newest registration with your address. If somebody else may "
    "have registered it, choose a new password below."
)
WRONG = "E-mail or password is not right. Check both and try again."


def check_email(form: Form) -> str:
    """The address in the form as it is stored; an error in the form when it cannot be one."""
    email = normalise(form["email"])
    if not is_email(email):
        form.errors["email"] = BAD_EMAIL
    return email


def check_new_password(form: Form, *, email: str = "", name: str = "") -> None:
    if problem := passwords.objection(form["password"], email=email, name=name):
        form.errors["password"] = problem


def _after() -> str:
    """Where to go once signed in: what the address or the form says, else the page of the site
    from which somebody came here. Empty: to the account itself.
    """
    if "next" in request.values:
        return own_path(request.values["next"])
    led = urlsplit(request.referrer or "")
    inside = led.path.removeprefix(request.script_root)
    if request.method != "GET" or led.netloc != request.host or inside.startswith("/accounts/"):
        return ""
    return own_path(f"{led.path}?{led.query}" if led.query else led.path) if inside != "/" else ""


@BLUEPRINT.get("/")
def start() -> Answer:
    return redirect(url_for("profile.profile"))


@BLUEPRINT.route("/register/", methods=["GET", "POST"])
def register() -> Answer | str:
    after = _after()
    if sessions.current():
        return redirect(after or url_for("profile.profile"))
    if request.method == "GET":
        return pages.register(Form(), after=after)
    form = Form.sent("name", "email", passwords=("password",))
    form.require("name", "Enter your name, as colleagues know you.")
    form.limit("name", 100, "Your name")
    email = check_email(form)
    check_new_password(form, email=email, name=form["name"])
    if form.errors:
        return pages.register(form, after=after)
    throttle.attempt("mail", email, device=devices.known(email))
    people.register(email, form["name"], form["password"], after=after)
    return pages.sent(CHECK, Form({"email": email}), after=after)


@BLUEPRINT.route("/verify/", methods=["GET", "POST"])
def resend() -> str:
    """The verification page: what to do when the message does not arrive."""
    if request.method == "GET":
        return pages.sent(CHECK, Form())
    form, after = Form.sent("email"), _after()
    email = check_email(form)
    if form.errors:
        return pages.sent(CHECK, form, after=after)
    throttle.attempt("mail", email, device=devices.known(email))
    people.ask_for_verification(email, after=after)
    return pages.sent(CHECK, Form({"email": email}), after=after, again=True)


@BLUEPRINT.route("/verify/<token>/", methods=["GET", "POST"])
def verify(token: str) -> Answer | str | tuple[str, int]:
    """Opening the link shows a form: mail scanners open links, but send nothing.

    It asks for the password, so that nobody activates an account whose password somebody else
    chose for their address.
    """
    known = tokens.find(token, "verify")
    if known is None:
        return _stale(url_for("entry.resend"))
    form = Form.sent(passwords=("password",))
    if request.method == "POST":
        if signin.knows_password(known.user_id, form["password"], how="link"):
            if people.verify(token):
                signin.enter(people.by_id(known.user_id), remembered=False)
                return redirect(_after() or url_for("profile.profile", done="verified"))
            return _stale(url_for("entry.resend"))
        form.errors["password"] = NOT_CHOSEN
    return pages.activate(form)


def _stale(again: str) -> tuple[str, int]:
    return pages.stale(again), 410


@BLUEPRINT.route("/login/", methods=["GET", "POST"])
def login() -> Answer | str:
    after = _after()
    if sessions.current():
        return redirect(after or url_for("profile.profile"))
    if request.method == "GET":
        return pages.login(Form(), after=after, done=request.args.get("done", ""))
    form = Form.sent("email", "remember", passwords=("password",))
    email = check_email(form)
    form.require("password", "Enter your password.")
    if form.errors:
        return pages.login(form, after=after)
    outcome, half = signin.with_password(
        email, form["password"][: passwords.LONGEST + 1], remembered=bool(form["remember"])
    )
    if outcome == "unverified":
        first = "Confirm your e-mail address first"
        return pages.sent(first, Form({"email": email}), after=after)
    if half is not None:
        return pages.enter_code(Form(), half=half.sealed(), after=after)
    if outcome == "in":
        return redirect(after or url_for("profile.profile"))
    form.errors["form" if outcome == "suspended" else "password"] = (
        "This account is suspended. Write to us through the contact page."
        if outcome == "suspended"
        else WRONG
    )
    return pages.login(form, after=after)


@BLUEPRINT.post("/login/code/")
def code() -> Answer | str:
    form = Form.sent("code", "half")
    after = own_path(request.form.get("next", ""))
    half = signin.unseal(form["half"])
    if half is None:
        return redirect(url_for("entry.login", done="slow"))
    form.require("code", "Enter the code that your app shows, or a recovery code.")
    if not form.errors:
        if signin.with_code(half, form["code"]):
            return redirect(after or url_for("profile.profile"))
        form.errors["code"] = "This code is not right, or was used already. Try the next one."
    return pages.enter_code(form, half=form["half"], after=after)


@BLUEPRINT.route("/logout/", methods=["GET", "POST"])
def logout() -> Answer | str:
    account = sessions.current()
    if request.method == "GET" and account:
        return pages.logout()
    if account:
        sessions.end()
        audit.record("signed out", user_id=account.id, actor_id=account.id)
        db.session.commit()
    return redirect(url_for("entry.login", done="out"))


@BLUEPRINT.route("/password-reset/", methods=["GET", "POST"])
def ask_reset() -> str:
    if request.method == "GET":
        return pages.reset(Form())
    form = Form.sent("email")
    email = check_email(form)
    if form.errors:
        return pages.reset(form)
    throttle.attempt("mail", email, device=devices.known(email))
    people.ask_for_reset(email)
    return pages.reset_sent(email)


@BLUEPRINT.route("/password-reset/<token>/", methods=["GET", "POST"])
def reset(token: str) -> Answer | str | tuple[str, int]:
    form = Form.sent(passwords=("password",))
    known = tokens.find(token, "reset")
    if known is None:
        return _stale(url_for("entry.ask_reset"))
    if request.method == "GET":
        return pages.new_password(Form())
    owner = people.by_id(known.user_id)
    check_new_password(form, email=owner.email, name=owner.name)
    db.session.rollback()
    if form.errors:
        return pages.new_password(form)
    if not people.reset(token, form["password"]):
        return _stale(url_for("entry.ask_reset"))
    return redirect(url_for("entry.login", done="reset"))


@BLUEPRINT.route("/email/<token>/", methods=["GET", "POST"])
def confirm_email(token: str) -> Answer | str | tuple[str, int]:
    if request.method == "POST":
        if people.change_email(token):
            return redirect(url_for("entry.login", done="email"))
    elif tokens.find(token, "email"):
        return pages.confirm("Confirm your new e-mail address", "Use this address")
    return _stale(url_for("security.email"))
