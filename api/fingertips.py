"""`fingertips/values/`, `fingertips/indicators/`, `fingertips/groups/`: every indicator held.

`fingertips/` itself has the headline indicators of practices and areas, as every dataset has.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import marshmallow as ma
from flask import Response

from api import schemas
from api.arguments import Blueprint
from api.errors import ApiError
from api.facts import live, number, rows_of
from api.filters import choice, code, paging_fields, require_any, text, year
from api.responses import answer
from data import periods
from data.datasets.fingertips import DATASET
from data.facts import FactQuery

PATHS = ("fingertips/values/", "fingertips/indicators/", "fingertips/groups/")
_STARRED = ("indicator", "org")
_YEAR_SQL = "strftime(month, '%Y') || '/' || strftime(month + INTERVAL 1 YEAR, '%y')"

_YEAR = year("Financial year under which values are kept.", example="2024/25")
_INDICATOR = text("Id of an indicator.", example="247")
ValueQuery = ma.Schema.from_dict(
    {
        "indicator": _INDICATOR,
        "org": code("Code of one organisation at any level; ENG is England.", example="A81001"),
        "year": _YEAR,
        "level": choice("Only values of this level.", DATASET.levels),
        "sex": text("Only values of this sex, as published.", example="Persons"),
        "age": text("Only values of these ages, as published.", example="All ages"),
        **paging_fields(),
    }
)
IndicatorQuery = ma.Schema.from_dict({"indicator": _INDICATOR, "year": _YEAR, **paging_fields()})
GroupQuery = ma.Schema.from_dict(
    {
        "indicator": _INDICATOR,
        "profile_id": text("Id of a profile.", example="20"),
        "group_id": text("Id of a group of indicators.", example="2000005"),
        **paging_fields(),
    }
)
ValueRow = schemas.schema(
    "FingertipsValueRow",
    {
        "indicator": schemas.text("Id of the indicator"),
        "year": schemas.text("Financial year under which the value is kept"),
        "time_period": schemas.text("Period as published, such as 2024/25, 2025 or 2022 - 24"),
        "level": schemas.text("Level of the organisation"),
        "code": schemas.text("Code of the organisation; empty where it could not be told"),
        "area_code": schemas.text("Code as published"),
        "area_name": schemas.text("Name as published"),
        "area_type": schemas.text("Kind of area as published"),
        "sex": schemas.text("Sex as published"),
        "age": schemas.text("Ages as published"),
        "value": number("Published value; null where the publisher gives none"),
        "ci_low": number("Lower 95 % limit"),
        "ci_high": number("Upper 95 % limit"),
        "ci_low_99_8": number("Lower 99.8 % limit"),
        "ci_high_99_8": number("Upper 99.8 % limit"),
        "count": number("Count"),
        "denominator": number("Denominator"),
        "note": schemas.text("Note of the publisher, such as why a value is missing"),
        "trend": schemas.text("Recent trend as published"),
        "compared": schemas.text("Comparison with England as published"),
    },
)
IndicatorRow = schemas.schema(
    "FingertipsIndicatorRow",
    {
        "indicator": schemas.text("Id of the indicator"),
        "name": schemas.text("Name"),
        "definition": schemas.text("Definition", missing=True),
        "rationale": schemas.text("Why it is measured", missing=True),
        "unit": schemas.text("Unit", missing=True),
        "value_type": schemas.text("Kind of value, such as Proportion", missing=True),
        "year_type": schemas.text("Kind of period, such as Financial", missing=True),
        "polarity": schemas.text("Which direction the publisher calls better", missing=True),
        "source": schemas.text("Source of the data", missing=True),
        "caveats": schemas.text("Caveats", missing=True),
        "first_year": schemas.text("First year with rows"),
        "last_year": schemas.text("Last year with rows"),
        "values_held": schemas.whole("Values held in these years", missing=False),
    },
)
GroupRow = schemas.schema(
    "FingertipsGroupRow",
    {
        "profile_id": schemas.whole("Id of the profile", missing=False),
        "profile": schemas.text("Name of the profile"),
        "group_id": schemas.whole("Id of the group", missing=False),
        "group": schemas.text("Name of the group"),
        "indicator": schemas.text("Id of an indicator in the group"),
    },
)
_VALUES = FactQuery(
    columns=(
        ("indicator", "indicator"),
        ("year", _YEAR_SQL),
        *((name, name) for name in ("time_period", "level", "code", "area_code", "area_name",
                                    "area_type", "sex", "age", "value")),
        ("ci_low", "low"),
        ("ci_high", "high"),
        ("ci_low_99_8", "low_998"),
        ("ci_high_99_8", "high_998"),
        *((name, f'"{name}"') for name in ("count", "denominator", "note", "trend", "compared")),
    ),
    order=("indicator", "level", "area_code", "year", "time_period", "sex", "age"),
)  # fmt: skip
_TOLD = ("definition", "rationale", "unit", "value_type", "year_type", "polarity", "source",
         "caveats")  # fmt: skip
_INDICATORS = FactQuery(
    columns=(
        ("indicator", "indicator"),
        ("name", "max_by(name, month)"),
        *((name, f"max_by({name}, month)") for name in _TOLD),
        ("first_year", _YEAR_SQL.replace("month", "min(month)")),
        ("last_year", _YEAR_SQL.replace("month", "max(month)")),
        ("values_held", "sum(values_held)::BIGINT"),
    ),
    order=("indicator",),
    table="indicators",
    group="indicator",
)
_GROUPS = FactQuery(
    columns=tuple(
        (name, f'any_value("{name}")' if name in ("profile", "group") else f'"{name}"')
        for name in ("profile_id", "profile", "group_id", "group", "indicator")
    ),
    order=("profile_id", "group_id", "indicator"),
    table="groups",
    group="profile_id, group_id, indicator",
)


def _period(arguments: Mapping[str, Any]) -> date | None:
    if "year" not in arguments:
        return None
    found = periods.parse(DATASET.period, arguments["year"])
    if found is None:
        told = "Give a financial year, such as 2024/25."
        raise ApiError(400, "invalid_parameter", detail=f"year: {told}", errors={"year": [told]})
    return found


def _rows(query: FactQuery, arguments: Mapping[str, Any], *filters: str) -> dict[str, Any]:
    snapshot = live(DATASET.id)
    wanted = _period(arguments)
    equal = tuple(
        ("code" if name == "org" else name, arguments[name])
        for name in filters
        if name in arguments
    )
    months = snapshot.months if wanted is None else [wanted]
    asked = FactQuery(query.columns, query.order, query.table, query.group, equal)
    return rows_of(snapshot, asked, months, arguments)


def _require_starred(arguments: Mapping[str, Any]) -> None:
    _period(arguments)
    require_any(_STARRED, arguments)


def add(v1: Blueprint) -> None:
    @v1.endpoint(
        "/fingertips/values/",
        name="fingertips-values",
        summary="Public health profiles: every value of every indicator held",
        description="Values as published, with limits, count, denominator, note, trend and "
        "comparison. At least one of `indicator`, `org` is needed.",
        query=ValueQuery(),
        answer=schemas.listing("FingertipsValue", ValueRow),
    )
    def values(arguments: dict[str, Any]) -> Response:
        _require_starred(arguments)
        return answer(lambda: _rows(_VALUES, arguments, "indicator", "org", "level", "sex", "age"))

    @v1.endpoint(
        "/fingertips/indicators/",
        name="fingertips-indicators",
        summary="Public health profiles: names and definitions of indicators",
        query=IndicatorQuery(),
        answer=schemas.listing("FingertipsIndicator", IndicatorRow),
    )
    def indicators(arguments: dict[str, Any]) -> Response:
        _period(arguments)
        return answer(lambda: _rows(_INDICATORS, arguments, "indicator"))

    @v1.endpoint(
        "/fingertips/groups/",
        name="fingertips-groups",
        summary="Public health profiles: which indicators are in which group of a profile",
        query=GroupQuery(),
        answer=schemas.listing("FingertipsGroup", GroupRow),
    )
    def groups(arguments: dict[str, Any]) -> Response:
        return answer(lambda: _rows(_GROUPS, arguments, "indicator", "profile_id", "group_id"))
