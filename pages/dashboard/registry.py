"""Every dashboard that a module of `pages` declares, and the tools with what their pages add."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from pages.catalogue import PLANNED, Tool
from pages.dashboard.declaration import Dashboard


@cache
def declared() -> tuple[Dashboard, ...]:
    """Every dashboard: the `DASHBOARD` of each module of `pages`, in the order of the index."""
    package = importlib.import_module("pages")
    modules = [
        importlib.import_module(f"pages.{found.name}")
        for found in pkgutil.iter_modules(package.__path__)
        if not found.ispkg
    ]
    found = [module.DASHBOARD for module in modules if hasattr(module, "DASHBOARD")]
    places = {tool.slug: place for place, tool in enumerate(PLANNED)}
    return tuple(sorted(found, key=lambda one: places.get(one.tool.slug, len(places))))


@cache
def tools() -> tuple[Tool, ...]:
    """Every tool in the order of the index, as its page declares it where it has one."""
    built = {dashboard.tool.slug: dashboard.tool for dashboard in declared()}
    shown = {tool.slug: tool for tool in PLANNED} | built
    return tuple(shown.values())


@cache
def dashboards() -> tuple[Tool, ...]:
    """The tools that show a dataset."""
    slugs = {dashboard.tool.slug for dashboard in declared()}
    return tuple(tool for tool in tools() if tool.slug in slugs)


def find(slug: str) -> Tool | None:
    """The tool of that address, or None."""
    return next((tool for tool in tools() if tool.slug == slug), None)
