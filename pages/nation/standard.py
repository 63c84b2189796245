"""State of the Nation pages: what an address asks for, and the page around its sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import cast

from components import shell
from components.blocks import Bar, Choice, Remark, Words, sentence
from components.figure import Frame, note
from components.markup import Node
from components.selector import Option
from components.shell import Crumb
from components.url_state import build
from data import format as fmt
from data.questions import queries
from data.spec import Level
from data.versions.db import library
from pages import links
from pages.anchors import data_status
from pages.catalogue import Tool
from pages.dashboard import bodies, context, figures, standard, steps
from pages.dashboard.bodies import Body
from pages.dashboard.context import View
from pages.dashboard.declaration import Dashboard
from pages.dashboard.nation_view import NationView
from pages.dashboard.steps import Step
from pages.dashboard.words import short_name

Contents = Callable[[NationView, Dashboard], Sequence[Step]]

PATH = "/state-of-the-nation/"
FOLDER = "state-of-the-nation"  # of pictures
TITLE = "State of the Nation"
AREAS = {"icb": "ICBs", "region": "Regions", "sub_icb": "Sub-ICBs"}
AMONG = {"practice": "Practices", "pcn": "PCNs"}


def read(dashboard: Dashboard, values: steps.Values) -> NationView | None:
    """What the address asks for; None where the dataset has no version yet."""
    measure = _one_of(values.get("measure"), dashboard.nation.measures)
    view = context.read(dashboard.tool, {"measure": measure, "span": "all"})
    if not isinstance(view, View):
        return None
    code = (values.get("org") or "").strip()
    mine = view.directory.get(code) if code else None
    return NationView(
        view=view,
        measure=view.measure,
        level=cast("Level", _one_of(values.get("areas"), tuple(AREAS))),
        among=cast("Level", _one_of(values.get("among"), tuple(AMONG))),
        mine=mine,
        unknown=code if code and mine is None else "",
    )


def _one_of(text: str | None, allowed: Sequence[str]) -> str:
    return text if text is not None and text in allowed else allowed[0]


def frame(nation: NationView, slug: str, title: str, subtitle: str, *, coverage: str = "") -> Frame:
    whole = figures.frame(nation.view, f"nation-{slug}", title, subtitle, coverage=coverage)
    folder = f"{FOLDER}/{nation.view.tool.slug}"
    return replace(
        whole, name=slug, files=figures.files_of(folder, query(nation)), link=permanent(nation)
    )


def permanent(nation: NationView) -> str:
    """The whole address of the page."""
    return links.absolute(links.path(nation.view.tool.nation_path) + query(nation))


def query(nation: NationView) -> str:
    """What the address says beyond the page itself."""
    values = {
        "measure": nation.measure.id,
        "areas": nation.level,
        "among": nation.among,
        "org": nation.mine.code if nation.mine else None,
    }
    return build(values, defaults={"areas": next(iter(AREAS)), "among": next(iter(AMONG))})


def body_id(tool: Tool) -> str:
    """The id of what a change of the address draws anew."""
    return f"nation-{tool.slug}-body"


def page(dashboard: Dashboard, values: steps.Values, contents: Contents) -> Node:
    """The page for an address, without what `later` draws."""
    return bodies.for_dash(body(dashboard, values, contents))


def body(dashboard: Dashboard, values: steps.Values, contents: Contents) -> Body | Node:
    """What the page for an address shows; in its place a page that says why there is nothing."""
    steps.drawn_from_data()
    tool = dashboard.tool
    title = f"{TITLE}: {tool.title}"
    nation = read(dashboard, values)
    if nation is None:
        return shell.frame(
            note("No data is loaded yet.", kind="warn", link=data_status()),
            shell.page_state(title, "No data is loaded yet"),
            title=title,
            crumbs=crumbs(tool),
        )
    view = nation.view
    return Body(
        page=body_id(tool),
        values=values,
        title=title,
        name=title,
        spoken=f"Showing England, {view.when}, {nation.measure.label}",
        crumbs=crumbs(tool),
        provenance=standard.provenance(view),
        actions=[shell.copy_link(), shell.print_page()],
        remarks=_remarks(nation),
        bar=_bar(nation, dashboard.nation.measures),
        steps=contents(nation, dashboard),
        versions=[view.snapshot.version],
        link=permanent(nation),
        selection=f"England, {view.when}, {nation.measure.label}.",
        nearby=[(f"{tool.title}: the dashboard", links.path(tool.path))],
    )


def later(dashboard: Dashboard, data: object, contents: Contents) -> list[Node]:
    """A section that `page` left for later."""
    steps.drawn_from_data()
    asked = steps.read(data)
    nation = read(dashboard, asked.values)
    if nation is None:
        return []
    shown = contents(nation, dashboard)
    return steps.later(shown, asked=asked, versions=[nation.view.snapshot.version])


def crumbs(tool: Tool) -> list[Crumb]:
    return [
        Crumb("Home", links.path("/")),
        Crumb(TITLE, links.path(PATH)),
        Crumb(tool.title),
    ]


def _bar(nation: NationView, measures: Sequence[str]) -> Bar:
    declared = nation.view.snapshot.dataset
    return Bar(
        label="Find mine",
        code=nation.mine.code if nation.mine else "",
        text=nation.mine.label if nation.mine else "",
        controls=(
            Choice(
                name="measure",
                label="Measure",
                options=tuple(Option(one, declared.measure(one).label) for one in measures),
                value=nation.measure.id,
                default=measures[0],
            ),
            _segments("areas", "Areas", AREAS, nation.level),
            _segments("among", "Show the spread of", AMONG, nation.among),
        ),
        summary=f"{nation.measure.label}, by {AREAS[nation.level]}",
    )


def _segments(name: str, label: str, words: Mapping[str, str], value: str) -> Choice:
    return Choice(
        name=name,
        label=label,
        options=tuple(Option(key, shown) for key, shown in words.items()),
        value=value,
        default=next(iter(words)),
        look="segments",
    )


def _remarks(nation: NationView) -> list[Remark]:
    found: list[Remark] = []
    if nation.unknown:
        near = nation.view.directory.nearest_codes(nation.unknown)
        named = ", ".join(one.label for one in near)
        words = f"No organisation has the code {nation.unknown[:20]}. Did you mean {named}?"
        found.append(Remark(sentence(words), "warn"))
    status = _failed(nation)
    if status:
        link = Words("See data status", href=links.path("/status/"))
        found.append(Remark(sentence(f"{status} ", link), "warn"))
    if nation.mine and nation.home is None and nation.mine.level != "england":
        words = (
            f"{nation.mine.label} belongs to none of the {AREAS[nation.level]} shown, so it "
            "is marked only where organisations of its own kind are."
        )
        found.append(Remark(sentence(words)))
    return found


def _failed(nation: NationView) -> str:
    status = library().store.status(nation.view.tool.dataset)
    if status is None or status.outcome != "failed":
        return ""
    return (
        f"The refresh on {fmt.full_date(status.checked_at.date())} failed our checks. "
        f"Showing {nation.view.when}."
    )


def marked(nation: NationView) -> tuple[str, float] | None:
    """Name and value of the marked organisation where it is one of those in the histogram."""
    if nation.mine is None or nation.mine.level != nation.among:
        return None
    now = queries.figure(
        nation.view.snapshot, nation.measure, nation.mine, month=nation.view.period
    )
    return None if now.value is None else (short_name(nation.mine), now.value)
