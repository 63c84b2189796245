"""The Quality and Outcomes Framework, counted again."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from data.qof import REGISTERS, latest
from pipelines.recount.areas import Home, Parts, Recounted
from pipelines.recount.evidence import Evidence
from pipelines.recount.files import Row, exact, rows

_FIELDS = {"NUMERATOR": "num", "DENOMINATOR": "den", "PCAS": "pcas", "ACHIEVED_POINTS": "points"}
_SUMS = {"NUMERATOR": "numerators", "DENOMINATOR": "denominators", "PCAS": "pcas",
         "NEWLY_DIAGNOSED": "newly_diagnosed", "ACHIEVED_POINTS": "points"}  # fmt: skip
_OF_A_PRACTICE = ("practices", "list_size", "points", "points_available", "points_cl", "points_ph",
                  "points_qi", "numerators", "denominators", "pcas", "newly_diagnosed")  # fmt: skip


def recount(evidence: Evidence) -> Recounted:
    """The year from its members; areas from its own geography, else from list sizes."""
    parts: dict[str, Parts] = {}
    nothing = _nothing()
    for row in rows(evidence.used["prevalence"][0]):
        practice = _first(row, "PRACTICE_CODE", "PRACTICECODE")
        if practice not in parts:
            parts[practice] = dict(nothing)
        _add_register(parts[practice], row)
    seen = set()
    for source in evidence.used.get("achievement", ()):
        for row in rows(source):
            practice = _first(row, "PRACTICE_CODE", "PRACTICECODE")
            key = (practice, row["INDICATOR_CODE"].strip(), row["MEASURE"].strip().upper())
            if row["VALUE"].strip() and key not in seen:
                seen.add(key)
                if practice not in parts:
                    parts[practice] = dict(nothing)
                _add_value(parts[practice], *key[1:], exact(row["VALUE"]))
    achieved = {practice for practice, _, _ in seen}
    for source in evidence.used.get("organisations", ()):
        for row in rows(source):
            practice = _first(row, "PRACTICE_CODE", "PRACTICECODE")
            if practice in achieved and row["REVISED_MAX_POINTS"].strip():
                parts[practice]["points_available"] = exact(row["REVISED_MAX_POINTS"])
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
        parts[f"{group.lower()}_register"] = int(Decimal(register)) if register else None
        parts[f"{group.lower()}_list"] = int(Decimal(listed)) if listed else None
    if listed and (_first(row, "PATIENT_LIST_TYPE") or "TOTAL") == "TOTAL":
        parts["list_size"] = max(parts["list_size"] or 0, int(Decimal(listed)))


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
