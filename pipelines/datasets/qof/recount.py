"""The Quality and Outcomes Framework, counted again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from data.datasets.vocabulary.qof import REGISTERS, latest
from pipelines.recount.areas import Home, Parts, Recounted
from pipelines.recount.evidence import Evidence
from pipelines.recount.files import Row, count_in, exact, rows

_FIELDS = {"NUMERATOR": "num", "DENOMINATOR": "den", "PCAS": "pcas", "ACHIEVED_POINTS": "points"}
_SUMS = {
    "NUMERATOR": "numerators",
    "DENOMINATOR": "denominators",
    "PCAS": "pcas",
    "NEWLY_DIAGNOSED": "newly_diagnosed",
    "ACHIEVED_POINTS": "points",
}
_RATED = ("NUMERATOR", "DENOMINATOR", "PCAS")
_OF_A_PRACTICE = (
    *("practices", "list_size", "points", "points_available", "points_rated"),
    *("points_cl", "points_ph", "points_qi", "numerators", "denominators", "pcas"),
    "newly_diagnosed",
)


def recount(evidence: Evidence) -> Recounted:
    """The year from its members; areas from its own geography, else from list sizes."""
    parts: dict[str, Parts] = {}
    nothing = _nothing()
    for row in rows(evidence.used["prevalence"][0]):
        practice = _first(row, "PRACTICE_CODE", "PRACTICECODE")
        if not re.fullmatch("[A-Z][0-9]{5}", practice):
            continue
        if practice not in parts:
            parts[practice] = dict(nothing)
        _add_register(parts[practice], row)
    values: dict[tuple[str, str], dict[str, Decimal]] = {}
    for source in evidence.used.get("achievement", ()):
        for row in rows(source):
            practice = _first(row, "PRACTICE_CODE", "PRACTICECODE")
            if row["VALUE"].strip() and re.fullmatch("[A-Z][0-9]{5}", practice):
                sides = values.setdefault((practice, row["INDICATOR_CODE"].strip()), {})
                sides.setdefault(row["MEASURE"].strip().upper(), exact(row["VALUE"]))
    adjusted = {indicator for (_, indicator), sides in values.items() if "PCAS" in sides}
    for (practice, indicator), sides in values.items():
        needed = {"NUMERATOR", "DENOMINATOR"} | ({"PCAS"} if indicator in adjusted else set())
        own = parts.setdefault(practice, dict(nothing))
        for measure, value in sides.items():
            if measure not in _RATED or needed <= sides.keys():
                _add_value(own, indicator, measure, value)
    for source in evidence.used.get("organisations", ()):
        for row in rows(source):
            practice = _first(row, "PRACTICE_CODE", "PRACTICECODE")
            points = parts.get(practice, nothing)["points"]
            if points is not None and row["REVISED_MAX_POINTS"].strip():
                parts[practice]["points_available"] = exact(row["REVISED_MAX_POINTS"])
                parts[practice]["points_rated"] = points
    return Recounted(parts, _homes(evidence, set(parts)))


def _first(row: Mapping[str, str], *names: str) -> str:
    return next((row[name].strip() for name in names if name in row), "")


def _nothing() -> Parts:
    found: Parts = dict.fromkeys(_OF_A_PRACTICE)
    for group in REGISTERS:
        found |= {f"{group.lower()}_register": None, f"{group.lower()}_list": None}
    for code in latest():
        found |= {f"{code.lower()}_{suffix}": None for suffix in _FIELDS.values()}
    return found


def _add_register(parts: Parts, row: Row) -> None:
    group = _first(row, "GROUP_CODE", "INDICATOR_GROUP_CODE", "INDICATOR_GROUP")
    register = _first(row, "REGISTER", "DISEASE_REGISTER_SIZE", "REGISTER_SIZE")
    listed = _first(row, "PRACTICE_LIST_SIZE", "PRACTICE_LISTSIZE", "PATIENT_LIST_SIZE")
    parts["practices"] = 1
    if group in REGISTERS:
        parts[f"{group.lower()}_register"] = count_in(register) if register else None
        parts[f"{group.lower()}_list"] = exact(listed) if listed and register else None
    if listed and (_first(row, "PATIENT_LIST_TYPE") or "TOTAL") == "TOTAL":
        parts["list_size"] = max(parts["list_size"] or 0, exact(listed))


def _add_value(parts: Parts, indicator: str, measure: str, value: Decimal) -> None:
    known = latest().get(indicator)
    names = [_SUMS[measure]] if measure in _SUMS else []
    if known and measure in _FIELDS:
        names.append(f"{indicator.lower()}_{_FIELDS[measure]}")
    if known and measure == "ACHIEVED_POINTS":
        names.append(f"points_{known.domain.lower()}")
    for name in names:
        parts[name] = (parts[name] or 0) + value


def _homes(evidence: Evidence, practices: set[str]) -> dict[str, Home]:
    placed = evidence.month.replace(year=evidence.month.year + 1, month=3)
    mapped = evidence.homes(placed)
    homes = {practice: mapped.get(practice, Home()) for practice in practices}
    for source in evidence.used.get("geography", ()):
        for row in rows(source):
            practice = _first(row, "PRACTICE_CODE", "PRACTICECODE")
            if practice not in practices:
                continue
            other = homes[practice]
            homes[practice] = Home(
                _first(row, "PCN_ODS_CODE", "PCN_CODE") or other.pcn,
                _first(row, "SUB_ICB_ODS_CODE", "SUB_ICB_LOC_ODS_CODE", "CCG_ODS_CODE", "CCG_CODE")
                or other.sub_icb,
                _first(row, "ICB_ODS_CODE", "STP_ODS_CODE", "STP_CODE") or other.icb,
                _first(row, "REGION_ODS_CODE", "REGION_CODE") or other.region,
            )
    return homes
