"""Which organisations and months a question is about, decided on arrays without reading values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from data.remembered import remembered
from data.spec import UNALLOCATED, Level
from data.versions.snapshot import Membership, Snapshot

Key = tuple[Level, str, date]
Numbers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows are wanted. Codes in either case of letters; None and empty do not restrict.

    `within` are areas (column of `HOME_COLUMNS`, code or label): rows are those of the practices
    that belonged to all of them in the month of the row or, at a higher `level`, of the areas
    that had such a practice.
    """

    month: date | None = None
    level: Level = "practice"
    code: str | None = None  # of one organisation of that level
    within: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[str, str], ...] = ()  # of the dimensions of long rows
    membership: Membership = "dated"


@dataclass(frozen=True, slots=True)
class Places:
    """Organisation and month of each row, as numbers until a page of them is wanted."""

    level: Level
    codes: Sequence[str]
    months: Sequence[date]
    code: Numbers  # index into `codes`
    month: Numbers  # index into `months`

    def __len__(self) -> int:
        return len(self.code)

    def keys(self, start: int, stop: int) -> list[Key]:
        page = slice(start, stop)
        return [
            (self.level, self.codes[c], self.months[m])
            for c, m in zip(self.code[page].tolist(), self.month[page].tolist(), strict=True)
        ]


_NONE: Numbers = np.empty(0, dtype=np.intp)


def places(snapshot: Snapshot, selection: Selection) -> Places:
    months = snapshot.months
    if selection.month is not None:
        months = tuple(month for month in months if month == selection.month)
    if not months:
        return Places(selection.level, (), (), _NONE, _NONE)
    if selection.level == "practice":
        return _practices(snapshot, selection, months, selection.code)
    return _areas(snapshot, selection, months)


def _practices(
    snapshot: Snapshot, selection: Selection, months: Sequence[date], code: str | None
) -> Places:
    codes: Sequence[str] = snapshot.practices
    rows = slice(None)
    if code is not None:
        row = snapshot.practice_row(code)
        if row is None:
            return Places("practice", (), (), _NONE, _NONE)
        codes, rows = (code,), slice(row, row + 1)
    start = snapshot.months.index(months[0])
    columns = slice(start, start + len(months))
    chosen = snapshot.presence[rows, columns]
    for column, label in selection.within:
        belongs = _belonging(snapshot, column, label, selection.membership)
        chosen = chosen & belongs[rows, columns]
    practice, month = chosen.nonzero()
    return Places("practice", codes, months, practice, month)


def _areas(snapshot: Snapshot, selection: Selection, months: Sequence[date]) -> Places:
    """Areas of a level that have at least one of the practices that the selection leaves."""
    level, code = selection.level, selection.code
    if code is not None and not selection.within:
        published = [
            position
            for position, month in enumerate(months)
            if snapshot.published_in(level, code, month, membership=selection.membership)
        ]
        positions = np.array(published, dtype=np.intp)
        return Places(level, (code,), months, np.zeros_like(positions), positions)
    if not snapshot.dataset.has_practices:
        return _alone(snapshot, selection, months)
    practices = _practices(snapshot, selection, months, None)
    labels, numbers = snapshot.areas(level, practices.code, _dated(snapshot, practices, selection))
    pairs = np.unique(numbers * len(months) + practices.month)
    wanted = sorted(
        (labels[number], number)
        for number in set((pairs // len(months)).tolist())
        if labels[number] not in ("", UNALLOCATED) and code in (None, labels[number])
    )
    place = np.full(len(labels), -1, dtype=np.intp)
    place[[number for _, number in wanted]] = np.arange(len(wanted))
    area, month = place[pairs // len(months)], pairs % len(months)
    order = np.lexsort((month, area))[np.count_nonzero(area < 0) :]
    codes = [label for label, _ in wanted]
    return Places(level, codes, months, area[order], month[order])


def _alone(snapshot: Snapshot, selection: Selection, months: Sequence[date]) -> Places:
    """Areas of a level in a version without practices; `within` can only name the area itself."""
    codes = snapshot.codes(selection.level)
    wanted = {label.upper() for _, label in selection.within}
    named = [not wanted or wanted == {code.upper()} for code in codes]
    chosen = snapshot.areas_in(selection.level, months) & np.array(named, dtype=bool)[:, None]
    code, month = chosen.nonzero()
    return Places(selection.level, codes, months, code, month)


def _dated(snapshot: Snapshot, practices: Places, selection: Selection) -> Numbers | None:
    """The version's column of each row's month; None for membership of today."""
    if selection.membership == "current" or not len(practices):
        return None
    return practices.month + snapshot.months.index(practices.months[0])


@remembered  # 0.2 MB each at the scale of England
def _belonging(
    snapshot: Snapshot, column: str, label: str, membership: Membership
) -> NDArray[np.bool_]:
    """(practice, month): whether the practice belonged to an area, or had a supplier."""
    mask = np.zeros(snapshot.presence.shape, dtype=bool)
    one = snapshot.published_label(label)
    published = snapshot.joined_labels(label) if column == "supplier" else (one,) if one else ()
    for position, month in enumerate(snapshot.months):
        codes = [
            code
            for name in published
            for code in snapshot.practices_in(column, name, month, membership=membership)
        ]
        rows = [snapshot.practice_row(code) for code in codes]
        mask[[row for row in rows if row is not None], position] = True
    return mask
