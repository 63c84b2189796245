"""`gp-patient-survey/`: results of questions with the publisher's limits and base, at any level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import Response

from api import schemas
from api.arguments import Blueprint
from api.errors import ApiError
from api.facts import live, number, rows_of
from api.filters import Filter, choice, code, paging_fields, period_of, require_one, text, year
from api.responses import answer
from data.datasets.gp_patient_survey import DATASET
from data.facts import FactQuery
from data.survey import label, list_bands

PATHS = (f"{DATASET.id}/",)
FILTERS = (
    Filter("year", "Year of the survey.", year, "2026"),
    Filter("practice", "ODS code of a practice.", code, "A81001"),
    Filter("pcn", "In this PCN at the end of that year's fieldwork.", code, "U74819"),
    Filter("ics", "In this ICS, by its ICB's code of then.", code, "QHM"),
    Filter("region", "In this NHS region.", code, "Y63"),
)
_COLUMN = {"practice": "code", "pcn": "pcn", "ics": "icb", "region": "region",
           "question": "result", "list_band": "list_band"}  # fmt: skip
Query = ma.Schema.from_dict(
    {
        **{one.name: one.field() for one in FILTERS},
        "list_band": choice("Practices whose registered list is in this band.", list_bands()),
        "question": text("Id of a result, such as overallexp.", example="overallexp"),
        "org_type": choice(
            "Level of the rows; without it practice. Results of areas are the publisher's own, "
            "never averages of practices.",
            DATASET.levels,
        ),
        **paging_fields(),
    }
)
_PERCENT = "Per cent; null where suppressed"
Row = schemas.schema(
    "SurveyRow",
    {
        "org_type": schemas.text(f"Level: one of {', '.join(DATASET.levels)}"),
        "org": schemas.text("Code of the organisation"),
        "name": schemas.text("Its name as the file gives it", missing=True),
        **schemas.period(DATASET),
        "pcn": schemas.text("PCN code at the end of fieldwork", missing=True),
        "ics": schemas.text("ICS, by the code of its ICB", missing=True),
        "region": schemas.text("NHS region code", missing=True),
        "list_band": schemas.text("Band of registered patients", missing=True),
        "question": schemas.text("Id of the result; _b and _c are further summaries"),
        "label": schemas.text("What it is called here"),
        "questionnaire": schemas.text(
            "since-2024 or before-2024: two series that must not be joined"
        ),
        "value": number(f"Summary result. {_PERCENT}"),
        "ci_low": number(f"Lower 95 % limit as published. {_PERCENT}"),
        "ci_high": number(f"Upper 95 % limit as published. {_PERCENT}"),
        "base": number("People whose answer says something; below 10 results are suppressed"),
        "suppressed": schemas.fields.Boolean(
            required=True, metadata={"description": "True where the result is not published"}
        ),
    },
)
_COLUMNS = (
    ("org_type", "level"),
    ("org", "code"),
    ("name", "nullif(name, '')"),
    ("year", "strftime(month, '%Y')"),
    *((name, f"nullif({_COLUMN[name]}, '')") for name in ("pcn", "ics", "region")),
    ("list_band", "list_band"),
    ("question", "result"),
    ("label", "question"),
    ("questionnaire", "questionnaire"),
    *(
        (name, f"{column}::DOUBLE")
        for name, column in (
            ("value", "value"), ("ci_low", "low"), ("ci_high", "high"), ("base", "base"),
        )
    ),
    ("suppressed", "value IS NULL"),
)  # fmt: skip


def _rows(arguments: Mapping[str, Any]) -> dict[str, Any]:
    snapshot = live(DATASET.id)
    wanted = period_of(DATASET, arguments)
    query = FactQuery(
        columns=_COLUMNS,
        order=("org", "year", "question"),
        equal=(
            ("level", arguments.get("org_type", "practice")),
            *((column, arguments[name]) for name, column in _COLUMN.items() if name in arguments),
        ),
    )
    body = rows_of(snapshot, query, snapshot.months if wanted is None else [wanted], arguments)
    for row in body["results"]:
        row["label"] = label(row["label"])
    return body


def _require_practices(arguments: Mapping[str, Any]) -> None:
    """Practices and their bands of list size have no rows at other levels."""
    level = arguments.get("org_type", "practice")
    named = [name for name in ("practice", "list_band") if name in arguments]
    if level != "practice" and named:
        told = f"`{named[0]}` goes with rows of practices, not with org_type={level}."
        raise ApiError(400, "invalid_parameter", detail=told, errors={named[0]: [told]})


def add(v1: Blueprint) -> None:
    starred = ", ".join(f"`{one.name}`" for one in FILTERS)

    @v1.endpoint(
        f"/{DATASET.id}/",
        name=DATASET.id,
        summary="GP Patient Survey: results of questions",
        description="A row for each organisation, year and result, with the publisher's 95 % "
        f"limits and the number of answers. At least one of {starred} is needed. Results before "
        "2024 are of another questionnaire, under that year's question numbers.",
        query=Query(),
        answer=schemas.listing("Survey", Row),
    )
    def rows(arguments: dict[str, Any]) -> Response:
        require_one(FILTERS, arguments)
        period_of(DATASET, arguments)
        _require_practices(arguments)
        return answer(lambda: _rows(arguments))
