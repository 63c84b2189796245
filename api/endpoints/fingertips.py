"""`fingertips/values/`, `fingertips/indicators/`, `fingertips/groups/`: every indicator held.

`fingertips/` itself has the headline indicators of practices and areas, as every dataset has.
"""

from __future__ import annotations

from api import schemas
from api.facts import facts
from api.listing import Listing
from api.parameters import Filter, code, narrowing, year
from data.datasets.fingertips import DATASET
from data.questions.facts import FINANCIAL_YEAR, FactQuery

_YEAR = Filter("year", "Financial year under which values are kept.", year, "2024/25")
_INDICATOR = Filter("indicator", "Id of an indicator.", example="247")
_VALUE_ROW = {
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
    "value": schemas.decimal("Published value; null where the publisher gives none"),
    "ci_low": schemas.decimal("Lower 95 % limit"),
    "ci_high": schemas.decimal("Upper 95 % limit"),
    "ci_low_99_8": schemas.decimal("Lower 99.8 % limit"),
    "ci_high_99_8": schemas.decimal("Upper 99.8 % limit"),
    "count": schemas.decimal("Count"),
    "denominator": schemas.decimal("Denominator"),
    "note": schemas.text("Note of the publisher, such as why a value is missing"),
    "trend": schemas.text("Recent trend as published"),
    "compared": schemas.text("Comparison with England as published"),
}
_INDICATOR_ROW = {
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
}
_GROUP_ROW = {
    "profile_id": schemas.whole("Id of the profile", missing=False),
    "profile": schemas.text("Name of the profile"),
    "group_id": schemas.whole("Id of the group", missing=False),
    "group": schemas.text("Name of the group"),
    "indicator": schemas.text("Id of an indicator in the group"),
}
_VALUES = FactQuery(
    columns=(
        ("indicator", "indicator"),
        ("year", FINANCIAL_YEAR),
        *(
            (name, name)
            for name in (
                "time_period",
                "level",
                "code",
                "area_code",
                "area_name",
                "area_type",
                "sex",
                "age",
                "value",
            )
        ),
        ("ci_low", "low"),
        ("ci_high", "high"),
        ("ci_low_99_8", "low_998"),
        ("ci_high_99_8", "high_998"),
        *((name, f'"{name}"') for name in ("count", "denominator", "note", "trend", "compared")),
    ),
    order=("indicator", "level", "area_code", "year", "time_period", "sex", "age"),
)
_TOLD = (
    "definition",
    "rationale",
    "unit",
    "value_type",
    "year_type",
    "polarity",
    "source",
    "caveats",
)
_INDICATORS = FactQuery(
    columns=(
        ("indicator", "indicator"),
        ("name", "max_by(name, month)"),
        *((name, f"max_by({name}, month)") for name in _TOLD),
        ("first_year", FINANCIAL_YEAR.replace("month", "min(month)")),
        ("last_year", FINANCIAL_YEAR.replace("month", "max(month)")),
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


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


LISTS = (
    Listing(
        path="fingertips/values/",
        dataset=DATASET,
        summary="Public health profiles: every value of every indicator held",
        description="Values as published, with limits, count, denominator, note, trend and "
        "comparison.",
        filters=(
            _INDICATOR,
            Filter("org", "Code of one organisation at any level; ENG is England.", code, "A81001"),
            *narrowing(
                _YEAR,
                Filter("level", "Only values of this level.", options=DATASET.levels),
                Filter("sex", "Only values of this sex, as published.", example="Persons"),
                Filter("age", "Only values of these ages, as published.", example="All ages"),
            ),
        ),
        when="year",
        row=_VALUE_ROW,
        rows=facts(_VALUES, equal={"org": "code"} | _same("indicator", "level", "sex", "age")),
    ),
    Listing(
        path="fingertips/indicators/",
        dataset=DATASET,
        summary="Public health profiles: names and definitions of indicators",
        filters=narrowing(_INDICATOR, _YEAR),
        when="year",
        row=_INDICATOR_ROW,
        rows=facts(_INDICATORS, equal=_same("indicator")),
    ),
    Listing(
        path="fingertips/groups/",
        dataset=DATASET,
        summary="Public health profiles: which indicators are in which group of a profile",
        filters=narrowing(
            _INDICATOR,
            Filter("profile_id", "Id of a profile.", example="20"),
            Filter("group_id", "Id of a group of indicators.", example="2000005"),
        ),
        row=_GROUP_ROW,
        rows=facts(_GROUPS, equal=_same("indicator", "profile_id", "group_id")),
    ),
)
