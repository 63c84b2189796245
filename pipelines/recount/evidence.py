"""What a recount may read: landed files, and other datasets counted again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipelines.recount.areas import Home, Recounted
from pipelines.recount.files import LandedFile, Source

AREA_CODES_CHANGED = (date(2022, 7, 1), date(2026, 4, 1), date(2027, 4, 1))


@dataclass(frozen=True, slots=True)
class Evidence:
    """One period to count again.

    `used` are the period's own CSVs by kind, `landed` every CSV of the dataset, `files` every
    file (workbooks are opened by `sheet_rows`). `again` counts a period of a dataset that this
    one needs, in the version that went into this one; None where that holds no such period.
    """

    month: date  # first day of the period
    used: Mapping[str, Sequence[Source]]
    landed: Sequence[Source]
    files: Sequence[LandedFile]
    again: Callable[[str, date], Recounted | None]
    held: Callable[[str], Sequence[date]]  # periods of a dataset that this one needs

    def homes(self, month: date) -> dict[str, Home]:
        """Where practices belonged in a month, or in the nearest month whose lists are held.

        Nearest on the same side of the days on which the codes of areas changed.
        """

        lists = self._lists(month)
        return lists.homes if lists else {}

    def named(self, month: date) -> dict[str, tuple[str, str]]:
        """Name and postcode of the practices with a list, in the same month as their homes."""
        lists = self._lists(month)
        return lists.named if lists else {}

    def _lists(self, month: date) -> Recounted | None:
        def distance(found: date) -> tuple[int, int, bool]:
            early, late = min(found, month), max(found, month)
            changes = sum(early < day <= late for day in AREA_CODES_CHANGED)
            return changes, (late - early).days, found > month

        months = self.held("list-sizes")
        return self.again("list-sizes", min(months, key=distance)) if months else None
