"""The vocabulary of the Quality and Outcomes Framework: indicators, registers, years.

Tables are in `data/reference/`; `verified` says whether a figure is confirmed by the publisher or
by two public sources.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_REFERENCE = Path(__file__).parent / "reference"


@dataclass(frozen=True, slots=True)
class Register:
    """A condition with a register. `list_type` is the age base of its prevalence since 2023/24."""

    name: str
    list_type: str


REGISTERS: dict[str, Register] = {
    "AF": Register("Atrial fibrillation", "TOTAL"),
    "AST": Register("Asthma", "06OV"),
    "CAN": Register("Cancer", "TOTAL"),
    "CHD": Register("Coronary heart disease", "TOTAL"),
    "CKD": Register("Chronic kidney disease", "18OV"),
    "COPD": Register("Chronic obstructive pulmonary disease", "TOTAL"),
    "DEM": Register("Dementia", "TOTAL"),
    "DEP": Register("Depression", "18OV"),
    "DM": Register("Diabetes mellitus", "17OV"),
    "EP": Register("Epilepsy", "18OV"),
    "HF": Register("Heart failure", "TOTAL"),
    "HYP": Register("Hypertension", "TOTAL"),
    "LD": Register("Learning disability", "TOTAL"),
    "MH": Register("Severe mental illness", "TOTAL"),
    "NDH": Register("Non-diabetic hyperglycaemia", "18OV"),
    "OB": Register("Obesity", "18OV"),
    "OST": Register("Osteoporosis with a fragility fracture", "50OV"),
    "PAD": Register("Peripheral arterial disease", "TOTAL"),
    "PC": Register("Palliative care", "TOTAL"),
    "RA": Register("Rheumatoid arthritis", "16OV"),
    "STIA": Register("Stroke and transient ischaemic attack", "TOTAL"),
}
LIST_TYPES = {
    "TOTAL": "all ages",
    "06OV": "aged 6 and over",
    "16OV": "aged 16 and over",
    "17OV": "aged 17 and over",
    "18OV": "aged 18 and over",
    "50OV": "aged 50 and over",
}


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator in one year, as a row of the reference table."""

    year: str  # 2025/26
    indicator: str
    group: str
    group_name: str
    domain: str
    domain_name: str
    points: float
    list_type: str
    lower_threshold: float | None  # per cent
    upper_threshold: float | None
    prevalence_adjusted: bool | None
    verified: bool
    source: str
    description: str


@dataclass(frozen=True, slots=True)
class Year:
    """What is known of a scheme year; None where no source was found."""

    year: str
    points: int | None
    points_verified: bool
    point_value: float | None  # pounds
    point_value_verified: bool
    average_list: int | None  # patients
    average_list_verified: bool
    average_list_basis: str


@cache
def indicators() -> tuple[Indicator, ...]:
    return tuple(
        Indicator(
            year=row["year"],
            indicator=row["indicator"],
            group=row["group"],
            group_name=row["group_name"],
            domain=row["domain"],
            domain_name=row["domain_name"],
            points=float(row["points"]),
            list_type=row["list_type"],
            lower_threshold=_number(row["lower_threshold"]),
            upper_threshold=_number(row["upper_threshold"]),
            prevalence_adjusted=_said(row["prevalence_adjusted"]),
            verified=row["verified"] == "yes",
            source=row["source"],
            description=row["description"],
        )
        for row in _rows("qof_indicators.csv")
    )


@cache
def years() -> tuple[Year, ...]:
    return tuple(
        Year(
            year=row["year"],
            points=_whole(row["points"]),
            points_verified=row["points_verified"] == "yes",
            point_value=_number(row["point_value"]),
            point_value_verified=row["point_value_verified"] == "yes",
            average_list=_whole(row["average_list"]),
            average_list_verified=row["average_list_verified"] == "yes",
            average_list_basis=row["average_list_basis"],
        )
        for row in _rows("qof_years.csv")
    )


@cache
def latest() -> dict[str, Indicator]:
    """Every indicator of any year by code, as it was in its latest year."""
    return {
        one.indicator: one
        for one in sorted(indicators(), key=lambda one: (one.indicator, one.year))
    }


def _rows(name: str) -> list[dict[str, str]]:
    with (_REFERENCE / name).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def _number(text: str) -> float | None:
    return float(text) if text else None


def _whole(text: str) -> int | None:
    return int(text) if text else None


def _said(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)
