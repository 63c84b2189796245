"""How often things are measured. Few are enough to see that the benchmark works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    rounds: int  # in which servers take turns
    seconds: int  # of load in a round
    visits: int  # of a page by a new browser
    pages: int  # drawn for each tool and level
    publications: int  # of a month
    viewing: int  # seconds of page views, twice
    practices: int  # in the home where many months are held


FULL = Counts(rounds=3, seconds=4, visits=5, pages=40, publications=3, viewing=30, practices=6_200)
QUICK = Counts(rounds=2, seconds=1, visits=2, pages=6, publications=2, viewing=3, practices=300)
