"""What the pages of an account share: the side menu and the line that confirms what was done.

Other packages add their pages with `add_to_menu`: a label, an address and, where it helps, a
function that counts what is behind it for the account. `add_section` adds to the profile page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, render_template, request
from markupsafe import Markup

from auth.forms import Form
from auth.sessions import Account, account
from components.markup import Child, Node
from components.text import to_text

EXTENSION = "haresign-account-menu"
SECTIONS = "haresign-account-sections"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the side menu. Smaller `order` is higher."""

    label: str
    path: str
    order: int
    count: Callable[[Account], int] | None = None
    only_admins: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the profile page."""

    slug: str
    title: str
    body: Markup
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    label: str
    href: str
    current: bool
    count: int


def register(app: Flask) -> None:
    app.extensions[EXTENSION] = []
    app.extensions[SECTIONS] = []
    add_to_menu(app, Entry("Account", "/accounts/profile/", 0))
    add_to_menu(app, Entry("API keys", "/accounts/api-keys/", 50))
    add_to_menu(app, Entry("Sign-in and security", "/accounts/security/", 60))
    add_to_menu(app, Entry("Administration", "/accounts/admin/", 90, only_admins=True))


def add_to_menu(app: Flask, entry: Entry) -> None:
    entries: list[Entry] = app.extensions[EXTENSION]
    entries.append(entry)
    entries.sort(key=lambda one: one.order)


def add_section(app: Flask, draw: Callable[[Account], Section]) -> None:
    """Add to the profile page, below what is there already."""
    app.extensions[SECTIONS].append(draw)


def sections() -> list[Section]:
    """What others add to the profile page, for the account of the request."""
    return [draw(account()) for draw in current_app.extensions[SECTIONS]]


def draw(
    title: str, *content: Child | None, said: str | None = None, lead: Node | None = None
) -> str:
    """A page of the account, its content as nodes. `said` confirms what was just done; `lead` is
    under the title.
    """
    return page(
        "accounts/account.html",
        title=title,
        said=said,
        content=to_text(content),
        lead=to_text(lead),
    )


def page(template: str, *, title: str, form: Form | None = None, **values: object) -> str:
    """A page of the account, with its side menu. `said` confirms what was just done."""
    signed_in = account()
    entries: list[Entry] = current_app.extensions[EXTENSION]
    menu = [
        Item(
            entry.label,
            f"{request.script_root}{entry.path}",
            request.path.startswith(entry.path),
            entry.count(signed_in) if entry.count else 0,
        )
        for entry in entries
        if signed_in.is_platform_admin or not entry.only_admins
    ]
    return render_template(
        template,
        title=title,
        form=form or Form(),
        menu=menu,
        account=signed_in,
        root=request.script_root,
        **values,
    )
