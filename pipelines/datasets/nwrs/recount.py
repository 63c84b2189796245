"""The general practice workforce, counted again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from data.datasets.nwrs import GP_AGES, ROLES
from pipelines.recount.areas import Home, Parts, Recounted
from pipelines.recount.evidence import Evidence
from pipelines.recount.files import Row, exact, rows

_ZERO_MEANS_ZERO = date(2023, 2, 1)
_NOTHING = {"", "NA", "ND", "EST", "NS", "."}
_GROUPS = {
    "gp": ("GP", "GP_SOURCE", "TOTAL_GP"),
    "nurses": ("NURSES", "NURSE_SOURCE", "TOTAL_N"),
    "dpc": ("DPC", "DPC_SOURCE", "TOTAL_DPC"),
    "admin": ("ADMIN", "ADMIN_SOURCE", "TOTAL_ADMIN"),
}
_TOTALS = {
    "gp": ("gp", "TOTAL_GP"),
    "gp_qualified": ("gp", "TOTAL_GP_EXTG"),
    "gp_permanent": ("gp", "TOTAL_GP_EXTGL"),
    "nurses": ("nurses", "TOTAL_NURSES"),
    "dpc": ("dpc", "TOTAL_DPC"),
    "admin": ("admin", "TOTAL_ADMIN"),
}


def recount(evidence: Evidence) -> Recounted:
    """The month from its detailed file, which gives areas too."""
    parts: dict[str, Parts] = {}
    homes: dict[str, Home] = {}
    for row in rows(evidence.used["detailed"][0]):
        if not re.fullmatch("[A-Z][0-9]{5}", row["PRAC_CODE"]):
            continue
        parts[row["PRAC_CODE"]] = _practice(row, evidence.month)
        homes[row["PRAC_CODE"]] = Home(
            _area(row, "PCN"),
            _area(row, "SUB_ICB", "SUB_ICB_LOCATION", "CCG"),
            _area(row, "ICB", "STP"),
            _area(row, "REGION", "COMM_REGION", "NHSE_REGION"),
        )
    return Recounted(parts, homes)


def _area(row: Mapping[str, str], *names: str) -> str:
    found = next((row[f"{name}_CODE"] for name in names if f"{name}_CODE" in row), "").strip()
    if found.upper() in ("UNALIGNED", "UNALLOCATED"):
        return "U"
    return "" if found.upper() in ("NA", "ND") else found


def _practice(row: Row, month: date) -> Parts:
    patients = row["TOTAL_PATIENTS"].strip().upper()
    listed = None if patients in _NOTHING else int(exact(patients))
    found: Parts = {"practices": 1, "patients": listed}
    for name, (group, column) in _TOTALS.items():
        fte = _number(row, f"{column}_FTE", group, month)
        people = _number(row, f"{column}_HC", group, month)
        found[f"{name}_fte"] = fte
        found[f"{name}_headcount"] = None if people is None else int(people)
        found[f"{name}_patients"] = None if fte is None else listed
    for group, (code, source, prefix) in _GROUPS.items():
        known = found[f"{group}_fte"] is not None
        found[f"{group}_practices"] = int(known)
        estimated = "estimate" in row.get(source, "").lower()
        found[f"{group}_estimated"] = int(known and estimated)
        for role in ROLES[code]:
            part = f"{group}_{role}_fte".lower()
            found[part] = _number(row, f"{prefix}_{role}_FTE", group, month)
    for band in GP_AGES:
        people = _number(row, f"TOTAL_GP_HC_{band}", "gp", month)
        found[f"gp_aged_{band}".lower()] = None if people is None else int(people)
    totals = [found[f"{group}_fte"] for group in _GROUPS]
    complete = [fte for fte in totals if fte is not None]
    whole = len(complete) == len(totals)
    found["clinical_fte"] = sum(complete[:-1]) if whole else None
    found["non_clinical_fte"] = complete[-1] if whole else None
    return found


def _number(row: Row, column: str, group: str, month: date) -> Decimal | None:
    text = row.get(column, "").strip().upper()
    if text in _NOTHING:
        return None
    number = exact(text)
    source = row.get(_GROUPS[group][1], "").lower()
    provided = not any(said in source for said in ("fully estimated", "no valid", "no data"))
    if number == 0 and month < _ZERO_MEANS_ZERO and not provided:
        return None
    return number
