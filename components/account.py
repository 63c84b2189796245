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
    links: Sequence[tuple[str, str]] = ()
    sign_out: str = ""
    workspaces: Sequence[Workspace] = ()

    @property
    def workspace(self) -> Workspace | None:
        return next((one for one in self.workspaces if one.in_use), None)


def in_menu(visitor: Visitor) -> Node:
    """The same as `corner`, in the menu of narrow screens."""
    if not visitor.name:
        return html.Ul(html.Li(html.A("Sign in", href=visitor.sign_in)), className="enter-menu")
    return html.Div(
        [
            html.Ul([html.Li(html.A(label, href=href)) for label, href in visitor.links]),
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
                ],
                className="ava",
            ),
            html.Div(
                [
                    html.P(visitor.name, className="who"),
                    html.Ul(
                        [html.Li(html.A(label, href=href)) for label, href in visitor.links],
                    ),
                    _button(visitor, "Sign out", visitor.sign_out),
                ],
                className="pop",
            ),
        ],
        className="dropdown-d account",
    )


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
