"""Whether a preset still means what it did: its tool, organisation, measure, month and version."""

from __future__ import annotations

from components import url_state
from data import periods
from data.versions.db import library
from pages.catalogue import Tool
from pages.dashboard import pinned, registry
from pages.workspaces import places


def tool_of(slug: str) -> Tool | None:
    """A tool that there is a page of."""
    tool = registry.find(slug)
    return tool if tool and tool.built and tool.kind != "Service" else None


def problems(slug: str, query: str, data_version: str | None) -> list[str]:
    """What no longer fits, in sentences; nothing when the page opens as it was saved."""
    tool = tool_of(slug)
    if tool is None:
        return ["The tool of this preset is not there any more."]
    values = url_state.parse(query)
    found = [*_organisation(values.get("org", ""))]
    snapshot = library().current(tool.dataset) if tool.dataset else None
    if snapshot is not None:
        known = {measure.id for measure in snapshot.dataset.measures}
        measure = values.get("measure", "")
        if measure and measure not in known:
            found.append(f"The measure “{measure[:60]}” is not published any more.")
        month = values.get("month", "")
        period = periods.parse(snapshot.dataset.period, month)
        if month and not data_version and period not in snapshot.months:
            found.append(f"There are no figures for {month[:20]} any more.")
    if data_version and pinned.version(tool.dataset, data_version) is None:
        found.append(
            "The version of the data that it was pinned to is not kept any more. Figures of the "
            "current version are shown instead."
        )
    return found


def _organisation(code: str) -> list[str]:
    if not code or code == url_state.NONE:
        return []
    org = library().directory().get(code)
    if org is None:
        return [f"No practice, PCN or area has the code {code[:20]} any more."]
    if org.level not in ("practice", "pcn"):
        return []
    ended = places.ended(org)
    after = places.successors(org, library().directory()) if ended else ()
    now = f" Now: {', '.join(one.label for one in after)}." if after else ""
    return [f"{org.label} is no longer open. {ended}{now} Its history stays."] if ended else []


def address(tool: Tool, query: str, data_version: str | None) -> str:
    """The path and query that restore the page."""
    values = url_state.parse(query)
    if data_version and pinned.version(tool.dataset, data_version):
        values[pinned.KEY] = data_version
    return tool.path + url_state.build(values)


def selections(search: str) -> tuple[str, str | None]:
    """What to store for the query string of a page: its selections, and the version it names.

    A page that shows no organisation says so: a workspace must not choose one when it is loaded.
    """
    values = url_state.parse(search)
    version = values.pop(pinned.KEY, None)
    if not values.get("org"):
        values["org"] = url_state.NONE
    return url_state.build(values).removeprefix("?"), version
