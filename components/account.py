"""The account's part of the header: a way in, or a menu with the workspaces and the way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.markup import Node, attrs, html, icon


@dataclass(frozen=True, slots=True)
class Workspace:
    """A linked practice or PCN. `switch_to` is the address that a form posts to."""

    code: str
    name: str
    detail: str
    switch_to: str
    in_use: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Whoever looks at the page. Paths carry the URL prefix.

    `token` is the form token; it travels as the value of the buttons, because Dash has no plain
    hidden field. `name` is empty when nobody is signed in.
    """

    sign_in: str
    name: str = ""
    initials: str = ""
    token_field: str = ""
    token: str = ""
    links: Sequence[tuple[str, str, int]] = ()  # words, address, how much waits there
    sign_out: str = ""
    workspaces: Sequence[Workspace] = ()

    @property
    def workspace(self) -> Workspace | None:
        return next((one for one in self.workspaces if one.in_use), None)

    @property
    def waiting(self) -> int:
        return sum(count for _, _, count in self.links)


def badge(count: int) -> Node | None:
    """How much waits for a decision; nothing where nothing does."""
    return (
        html.Span([str(count), html.Span(" waiting", className="vh")], className="badge-n")
        if (count)
        else None
    )


def in_menu(visitor: Visitor) -> Node:
    """The same as `corner`, in the menu of narrow screens."""
    if not visitor.name:
        return html.Ul(html.Li(html.A("Sign in", href=visitor.sign_in)), className="enter-menu")
    return html.Div(
        [
            _links(visitor),
            _button(visitor, "Sign out", visitor.sign_out),
        ],
        className="enter-menu",
    )


def corner(visitor: Visitor) -> Node:
    """Right end of the header. A disclosure that opens without scripts."""
    if not visitor.name:
        return html.A("Sign in", href=visitor.sign_in, className="btn btn-outline-secondary enter")
    return html.Details(
        [
            html.Summary(
                [
                    html.Span(visitor.initials, **attrs({"aria-hidden": "true"})),
                    html.Span(f"{visitor.name}, your account", className="vh"),
                    *([mark] if (mark := badge(visitor.waiting)) else []),
                ],
                className="ava",
            ),
            html.Div(
                [
                    html.P(visitor.name, className="who"),
                    _links(visitor),
                    _button(visitor, "Sign out", visitor.sign_out),
                ],
                className="pop",
            ),
        ],
        className="dropdown-d account",
    )


def _links(visitor: Visitor) -> Node:
    return html.Ul(
        [
            html.Li(html.A([label, *([mark] if (mark := badge(count)) else [])], href=href))
            for label, href, count in visitor.links
        ]
    )


def in_use(visitor: Visitor) -> Node | None:
    """The workspace in use by name and code, whatever organisation the page is about. On a narrow
    screen the code stays when the name is cut.
    """
    if not visitor.name:
        return None
    workspace = visitor.workspace
    named = (
        [html.Span(workspace.name, className="cut"), html.Span(workspace.code, className="code")]
        if workspace
        else [html.Span("none", className="cut")]
    )
    return html.Span([html.Span("Workspace: ", className="lead-in"), *named], className="ws-now")


def switches(visitor: Visitor) -> Node | None:
    """The linked workspaces, each a button that makes it the one in use."""
    if not visitor.workspaces:
        return None
    return html.Div(
        [
            html.P("Your workspaces"),
            *(
                _button(visitor, [one.name, html.Span(one.detail)], one.switch_to, on=one.in_use)
                for one in visitor.workspaces
            ),
        ],
        className="recent linked",
    )


def _button(
    visitor: Visitor, label: Sequence[str | Node] | str, action: str, *, on: bool = False
) -> Node:
    return html.Form(
        html.Button(
            [icon("tick"), *label] if on else label,
            type="submit",
            name=visitor.token_field,
            value=visitor.token,
            **attrs({"aria-current": "true"} if on else {}),
        ),
        method="post",
        action=action,
    )
