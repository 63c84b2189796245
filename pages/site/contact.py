"""`/contact/`: a message about the site, with the page it is about filled in."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from auth import contact
from auth.credentials import sessions
from auth.email.addresses import is_email, normalise
from auth.forms import Form
from auth.models import ContactMessage
from auth.views import fields
from auth.views.entry_pages import lead, narrow
from auth.views.fields import at
from components import url_state
from components.markup import Node, html
from data.versions.db import library
from pages.dashboard import context, registry

BLUEPRINT = Blueprint("contact", __name__)
ORGANISATIONS = "/organisations/"
FIELDS = ("name", "email", "tool", "organisation", "period", "message", "expected")
LENGTHS = {
    "name": 100,
    "tool": 100,
    "organisation": 100,
    "period": 40,
    "message": 5000,
    "expected": 2000,
}
LOOK_FIRST = (
    "the organisation that is selected",
    "the month or year",
    "the notes of the data under the figures",
    "whether the denominator is what you expected",
    "whether another tool shows the same pattern",
)


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
    """The form, or that it was sent; beside it, what to check first."""
    if request.args.get("done") == "sent":
        sent = fields.done("Your message is sent. The answer comes by e-mail.")
        return narrow("Contact", fields.problems(form), sent, beside=_beside())
    return narrow(
        "Contact",
        fields.problems(form),
        lead("If a figure looks wrong, say which one and what you expected to see."),
        fields.form(
            *_lines(form),
            fields.row(fields.submit("Send", wide=True)),
            action=at("/contact/"),
        ),
        beside=_beside(),
    )


def _lines(form: Form) -> list[Node]:
    text, area = partial(fields.text, form), partial(fields.area, form)
    period = "Such as 2026-09 or 2025/26."
    return [
        text("name", "Your name", autocomplete="name", maxlength=100),
        text("email", "E-mail", type="email", autocomplete="email", hint="For the answer."),
        text("tool", "Tool", maxlength=100, optional=True),
        text("organisation", "Practice, PCN or area", maxlength=100, optional=True),
        text("period", "Period", maxlength=40, hint=period, optional=True),
        area("message", "Message", maxlength=5000, rows=6, hint="No patient details."),
        area("expected", "What did you expect to see?", maxlength=2000, rows=3, optional=True),
    ]


def _beside() -> Node:
    status = html.A("Data status", href=at("/status/"))
    return html.Div(
        [
            html.H2("Before you write"),
            html.P("When a figure surprises you, look first at:"),
            html.Ul([html.Li(one) for one in LOOK_FIRST]),
            html.P([status, " says what was loaded when."], className="mb-0"),
        ],
        className="panel",
    )


def _from_here() -> dict[str, str]:
    """Tool, organisation and period in the address of this page, or of the one that led here."""
    asked = {name: request.args.get(name, "") for name in ("tool", "organisation", "period")}
    led = urlsplit(request.referrer or "")
    if not any(asked.values()) and led.netloc == request.host:
        asked = _shown(led.path.removeprefix(request.script_root), led.query)
    org = library().directory().get(asked["organisation"])
    values = {name: value[: LENGTHS[name]] for name, value in asked.items()}
    if org is not None:
        values["organisation"] = org.label
    account = sessions.current()
    if account is not None:
        values |= {"name": account.name, "email": account.email}
    return values


def _shown(path: str, query: str) -> dict[str, str]:
    """What a page of the site shows: a period that its address leaves out too."""
    values = url_state.parse(query)
    page = path.removeprefix(ORGANISATIONS).strip("/") if path.startswith(ORGANISATIONS) else ""
    code = page or values.get("org", "")
    tool = next((one for one in registry.tools() if path in (one.path, one.nation_path)), None)
    view = context.read(tool, values) if tool in registry.dashboards() and tool else None
    period = values.get("month", "")
    if isinstance(view, context.View):
        period = context.written(view, view.period)
    return {
        "tool": tool.title if tool else "",
        "organisation": "" if code == url_state.NONE else code,
        "period": period,
    }
