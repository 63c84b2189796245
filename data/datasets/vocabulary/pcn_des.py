"""The vocabulary of the Network Contract DES: indicators, what is published of them, bad months.

Tables are in `data/reference/`. Codes changed with every scheme year; those of earlier years than
the tables hold stay in the published rows under their own codes.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

_REFERENCE = Path(__file__).parents[2] / "reference"

NUMERATOR, DENOMINATOR, MI_COUNT = "Numerator", "Denominator", "MI Count"
PCA = "PCA"  # a personalised care adjustment; its field is the code of the rule


@dataclass(frozen=True, slots=True)
class Published:
    """One number that is published of an indicator. `field` tells it from the others."""

    indicator: str
    year: str  # 2025/26, the scheme year of the description
    ruleset: str
    description: str
    measure_type: str  # Numerator, Denominator, PCA or MI Count
    field: str
    measure_description: str
    source: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is known to be wrong from one month to another, both included."""

    indicator: str  # empty: the publication as a whole
    first: date
    last: date
    text: str


@cache
def published() -> tuple[Published, ...]:
    return tuple(Published(**row) for row in _rows("pcn_des_measures.csv"))


@cache
def indicators() -> dict[str, tuple[Published, ...]]:
    """What is published of each indicator, by its code."""
    codes = dict.fromkeys(one.indicator for one in published())
    return {code: tuple(p for p in published() if p.indicator == code) for code in codes}


@cache
def fractions() -> tuple[str, ...]:
    """Codes of the indicators that have a numerator and a denominator."""
    return tuple(one.indicator for one in published() if one.measure_type == DENOMINATOR)


@cache
def rulesets() -> dict[str, str]:
    """The ruleset of each indicator of the vocabulary."""
    return {one.indicator: one.ruleset for one in published()}


@cache
def problems() -> tuple[Problem, ...]:
    return tuple(
        Problem(row["indicator"], _month(row["first"]), _month(row["last"]), row["problem"])
        for row in _rows("pcn_des_problems.csv")
    )


def problems_in(month: date, indicator: str | None = None) -> tuple[Problem, ...]:
    """Known problems of a month: all of them, or those that touch one indicator."""
    return tuple(
        one
        for one in problems()
        if one.first <= month <= one.last
        and (indicator is None or one.indicator in ("", indicator))
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (_REFERENCE / name).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")
