"""The vocabulary of the Care Quality Commission: ratings, key questions, frameworks, mythbusters.

Frameworks are versions in `data/reference/cqc_frameworks.json`, with the days on which they were in
use where those are known. The names of the six evidence categories are not confirmed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

_REFERENCE = Path(__file__).parents[2] / "reference" / "cqc_frameworks.json"

RATINGS = {
    "outstanding": "Outstanding",
    "good": "Good",
    "requires_improvement": "Requires improvement",
    "inadequate": "Inadequate",
}
OVERALL = "overall"
KEY_QUESTIONS = {
    "safe": "Safe",
    "effective": "Effective",
    "caring": "Caring",
    "responsive": "Responsive",
    "well_led": "Well-led",
}
QUESTIONS = {OVERALL: "Overall", **KEY_QUESTIONS}
LOCATION_PAGE = "https://www.cqc.org.uk/location/"


@dataclass(frozen=True, slots=True)
class Framework:
    """A version of the assessment framework. `statements` are those of each key question.

    A version whose days are not known, or that is not `confirmed`, belongs to no report.
    """

    id: str
    name: str
    first_day: date | None
    last_day: date | None
    confirmed: bool
    status: str
    statement: str  # what one of `statements` is called
    statements: dict[str, tuple[str, ...]]
    evidence_categories: tuple[str, ...]

    @property
    def is_dated(self) -> bool:
        return self.confirmed and (self.first_day is not None or self.last_day is not None)


@dataclass(frozen=True, slots=True)
class Mythbuster:
    """A page of guidance for GP practices. The list holds those that were seen, not all."""

    number: int
    title: str
    title_confirmed: bool


@cache
def frameworks() -> tuple[Framework, ...]:
    return tuple(
        Framework(
            id=one["id"],
            name=one["name"],
            first_day=_day(one["first_day"]),
            last_day=_day(one["last_day"]),
            confirmed=one["confirmed"],
            status=one["status"],
            statement=one["statement"],
            statements={question: tuple(found) for question, found in one["statements"].items()},
            evidence_categories=tuple(one["evidence_categories"]),
        )
        for one in _stored()["versions"]
    )


@cache
def mythbusters() -> tuple[Mythbuster, ...]:
    return tuple(Mythbuster(**one) for one in _stored()["mythbusters"]["entries"])


def mythbuster_index() -> str:
    """Address of the publisher's full list."""
    address: str = _stored()["mythbusters"]["full_list_url"]
    return address


@cache
def _stored() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_REFERENCE.read_text(encoding="utf-8"))
    return found


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
