"""What a search finds, in groups: organisations, tools and measures, each with its link.

One place for the search boxes and for the page that shows all; organisations come from the one
matcher that the API and the forms of an account ask too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.url_state import build
from data import format as fmt
from data.names import measures, words
from data.spec import LEVEL_NAMES, Level, Measure
from data.versions.db import library
from data.versions.orgs import Hit, Org, Organisations
from pages import links
from pages.catalogue import Tool
from pages.dashboard import registry
from pages.site import tool_index


@dataclass(frozen=True, slots=True)
class Kind:
    """A group of results: its name, what it counts, and how many a search box shows."""

    slug: str
    label: str
    nouns: tuple[str, str]
    most: int
    levels: tuple[Level, ...] = ()
    asked: frozenset[str] = frozenset()  # words that ask for this group


KINDS = (
    Kind("practices", "Practices", LEVEL_NAMES["practice"], 6, ("practice",)),
    Kind("pcns", "PCNs", LEVEL_NAMES["pcn"], 3, ("pcn",), frozenset({"pcn", "pcns"})),
    Kind(
        "areas",
        "Areas",
        ("area", "areas"),
        4,
        ("sub_icb", "icb", "region", "england"),
        frozenset({"icb", "icbs", "region", "england"}),
    ),
    Kind("tools", "Tools", ("tool", "tools"), 3),
    Kind("measures", "Measures", ("measure", "measures"), 3),
)
AREA_WORDS: dict[Level, str] = {
    "sub_icb": "Sub-ICB location",
    "icb": "ICB",
    "region": "NHS region",
    "england": "All of England",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One result."""

    name: str
    detail: str
    href: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Some results of a kind, and how many there are of it."""

    kind: Kind
    items: tuple[Item, ...]
    total: int

    @property
    def counted(self) -> str:
        """6 of 41 practices."""
        words_of = fmt.plural(self.total, *self.kind.nouns)
        return words_of if len(self.items) == self.total else f"{len(self.items)} of {words_of}"


@dataclass(frozen=True, slots=True)
class Results:
    """Groups that hold something. `near`: nothing fits exactly, and these are like it."""

    groups: tuple[Group, ...]
    near: bool

    @property
    def counted(self) -> str:
        return ", ".join(group.counted for group in self.groups)

    @property
    def has_more(self) -> bool:
        return any(len(group.items) < group.total for group in self.groups)


def organisation_path(code: str) -> str:
    return f"/organisations/{code}/"


def address(text: str, **values: str) -> str:
    """The page of all results."""
    return links.page(links.SEARCH, {"q": text, **values})


def results(
    text: str,
    *,
    kinds: Sequence[Kind] = KINDS,
    start: int = 0,
    most: int | None = None,
    path: str = "",
) -> Results:
    """Results of some kinds: as many of each as a search box shows, or `most` from `start` on.

    `path` is where a link to an organisation leads instead of its own page.
    """
    directory = library().directory()
    hits = directory.find(text)
    topics = {"tools": _tools(text), "measures": _measures(text)}
    is_topic = any(topics.values())
    groups = []
    for kind in kinds:
        limit = most or kind.most
        if not kind.levels:
            every = topics[kind.slug]
            groups.append(Group(kind, tuple(every[start : start + limit]), len(every)))
        elif not (hits.near and is_topic):  # a name only like it says less than such a measure
            found = hits.first(kind.levels, limit, start=start)
            items = tuple(_organisation(hit, directory, path) for hit in found)
            groups.append(Group(kind, items, hits.count(kind.levels)))
    asked = frozenset(words.plain(text))
    held = [group for group in groups if group.items]
    held.sort(key=lambda group: not asked & group.kind.asked)
    return Results(tuple(held), hits.near and not is_topic)


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
    over = "no longer in use" if directory.is_over(org) else ""
    return " · ".join(part for part in (org.code, kind, above.name if above else "", over) if part)


def _organisation(hit: Hit, directory: Organisations, path: str) -> Item:
    org = hit.org
    formerly = f"formerly {hit.formerly}" if hit.formerly else ""
    href = f"{path}{'&' if '?' in path else '?'}org={org.code}" if path else ""
    return Item(
        org.name,
        " · ".join(part for part in (detail(org, directory), formerly) if part),
        href or links.path(organisation_path(org.code)),
        org.code,
    )


def _tools(text: str) -> list[Item]:
    wanted = tool_index.wanted(text)
    return [
        Item(tool.title, tool.question, links.path(tool.path))
        for tool in registry.tools()
        if tool.built and wanted and all(word in tool_index.text(tool) for word in wanted)
    ]


def _measures(text: str) -> list[Item]:
    """Measures by what they are called, else by the words of a question about them."""
    for typed in (words.typed(text), tool_index.wanted(text)):
        fitting = [
            (how, place, tool, measure)
            for place, (tool, measure) in enumerate(_declared())
            if typed and (how := measures.fit(typed, measure)) is not None
        ]
        if fitting:
            return [_measure(tool, measure) for *_, tool, measure in sorted(fitting, key=_best)]
    return []


def _best(fitting: tuple[int, int, Tool, Measure]) -> tuple[int, int]:
    return fitting[:2]


def _declared() -> list[tuple[Tool, Measure]]:
    """Measures of every dashboard whose data are loaded."""
    return [
        (tool, measure)
        for tool in registry.dashboards()
        if (snapshot := library().current(tool.dataset))
        for measure in snapshot.dataset.measures
    ]


def _measure(tool: Tool, measure: Measure) -> Item:
    href = links.path(tool.path) + build({"measure": measure.id})
    return Item(measure.label, f"Measure in {tool.title}", href)
