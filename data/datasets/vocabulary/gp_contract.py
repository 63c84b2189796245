"""The vocabulary of GP Contract Services: services, their indicators, and what to know of months.

Indicators are in `data/reference/gp_contract_indicators.csv`. `seen` tells those that a published
file has shown from those that the publisher's list of outputs names.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

_TABLE = Path(__file__).parents[2] / "reference" / "gp_contract_indicators.csv"

Form = Literal["fraction", "count", "cohort"]
_FORMS: dict[str, Form] = {"fraction": "fraction", "count": "count", "cohort": "cohort"}

SERVICES = {
    "core": "Core GP contract",
    "learning_disability": "Learning disability health checks",
    "six_in_one": "6-in-1 vaccination",
    "childhood_flu": "Childhood seasonal influenza vaccination",
    "hepatitis_b": "Hepatitis B vaccination of newborn babies",
    "hpv": "HPV vaccination",
    "menacwy": "MenACWY vaccination",
    "menb": "MenB vaccination",
    "mmr": "MMR vaccination",
    "pcv_hib_menc": "PCV and Hib/MenC vaccination",
    "pertussis": "Pertussis vaccination in pregnancy",
    "pneumococcal": "Pneumococcal polysaccharide vaccination",
    "rotavirus": "Rotavirus vaccination",
    "rsv": "RSV vaccination",
    "seasonal_flu": "Seasonal influenza vaccination",
    "shingles": "Shingles vaccination",
}
NUMERATOR, DENOMINATOR, COUNT, PCA = "NUMERATOR", "DENOMINATOR", "COUNT", "PCA"
CARERS = "CGPCMI01"
ALL = "All"  # sex, age or ethnicity of a row that is not split by it


@dataclass(frozen=True, slots=True)
class Indicator:
    """An output of a service. `cumulative` is None where the description does not say.

    A fraction is published as numerator and denominator, where `adjusted` with personalised care
    adjustments; a count or a cohort as one number.
    """

    indicator: str
    service: str
    form: Form
    adjusted: bool
    cumulative: bool | None
    seen: bool
    label: str

    @property
    def measures(self) -> frozenset[str]:
        """What is published of it."""
        if self.form != "fraction":
            return frozenset({COUNT})
        return frozenset({NUMERATOR, DENOMINATOR, *([PCA] if self.adjusted else [])})


@dataclass(frozen=True, slots=True)
class Known:
    """What the publisher has said of a first issue's figures of a month."""

    month: date
    indicator: str  # empty where the whole file is meant
    said: str


KNOWN = (
    Known(
        date(2025, 4, 1),
        CARERS,
        "the first issue has wrong counts of unpaid carers; the publisher replaced it in July 2025",
    ),
    Known(
        date(2025, 8, 1),
        "",
        "the first issue has the rows of one practice and one sub-ICB location twice; the "
        "publisher replaced it in October 2025",
    ),
)


@cache
def indicators() -> dict[str, Indicator]:
    """Every known indicator by code."""
    with _TABLE.open(encoding="utf-8", newline="") as text:
        return {row["indicator"]: _indicator(row) for row in csv.DictReader(text)}


def _indicator(row: dict[str, str]) -> Indicator:
    return Indicator(
        indicator=row["indicator"],
        service=row["service"],
        form=_FORMS[row["form"]],
        adjusted=row["adjusted"] == "yes",
        cumulative={"yes": True, "no": False}.get(row["cumulative"]),
        seen=row["seen"] == "yes",
        label=row["label"],
    )
