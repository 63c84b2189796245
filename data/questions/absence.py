"""Why a figure has no value, or none that can be compared: decided here for every surface."""

from __future__ import annotations

from datetime import date

import numpy as np

from data import periods
from data.absence import WORDS, Absence
from data.formula import quoted
from data.questions.peers import Subject
from data.questions.queries import Figure, is_comparable
from data.remembered import remembered
from data.spec import LEVEL_NAMES, Dataset, Level, Measure, Part
from data.versions.db import library
from data.versions.orgs import Org
from data.versions.snapshot import Snapshot

Withheld = frozenset[tuple[tuple[str, ...], tuple[str, ...]]]  # (columns, labels) of fact cells


def status(subject: Subject, now: Figure) -> Absence | None:
    """The kind of no value that a figure of the subject's version is; None for a sound value."""
    if now.value is not None:
        return None if _has_base(subject.snapshot, now) else "below_base"
    measure, org, month = now.measure, now.org, now.period
    snapshot, declared = subject.snapshot, subject.snapshot.dataset
    if month not in snapshot.months:
        return "not_held"
    if not _exists(snapshot, org, month):
        return "not_applicable"
    if not _anybody(snapshot, measure, org.level, month):
        if org.level not in declared.levels or _is_given(snapshot, measure, org.level, month):
            return "not_published"
        return "not_held"
    if not snapshot.published_in(org.level, org.code, month, membership=subject.membership):
        if snapshot.manifest.periods[month].partial:
            return "not_held"
        return declared.silence if org.level == declared.levels[0] else "not_published"
    if now.denominator == 0:
        return "not_applicable"
    if org.level == "practice" and _is_withheld(snapshot, measure, org.code, month):
        return "suppressed"
    return declared.gap


def words(kind: Absence, declared: Dataset, level: Level) -> str:
    """A kind as sentences and tables say it, with the publisher's own rule of small numbers."""
    if kind == "suppressed" and declared.suppression:
        return declared.suppression
    if kind == "not_supplied" and level != "practice":
        return f"the {LEVEL_NAMES[level][0]} sent no return"
    return WORDS[kind]


def _has_base(snapshot: Snapshot, now: Figure) -> bool:
    if now.measure.is_size or now.org.level == "england":
        return True
    return now.period not in snapshot.months or is_comparable(snapshot, now)


def _exists(snapshot: Snapshot, org: Org, month: date) -> bool:
    """Whether there was such an organisation at any time of the period."""
    if org.level == "england":
        return True
    if org.level == "practice" and (org.opened or org.closed):
        last = periods.last_month(snapshot.dataset.period, month)
        after = periods.add_months(last, 1)
        opened, closed = org.opened or month, org.closed or after
        return opened < after and closed >= month
    if org.level == "practice" or org.first_month is None or org.last_month is None:
        return True
    months = snapshot.months
    began = org.first_month > month and any(one < org.first_month for one in months)
    ended = org.last_month < month and any(one > org.last_month for one in months)
    return not began and not ended


@remembered
def _anybody(snapshot: Snapshot, measure: Measure, level: Level, month: date) -> bool:
    """Whether any organisation of a level has a value in a period."""
    if not snapshot.codes(level):
        return False
    return not np.isnan(snapshot.distribution(measure, level, month)).all()


@remembered
def _is_given(snapshot: Snapshot, measure: Measure, level: Level, month: date) -> bool:
    """Whether other periods hold the measure, and this one every kind of file that they have.

    Then the publisher gave none; else a file may be what is missing, and nothing is said of the
    publisher.
    """
    records = snapshot.manifest.periods
    others = [
        one for one in snapshot.months if one != month and _anybody(snapshot, measure, level, one)
    ]
    if not others or records[month].partial:
        return False
    kinds = {kind for one in others for kind in records[one].sources}
    return kinds <= set(records[month].sources)


def _is_withheld(snapshot: Snapshot, measure: Measure, practice: str, month: date) -> bool:
    if not snapshot.dataset.suppression:
        return False
    cells = _withheld(snapshot, practice, month)
    parts = (snapshot.dataset.part(part) for part in (*measure.num_parts, *measure.den_parts))
    return any(part.cell and (part.cell.columns, part.cell.labels) in cells for part in parts)


@remembered
def _withheld(snapshot: Snapshot, practice: str, month: date) -> Withheld:
    """Cells of the publisher's table that hold no number for a practice."""
    columns = _cell_columns(snapshot.dataset.parts)
    cells = set()
    with library().cursor() as cursor:
        for names in columns:
            listed = ", ".join(quoted(name) for name in names)
            rows = cursor.execute(
                f"""SELECT DISTINCT {listed} FROM read_parquet(?)
                WHERE practice = ? AND value IS NULL""",
                [snapshot.fact_path(month), practice],
            ).fetchall()
            cells |= {(names, tuple(labels)) for labels in rows}
    return frozenset(cells)


def _cell_columns(parts: tuple[Part, ...]) -> list[tuple[str, ...]]:
    return list(dict.fromkeys(part.cell.columns for part in parts if part.cell))
