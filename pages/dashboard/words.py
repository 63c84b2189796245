"""Names and phrases that pages share. Numbers and dates are written by `data.format`."""

from __future__ import annotations

from datetime import date

from data import periods
from data.questions.names import lower_first as lower_first
from data.questions.names import short_name as short_name
from data.spec import Dataset
from data.versions.orgs import Org

LEVEL_WORDS = {
    "pcn": "PCN",
    "sub_icb": "Sub-ICB",
    "icb": "ICB",
    "region": "Region",
    "england": "England",
    "similar": "Similar practices",
}


def kind_of(area: Org) -> str:
    """A comparator by its level, for columns and keys; England by how much of it is covered."""
    return area.name if area.level == "england" else LEVEL_WORDS[area.level]


_GENERIC = (
    "the",
    "and",
    "&",
    "of",
    "family",
    "group",
    "general",
    "district",
    "medical",
    "health",
    "healthcare",
    "surgery",
    "surgeries",
    "practice",
    "practices",
    "partnership",
    "centre",
    "center",
    "clinic",
    "pcn",
    "primary",
    "care",
    "network",
)


def brief(org: Org) -> str:
    """The telling part of a name, for labels with little room: Millbrook for Millbrook Surgery."""
    name = short_name(org)
    if org.level not in ("practice", "pcn"):
        return name
    words = name.split()
    while len(words) > 1 and words[-1].casefold().strip("(),.") in _GENERIC:
        words.pop()
    shorter = " ".join(words)
    return shorter if len(shorter) >= 4 and words[0].casefold() != "the" else name


def period(dataset: Dataset, when: date) -> str:
    """A period in words: March 2026, 2024/25, 2025."""
    return periods.label(dataset.period, when)


def span(dataset: Dataset, first: date, last: date) -> str:
    """October 2023 to September 2026; one period alone when both are the same."""
    ends = dict.fromkeys((period(dataset, first), period(dataset, last)))
    return " to ".join(ends)
