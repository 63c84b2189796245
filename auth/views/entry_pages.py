"""What the pages outside an account look like: the form left, a remark right."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import render_template

from auth.forms import Form
from auth.views import fields
from auth.views.fields import at
from components.markup import Child, Node, html, link
from components.text import to_text

SIGN_IN, PROFILE, RESET = "/accounts/login/", "/accounts/profile/", "/accounts/password-reset/"
DONE = {
    "out": "You are signed out.",
    "reset": "Your password is changed. Sign in with the new one.",
    "email": "Your e-mail address is changed. Sign in with the new one.",
    "slow": "That took too long. Enter your password again.",
    "deleted": "Your account is deleted.",
}
STRONG = "At least 8 characters, better 15 or more. Three random words are good."
OPEN = (
    "Open the link in the message within 24 hours to activate the account. "
    "Until then it cannot sign in."
)
CODE = "The 6 digits that your authenticator app shows, or a recovery code."


def narrow(title: str, *parts: Child | None, beside: Node | None = None) -> str:
    """A whole page for one form."""
    left = html.Div([html.H1(title), *parts])
    page = html.Main(html.Div([left, beside], className="auth"), id="main", tabIndex="-1")
    return render_template("document.html", title=title, page=to_text(page))


def email(form: Form, hint: str = "") -> Node:
    return fields.text(form, "email", "E-mail", type="email", autocomplete="username", hint=hint)


def your_name(form: Form) -> Node:
    return fields.text(
        form,
        "name",
        "Your name",
        autocomplete="name",
        maxlength=100,
        hint="Colleagues in your practice or PCN see it.",
    )


def password(
    form: Form,
    name: str = "password",
    label: str = "Password",
    *,
    new: bool = False,
    hint: str = "",
) -> Node:
    return fields.text(
        form,
        name,
        label,
        type="password",
        autocomplete="new-password" if new else "current-password",
        maxlength=128,
        hint=hint,
    )


def code(form: Form) -> Node:
    return fields.text(form, "code", "Code", autocomplete="one-time-code", maxlength=20, hint=CODE)


def _next(after: str) -> Node | None:
    return fields.hidden("next", after) if after else None


def _with(path: str, after: str) -> str:
    """A way in that keeps where to go afterwards."""
    return at(path) + (f"?{urlencode({'next': after})}" if after else "")


def lead(*words: Child) -> Node:
    return html.P(words, className="mt-3")


def register(form: Form, *, after: str = "") -> str:
    """`after` is where to go when the account is there, through the e-mail that confirms it."""
    return narrow(
        "Create an account",
        fields.problems(form),
        fields.form(
            _next(after),
            your_name(form),
            email(form, "Use your work address if you can. It helps admins to recognise you."),
            password(form, new=True, hint=f"{STRONG} You can paste one from a password manager."),
            fields.row(fields.submit("Create account", wide=True)),
        ),
        html.P(
            [
                "By creating an account you accept the ",
                html.A("terms", href=at("/terms/")),
                ". What is kept is in the ",
                html.A("privacy policy", href=at("/privacy-policy/")),
                ".",
            ],
            className="mt-4 mb-0",
        ),
        html.P(
            ["Have an account? ", html.A("Sign in", href=_with(SIGN_IN, after))],
            className="mt-2 mb-0",
        ),
        beside=_beside(),
    )


def login(form: Form, *, after: str, done: str = "") -> str:
    new = html.A("Create an account", href=_with("/accounts/register/", after))
    return narrow(
        "Sign in",
        fields.problems(form),
        fields.done(DONE.get(done, "")),
        fields.form(
            _next(after),
            email(form),
            password(form),
            fields.tick(form, "remember", "Keep me signed in on this device"),
            fields.row(
                fields.submit("Sign in", wide=True),
                fields.way("Forgotten your password?", at(RESET)),
            ),
            action=at(SIGN_IN),
        ),
        html.P(["New here? ", new], className="mt-4 mb-0"),
        beside=_beside(),
    )


def _beside() -> Node:
    gains = (
        "your practice or PCN, chosen for you on every page",
        "saved presets for the plans and comparisons you repeat",
        "documents shared within your practice or PCN",
        "API keys",
    )
    return html.Div(
        [
            html.H2("You may not need an account"),
            html.P("Every dashboard and calculator works without one. An account adds:"),
            html.Ul([html.Li(gain) for gain in gains]),
            html.P(html.A("Go to the tools", href=at("/tools/")), className="mb-0"),
        ],
        className="panel",
    )


def enter_code(form: Form, *, half: str, after: str) -> str:
    return narrow(
        "Enter a code",
        fields.problems(form),
        fields.form(
            fields.hidden("half", half),
            _next(after),
            code(form),
            fields.row(fields.submit("Sign in", wide=True), fields.way("Start again", at(SIGN_IN))),
            action=at("/accounts/login/code/"),
        ),
    )


def logout() -> str:
    ways = fields.submit("Sign out", wide=True), fields.way("Stay signed in", at(PROFILE))
    return narrow("Sign out", fields.form(fields.row(*ways)))


def sent(title: str, form: Form, *, after: str = "", again: bool = False) -> str:
    """What to do when the message does not arrive."""
    address = form["email"]
    written = bool(address) and not form.errors
    to_whom: list[Child] = ["We have written to ", html.B(address), ". "] if written else []
    repeated = (
        f"If {address} has an account that waits for it, another message is on its way. "
        "Earlier links no longer work."
    )
    return narrow(
        title,
        fields.problems(form),
        fields.done(repeated) if again else None,
        lead(*to_whom, OPEN),
        html.H2("No message?", className="mt-4"),
        html.P("Look among junk mail first. Mail to NHS addresses can take some minutes."),
        fields.form(
            _next(after),
            email(form),
            fields.row(
                fields.submit("Send the link again", "outline-secondary"),
                fields.way("Sign in", _with(SIGN_IN, after)),
            ),
            action=at("/accounts/verify/"),
        ),
    )


def activate(form: Form) -> str:
    return narrow(
        "Confirm your e-mail address",
        fields.problems(form),
        lead("Enter the password that you chose. It shows that the account is yours."),
        fields.form(
            password(form),
            fields.row(
                fields.submit("Activate my account", wide=True),
                fields.way("Choose a new password", at(RESET)),
            ),
        ),
    )


def stale(again: str) -> str:
    return narrow(
        "This link no longer works",
        lead("It was used already, it is too old, or a newer message replaced it."),
        _onward(fields.way("Get a new link", again, "primary"), fields.way("Sign in", at(SIGN_IN))),
    )


def _onward(*ways: Node) -> Node:
    return fields.row(*ways, className="row-act mt-3")


def reset(form: Form) -> str:
    return narrow(
        "Choose a new password",
        fields.problems(form),
        lead("Enter the address of your account. A link to choose a new password is sent to it."),
        fields.form(
            email(form),
            fields.row(
                fields.submit("Send the link", wide=True), fields.way("Sign in", at(SIGN_IN))
            ),
        ),
    )


def reset_sent(address: str) -> str:
    return narrow(
        "Check your e-mail",
        lead(
            "If ",
            html.B(address),
            " matches an account, a message with a link is on its way. "
            "The link works once, within 10 minutes.",
        ),
        html.P(
            [
                "No message? Look among junk mail, check the address, then ",
                link("ask again", at(RESET)),
                ".",
            ]
        ),
    )


def new_password(form: Form) -> str:
    return narrow(
        "Choose a new password",
        fields.problems(form),
        lead("Every browser that is signed in to the account will be signed out."),
        fields.form(
            password(form, label="New password", new=True, hint=STRONG),
            fields.row(fields.submit("Change password", wide=True)),
        ),
    )


def confirm(title: str, label: str) -> str:
    """A link in a message that changes something shows a button first."""
    return narrow(
        title,
        lead("One more step, because some mail systems open links by themselves."),
        fields.form(fields.row(fields.submit(label, wide=True))),
    )


def problem(title: str, message: str) -> str:
    """A refusal or a failure: what it is, and where to go on."""
    return narrow(
        title,
        lead(message),
        _onward(
            fields.way("Your account", at(PROFILE), "outline-secondary"),
            fields.way("Home", at("/")),
        ),
    )
