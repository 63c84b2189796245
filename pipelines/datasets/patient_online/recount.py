"""Patient Online, counted again from the rows of the year's file."""

from __future__ import annotations

from dataclasses import replace

from pipelines.recount.areas import Home, Parts, Recounted, rehomed
from pipelines.recount.evidence import Evidence
from pipelines.recount.files import Row, count_in, month_in, rows

_COUNTS = {
    "patient_list_size": "patients",
    "total_pat_enbld": "enabled",
    "new_pat_enbld": "newly_enabled",
    "total_use": "transactions",
    "pat_appts_enbld": "appointments_enabled",
    "pat_appts_use": "appointments_used",
    "pat_presc_enbld": "prescriptions_enabled",
    "pat_presc_use": "prescriptions_used",
    "pat_detcoderec_enbld": "records_enabled",
    "pat_detcoderec_use": "records_used",
}
_STATUSES = {
    "sys_appts_enbld": "appointments",
    "sys_presc_enbld": "prescriptions",
    "sys_detcoderec_enbld": "records",
}
_SUFFIXES = ("none", "off", "on")
_SUB_ICB = ("SUB_ICB_LOCATION_CODE", "SUB_ICB_CODE", "CCG_CODE")


def recount(evidence: Evidence) -> Recounted:
    """The month's practices with a list size; of two suppliers the larger figure of each field."""
    found: dict[str, dict[str, int]] = {}
    told: dict[str, tuple[str, str]] = {}
    for source in evidence.used.get("year", ()):
        for raw in rows(source):
            row = {name.replace(" ", "_"): text.strip() for name, text in raw.items()}
            if not row["REPORT_PERIOD_END"] or month_in(row["REPORT_PERIOD_END"]) != evidence.month:
                continue
            practice = row["PRACTICE_CODE"].upper()
            values = found.setdefault(practice, {})
            told[practice] = max(told.get(practice, ("", "")), _areas(row))
            number = _number(row["VALUE"])
            if number is not None:
                field = row["FIELD"].lower()
                values[field] = max(values.get(field, number), number)
    parts = {p: _parts(values) for p, values in found.items() if values.get("patient_list_size")}
    return Recounted(parts, _homes(told, evidence.homes(evidence.month)))


def _areas(row: Row) -> tuple[str, str]:
    """Sub-ICB location and region, as the file gives them."""
    sub_icb = next((row[name] for name in _SUB_ICB if name in row), "")
    return sub_icb, row.get("REGION_CODE", "")


def _number(text: str) -> int | None:
    if text.upper() in ("", ".", "*", "NA", "N/A", "NULL"):
        return None
    return count_in(text)


def _parts(values: dict[str, int]) -> Parts:
    listed = values["patient_list_size"]
    parts: Parts = {"practices": 1}
    for field, part in _COUNTS.items():
        parts[part] = values.get(field)
        if part != "patients":
            parts[f"{part}_patients"] = listed if field in values else None
    for field, prefix in _STATUSES.items():
        for code, suffix in enumerate(_SUFFIXES):
            known = values.get(field)
            parts[f"{prefix}_{suffix}"] = None if known is None else int(known == code)
    return parts


def _homes(told: dict[str, tuple[str, str]], lists: dict[str, Home]) -> dict[str, Home]:
    """Sub-ICB location and region of the file; the rest, and gaps, of the list sizes."""
    listed = {
        practice: (own.pcn, sub_icb or own.sub_icb)
        for practice, (sub_icb, _) in told.items()
        for own in (lists.get(practice, Home()),)
    }
    placed = rehomed(listed, lists)
    return {
        practice: replace(home, region=told[practice][1] or home.region)
        for practice, home in placed.items()
    }
