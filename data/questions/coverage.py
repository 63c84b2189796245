"""How much of an area a period's figures cover: practices, and the patients on their lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from data import format as fmt
from data import periods
from data.questions.queries import places
from data.remembered import remembered
from data.spec import Dataset, Level
from data.versions.orgs import Org, Organisations
from data.versions.snapshot import Floats, Membership, Snapshot

ENOUGH = 80.0  # % under which an area's figure gets no position, no difference and no change
WHOLE = 98.0  # % from which England is England

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of an area a period's figures cover.

    `nearest` is the month of the lists that say so, where those of the period are not loaded:
    November 2025. Without any lists active practices are counted.
    """

    published: int
    expected: int
    missing: tuple[str, ...]  # codes of the practices without figures
    patients_percent: float | None
    nearest: str = ""

    @property
    def percent(self) -> float | None:
        """Of patients, else of practices."""
        if self.patients_percent is not None:
            return self.patients_percent
        return 100 * self.published / self.expected if self.expected else None

    @property
    def share(self) -> str:
        """33% of patients, 33% of practices."""
        of = "patients" if self.patients_percent is not None else "practices"
        return f"{fmt.decimal(self.percent or 0, 0)}% of {of}"

    def sentence(self, subject: str) -> str:
        """PCN figures cover 4 of 5 practices (87% of patients)."""
        practices = fmt.plural(self.expected, "practice", "practices")
        lists = f", by the lists of {self.nearest}" if self.nearest else ""
        covered = fmt.decimal(self.published, 0)
        return f"{subject} cover {covered} of {practices} ({self.share}{lists})."

    @property
    def is_thin(self) -> bool:
        """Whether too little is covered to say where the area lies or how it changed."""
        return self.percent is not None and self.percent < ENOUGH

    @property
    def is_whole(self) -> bool:
        return self.percent is None or self.percent >= WHOLE


def coverage_of(
    snapshot: Snapshot,
    directory: Organisations,
    org: Org,
    *,
    month: date,
    membership: Membership = "dated",
) -> Coverage | None:
    """Practices of an area with a list, how many of them have figures, and their patients' share.

    None of a practice, and where nothing says who there is: the lists themselves, and what has no
    practices.
    """
    declared = snapshot.dataset
    if org.level == "practice" or not declared.has_practices:
        return None
    if declared.id in _OF_THEMSELVES or _is_given(declared):
        return None
    lists = directory.lists
    if lists is None:
        return _counted(snapshot, directory, org.level, org.code, month=month)
    return _listed(snapshot, lists, org.level, org.code, month=month, membership=membership)


def named(
    snapshot: Snapshot,
    directory: Organisations,
    org: Org,
    *,
    month: date,
    membership: Membership = "dated",
) -> Org:
    """England by a name that says how much of it is covered where that is not all of it.

    England, 33% of patients. Every other organisation stays what it is.
    """
    if org.level != "england":
        return org
    covered = coverage_of(snapshot, directory, org, month=month, membership=membership)
    if covered is None or covered.is_whole:
        return org
    return replace(org, name=f"{org.name}, {covered.share}")


_OF_THEMSELVES = frozenset({"list-sizes", "practices"})


@cache
def _is_given(declared: Dataset) -> bool:
    """Whether the publisher gives the figures of areas, so that no practices are added up."""
    headline = declared.measure(declared.headline)
    return any(declared.part(part).spread == "published" for part in headline.num_parts)


def nearest_list(snapshot: Snapshot, lists: Snapshot, period: date) -> date:
    """The month of the lists that is nearest to the end of a period of another dataset."""
    end = _end(snapshot, period)
    return min(lists.months, key=lambda month: (abs((month - end).days), month < end))


def _end(snapshot: Snapshot, period: date) -> date:
    return periods.last_month(snapshot.dataset.period, period)


@remembered
def _listed(
    snapshot: Snapshot,
    lists: Snapshot,
    level: Level,
    code: str,
    *,
    month: date,
    membership: Membership,
) -> Coverage:
    listed = nearest_list(snapshot, lists, month)
    patients = sizes(lists, listed)
    rows = members(lists, level, code, listed, membership)
    rows = rows[~np.isnan(patients[rows])]
    published = _has_figures(snapshot, lists, month)[rows]
    total = float(patients[rows].sum())
    codes = lists.codes("practice")
    return Coverage(
        published=int(published.sum()),
        expected=len(rows),
        missing=tuple(sorted(codes[row] for row in rows[~published].tolist())),
        patients_percent=100 * float(patients[rows[published]].sum()) / total if total else None,
        nearest="" if listed == _end(snapshot, month) else fmt.month(listed),
    )


@remembered
def _counted(
    snapshot: Snapshot, directory: Organisations, level: Level, code: str, *, month: date
) -> Coverage | None:
    """Active practices of today that have figures; None where no register is loaded."""
    active = [
        org.code
        for org in directory.all("practice")
        if org.opened is not None
        and org.opened <= month
        and org.status == "active"
        and (level == "england" or getattr(org, level) == code)
    ]
    if not active:
        return None
    at, known = places(snapshot, "practice"), _has_value(snapshot, month)
    missing = [one for one in active if one not in at or not known[at[one]]]
    return Coverage(len(active) - len(missing), len(active), tuple(sorted(missing)), None)


@remembered
def members(
    snapshot: Snapshot, level: Level, code: str, month: date, membership: Membership
) -> Rows:
    """Places in `codes("practice")` of the practices of an area; of those of a month, or of all."""
    at = places(snapshot, "practice")
    codes: Sequence[str] = [code]
    if level == "england":
        return np.arange(len(at))
    if level != "practice":
        codes = snapshot.practices_in(level, code, month, membership=membership)
    return np.array([at[one] for one in codes if one in at], dtype=np.intp)


@remembered
def sizes(lists: Snapshot, month: date) -> Floats:
    """Patients of each practice in a month, in the order of `codes`; NaN where there is no list."""
    return lists.distribution(lists.dataset.measure(lists.dataset.headline), "practice", month)


@remembered
def _has_value(snapshot: Snapshot, month: date) -> NDArray[np.bool_]:
    """Whether each practice has figures of the month."""
    if month not in snapshot.months:
        return np.zeros(len(snapshot.codes("practice")), dtype=bool)
    headline = snapshot.dataset.measure(snapshot.dataset.headline)
    return ~np.isnan(snapshot.distribution(headline, "practice", month))


@remembered
def _has_figures(snapshot: Snapshot, lists: Snapshot, month: date) -> NDArray[np.bool_]:
    """Whether each practice with a list has figures of the month, in the order of the lists."""
    covered = np.zeros(len(lists.codes("practice")), dtype=bool)
    rows = rows_of(snapshot, lists)
    covered[rows >= 0] = _has_value(snapshot, month)[rows[rows >= 0]]
    return covered


@remembered
def rows_of(snapshot: Snapshot, lists: Snapshot) -> Rows:
    """Where each practice of the lists stands in another version's `codes`; -1 if it does not."""
    at = places(snapshot, "practice")
    return np.array([at.get(code, -1) for code in lists.codes("practice")], dtype=np.intp)
