"""`nhs-payments/practices/` and `nhs-payments/pcns/`: payments by line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import marshmallow as ma
from flask import Response

from api import schemas
from api.arguments import Blueprint
from api.errors import ApiError
from api.filters import Filter, code, paging_fields, period_of, require_one, text, window, year
from api.paging import envelope
from api.responses import answer, meta
from data import periods
from data.datasets.nhs_payments import DATASET
from data.db import library
from data.payment_rows import GROUP_LABELS, page
from data.selection import Selection

PATHS = ("nhs-payments/practices/", "nhs-payments/pcns/")

_YEAR = Filter("year", "Financial year.", year, periods.example(DATASET.period))
_PCN = Filter("pcn", "Code of a PCN.", code, "U74819")
PRACTICES = (
    _YEAR,
    Filter("practice", "ODS code of a practice.", code, "A81001"),
    Filter("pcn", "Practices that belonged to this PCN in that year.", code, "U74819"),
    Filter("sub_icb", "Practices of this sub-ICB location in that year.", code, "84H"),
    Filter("region", "Practices of this NHS region in that year.", code, "Y63"),
    Filter(
        "contract_type",
        "Practices with this contract in that year: GMS, PMS, APMS or Unknown.",
        text,
        "GMS",
        starred=False,
    ),
)
PCNS = (
    _YEAR,
    _PCN,
    Filter("icb", "PCNs of this ICB in that year, by a code of any time.", code, "QHM"),
)


def _query(filters: tuple[Filter, ...]) -> ma.Schema:
    return ma.Schema.from_dict({f.name: f.field() for f in filters} | paging_fields())()


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
_WHEN = {
    "name": schemas.text("Name", missing=True),
    "year": schemas.text(f"Financial year, such as {periods.example(DATASET.period)}"),
}
PracticeRow = schemas.schema(
    "PaymentPracticeRow",
    {
        "ods_code": schemas.text("ODS code of the practice"),
        **_WHEN,
        **{
            area: schemas.text(f"{schemas.HOME[area]}, in that year", missing=True)
            for area in ("pcn", "sub_icb", "icb", "region")
        },
        "contract_type": schemas.text("GMS, PMS, APMS or Unknown", missing=True),
        "dispensing": schemas.text("Yes, No or Unknown", missing=True),
        "rurality": schemas.text("Urban or Rural", missing=True),
        "atypical": schemas.text(
            "Why the practice is left out of comparisons per patient", missing=True
        ),
        **_LINE,
    },
)
PcnRow = schemas.schema("PaymentPcnRow", {"pcn": schemas.text("Code of the PCN"), **_WHEN, **_LINE})


def _list(level: Literal["practice", "pcn"], arguments: Mapping[str, Any]) -> dict[str, Any]:
    snapshot = library().current(DATASET.id)
    if snapshot is None:
        raise ApiError(
            503, "not_loaded", detail=f"No release of {DATASET.id} is loaded on this server."
        )
    within = tuple(
        (area, arguments[area])
        for area in ("pcn", "sub_icb", "icb", "region")
        if area in arguments and area != level
    )
    asked = arguments.get(level)
    selection = Selection(
        month=period_of(DATASET, arguments),
        level=level,
        code=asked.upper() if asked else None,
        within=within,
    )
    shown = window(arguments)
    found = page(
        snapshot,
        library().directory(),
        selection,
        contract_type=arguments.get("contract_type", ""),
        offset=shown.offset,
        limit=shown.size,
    )
    return envelope(shown, found.count, found.rows) | {
        "meta": meta(snapshot, selection.month),
        "demonstration": snapshot.manifest.demo,
    }


def _starred(filters: tuple[Filter, ...]) -> str:
    return ", ".join(f"`{f.name}`" for f in filters if f.starred)


def add(v1: Blueprint) -> None:
    @v1.endpoint(
        "/nhs-payments/practices/",
        name="payments-practices",
        summary="Payments to practices by line",
        description=f"{DATASET.series}. A row for each practice, year and line. At least one of "
        f"{_starred(PRACTICES)} is needed. Lines that a year does not have are left out; zero "
        "means nothing paid through these systems.",
        query=_query(PRACTICES),
        answer=schemas.listing("PaymentPractice", PracticeRow),
    )
    def practices(arguments: dict[str, Any]) -> Response:
        require_one(PRACTICES, arguments)
        return answer(lambda: _list("practice", arguments))

    @v1.endpoint(
        "/nhs-payments/pcns/",
        name="payments-pcns",
        summary="Payments to PCNs and their practices by line",
        description=f"{DATASET.series}. A row for each PCN, year and line: lines of the group "
        "`network` are the PCN's own, all others the sum of its practices. At least one of "
        f"{_starred(PCNS)} is needed.",
        query=_query(PCNS),
        answer=schemas.listing("PaymentPcn", PcnRow),
    )
    def pcns(arguments: dict[str, Any]) -> Response:
        require_one(PCNS, arguments)
        return answer(lambda: _list("pcn", arguments))
