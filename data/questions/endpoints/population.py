"""The three populations of a practice by financial year: registered, weighted, adjusted."""

from __future__ import annotations

from datetime import date
from typing import Any

from data import periods
from data.questions.queries import Figure, trend
from data.spec import PeriodKind
from data.versions.db import LiveVersions
from data.versions.orgs import Org
from data.versions.snapshot import Snapshot

Row = dict[str, Any]
_KIND: PeriodKind = "financial_year"
_NOT_LOADED = {
    "registered": "No list of this year is loaded.",
    "weighted": "Weighted lists come with NHS payments data; those of this year are not loaded.",
    "adjusted": "Adjusted populations of this year are not loaded.",
}
_AVERAGE = "Average of the year's quarters, as published with the payments of the year."


def populations(library: LiveVersions, org: Org, *, as_of: date | None = None) -> list[Row]:
    """One row for each year of which any of the three is known, or was by a day, newest first.

    Registered patients are those of the latest month held of the year, weighted patients the
    average of the year, and the adjusted population that of 1 January before it.
    """
    lists, payments, adjusted = (
        library.as_of(dataset_id, as_of) if as_of else library.current(dataset_id)
        for dataset_id in ("list-sizes", "nhs-payments", "adjusted-populations")
    )
    by_kind = {
        "registered": _latest(_known(lists, "registered_patients", org)),
        "weighted": _by_year(_known(payments, "weighted_ratio", org)),
        "adjusted": _by_year(_known(adjusted, "adjusted_population", org)),
    }
    sources = {"registered": lists, "weighted": payments, "adjusted": adjusted}
    years = sorted({year for kind in by_kind.values() for year in kind}, reverse=True)
    rows = []
    for year in years:
        row: Row = {"ods_code": org.code, "year": periods.written(_KIND, year)}
        for kind, figures in by_kind.items():
            row |= _column(kind, figures.get(year), sources[kind])
        rows.append(row)
    return rows


def _known(snapshot: Snapshot | None, measure: str, org: Org) -> list[Figure]:
    if snapshot is None:
        return []
    shown = trend(snapshot, snapshot.dataset.measure(measure), org)
    return [figure for figure in shown if figure.numerator is not None]


def _latest(figures: list[Figure]) -> dict[date, Figure]:
    """The last month of each year."""
    return {periods.containing(_KIND, figure.period): figure for figure in figures}


def _by_year(figures: list[Figure]) -> dict[date, Figure]:
    return {figure.period: figure for figure in figures}


def _column(kind: str, figure: Figure | None, source: Snapshot | None) -> Row:
    value: float | None = None
    day: date | None = None
    release: str | None = None
    note: str | None = _NOT_LOADED[kind]
    if figure is not None and source is not None and figure.numerator is not None:
        value = int(figure.numerator) if kind == "registered" else figure.numerator
        day = figure.period if kind == "registered" else None
        if kind == "adjusted":
            day = date(figure.period.year, 1, 1)
        note = _AVERAGE if kind == "weighted" else None
        release = source.manifest.release_of(figure.period).title
    return {
        kind: value,
        f"{kind}_date": day.isoformat() if day else None,
        f"{kind}_source": release,
        f"{kind}_note": note,
    }
