"""GP Contract Services, counted again."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from data.datasets.vocabulary.gp_contract import indicators
from pipelines.recount.areas import Home, Parts, Recounted
from pipelines.recount.evidence import Evidence
from pipelines.recount.files import Row, Source, count_in, month_in, rows

_CARERS = "carers"
_SUPPRESSED = "*"
Cells = dict[tuple[str, str, str, str], set[str]]  # (service, indicator, measure, rule): values


def recount(evidence: Evidence) -> Recounted:
    """The month from the core contract and the services beside it; areas from list sizes."""
    practices: dict[str, Cells] = defaultdict(lambda: defaultdict(set))
    for kind, used in evidence.used.items():
        for source in used if kind != _CARERS else ():
            _collect(practices, source, evidence.month)
    homes = evidence.homes(evidence.month)
    return Recounted(
        {practice: _parts(cells) for practice, cells in practices.items()},
        {practice: homes.get(practice, Home()) for practice in practices},
    )


def _collect(practices: dict[str, Cells], source: Source, month: date) -> None:
    months: dict[str, date] = {}
    for row in rows(source):
        day = row["ACH_DATE"]
        if day not in months:
            months[day] = month_in(day)
        if months[day] == month:
            cells = practices[row["PRACTICE_CODE"].strip().upper()]
            measure, rule = _measure(row)
            service, indicator = row["QUALITY_SERVICE"].strip(), row["IND_CODE"].strip().upper()
            cells[service, indicator, measure, rule].add(row["VALUE"].strip())


def _measure(row: Row) -> tuple[str, str]:
    """(measure, rule): a rule by which patients are left out is what the measure says beyond."""
    said = row["MEASURE"].strip()
    kind = row.get("MEASURE_TYPE", said).strip().upper()
    if kind.split(" ")[0] in ("PCA", "RULE"):
        kind = "PCA"
    return kind, "" if said.upper() == kind else said


def _parts(cells: Cells) -> Parts:
    found: Parts = {"practices": 1, "cells": 0, "suppressed": 0}
    sums: dict[tuple[str, str], list[int | None]] = defaultdict(list)
    for (service, indicator, measure, _), values in cells.items():
        (value,) = values
        number = None if value == _SUPPRESSED else count_in(value)
        found["cells"] = (found["cells"] or 0) + 1
        found["suppressed"] = (found["suppressed"] or 0) + (number is None)
        other = {"NUMERATOR": "DENOMINATOR", "DENOMINATOR": "NUMERATOR"}.get(measure)
        pair = cells.get((service, indicator, other, ""), set()) if other else set()
        sums[indicator, measure].append(None if _SUPPRESSED in pair else number)
    for code, one in indicators().items():
        fields = {"num": "NUMERATOR", "den": "DENOMINATOR"}
        fields |= {"pca": "PCA"} if one.adjusted else {}
        for suffix, measure in (fields if one.form == "fraction" else {"count": "COUNT"}).items():
            numbers = sums.get((code, measure), [])
            whole = [n for n in numbers if n is not None]
            complete = bool(numbers) and len(whole) == len(numbers)
            found[f"{code.lower()}_{suffix}"] = sum(whole) if complete else None
    return found
