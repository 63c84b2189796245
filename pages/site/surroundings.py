"""Header, banners and footer of the present request: main links, who is signed in, notices."""

from __future__ import annotations

from flask import Flask, current_app, has_request_context

from auth import csrf, notices
from auth.accounts import administration
from auth.credentials import sessions
from auth.workspaces import requests
from components import static
from components.account import Visitor
from components.document import document
from components.header import NavItem, Surroundings
from data.settings import Settings
from data.versions.db import library
from pages import links
from pages.workspaces import current

NAV = (
    ("Tools", "/tools/", "/tools/"),
    ("State of the Nation", "/state-of-the-nation/", "/state-of-the-nation/"),
    ("Data status", "/status/", "/status/"),
    ("API", "/api/docs/", "/api/"),
)
LINKS = (
    ("Search", links.SEARCH),
    ("Data sources", "/data-sources/"),
    ("Data status", "/status/"),
    ("API", "/api/docs/"),
    ("Contact", "/contact/"),
    ("Privacy", "/privacy-policy/"),
    ("Cookies", "/cookie-policy/"),
    ("Accessibility", "/accessibility/"),
    ("Terms", "/terms/"),
)
WORKSPACES = "/accounts/workspaces/"
ACCOUNT_LINKS = (
    ("Your account", "/accounts/profile/"),
    ("Workspaces", WORKSPACES),
    ("Sign-in and security", "/accounts/security/"),
    ("API keys", "/accounts/api-keys/"),
)
ADMIN_LINK = ("Administration", "/accounts/admin/")


def register(app: Flask) -> None:
    """Give every template what the document around it needs."""
    app.context_processor(
        lambda: {"document": document(around(), static.addresses(_settings().prefix))}
    )


def main_links(prefix: str) -> list[NavItem]:
    return [NavItem(label, f"{prefix}{href}", f"{prefix}{match}") for label, href, match in NAV]


def around() -> Surroundings:
    prefix = _settings().prefix
    return Surroundings(
        nav=main_links(prefix),
        links=[(label, f"{prefix}{href}") for label, href in LINKS],
        home=f"{prefix}/",
        search_url=f"{prefix}{links.SUGGESTIONS}",
        demo=library().store.demo,
        visitor=_visitor(prefix) if has_request_context() else None,
        notices=notices.current(),
    )


def _visitor(prefix: str) -> Visitor:
    account = sessions.current()
    sign_in = f"{prefix}{sessions.LOGIN}"
    if account is None:
        return Visitor(sign_in=sign_in)
    waits = {WORKSPACES: requests.count(account)}
    if account.is_platform_admin:
        waits[ADMIN_LINK[1]] = administration.waiting().total
    links = (*ACCOUNT_LINKS, *([ADMIN_LINK] if account.is_platform_admin else []))
    return Visitor(
        sign_in=sign_in,
        name=account.name,
        initials=account.initials,
        token_field=csrf.FIELD,
        token=csrf.token(),
        links=[(label, f"{prefix}{href}", waits.get(href, 0)) for label, href in links],
        sign_out=f"{prefix}/accounts/logout/",
        workspaces=current.switches(account, prefix),
    )


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
