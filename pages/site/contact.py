"""`/contact/`: a message about the site, with the page it is about filled in."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from auth import contact, sessions
from auth.addresses import is_email, normalise
from auth.forms import Form
from auth.models import ContactMessage
from data.db import library
from pages import catalogue

BLUEPRINT = Blueprint("contact", __name__, template_folder="../templates")
FIELDS = ("name", "email", "tool", "organisation", "period", "message", "expected")
LENGTHS = {
    "name": 100,
    "tool": 100,
    "organisation": 100,
    "period": 40,
    "message": 5000,
    "expected": 2000,
}


@BLUEPRINT.route("/contact/", methods=["GET", "POST"])
def page() -> Answer | str:
    if request.method == "GET":
        return _draw(Form(_from_here()))
    form = Form.sent(*FIELDS)
    form.require("name", "Enter your name.")
    form.require("message", "Enter your message.")
    for name, most in LENGTHS.items():
        form.limit(name, most, name.capitalize())
    email = normalise(form["email"])
    if not is_email(email):
        form.errors["email"] = "Enter an e-mail address for the answer, such as name@example.org."
    if form.errors:
        return _draw(form)
    contact.leave(ContactMessage(**{**form.values, "email": email}))
    return redirect(url_for("contact.page", done="sent"))


def _draw(form: Form) -> str:
    return render_template(
        "contact.html",
        title="Contact",
        form=form,
        sent=request.args.get("done") == "sent",
        root=request.script_root,
    )


def _from_here() -> dict[str, str]:
    """Tool, organisation and period in the address of this page, or of the one that led here."""
    asked = {name: request.args.get(name, "") for name in ("tool", "organisation", "period")}
    led = urlsplit(request.referrer or "")
    if not any(asked.values()) and led.netloc == request.host:
        query = parse_qs(led.query)
        path = led.path.removeprefix(request.script_root)
        asked = {
            "tool": next((one.title for one in catalogue.tools() if one.path == path), ""),
            "organisation": query.get("org", [""])[0],
            "period": query.get("month", [""])[0],
        }
    org = library().directory().get(asked["organisation"])
    values = {name: value[: LENGTHS[name]] for name, value in asked.items()}
    if org is not None:
        values["organisation"] = org.label
    account = sessions.current()
    if account is not None:
        values |= {"name": account.name, "email": account.email}
    return values
