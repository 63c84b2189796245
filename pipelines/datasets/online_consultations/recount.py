"""Online consultations, counted again from the practice CSVs or the workbook of the month."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from pipelines.recount.areas import Cells, Home, Parts, Recounted
from pipelines.recount.evidence import Evidence
from pipelines.recount.files import (
    Row,
    count_in,
    exact,
    excel_month,
    month_in,
    rows,
    sheet_rows,
    workbook_sheets,
)

_TYPES = {
    "OC_TOTAL_SUBMISSIONS": "submissions",
    "OC_SUBMISSION_TYPE_CLINICAL": "clinical",
    "OC_SUBMISSION_TYPE_ADMIN": "administrative",
    "OC_SUBMISSION_TYPE_OTHER": "other",
    "PATIENTS_REGISTERED": "registered",
    "OC_PARTICIPATION": "participating",
}
_SHEET = {
    "SUBMISSIONS": "submissions",
    "CLINICAL SUBMISSIONS": "clinical",
    "ADMINISTRATIVE SUBMISSIONS": "administrative",
    "OTHER/UNKNOWN TYPE SUBMISSIONS": "other",
    "REGISTERED PATIENT COUNT": "registered",
    "PARTICIPATION": "participating",
}
_BANDS = {
    "00:00": "band_00_06",
    "06:00": "band_06_08",
    "08:00": "band_08_10",
    "10:00": "band_10_12",
    "12:00": "band_12_14",
    "14:00": "band_14_16",
    "16:00": "band_16_18",
    "18:00": "band_18_24",
    "Unkno": "band_unknown",
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CORE = ("band_08_10", "band_10_12", "band_12_14", "band_14_16", "band_16_18", "band_unknown")


def recount(evidence: Evidence) -> Recounted:
    """The month, with areas as its own files give them."""
    found: dict[str, dict[str, Decimal | None]] = {}
    homes: dict[str, Home] = {}
    for practice, home, metric, value in _values(evidence):
        found.setdefault(practice, {})[metric] = value
        homes[practice] = home
    parts = {practice: _parts(metrics) for practice, metrics in found.items()}
    for practice, timed in _times(evidence).items():
        parts.setdefault(practice, {}).update(timed)
    return Recounted(parts, homes, cells={"averages": _averages(evidence)})


def _values(evidence: Evidence) -> Iterator[tuple[str, Home, str, Decimal | None]]:
    """(practice, areas, metric in our words, value) of the month."""
    csvs = [s for kind in ("north", "south", "whole") for s in evidence.used.get(kind, ())]
    for source in csvs:
        for row in rows(source):
            metric = _TYPES.get(row["METRIC"].strip().upper())
            if metric and month_in(row["MONTH"]) == evidence.month:
                home = Home(
                    row["PCN_CODE"],
                    row["SUB_ICB_LOCATION_CODE"],
                    row["ICB_CODE"],
                    row["REGION_CODE"],
                )
                yield row["GP_CODE"], home, metric, _number(row["VALUE"])
    if csvs:
        return
    for row in _workbook(evidence):
        home = Home(row["PCN CODE"], row["SUB ICB CODE"], row["ICB CODE"], row["REGION CODE"])
        for heading, metric in _SHEET.items():
            if heading in row:
                yield row["GP CODE"], home, metric, _number(row[heading])


def _workbook(evidence: Evidence) -> list[Row]:
    """Rows of the sheet of practices of the last workbook of the month."""
    books = [file.path for file in evidence.files if file.path.name.lower().endswith(".xlsx")]
    named = f"{evidence.month:%B %Y}".lower()
    books.reverse()
    for book in sorted(books, key=lambda path: named not in path.name.lower()):
        found = []
        for row in sheet_rows(book, "GP CODE"):
            plain = {name.partition(" [")[0]: text for name, text in row.items()}
            day = excel_month(plain.get("MONTH", ""))
            if day is not None and day != evidence.month:
                break
            if day:
                found.append(plain)
        if found:
            return found
    return []


def _number(text: str) -> Decimal | None:
    return None if text.strip() in ("", "*") else Decimal(text)


def _parts(metrics: dict[str, Decimal | None]) -> Parts:
    whole = {metric: None if value is None else int(value) for metric, value in metrics.items()}
    received = bool(whole.get("submissions"))
    parts: Parts = {
        name: whole[name] if received else None
        for name in ("submissions", "clinical", "administrative", "other")
    }
    asked = "participating" in whole
    return parts | {
        "registered": whole["registered"],
        "patients": whole["registered"] if received else None,
        "practices": 1 if asked else None,
        "receiving": int(received) if asked else None,
        "participating": whole.get("participating"),
        "flagged": 1 if whole.get("participating") is not None else None,
        **dict.fromkeys(_every_time()),
    }


def _every_time() -> list[str]:
    return ["timed", "timed_known", "outside_core", *_BANDS.values(), *(f"day_{d}" for d in _DAYS)]


def _times(evidence: Evidence) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for source in evidence.used.get("time", ()):
        for row in rows(source):
            if month_in(row["MONTH"]) != evidence.month:
                continue
            count = count_in(row["VALUE"])
            band = _BANDS[(row["SUBMISSION_TIME"].strip() or "Unknown")[:5]]
            day = row["WEEKDAY"].strip().lower()
            met = ["timed", band, f"day_{day}"]
            if band != "band_unknown":
                met.append("timed_known")
                if band not in _CORE or day in ("saturday", "sunday"):
                    met.append("outside_core")
            tally = found.setdefault(row["GP_CODE"], dict.fromkeys(_every_time(), 0))
            for part in met:
                tally[part] += count
    return found


def _averages(evidence: Evidence) -> Cells:
    """England by weekday and time of day, from the last workbook with the month in its title."""
    title = f"average number of submissions .* {evidence.month:%B %Y}".lower()
    found: Cells = {}
    for file in evidence.files:
        if not file.path.name.lower().endswith(".xlsx"):
            continue
        for sheet in workbook_sheets(file.path):
            if any(re.search(title, text.lower()) for row in sheet for text in row.values()):
                found = dict(_table(sheet))
    return found


def _table(sheet: list[dict[str, str]]) -> Iterator[tuple[tuple[str, str, str], Decimal | None]]:
    """((ENG, weekday, time of day), average) of the cells of a sheet, below its headings."""
    bands: dict[str, str] = {}
    for row in sheet:
        plain = {at: text.partition(" [")[0].strip() for at, text in row.items()}
        if "08:00 - 09:59" in plain.values():
            bands = {at: text for at, text in plain.items() if text[:5] in _BANDS}
        elif bands and plain.get("A", "").lower() in _DAYS:
            for at, band in bands.items():
                text = plain.get(at, "")
                yield ("ENG", plain["A"], band), None if text in ("", "*") else exact(text)
