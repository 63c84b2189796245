"""What the profile and the end of an account look like."""

from __future__ import annotations

from collections.abc import Sequence

from auth.accounts.deletion import Orphaned
from auth.credentials.sessions import account
from auth.forms import Form
from auth.views import fields, frame
from auth.views.entry_pages import PROFILE, password, your_name
from auth.views.fields import at
from auth.views.security_pages import change, facts
from components.markup import Node, attrs, html
from components.text import written

NOBODY_LEFT = "What was shared there stays, but nobody can open it until somebody joins."
DOWNLOAD, DELETE = "/accounts/download/", "/accounts/delete/"


def profile(form: Form, sections: Sequence[frame.Section], *, done: str) -> str:
    urgent = [one for one in sections if one.urgent]
    usual = [one for one in sections if not one.urgent]
    return frame.draw(
        "Your account",
        *(_named(one.slug, one.title, written(one.body), remark=one.remark) for one in urgent),
        fields.section(
            "details",
            "Your details",
            fields.problems(form),
            facts(
                ("E-mail", [account().email, " ", change("Change", "/accounts/email/")]),
                ("Password", [html.A("Change your password", href=at("/accounts/password/"))]),
                (
                    "Signed-in browsers",
                    [html.A("See and sign out", href=at("/accounts/security/"))],
                ),
            ),
            fields.form(
                your_name(form),
                fields.row(fields.submit("Save", "outline-secondary")),
                action=at(PROFILE),
            ),
        ),
        *(_named(one.slug, one.title, written(one.body), remark=one.remark) for one in usual),
        _named(
            "delete",
            "Your data",
            html.P(
                "Removing the account ends your sign-in, memberships, private presets, private "
                "documents and API keys at once. Documents that you shared stay with the practice "
                "or PCN, without your name."
            ),
            fields.row(
                fields.way("Download my data", at(DOWNLOAD), "outline-secondary"),
                fields.way("Delete account", at(DELETE), "outline-danger"),
            ),
        ),
        said=done,
    )


def _named(slug: str, title: str, *children: Node, remark: str = "") -> Node:
    """A section that other pages link to."""
    head = [html.H2(title, id=f"{slug}-h"), html.P(remark) if remark else None]
    return html.Section(
        [html.Div(head, className="sh"), *children],
        id=slug,
        **attrs({"aria-labelledby": f"{slug}-h"}),
    )


def delete(form: Form, orphaned: Sequence[Orphaned], only: Sequence[str], *, alone: bool) -> str:
    """`only` are the practices and PCNs that nobody else is a member of."""
    return frame.draw(
        "Delete your account",
        fields.problems(form),
        html.P(
            "This cannot be undone. Your sign-in, memberships, private presets, private documents "
            "and API keys are removed at once. Documents that you shared stay with the practice or "
            "PCN, without your name."
        ),
        *(html.P(f"You are the only member of {label}. {NOBODY_LEFT}") for label in only),
        html.P(
            [
                html.A("Download my data", href=at(DOWNLOAD)),
                " first: one JSON file with everything kept about you.",
            ]
        ),
        fields.form(
            *(_heir(form, one) for one in orphaned),
            _alone(form) if alone else None,
            password(form, label="Your password"),
            fields.row(fields.submit("Delete my account", "danger"), _keep()),
            action=at(DELETE),
        ),
    )


def _keep() -> Node:
    return fields.way("Keep it", at(PROFILE))


def _heir(form: Form, one: Orphaned) -> Node:
    members = [(str(member.user_id), member.name) for member in one.members]
    return fields.choice(
        form,
        f"admin-{one.org_code}",
        f"New admin of {one.label}",
        [("", "Choose a member"), *members],
        hint="You are its only admin, and others are members.",
    )


def _alone(form: Form) -> Node:
    why = (
        "You are the only administrator of this site. Without one, nobody decides about API keys "
        "and first members, or reads messages. "
    )
    appoint = html.A("Appoint another one", href=at("/accounts/admin/users/"))
    return html.Div(
        [
            html.P([why, appoint, " first."]),
            fields.tick(form, "alone", "I leave this site without an administrator"),
        ],
        id="f-alone",
    )
