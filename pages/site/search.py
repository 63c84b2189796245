"""`/search/?q=`: what the search boxes ask at every key press. JSON for assets/combobox.js."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, request

from data import format as fmt
from data.spec import Level
from data.versions.db import library
from data.versions.orgs import LONGEST, Org, Organisations
from pages import links
from pages.catalogue import Tool
from pages.dashboard import registry
from pages.site import tool_index

BLUEPRINT = Blueprint("search", __name__)
GROUPS: tuple[tuple[str, tuple[Level, ...], int], ...] = (
    ("Practices", ("practice",), 6),
    ("PCNs", ("pcn",), 3),
    ("Areas", ("sub_icb", "icb", "region", "england"), 4),
)
KINDS = {  # words that ask for a group
    "PCNs": frozenset({"pcn", "pcns"}),
    "Areas": frozenset({"icb", "icbs", "sub-icb", "region", "england"}),
}
AREA_WORDS: dict[Level, str] = {
    "sub_icb": "Sub-ICB location",
    "icb": "ICB",
    "region": "NHS region",
    "england": "All of England",
}

Item = dict[str, str]


def organisation_path(code: str) -> str:
    return f"/organisations/{code}/"


def detail(org: Org, directory: Organisations) -> str:
    """What tells an organisation from others of the same name."""
    if org.level == "practice":
        where = ", ".join(part for part in (org.town, org.postcode) if part)
        closed = "" if org.status == "active" else org.status
        return " · ".join(part for part in (org.code, where, closed) if part)
    if org.level == "england":
        return AREA_WORDS["england"]
    above = directory.at("icb", org.icb) if org.level in ("pcn", "sub_icb") and org.icb else None
    kind = "" if org.level == "pcn" else AREA_WORDS[org.level]
    return " · ".join(part for part in (org.code, kind, above.name if above else "") if part)


def _organisation(org: Org, directory: Organisations) -> Item:
    return {
        "name": org.name,
        "code": org.code,
        "detail": detail(org, directory),
        "href": links.path(organisation_path(org.code)),
    }


def _tool(tool: Tool) -> Item:
    return {
        "name": tool.title,
        "code": "",
        "detail": tool.question,
        "href": links.path(tool.path),
    }


def _measures(words: list[str]) -> list[Item]:
    found = []
    for tool in registry.dashboards():
        snapshot = library().current(tool.dataset)
        for measure in snapshot.dataset.measures if snapshot else ():
            if all(word in f"{measure.label} {measure.what}".lower() for word in words):
                found.append(
                    {
                        "name": measure.label,
                        "code": "",
                        "detail": f"Measure in {tool.title}",
                        "href": links.page(tool.path, {"measure": measure.id}),
                    }
                )
    return found[:3]


def matches(text: str) -> dict[str, Any]:
    """Groups of matches for what somebody typed, and the count in words for screen readers."""
    directory = library().directory()
    text = text.strip()[:LONGEST]
    exact = {
        label: directory.matching(text, levels=levels, limit=most) for label, levels, most in GROUPS
    }
    words = tool_index.wanted(text)
    tools = [
        tool
        for tool in registry.tools()
        if tool.built and words and all(word in tool_index.text(tool) for word in words)
    ]
    measures = _measures(words) if words else []
    if text and not any((*exact.values(), tools, measures)):
        near = directory.search(text, limit=6)
        exact = {label: [org for org in near if org.level in levels] for label, levels, _ in GROUPS}
    groups = [
        {"label": label, "items": [_organisation(org, directory) for org in orgs]}
        for label, orgs in exact.items()
    ]
    groups += [
        {"label": "Tools", "items": [_tool(tool) for tool in tools[:3]]},
        {"label": "Measures", "items": measures},
    ]
    kept = [group for group in groups if group["items"]]
    asked = frozenset(text.casefold().split())
    kept.sort(key=lambda group: not asked & KINDS.get(str(group["label"]), frozenset()))
    return {"groups": kept, "said": _counts(kept)}


def _counts(groups: list[dict[str, Any]]) -> str:
    """3 practices, 1 tool."""
    words = {
        "Practices": ("practice", "practices"),
        "PCNs": ("PCN", "PCNs"),
        "Areas": ("area", "areas"),
        "Tools": ("tool", "tools"),
        "Measures": ("measure", "measures"),
    }
    return ", ".join(fmt.plural(len(one["items"]), *words[one["label"]]) for one in groups)


@BLUEPRINT.get(links.SEARCH)
def search() -> Response:
    body = orjson.dumps(matches(request.args.get("q", "")))
    response = Response(body, content_type="application/json; charset=utf-8")
    response.cache_control.public = True
    response.cache_control.max_age = 60
    return response
