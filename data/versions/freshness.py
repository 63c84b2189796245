"""Whether what is held of a dataset is as new as its rhythm lets expect: one answer for all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from data import periods
from data.spec import Dataset
from data.versions import rhythm
from data.versions.manifest import Manifest
from data.versions.rhythm import Expected

State = Literal["current", "late", "behind", "ended"]
# Days after the last day on which a release was due.
LATE_AFTER = {"weekly": 14, "monthly": 7, "quarterly": 14, "annual": 30}
BEHIND_AFTER = {"weekly": 60, "monthly": 45, "quarterly": 90, "annual": 180}


@dataclass(frozen=True, slots=True)
class Freshness:
    """`due` is when the release after the newest one held should come, or should have come.

    Of a series that may have ended nobody can say that it is late.
    """

    state: State
    due: Expected

    @property
    def is_current(self) -> bool:
        return self.state == "current"


def freshness(declared: Dataset, manifest: Manifest, today: date) -> Freshness:
    """How old the newest release held is, against the dataset's rhythm.

    The demonstration ends on a day of its own and is judged on it, so that it never looks late.
    """
    last = _published(declared, manifest)
    due = rhythm.expected(declared, last, today)
    late = (last - due.last if manifest.demo else today - due.last).days
    if late <= LATE_AFTER[declared.cadence]:
        return Freshness("current", due)
    if late <= BEHIND_AFTER[declared.cadence]:
        return Freshness("late", due)
    return Freshness("ended" if rhythm.rhythm_of(declared).may_have_ended else "behind", due)


def _published(declared: Dataset, manifest: Manifest) -> date:
    """When the newest release came out; for files without a date, the end of what they hold."""
    if manifest.release.published is not None:
        return manifest.release.published
    return periods.add_months(periods.last_month(declared.period, manifest.latest), 1)
