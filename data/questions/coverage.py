"""How much of an area a month's figures cover: practices, and the patients on their lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from data.questions.queries import places
from data.remembered import remembered
from data.versions.orgs import Org
from data.versions.snapshot import Floats, Membership, Snapshot


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of an area a month's figures cover."""

    published: int
    expected: int
    missing: tuple[str, ...]  # ODS codes with a list but without figures
    patients_percent: float | None


@remembered
def coverage_of(
    snapshot: Snapshot, lists: Snapshot, org: Org, *, month: date, membership: Membership = "dated"
) -> Coverage | None:
    """Practices of an area with a list, how many of them have figures, and their patients' share.

    None where the month's lists are not loaded.
    """
    if month not in lists.months:
        return None
    patients = _sizes(lists, month)
    if org.level == "england":
        rows = np.arange(len(patients))
    else:
        at = places(lists, "practice")
        codes: Sequence[str] = [org.code]
        if org.level != "practice":
            codes = lists.practices_in(org.level, org.code, month, membership=membership)
        rows = np.array([at[code] for code in codes if code in at], dtype=np.intp)
    rows = rows[~np.isnan(patients[rows])]
    published = _has_figures(snapshot, lists, month)[rows]
    total = float(patients[rows].sum())
    listed = lists.codes("practice")
    return Coverage(
        published=int(published.sum()),
        expected=len(rows),
        missing=tuple(sorted(listed[row] for row in rows[~published].tolist())),
        patients_percent=100 * float(patients[rows[published]].sum()) / total if total else None,
    )


@remembered
def _sizes(lists: Snapshot, month: date) -> Floats:
    """Patients of each practice in a month, in the order of `codes`; NaN where there is no list."""
    return lists.distribution(lists.dataset.measure(lists.dataset.headline), "practice", month)


@remembered
def _has_figures(snapshot: Snapshot, lists: Snapshot, month: date) -> NDArray[np.bool_]:
    """Whether each practice with a list has figures of the month, in the order of the lists."""
    covered = np.zeros(len(lists.codes("practice")), dtype=bool)
    if month in snapshot.months:
        headline = snapshot.dataset.measure(snapshot.dataset.headline)
        known = ~np.isnan(snapshot.distribution(headline, "practice", month))
        rows = _rows_of(snapshot, lists)
        covered[rows >= 0] = known[rows[rows >= 0]]
    return covered


@remembered
def _rows_of(snapshot: Snapshot, lists: Snapshot) -> NDArray[np.intp]:
    """Where each practice of the lists stands in another version's `codes`; -1 if it does not."""
    at = places(snapshot, "practice")
    return np.array([at.get(code, -1) for code in lists.codes("practice")], dtype=np.intp)
