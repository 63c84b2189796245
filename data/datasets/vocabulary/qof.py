"""The vocabulary of the Quality and Outcomes Framework: indicators, registers, years.

Tables are in `data/reference/`; `verified` says whether a figure is confirmed by the publisher or
by two public sources.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

_REFERENCE = Path(__file__).parents[2] / "reference"


@dataclass(frozen=True, slots=True)
class Register:
    """A condition with a register. `bases` are the ages of its list, each from a year on."""

    name: str
    bases: tuple[tuple[date, str], ...]

    @property
    def list_type(self) -> str:
        """The ages of the newest years."""
        return self.bases[-1][1]

    def base_in(self, year: date) -> str:
        """The ages of a year that is held; empty before the first that is known."""
        known = [base for since, base in self.bases if since <= year]
        return known[-1] if known else ""


NOT_STATED = "NOT STATED"  # a file that does not say of which ages its lists are
_NAMES = {
    "AF": "Atrial fibrillation",
    "AST": "Asthma",
    "CAN": "Cancer",
    "CHD": "Coronary heart disease",
    "CKD": "Chronic kidney disease",
    "COPD": "Chronic obstructive pulmonary disease",
    "DEM": "Dementia",
    "DEP": "Depression",
    "DM": "Diabetes mellitus",
    "EP": "Epilepsy",
    "HF": "Heart failure",
    "HYP": "Hypertension",
    "LD": "Learning disability",
    "MH": "Severe mental illness",
    "NDH": "Non-diabetic hyperglycaemia",
    "OB": "Obesity",
    "OST": "Osteoporosis with a fragility fracture",
    "PAD": "Peripheral arterial disease",
    "PC": "Palliative care",
    "RA": "Rheumatoid arthritis",
    "STIA": "Stroke and transient ischaemic attack",
}
LIST_TYPES = {
    "TOTAL": "all ages",
    "06OV": "aged 6 and over",
    "16OV": "aged 16 and over",
    "17OV": "aged 17 and over",
    "18OV": "aged 18 and over",
    "50OV": "aged 50 and over",
    NOT_STATED: "of ages that are not stated",
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


def _registers() -> dict[str, Register]:
    bases: dict[str, list[tuple[date, str]]] = {}
    for row in _rows("qof_register_bases.csv"):
        year = date(int(row["from_year"][:4]), 4, 1)
        bases.setdefault(row["group"], []).append((year, row["list_type"]))
    return {code: Register(name, tuple(sorted(bases[code]))) for code, name in _NAMES.items()}


REGISTERS = _registers()
