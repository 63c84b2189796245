"""What the pages of `/accounts/security/` look like."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from auth.credentials.sessions import account
from auth.forms import Form
from auth.models import UserSession
from auth.views import fields, frame
from auth.views.dates import moment
from auth.views.entry_pages import STRONG, code, lead, password
from auth.views.fields import at
from components.markup import Node, attrs, html
from components.text import written

SECURITY, FACTOR = "/accounts/security/", "/accounts/second-factor/"


def _cancel() -> Node:
    return fields.way("Cancel", at(SECURITY))


def change(label: str, path: str) -> Node:
    """The link beside a fact that changes it."""
    return html.A(label, className="ms-2", href=at(path))


def facts(*entries: tuple[str, Sequence[Node | str]]) -> Node:
    return html.Dl(
        [part for name, words in entries for part in (html.Dt(name), html.Dd(words))],
        className="facts",
    )


def overview(browsers: Sequence[UserSession], *, here: int, factor: bool, done: str) -> str:
    others = fields.button(at("/accounts/sessions/end-others/"), "Sign out everywhere else")
    return frame.draw(
        "Sign-in and security",
        fields.section(
            "how",
            "How you sign in",
            facts(
                ("E-mail", [account().email, " ", change("Change", "/accounts/email/")]),
                (
                    "Password",
                    [html.A("Change your password", href=at("/accounts/password/"))],
                ),
                (
                    "Second factor",
                    [
                        "On" if factor else "Off",
                        " ",
                        change("Manage" if factor else "Turn on", FACTOR),
                    ],
                ),
            ),
        ),
        fields.section(
            "browsers",
            "Signed-in browsers",
            fields.table(
                "Signed-in browsers",
                ("Browser", "Signed in", "Last seen", ""),
                [_browser(one, here=one.id == here) for one in browsers],
            ),
            html.Div(others, className="mt-3") if len(browsers) > 1 else None,
            remark="Sign out any that you do not know, then change your password",
        ),
        said=done,
    )


def _browser(one: UserSession, *, here: bool) -> tuple[list[Node | str], str, str, Node | None]:
    end = fields.button(at(f"/accounts/sessions/{one.id}/end/"), "Sign out", about=one.agent)
    name: list[Node | str] = [one.agent]
    if here:
        name += [" ", fields.tag("This one", "br")]
    return name, moment(one.created_at), moment(one.seen_at), None if here else end


def change_password(form: Form) -> str:
    return frame.draw(
        "Change your password",
        fields.problems(form),
        html.P(f"Other browsers are signed out, and a message goes to {account().email}."),
        fields.form(
            password(form, "current", "Present password"),
            password(form, label="New password", new=True, hint=STRONG),
            fields.row(fields.submit("Change password"), _cancel()),
        ),
    )


def change_email(form: Form) -> str:
    return frame.draw(
        "Change your e-mail address",
        fields.problems(form),
        html.P(
            f"Now {account().email}. A link is sent to the new address. When it is opened, the "
            "account moves there and every browser is signed out."
        ),
        fields.form(
            fields.text(form, "email", "New e-mail address", type="email", autocomplete="email"),
            password(form, "current", "Your password"),
            fields.row(fields.submit("Send the link"), _cancel()),
        ),
    )


def second_factor(form: Form, *, on: bool, left: int) -> str:
    return frame.draw(
        "Second factor", fields.problems(form), *(_when_on(form, left) if on else _when_off(form))
    )


def _when_off(form: Form) -> Sequence[Node]:
    return (
        html.P(
            "Off. With it, signing in asks for a 6-digit code of an authenticator app on your "
            "phone as well, so that a stolen password is not enough."
        ),
        fields.form(
            password(form, "current", "Your password"),
            fields.row(fields.submit("Turn on"), _cancel()),
            action=at(FACTOR),
        ),
    )


def _when_on(form: Form, left: int) -> Sequence[Node]:
    codes = "code" if left == 1 else "codes"
    return (
        html.P(
            "On. Signing in asks for a code of your authenticator app as well. "
            f"{left} recovery {codes} left."
        ),
        fields.section(
            "codes",
            "New recovery codes",
            fields.form(
                _again("current", "Your password", "password", "current-password", 128),
                _again("code", "Code", "text", "one-time-code", 20),
                fields.submit("Make new codes", "outline-secondary"),
                action=at("/accounts/second-factor/codes/"),
            ),
            remark="The present ones stop working",
        ),
        fields.section(
            "off",
            "Turn it off",
            fields.form(
                password(form, "current", "Your password"),
                code(form),
                fields.row(fields.submit("Turn off", "outline-danger")),
                action=at(FACTOR),
            ),
        ),
    )


def _again(name: str, label: str, kind: str, autocomplete: str, maxlength: int) -> Node:
    """A field that the page has twice, so with an id of its own."""
    box = html.Input(
        id=f"codes-{name}",
        name=name,
        className="form-control",
        type=kind,
        autocomplete=autocomplete,
        maxlength=maxlength,
        required=True,
    )
    named = html.Label(label, className="form-label", htmlFor=f"codes-{name}")
    return html.Div([named, box], className="field")


def scan(form: Form, *, picture: Markup, secret: str) -> str:
    return frame.draw(
        "Second factor",
        fields.problems(form),
        html.P(
            "Scan this with your authenticator app, or type the key into it. "
            "Then enter the code that it shows."
        ),
        html.Div(
            written(picture),
            className="qr",
            role="img",
            **attrs({"aria-label": "QR code of the key below"}),
        ),
        html.Code(secret, className="secret"),
        fields.form(
            fields.text(
                form,
                "code",
                "Code",
                autocomplete="one-time-code",
                inputmode="numeric",
                maxlength=10,
                hint="6 digits.",
            ),
            fields.row(fields.submit("Confirm"), _cancel()),
            action=at("/accounts/second-factor/confirm/"),
        ),
    )


def recovery(codes: Sequence[str]) -> str:
    return frame.draw(
        "Recovery codes",
        fields.done("The second factor is on."),
        lead(
            "Keep these codes where you keep your passwords. Each signs in once if the phone is "
            "lost. They are not shown again."
        ),
        html.Ul([html.Li(one) for one in codes], className="codes"),
        fields.row(fields.way("I have kept them", at(SECURITY), "primary")),
    )
