"""`qof/years/`, `qof/indicators/`, `qof/prevalence/` and `qof/achievement/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import marshmallow as ma
from flask import Response

from api import schemas
from api.arguments import Blueprint
from api.datasets import PlainList
from api.errors import ApiError
from api.facts import given_rows, live, number, rows_of
from api.filters import choice, code, paging_fields, require_any, text, year
from api.responses import answer
from data import periods, qof
from data.facts import FactQuery

DATASET = "qof"
PATHS = (
    "qof/years/", "qof/indicators/", "qof/prevalence/", "qof/prevalence/national/",
    "qof/achievement/",
)  # fmt: skip
_YEAR_SQL = "strftime(month, '%Y') || '/' || strftime(month + INTERVAL 1 YEAR, '%y')"
_STARRED = ("year", "practice")

_YEAR = year("Financial year.", example="2025/26")
_PRACTICE = code("ODS code of a practice.", example="A81001")
_INDICATOR = code("Indicator, or condition group of a register.", example="AF008")
Query = ma.Schema.from_dict(
    {"year": _YEAR, "practice": _PRACTICE, "indicator": _INDICATOR, **paging_fields()}
)
NationalQuery = ma.Schema.from_dict({"year": _YEAR, "indicator": _INDICATOR, **paging_fields()})
IndicatorQuery = ma.Schema.from_dict(
    {
        "year": _YEAR,
        "domain": text("Domain: CL, PH or QI.", example="CL"),
        "indicator": _INDICATOR,
        "active": choice("`true`: indicators of the latest year only.", ("true", "false")),
        **paging_fields(),
    }
)
PageQuery = ma.Schema.from_dict(paging_fields())

fields = schemas.fields
_WHO = {"ods_code": schemas.text("ODS code of the practice")}
_WHEN = {"year": schemas.text("Financial year, such as 2025/26")}
_PREVALENCE = {
    "indicator": schemas.text("Condition group"),
    "register": schemas.whole("Patients on the register"),
    "list_size": schemas.whole("Patients on the list of the register's ages"),
    "list_type": schemas.text("Ages of that list"),
    "prevalence": number("Register as a percentage of the list"),
}
PrevalenceRow = schemas.schema("QofPrevalenceRow", {**_WHO, **_WHEN, **_PREVALENCE})
NationalRow = schemas.schema("QofNationalRow", {**_WHEN, **_PREVALENCE})
AchievementRow = schemas.schema(
    "QofAchievementRow",
    {
        **_WHO,
        **_WHEN,
        "indicator": schemas.text("Indicator"),
        "numerator": schemas.whole("Patients for whom it was achieved"),
        "denominator": schemas.whole("Eligible patients after personalised care adjustments"),
        "pcas": schemas.whole("Personalised care adjustments"),
        "points": number("Points achieved"),
        "achievement": number("Numerator as a percentage of the denominator"),
    },
)
YearRow = schemas.schema(
    "QofYearRow",
    {
        **_WHEN,
        "points": schemas.whole("Points available"),
        "points_verified": fields.Boolean(required=True),
        "point_value": number("Pounds for a point"),
        "point_value_verified": fields.Boolean(required=True),
        "average_list": schemas.whole("National average list, by which payments are scaled"),
        "average_list_verified": fields.Boolean(required=True),
        "average_list_basis": schemas.text("Where the average list comes from"),
        "first_day": schemas.day("First day of the year"),
        "last_day": schemas.day("Last day of the year"),
    },
)
IndicatorRow = schemas.schema(
    "QofIndicatorRow",
    {
        **_WHEN,
        "indicator": schemas.text("Code"),
        "group": schemas.text("Condition group"),
        "group_name": schemas.text("Name of the group"),
        "domain": schemas.text("Domain: CL, PH or QI"),
        "domain_name": schemas.text("Name of the domain"),
        "points": number("Points available"),
        "list_type": schemas.text("Ages of the list"),
        "lower_threshold": number("Per cent from which points are earned; null where not known"),
        "upper_threshold": number("Per cent at which all points are earned; null where not known"),
        "prevalence_adjusted": fields.Boolean(required=True, allow_none=True),
        "verified": fields.Boolean(required=True),
        "source": schemas.text("Where the row comes from"),
        "description": schemas.text("What has to be done"),
    },
)
_PERCENT = "100.0 * {} / nullif({}, 0)"
_REGISTERS = (
    ("year", _YEAR_SQL),
    ("indicator", "group_code"),
    ("register", "register"),
    ("list_size", "list_size"),
    ("list_type", "list_type"),
    ("prevalence", _PERCENT.format("register", "list_size")),
)


def _of(measure: str, kind: str) -> str:
    return f"(max(value) FILTER (WHERE measure = '{measure}'))::{kind}"


_MET, _ELIGIBLE = _of("NUMERATOR", "BIGINT"), _of("DENOMINATOR", "BIGINT")
_ACHIEVED = (
    ("ods_code", "practice"),
    ("year", _YEAR_SQL),
    ("indicator", "indicator"),
    ("numerator", _MET),
    ("denominator", _ELIGIBLE),
    ("pcas", _of("PCAS", "BIGINT")),
    ("points", _of("ACHIEVED_POINTS", "DOUBLE")),
    ("achievement", _PERCENT.format(_MET, _ELIGIBLE)),
)


def _period(arguments: Mapping[str, Any]) -> date | None:
    if "year" not in arguments:
        return None
    found = periods.parse("financial_year", arguments["year"])
    if found is None:
        told = "Give a financial year, such as 2025/26."
        raise ApiError(400, "invalid_parameter", detail=f"year: {told}", errors={"year": [told]})
    return found


def _facts(query: FactQuery, arguments: Mapping[str, Any]) -> dict[str, Any]:
    snapshot = live(DATASET)
    wanted = _period(arguments)
    return rows_of(snapshot, query, snapshot.months if wanted is None else [wanted], arguments)


def _equal(arguments: Mapping[str, Any], indicator: str) -> tuple[tuple[str, str], ...]:
    named = (("practice", "practice"), ("indicator", indicator))
    return tuple((column, arguments[name]) for name, column in named if name in arguments)


def _require_starred(arguments: Mapping[str, Any]) -> None:
    _period(arguments)
    require_any(_STARRED, arguments)


def _prevalence(arguments: Mapping[str, Any]) -> dict[str, Any]:
    query = FactQuery(
        columns=(("ods_code", "practice"), *_REGISTERS),
        order=("ods_code", "year", "indicator"),
        table="prevalence",
        equal=_equal(arguments, "group_code"),
    )
    return _facts(query, arguments)


def _national(arguments: Mapping[str, Any]) -> dict[str, Any]:
    summed = tuple(
        (name, sql.replace("register", "sum(register)::BIGINT").replace(
            "list_size", "sum(list_size)::BIGINT"))
        if name in ("register", "list_size", "prevalence") else (name, sql)
        for name, sql in _REGISTERS
    )  # fmt: skip
    query = FactQuery(
        columns=summed,
        order=("year", "indicator"),
        table="prevalence",
        group="month, group_code, list_type",
        equal=_equal(arguments, "group_code"),
    )
    return _facts(query, arguments)


def _achievement(arguments: Mapping[str, Any]) -> dict[str, Any]:
    query = FactQuery(
        columns=_ACHIEVED,
        order=("ods_code", "year", "indicator"),
        group="practice, month, indicator",
        equal=_equal(arguments, "indicator"),
    )
    return _facts(query, arguments)


def _named(written: str) -> tuple[date, str]:
    found = periods.parse("financial_year", written)
    assert found is not None
    return found, periods.written("financial_year", found)


def _years(arguments: Mapping[str, Any]) -> dict[str, Any]:
    rows = []
    for one in reversed(qof.years()):
        first, named = _named(one.year)
        last = first.replace(year=first.year + 1, month=3, day=31)
        rows.append(
            asdict(one)
            | {"year": named, "first_day": first.isoformat(), "last_day": last.isoformat()}
        )
    return given_rows(rows, arguments)


def _indicators(arguments: Mapping[str, Any]) -> dict[str, Any]:
    wanted = _period(arguments)
    newest = max(one.year for one in qof.indicators())
    rows = []
    for one in qof.indicators():
        first, named = _named(one.year)
        chosen = (
            wanted in (None, first)
            and arguments.get("domain", one.domain).upper() == one.domain
            and arguments.get("indicator", one.indicator).upper() in (one.indicator, one.group)
            and (arguments.get("active") != "true" or one.year == newest)
        )
        if chosen:
            rows.append(asdict(one) | {"year": named})
    return given_rows(rows, arguments)


def add(v1: Blueprint) -> None:
    @v1.endpoint(
        "/qof/years/", name="qof-years", summary="QOF years", query=PageQuery(),
        answer=schemas.listing("QofYear", YearRow, PlainList),
    )  # fmt: skip
    def years(arguments: dict[str, Any]) -> Response:
        return answer(lambda: _years(arguments))

    @v1.endpoint(
        "/qof/indicators/", name="qof-indicators", summary="QOF indicators by year",
        query=IndicatorQuery(), answer=schemas.listing("QofIndicator", IndicatorRow, PlainList),
    )  # fmt: skip
    def indicators(arguments: dict[str, Any]) -> Response:
        _period(arguments)
        return answer(lambda: _indicators(arguments))

    @v1.endpoint(
        "/qof/prevalence/", name="qof-prevalence", summary="QOF prevalence of practices",
        description="At least one of `year`, `practice` is needed.",
        query=Query(), answer=schemas.listing("QofPrevalence", PrevalenceRow),
    )  # fmt: skip
    def prevalence(arguments: dict[str, Any]) -> Response:
        _require_starred(arguments)
        return answer(lambda: _prevalence(arguments))

    @v1.endpoint(
        "/qof/prevalence/national/", name="qof-national", summary="QOF prevalence of England",
        query=NationalQuery(), answer=schemas.listing("QofNational", NationalRow),
    )  # fmt: skip
    def national(arguments: dict[str, Any]) -> Response:
        _period(arguments)
        return answer(lambda: _national(arguments))

    @v1.endpoint(
        "/qof/achievement/", name="qof-achievement", summary="QOF achievement of practices",
        description="At least one of `year`, `practice` is needed.",
        query=Query(), answer=schemas.listing("QofAchievement", AchievementRow),
    )  # fmt: skip
    def achievement(arguments: dict[str, Any]) -> Response:
        _require_starred(arguments)
        return answer(lambda: _achievement(arguments))
