"""`qof/years/`, `qof/indicators/`, `qof/prevalence/` and `qof/achievement/`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date

from api import schemas
from api.facts import facts
from api.listing import Arguments, Listing, Reference, period_of
from api.parameters import PRACTICE, Filter, code, narrowing, year
from data import periods
from data.datasets.qof import DATASET
from data.datasets.vocabulary import qof
from data.questions.facts import FINANCIAL_YEAR, FactQuery
from data.questions.rows import Row

_YEAR = Filter("year", "Financial year.", year, "2025/26")
_INDICATOR = Filter("indicator", "Indicator, or condition group of a register.", code, "AF008")
_FILTERS = (_YEAR, PRACTICE, *narrowing(_INDICATOR))

_WHO = {"ods_code": schemas.text("ODS code of the practice")}
_WHEN = {"year": schemas.text("Financial year, such as 2025/26")}
_PREVALENCE_ROW = {
    "indicator": schemas.text("Condition group"),
    "register": schemas.whole("Patients on the register"),
    "list_size": schemas.decimal("Patients on the list of the register's ages"),
    "list_type": schemas.text("Ages of that list"),
    "prevalence": schemas.decimal("Register as a percentage of the list"),
}
_ACHIEVEMENT_ROW = {
    "indicator": schemas.text("Indicator"),
    "numerator": schemas.whole("Patients for whom it was achieved"),
    "denominator": schemas.whole("Eligible patients after personalised care adjustments"),
    "pcas": schemas.whole("Personalised care adjustments"),
    "points": schemas.decimal("Points achieved"),
    "achievement": schemas.decimal("Numerator as a percentage of the denominator"),
}
_CONFIRMED = "Whether {} is confirmed by the publisher or by two public sources"
_YEAR_ROW = {
    **_WHEN,
    "points": schemas.whole("Points available"),
    "points_verified": schemas.flag(_CONFIRMED.format("that")),
    "point_value": schemas.decimal("Pounds for a point"),
    "point_value_verified": schemas.flag(_CONFIRMED.format("that")),
    "average_list": schemas.whole("National average list, by which payments are scaled"),
    "average_list_verified": schemas.flag(_CONFIRMED.format("that")),
    "average_list_basis": schemas.text("Where the average list comes from"),
    "first_day": schemas.day("First day of the year"),
    "last_day": schemas.day("Last day of the year"),
}
_INDICATOR_ROW = {
    **_WHEN,
    "indicator": schemas.text("Code"),
    "group": schemas.text("Condition group"),
    "group_name": schemas.text("Name of the group"),
    "domain": schemas.text("Domain: CL, PH or QI"),
    "domain_name": schemas.text("Name of the domain"),
    "points": schemas.decimal("Points available"),
    "list_type": schemas.text("Ages of the list"),
    "lower_threshold": schemas.decimal(
        "Per cent from which points are earned; null where not known"
    ),
    "upper_threshold": schemas.decimal(
        "Per cent at which all points are earned; null where not known"
    ),
    "prevalence_adjusted": schemas.flag(
        "Whether its points are scaled by prevalence; null where not known", missing=True
    ),
    "verified": schemas.flag(_CONFIRMED.format("the row")),
    "source": schemas.text("Where the row comes from"),
    "description": schemas.text("What has to be done"),
}


def _registers(register: str, list_size: str) -> tuple[tuple[str, str], ...]:
    return (
        ("year", FINANCIAL_YEAR),
        ("indicator", "group_code"),
        ("register", register),
        ("list_size", list_size),
        ("list_type", "list_type"),
        ("prevalence", f"100.0 * {register} / nullif({list_size}, 0)"),
    )


def _of(measure: str, kind: str) -> str:
    return f"(max(value) FILTER (WHERE measure = '{measure}'))::{kind}"


_MET, _ELIGIBLE = _of("NUMERATOR", "BIGINT"), _of("DENOMINATOR", "BIGINT")
_PREVALENCE = FactQuery(
    columns=(("ods_code", "practice"), *_registers("register", "list_size::DOUBLE")),
    order=("ods_code", "year", "indicator"),
    table="prevalence",
)
_NATIONAL = replace(
    _PREVALENCE,
    columns=_registers(
        "sum(register)::BIGINT", "(sum(list_size) FILTER (WHERE register IS NOT NULL))::DOUBLE"
    ),
    order=("year", "indicator"),
    group="month, group_code, list_type",
)
_ACHIEVEMENT = FactQuery(
    columns=(
        ("ods_code", "practice"),
        ("year", FINANCIAL_YEAR),
        ("indicator", "indicator"),
        ("numerator", _MET),
        ("denominator", _ELIGIBLE),
        ("pcas", _of("PCAS", "BIGINT")),
        ("points", _of("ACHIEVED_POINTS", "DOUBLE")),
        ("achievement", f"100.0 * {_MET} / nullif({_ELIGIBLE}, 0)"),
    ),
    order=("ods_code", "year", "indicator"),
    group="practice, month, indicator",
)


def _named(written: str) -> tuple[date, str]:
    first_day = periods.parse(DATASET.period, written)
    assert first_day is not None
    return first_day, periods.written(DATASET.period, first_day)


def _years(_: Arguments) -> Sequence[Row]:
    rows = []
    for published in reversed(qof.years()):
        first, named = _named(published.year)
        last = first.replace(year=first.year + 1, month=3, day=31)
        rows.append(
            asdict(published)
            | {"year": named, "first_day": first.isoformat(), "last_day": last.isoformat()}
        )
    return rows


def _indicators(arguments: Arguments) -> Sequence[Row]:
    wanted = period_of(DATASET.period, "year", arguments)
    newest = max(indicator.year for indicator in qof.indicators())
    rows = []
    for indicator in qof.indicators():
        first, named = _named(indicator.year)
        chosen = (
            wanted in (None, first)
            and arguments.get("domain", indicator.domain).upper() == indicator.domain
            and arguments.get("indicator", indicator.indicator).upper()
            in (indicator.indicator, indicator.group)
            and (arguments.get("active") != "true" or indicator.year == newest)
        )
        if chosen:
            rows.append(asdict(indicator) | {"year": named})
    return rows


LISTS = (
    Reference(path="qof/years/", summary="QOF years", row=_YEAR_ROW, rows=_years),
    Reference(
        path="qof/indicators/",
        summary="QOF indicators by year",
        filters=narrowing(
            _YEAR,
            Filter("domain", "Domain: CL, PH or QI.", example="CL"),
            _INDICATOR,
            Filter(
                "active", "`true`: indicators of the latest year only.", options=("true", "false")
            ),
        ),
        row=_INDICATOR_ROW,
        rows=_indicators,
    ),
    Listing(
        path="qof/prevalence/",
        dataset=DATASET,
        summary="QOF prevalence of practices",
        filters=_FILTERS,
        when="year",
        row={**_WHO, **_WHEN, **_PREVALENCE_ROW},
        rows=facts(_PREVALENCE, equal={"practice": "practice", "indicator": "group_code"}),
    ),
    Listing(
        path="qof/prevalence/national/",
        dataset=DATASET,
        summary="QOF prevalence of England",
        filters=narrowing(_YEAR, _INDICATOR),
        when="year",
        row={**_WHEN, **_PREVALENCE_ROW},
        rows=facts(_NATIONAL, equal={"indicator": "group_code"}),
    ),
    Listing(
        path="qof/achievement/",
        dataset=DATASET,
        summary="QOF achievement of practices",
        filters=_FILTERS,
        when="year",
        row={**_WHO, **_WHEN, **_ACHIEVEMENT_ROW},
        rows=facts(_ACHIEVEMENT, equal={"practice": "practice", "indicator": "indicator"}),
    ),
)
