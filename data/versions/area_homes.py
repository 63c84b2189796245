"""Where areas belonged in each month of a version: PCN → sub-ICB location → ICB → region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from data.month_block import AREA_COLUMNS, NOWHERE
from data.spec import Level


class AreaHomes:
    """The areas above areas, of a month or, where none is given, of each area's last month.

    An area of which practices belong to several is in that of most of its patients or practices.
    """

    def __init__(
        self,
        homes: NDArray[np.int32],
        areas: Sequence[Sequence[str]],
        labels: Sequence[str],
        columns: Mapping[date, int],
    ) -> None:
        self._homes = homes  # (month, area, column of AREA_COLUMNS), numbers of labels
        self._areas = [(level, code) for level, code in areas]
        self._rows = {area: row for row, area in enumerate(self._areas)}
        self._labels = labels
        self._columns = columns

    def is_mapped(self, level: Level, code: str) -> bool:
        """Whether the map of any month says what an area belongs to."""
        return (level, code) in self._rows

    def above(self, level: Level, code: str, month: date | None) -> dict[str, str]:
        """Codes by column of `AREA_COLUMNS`; empty where the month's map lacks the area."""
        row, homes = self._rows.get((level, code)), self._in(month)
        if row is None or homes is None or homes[row, 0] == NOWHERE:
            return {}
        named = zip(AREA_COLUMNS, homes[row].tolist(), strict=True)
        return {name: label for name, number in named if (label := self._labels[number])}

    def within(self, level: Level, column: str, label: str, month: date | None) -> set[str]:
        """Codes of a level that have `label` in a column of `AREA_COLUMNS`."""
        homes = self._in(month)
        if homes is None or label not in self._labels:
            return set()
        number = self._labels.index(label)
        rows = np.flatnonzero(homes[:, AREA_COLUMNS.index(column)] == number)
        areas = (self._areas[row] for row in rows.tolist())
        return {code for area_level, code in areas if area_level == level}

    def _in(self, month: date | None) -> NDArray[np.int32] | None:
        """(area, column of `AREA_COLUMNS`); None for a month that the version does not hold."""
        if month is None:
            return self._latest
        column = self._columns.get(month)
        return None if column is None else self._homes[column]

    @cached_property
    def _latest(self) -> NDArray[np.int32]:
        mapped = self._homes[:, :, 0] != NOWHERE
        last = len(mapped) - 1 - mapped[::-1].argmax(axis=0)
        return np.asarray(self._homes[last, np.arange(len(last))])
