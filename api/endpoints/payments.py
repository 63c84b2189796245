"""`nhs-payments/practices/` and `nhs-payments/pcns/`: payments by line."""

from __future__ import annotations

from functools import partial
from typing import Literal

from api import schemas
from api.listing import Asked, Listing
from api.parameters import AREAS, PCN, PRACTICE, REGION, SUB_ICB, Filter, code, narrowing, year
from data import periods
from data.datasets.nhs_payments import DATASET
from data.questions.endpoints.payments import GROUP_LABELS, page
from data.questions.rows import Page
from data.questions.selection import Selection
from data.versions.db import library

_YEAR = Filter("year", "Financial year.", year, periods.example(DATASET.period))
_LINE = {
    "line": schemas.text("Id of the payment line; the same in every year"),
    "label": schemas.text("Name of the line"),
    "group": schemas.text(f"One of {', '.join(GROUP_LABELS)}"),
    "amount": schemas.decimal("Pounds in the financial year; deductions are negative"),
    "registered_patients": schemas.decimal("Registered patients, average of the year"),
    "weighted_patients": schemas.decimal("Weighted (Carr-Hill) patients, average of the year"),
    "per_registered": schemas.decimal("Pounds per registered patient; null without patients"),
    "per_weighted": schemas.decimal("Pounds per weighted patient; null without patients"),
}
_WHEN = {"name": schemas.text("Name", missing=True), **schemas.period(DATASET)}
_PRACTICE_ROW = {
    "ods_code": schemas.text("ODS code of the practice"),
    **_WHEN,
    **{
        area.name: schemas.text(f"{schemas.HOME[area.name]}, in that year", missing=True)
        for area in AREAS
    },
    "contract_type": schemas.text("GMS, PMS, APMS or Unknown", missing=True),
    "dispensing": schemas.text("Yes, No or Unknown", missing=True),
    "rurality": schemas.text("Urban or Rural", missing=True),
    "atypical": schemas.text(
        "Why the practice is left out of comparisons per patient", missing=True
    ),
    **_LINE,
}


def _lines(level: Literal["practice", "pcn"], asked: Asked) -> Page:
    given = asked.arguments
    code = given.get(level)
    selection = Selection(
        month=asked.period,
        level=level,
        code=code.upper() if code else None,
        within=tuple((a.name, given[a.name]) for a in AREAS if a.name in given.keys() - {level}),
        membership=given.get("membership", "dated"),
    )
    return page(
        asked.snapshot,
        library().directory(),
        selection,
        contract_type=given.get("contract_type", ""),
        offset=asked.window.offset,
        limit=asked.window.size,
    )


LISTS = (
    Listing(
        path="nhs-payments/practices/",
        dataset=DATASET,
        summary="Payments to practices by line",
        description=f"{DATASET.series}. A row for each practice, year and line. Lines that a year "
        "does not have are left out; zero means nothing paid through these systems.",
        filters=(
            _YEAR,
            PRACTICE,
            PCN,
            SUB_ICB,
            REGION,
            *narrowing(
                Filter(
                    "contract_type",
                    "Practices with this contract in that year: GMS, PMS, APMS or Unknown.",
                    example="GMS",
                )
            ),
        ),
        when="year",
        membership=True,
        row=_PRACTICE_ROW,
        rows=partial(_lines, "practice"),
    ),
    Listing(
        path="nhs-payments/pcns/",
        dataset=DATASET,
        summary="Payments to PCNs and their practices by line",
        description=f"{DATASET.series}. A row for each PCN, year and line: lines of the group "
        "`network` are the PCN's own, all others the sum of its practices.",
        filters=(
            _YEAR,
            Filter("pcn", "Code of a PCN.", code, "U74819"),
            Filter("icb", "PCNs of this ICB in that year, by a code of any time.", code, "QHM"),
        ),
        when="year",
        membership=True,
        row={"pcn": schemas.text("Code of the PCN"), **_WHEN, **_LINE},
        rows=partial(_lines, "pcn"),
    ),
)
