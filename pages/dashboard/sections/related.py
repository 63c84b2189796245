"""Where to go on from a dashboard, with the same organisation and period."""

from __future__ import annotations

from components.blocks import Section, Ways
from data.versions.db import library
from pages import links
from pages.catalogue import Tool
from pages.dashboard import registry
from pages.dashboard.context import View, written
from pages.dashboard.steps import step
from pages.dashboard.words import short_name

MOST = 5


@step("related", "Related tools")
def related(view: View) -> Section:
    """Tools of the same subject, England as a whole, and the organisation's own page."""
    tools = [(one.title, one.question, address(view, one)) for one in beside(view)]
    name = short_name(view.org)
    tools.append(
        (
            f"State of the Nation: {view.tool.title}",
            "England as a whole, area by area",
            links.page(view.tool.nation_path, {"org": view.org.code if view.chosen else None}),
        )
    )
    if view.chosen:
        own = links.path(f"/organisations/{view.org.code}/")
        tools.append((name, "Every tool and figure of this organisation", own))
    return Section(slug="related", title="Related tools", blocks=(Ways(tuple(tools)),))


def beside(view: View) -> list[Tool]:
    """Those that the tool names, then those of its subject, that work for the organisation."""
    named = {slug: at for at, slug in enumerate(view.tool.related)}
    every = [
        tool
        for tool in registry.tools()
        if tool.built and tool.kind != "Service" and tool.slug != view.tool.slug
        if view.org.level in tool.levels
    ]
    last = len(named)
    near = [one for one in every if one.slug in named or one.subject == view.tool.subject]
    return sorted(near, key=lambda one: named.get(one.slug, last))[:MOST]


def address(view: View, tool: Tool) -> str:
    """The tool for the same organisation, in the same period where it has one."""
    values = {"org": view.org.code if view.chosen else None}
    other = library().current(tool.dataset) if tool.dataset else None
    if other is not None and other.dataset.period == view.kind and view.period in other.months:
        values["month"] = written(view, view.period)
    return links.page(tool.path, values)
