"""`gp-contract/practices/`, `indicators/`, `values/` and `carers/`: rows as published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from api import schemas
from api.facts import facts
from api.listing import Arguments, Asked, Listing, Reference
from api.parameters import AREAS, PRACTICE, Filter, code, day, narrowing
from data.datasets.gp_contract import DATASET
from data.datasets.vocabulary.gp_contract import SERVICES, indicators
from data.questions.endpoints.contract import practices
from data.questions.facts import LAST_DAY, FactQuery
from data.questions.rows import Page, Row
from data.spec import UNASSIGNED
from data.versions.db import library

_INDICATOR = Filter("indicator", "Indicator.", code, "CGPCMI01")
_SERVICE = Filter(
    "quality_service",
    "Service, as the rows name it, in either case.",
    example="Core GP Contract 2025-26",
)
_DATE = Filter("date", "Achievement date, or any day of its month.", day, "2025-06-30")
_SPLIT = "{}, as published; All where not split by it."

_ODS = schemas.text("ODS code of the practice")
_PRACTICE_ROW = {
    "ods_code": _ODS,
    "name": schemas.text("Name", missing=True),
    "month": schemas.day("Month as of which it belonged to the areas"),
    **{area.name: schemas.text(schemas.HOME[area.name], missing=True) for area in AREAS},
}
_INDICATOR_ROW = {
    "indicator": schemas.text("Code"),
    "service": schemas.text("Service, in short"),
    "quality_service": schemas.text("Name of the service"),
    "form": schemas.text("fraction, count or cohort"),
    "adjusted": schemas.flag("Whether personalised care adjustments are published of it"),
    "cumulative": schemas.flag(
        "Whether it is cumulative; null where the publisher does not say", missing=True
    ),
    "seen": schemas.flag("Whether it was seen in a file"),
    "label": schemas.text("What is counted"),
}
_VALUE = {
    "value": schemas.whole("Number of patients; null where suppressed"),
    "suppressed": schemas.flag("Whether the publisher withheld the value"),
}
_WHAT = {
    "date": schemas.day("Achievement date"),
    "quality_service": schemas.text("Service and its year"),
    "indicator": schemas.text("Indicator"),
}
_VALUE_ROW = {
    "ods_code": _ODS,
    **_WHAT,
    "measure": schemas.text("NUMERATOR, DENOMINATOR, PCA or COUNT"),
    "rule": schemas.text("Rule by which patients were left out; empty for other measures"),
    **_VALUE,
}
_CARERS_ROW = {
    "sub_icb": schemas.text("Code of the sub-ICB location"),
    "ods_code": schemas.text("ODS code, where the row is of one practice", missing=True),
    **_WHAT,
    "sex": schemas.text("Sex; All where not split by it"),
    "age": schemas.text("Age band; All where not split by it"),
    "ethnicity": schemas.text("Ethnicity; All where not split by it"),
    **_VALUE,
}
_SHOWN = (("value", "value"), ("suppressed", "value IS NULL"))
_VALUES_BY = ("quality_service", "indicator", "measure", "rule")
_VALUES = FactQuery(
    columns=(
        *(("ods_code", "practice"), ("date", LAST_DAY)),
        *((name, name) for name in _VALUES_BY),
        *_SHOWN,
    ),
    order=("ods_code", "date", *_VALUES_BY),
)
_CARERS_BY = ("quality_service", "indicator", "sex", "age", "ethnicity")
_CARERS = FactQuery(
    columns=(
        ("sub_icb", "sub_icb"),
        ("ods_code", f"CASE WHEN NOT starts_with(practice, '{UNASSIGNED}') THEN practice END"),
        ("date", LAST_DAY),
        *((name, name) for name in _CARERS_BY),
        *_SHOWN,
    ),
    order=("sub_icb", "ods_code", "date", *_CARERS_BY),
    table="carers",
)


def _practices(asked: Asked) -> Page:
    given = asked.arguments
    rows = practices(
        asked.snapshot,
        library().directory(),
        within=[(area.name, given[area.name].upper()) for area in AREAS if area.name in given],
        search=given.get("search", ""),
    )
    wanted = given.get("practice", "").upper()
    chosen = [row for row in rows if wanted in ("", row["ods_code"])]
    return Page(len(chosen), asked.window.cut(chosen))


def _indicators(arguments: Arguments) -> Sequence[Row]:
    words = arguments.get("search", "").casefold().split()
    service = arguments.get("quality_service", "").casefold()
    rows = []
    for indicator in indicators().values():
        row = asdict(indicator) | {"quality_service": SERVICES[indicator.service]}
        described = f"{indicator.indicator} {indicator.label} {row['quality_service']}".casefold()
        if (
            all(word in described for word in words)
            and service in row["quality_service"].casefold()
            and arguments.get("indicator", indicator.indicator).upper() == indicator.indicator
        ):
            rows.append({name: row[name] for name in _INDICATOR_ROW})
    return rows


LISTS = (
    Listing(
        path="gp-contract/practices/",
        dataset=DATASET,
        summary="Practices with contract figures and their areas in the newest month",
        filters=narrowing(
            Filter("search", "Part of the code or the name of a practice.", example="park"),
            PRACTICE,
            *AREAS,
        ),
        newest=True,
        row=_PRACTICE_ROW,
        rows=_practices,
    ),
    Reference(
        path="gp-contract/indicators/",
        summary="Indicators of GP contract services",
        filters=narrowing(
            Filter(
                "search", "Words of the code, the description or the service.", example="frailty"
            ),
            _INDICATOR,
            Filter("quality_service", "Part of the name of a service.", example="MMR"),
        ),
        row=_INDICATOR_ROW,
        rows=_indicators,
    ),
    Listing(
        path="gp-contract/values/",
        dataset=DATASET,
        summary="GP contract values of practices as published",
        filters=(
            _DATE,
            PRACTICE,
            _INDICATOR,
            *narrowing(
                _SERVICE,
                Filter("measure", "NUMERATOR, DENOMINATOR, PCA or COUNT.", example="COUNT"),
            ),
        ),
        when="date",
        row=_VALUE_ROW,
        rows=facts(
            _VALUES,
            equal={"practice": "practice"} | {name: name for name in _VALUES_BY if name != "rule"},
        ),
    ),
    Listing(
        path="gp-contract/carers/",
        dataset=DATASET,
        summary="Unpaid carers by sex, age and ethnicity",
        filters=(
            _DATE,
            Filter("sub_icb", "Code of a sub-ICB location.", code, "84H"),
            _INDICATOR,
            *narrowing(
                _SERVICE,
                Filter("sex", _SPLIT.format("Sex"), example="Female"),
                Filter("age", _SPLIT.format("Age band"), example="All"),
                Filter("ethnicity", _SPLIT.format("Ethnicity"), example="All"),
            ),
        ),
        when="date",
        row=_CARERS_ROW,
        rows=facts(_CARERS, equal={name: name for name in ("sub_icb", *_CARERS_BY)}),
    ),
)
