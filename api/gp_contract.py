"""`gp-contract/practices/`, `indicators/`, `values/` and `carers/`: rows as published."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import marshmallow as ma
from flask import Response

from api import schemas
from api.arguments import Blueprint
from api.datasets import PlainList
from api.facts import given_rows, live, rows_of, within
from api.filters import code, day, paging_fields, require_any, text
from api.responses import answer
from data.contract_rows import practices
from data.db import library
from data.facts import FactQuery
from data.gp_contract import SERVICES, indicators
from data.snapshot import FACT, Snapshot
from data.spec import UNASSIGNED

DATASET = "gp-contract"
PATHS = tuple(
    f"{DATASET}/{name}/" for name in ("practices", "indicators", "values", "carers")
)  # fmt: skip
VALUES_STARRED = ("date", "practice", "indicator")
CARERS_STARRED = ("date", "sub_icb", "indicator")

_AREAS: dict[str, ma.fields.Field] = {
    "pcn": code("Practices that belonged to this PCN.", example="U74819"),
    "sub_icb": code("Practices in this sub-ICB location.", example="84H"),
    "icb": code("Practices in this ICB.", example="QHM"),
    "region": code("Practices in this NHS region.", example="Y63"),
}
_PRACTICE = code("ODS code of a practice.", example="A81001")
_INDICATOR = code("Indicator.", example="CGPCMI01")
_SERVICE = text("Service, as the rows name it, in either case.", example="Core GP Contract 2025-26")
_DATE = day("Achievement date, or any day of its month.", example="2025-06-30")

PracticesQuery = ma.Schema.from_dict(
    {
        "search": text("Part of the code or the name of a practice.", example="park"),
        "practice": _PRACTICE,
        **_AREAS,
        **paging_fields(),
    }
)
IndicatorsQuery = ma.Schema.from_dict(
    {
        "search": text("Words of the code, the description or the service.", example="frailty"),
        "indicator": _INDICATOR,
        "quality_service": text("Part of the name of a service.", example="MMR"),
        **paging_fields(),
    }
)
ValuesQuery = ma.Schema.from_dict(
    {
        "date": _DATE,
        "practice": _PRACTICE,
        "indicator": _INDICATOR,
        "quality_service": _SERVICE,
        "measure": text("NUMERATOR, DENOMINATOR, PCA or COUNT.", example="COUNT"),
        **paging_fields(),
    }
)
CarersQuery = ma.Schema.from_dict(
    {
        "date": _DATE,
        "sub_icb": code("Code of a sub-ICB location.", example="84H"),
        "indicator": _INDICATOR,
        "quality_service": _SERVICE,
        "sex": text("Sex, as published; All where not split by it.", example="Female"),
        "age": text("Age band, as published; All where not split by it.", example="All"),
        "ethnicity": text("Ethnicity, as published; All where not split by it.", example="All"),
        **paging_fields(),
    }
)

_ODS = schemas.text("ODS code of the practice")
_SUPPRESSED = schemas.fields.Boolean(
    required=True, metadata={"description": "Whether the publisher withheld the value"}
)
PracticeRow = schemas.schema(
    "ContractPracticeRow",
    {
        "ods_code": _ODS,
        "name": schemas.text("Name", missing=True),
        "month": schemas.day("Month as of which it belonged to the areas"),
        **{area: schemas.text(schemas.HOME[area], missing=True) for area in _AREAS},
    },
)
IndicatorRow = schemas.schema(
    "ContractIndicatorRow",
    {
        "indicator": schemas.text("Code"),
        "service": schemas.text("Service, in short"),
        "quality_service": schemas.text("Name of the service"),
        "form": schemas.text("fraction, count or cohort"),
        "adjusted": schemas.fields.Boolean(required=True),
        "cumulative": schemas.fields.Boolean(required=True, allow_none=True),
        "seen": schemas.fields.Boolean(required=True),
        "label": schemas.text("What is counted"),
    },
)
_VALUE = {
    "value": schemas.whole("Number of patients; null where suppressed"),
    "suppressed": _SUPPRESSED,
}
_WHAT = {
    "date": schemas.day("Achievement date"),
    "quality_service": schemas.text("Service and its year"),
    "indicator": schemas.text("Indicator"),
}
ValueRow = schemas.schema(
    "ContractValueRow",
    {
        "ods_code": _ODS,
        **_WHAT,
        "measure": schemas.text("NUMERATOR, DENOMINATOR, PCA or COUNT"),
        "rule": schemas.text("Rule by which patients were left out; empty for other measures"),
        **_VALUE,
    },
)
CarersRow = schemas.schema(
    "ContractCarersRow",
    {
        "sub_icb": schemas.text("Code of the sub-ICB location"),
        "ods_code": schemas.text("ODS code, where the row is of one practice", missing=True),
        **_WHAT,
        "sex": schemas.text("Sex; All where not split by it"),
        "age": schemas.text("Age band; All where not split by it"),
        "ethnicity": schemas.text("Ethnicity; All where not split by it"),
        **_VALUE,
    },
)
_DAY_SQL = "strftime(last_day(month), '%Y-%m-%d')"
_SHOWN = (("value", "value"), ("suppressed", "value IS NULL"))


def _months(snapshot: Snapshot, arguments: Mapping[str, Any], table: str) -> list[date]:
    """Months that have the table, of which the one of the given day."""
    asked = arguments["date"].replace(day=1) if "date" in arguments else None
    return [
        month
        for month in snapshot.months
        if asked in (None, month) and Path(snapshot.fact_path(month, table)).exists()
    ]


def _equal(arguments: Mapping[str, Any], names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, arguments[name]) for name in names if name in arguments)


def _practices(arguments: Mapping[str, Any]) -> dict[str, Any]:
    snapshot = live(DATASET)
    rows = practices(
        snapshot,
        library().directory(),
        within=[(area, value.upper()) for area, value in within(arguments)],
        search=arguments.get("search", ""),
    )
    asked = arguments.get("practice", "").upper()
    return given_rows(
        [row for row in rows if asked in ("", row["ods_code"])], arguments, about=snapshot
    )


def _indicators(arguments: Mapping[str, Any]) -> dict[str, Any]:
    words = arguments.get("search", "").casefold().split()
    service = arguments.get("quality_service", "").casefold()
    rows = []
    for one in indicators().values():
        row = asdict(one) | {"quality_service": SERVICES[one.service]}
        said = f"{one.indicator} {one.label} {row['quality_service']}".casefold()
        if (
            all(word in said for word in words)
            and service in row["quality_service"].casefold()
            and arguments.get("indicator", one.indicator).upper() == one.indicator
        ):
            rows.append(row)
    return given_rows(rows, arguments)


def _values(arguments: Mapping[str, Any]) -> dict[str, Any]:
    snapshot = live(DATASET)
    names = ("quality_service", "indicator", "measure", "rule")
    query = FactQuery(
        columns=(
            *(("ods_code", "practice"), ("date", _DAY_SQL)),
            *((name, name) for name in names),
            *_SHOWN,
        ),
        order=("ods_code", "date", *names),
        equal=_equal(arguments, ("practice", "indicator", "quality_service", "measure")),
    )
    return rows_of(snapshot, query, _months(snapshot, arguments, FACT), arguments)


def _carers(arguments: Mapping[str, Any]) -> dict[str, Any]:
    snapshot = live(DATASET)
    names = ("quality_service", "indicator", "sex", "age", "ethnicity")
    query = FactQuery(
        columns=(
            ("sub_icb", "sub_icb"),
            (
                "ods_code",
                f"CASE WHEN NOT starts_with(practice, '{UNASSIGNED}') THEN practice END",
            ),
            ("date", _DAY_SQL),
            *((name, name) for name in names),
            *_SHOWN,
        ),
        order=("sub_icb", "ods_code", "date", *names),
        table="carers",
        equal=_equal(arguments, ("sub_icb", *names)),
    )
    return rows_of(snapshot, query, _months(snapshot, arguments, "carers"), arguments)


def add(v1: Blueprint) -> None:
    def endpoint(
        name: str, summary: str, query: type[ma.Schema], reply: type[ma.Schema],
        make: Callable[[Mapping[str, Any]], dict[str, Any]], starred: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        needed = ", ".join(f"`{one}`" for one in starred)

        @v1.endpoint(
            f"/{DATASET}/{name}/",
            name=f"{DATASET}-{name}",
            summary=summary,
            description=f"At least one of {needed} is needed." if starred else "",
            query=query(),
            answer=reply,
        )
        def rows(arguments: dict[str, Any]) -> Response:
            if starred:
                require_any(starred, arguments)
            return answer(lambda: make(arguments))

    endpoint(
        "practices", "Practices with contract figures and their areas", PracticesQuery,
        schemas.listing("ContractPractice", PracticeRow), _practices,
    )  # fmt: skip
    endpoint(
        "indicators", "Indicators of GP contract services", IndicatorsQuery,
        schemas.listing("ContractIndicator", IndicatorRow, PlainList), _indicators,
    )  # fmt: skip
    endpoint(
        "values", "GP contract values of practices as published", ValuesQuery,
        schemas.listing("ContractValue", ValueRow), _values, VALUES_STARRED,
    )  # fmt: skip
    endpoint(
        "carers", "Unpaid carers by sex, age and ethnicity", CarersQuery,
        schemas.listing("ContractCarers", CarersRow), _carers, CARERS_STARRED,
    )  # fmt: skip
