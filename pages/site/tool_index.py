"""Rows, filters and questions of the tool index; the browser filters by the same rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from components.cards import ToolRow
from data import periods
from data.registry import all_datasets
from data.versions.db import library
from pages import links
from pages.catalogue import KINDS, SUBJECTS, Tool, levels_words
from pages.dashboard import registry

# Words of a question that say nothing about its subject. assets/tools.js is given the same list.
SKIPPED = (
    "a an and are at be by can did do does for from get have how i in is it many me much my of on "
    "or our should that the they this to us we what when where which who why with you your"
)
WORDS = "q"  # the name of the words in the address
FOR = {"practice": "A practice", "pcn": "A PCN", "icb": "An ICB or region", "england": "England"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address asks the index for: words, and ticked values by the name of the filter."""

    words: str
    ticked: Mapping[str, frozenset[str]]

    @property
    def is_everything(self) -> bool:
        return not self.words and not any(self.ticked.values())


@dataclass(frozen=True, slots=True)
class Filter:
    """One group of ticks: its name in the address, its title and its (value, label) pairs."""

    name: str
    title: str
    values: tuple[tuple[str, str], ...]
    of: Callable[[Tool], tuple[str, ...]]


def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


def works_for(tool: Tool) -> tuple[str, ...]:
    levels = {"icb" if level in ("sub_icb", "region") else level for level in tool.levels}
    return tuple(value for value in FOR if value in levels)


FILTERS = (
    Filter(
        "subject",
        "Subject",
        tuple((slug(one), one) for one in SUBJECTS),
        lambda tool: (slug(tool.subject),),
    ),
    Filter(
        "kind", "Kind of tool", tuple((slug(one), one) for one in KINDS), lambda t: (slug(t.kind),)
    ),
    Filter("for", "Works for", tuple(FOR.items()), works_for),
)


def read(values: Mapping[str, str | None]) -> Chosen:
    """The choice in an address; unknown values are dropped."""
    ticked = {}
    for one in FILTERS:
        known = {value for value, _ in one.values}
        ticked[one.name] = frozenset((values.get(one.name) or "").split(",")) & known
    return Chosen((values.get(WORDS) or "").strip(), ticked)


def wanted(text: str) -> list[str]:
    """The words of a question that count, without the s of a plural."""
    words = [word for word in re.split(r"[^a-z0-9]+", text.lower()) if word]
    return [
        word[:-1] if len(word) > 3 and word.endswith("s") else word
        for word in words
        if word not in SKIPPED.split()
    ]


def text(tool: Tool) -> str:
    """What a tool is found by, the words for its measures among it."""
    declared = f"{tool.title} {tool.question} {tool.words} {tool.subject} {tool.kind}"
    return f"{declared} {_synonyms(tool.dataset)}".lower()


@cache
def _synonyms(dataset_id: str) -> str:
    """What people call the measures of a dataset, each word once."""
    every = (
        word
        for dataset in all_datasets()
        if dataset.id == dataset_id
        for measure in dataset.measures
        for synonym in measure.synonyms
        for word in synonym.split()
    )
    return " ".join(dict.fromkeys(every))


def matching(chosen: Chosen) -> frozenset[str]:
    """Slugs of the tools that fit every tick and as many of the words as any of those does.

    A question rarely holds only words that a tool is described by, so the best fit is enough.
    """
    words = wanted(chosen.words)
    held = {
        tool.slug: sum(word in text(tool) for word in words)
        for tool in registry.tools()
        if all(
            not chosen.ticked[one.name] or chosen.ticked[one.name] & set(one.of(tool))
            for one in FILTERS
        )
    }
    most = max(held.values(), default=0)
    if words and not most:
        return frozenset()
    return frozenset(slug for slug, count in held.items() if count == most)


def latest(tool: Tool) -> str:
    """The newest period, or what the tool works with instead."""
    if not tool.dataset:
        return tool.about
    snapshot = library().current(tool.dataset)
    if snapshot is None:
        return "No data loaded yet"
    return f"Data to {periods.short(snapshot.dataset.period, snapshot.latest)}"


def row(tool: Tool, *, shown: bool) -> ToolRow:
    public = "No account needed" if tool.access == "public" else "Needs an account"
    return ToolRow(
        name=tool.title,
        question=tool.question,
        kind=tool.kind,
        levels=levels_words(tool),
        latest=latest(tool),
        access=public if tool.built else "",
        href=links.path(tool.path) if tool.built else "",
        data={"text": text(tool), **{one.name: " ".join(one.of(tool)) for one in FILTERS}},
        shown=shown,
    )


def by_subject() -> dict[str, list[Tool]]:
    """Tools of each subject; those that are built come first."""
    found: dict[str, list[Tool]] = {subject: [] for subject in SUBJECTS}
    for tool in sorted(registry.tools(), key=lambda one: not one.built):
        found[tool.subject].append(tool)
    return found
