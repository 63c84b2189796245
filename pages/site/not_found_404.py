"""The page for addresses that lead nowhere: the likely reason, and ways on."""

from __future__ import annotations

import re

import dash
from flask import has_request_context, request

from components import selector, shell
from components.markup import Node, attrs, html, link
from components.speed.serialise import drawn
from data.versions.db import library
from pages import links
from pages.site.search import organisation_path

TITLE = "There is no page at this address"
_CODE = re.compile(r"\b(?:[A-Z]\d{4,6}|[A-Z]{3}|\d{2}[A-Z]|[A-Z]\d{2})\b", re.IGNORECASE)


def layout(**_: str | None) -> Node:
    return shell.frame(
        _near(asked_for()),
        html.Div(
            selector.search(
                "lost",
                label="Find a practice, PCN, area or tool",
                search_url=links.path(links.SUGGESTIONS),
                placeholder="Name, code, postcode or town",
                flags=("follow",),
            ),
            className="big-find home-find",
            role="search",
            **attrs({"aria-label": "Organisations and tools"}),
        ),
        html.P(
            [
                link("All tools", links.path("/tools/")),
                " · ",
                link("State of the Nation", links.path("/state-of-the-nation/")),
                " · ",
                link("Home", links.path("/")),
            ]
        ),
        shell.page_state("Not found", TITLE),
        title=TITLE,
        lead="It may be mistyped, or a tool that is not built yet.",
    )


def asked_for() -> str:
    """The path the browser shows, which Dash sends along when it asks for a page."""
    if not has_request_context():
        return ""
    body = request.get_json(silent=True) if request.is_json else None
    for entry in (body or {}).get("inputs", []):
        if isinstance(entry, dict) and entry.get("property") == "pathname":
            return str(entry.get("value") or "")
    return request.path


def _near(path: str) -> Node:
    """Organisations whose code looks like a part of the address."""
    match = _CODE.search(path)
    found = library().directory().nearest_codes(match[0]) if match else []
    if not found:
        return html.Div()
    return shell.section(
        "near",
        "An organisation?",
        html.Ul(
            [html.Li(link(org.label, links.path(organisation_path(org.code)))) for org in found],
            className="plain",
        ),
    )


dash.register_page(__name__, title="Not found | Haresign", layout=drawn(layout))
