"""`nwrs/`: staff of practices by role, and the days on which they were counted."""

from __future__ import annotations

from datetime import date
from typing import Any

import marshmallow as ma
from flask import Response

from api import schemas
from api.arguments import Blueprint
from api.errors import ApiError
from api.facts import given_rows, last_day, live, number, rows_of, within
from api.filters import code, paging_fields, text
from api.responses import answer
from data.datasets.nwrs import GROUPS
from data.facts import FactQuery

DATASET = "nwrs"
PATHS = ("nwrs/", "nwrs/snapshots/")

_GROUP_NAMES = " ".join(f"WHEN '{key}' THEN '{words}'" for key, words in GROUPS.items())
_COLUMNS = (
    ("ods_code", "practice"),
    ("snapshot", "strftime(last_day(month), '%Y-%m-%d')"),
    ("role_group", f"CASE staff_group {_GROUP_NAMES} END"),
    ("role", "role"),
    ("role_name", "role_name"),
    ("headcount", "headcount"),
    ("fte", "fte::DOUBLE"),
    ("source", "source"),
    ("patients", "patients"),
)

Query = ma.Schema.from_dict(
    {
        "snapshot": text(
            "Day of the census, from `nwrs/snapshots/`. Required.", example="2026-01-31"
        ),
        "practice": code("ODS code of a practice.", example="A81001"),
        "pcn": code("Practices that belonged to this PCN.", example="U74819"),
        "sub_icb": code("Practices in this sub-ICB location.", example="84H"),
        "icb": code("Practices in this ICB.", example="QHM"),
        "region": code("Practices in this NHS region.", example="Y63"),
        "role": text("Code of a role, such as TOTAL or SAL_BY_PRAC.", example="TOTAL"),
        **paging_fields(),
    }
)
SnapshotQuery = ma.Schema.from_dict(paging_fields())
Row = schemas.schema(
    "WorkforceRow",
    {
        "ods_code": schemas.text("ODS code of the practice"),
        "snapshot": schemas.day("Day of the census"),
        "role_group": schemas.text("Staff group"),
        "role": schemas.text("Role; TOTAL, EXTG, EXL and EXTGL are sums of roles"),
        "role_name": schemas.text("What the role is called"),
        "headcount": schemas.whole("People; null where not supplied"),
        "fte": number("Full-time equivalents; null where not supplied"),
        "source": schemas.text("Whether records were provided or estimated", missing=True),
        "patients": schemas.whole("Registered patients of the practice"),
    },
)
SnapshotRow = schemas.schema(
    "WorkforceSnapshotRow",
    {
        "snapshot": schemas.day("Day of the census"),
        "practices": schemas.whole("Practices in the file", missing=False),
        "release": schemas.text("Title of the release"),
    },
)


def _month(text_given: str) -> date:
    try:
        day = date.fromisoformat(text_given)
    except ValueError as error:
        told = "Give the day of a census, such as 2026-01-31."
        raise ApiError(
            400, "invalid_parameter", detail=f"snapshot: {told}", errors={"snapshot": [told]}
        ) from error
    return day.replace(day=1)


def _rows(arguments: dict[str, Any]) -> dict[str, Any]:
    equal = tuple(
        (column, arguments[name])
        for name, column in (("practice", "practice"), ("role", "role"))
        if name in arguments
    )
    query = FactQuery(
        columns=_COLUMNS,
        order=("ods_code", "staff_group", "role"),
        equal=equal,
        within=within(arguments),
    )
    return rows_of(live(DATASET), query, [_month(arguments["snapshot"])], arguments)


def _snapshots(arguments: dict[str, Any]) -> dict[str, Any]:
    snapshot = live(DATASET)
    manifest = snapshot.manifest
    rows = [
        {
            "snapshot": last_day(month).isoformat(),
            "practices": manifest.periods[month].practices,
            "release": manifest.release_of(month).title,
        }
        for month in reversed(snapshot.months)
    ]
    return given_rows(rows, arguments, about=snapshot)


def add(v1: Blueprint) -> None:
    @v1.endpoint(
        "/nwrs/",
        name=DATASET,
        summary="GP workforce by role",
        description="Staff of practices on the day of a census. `snapshot` is required.",
        query=Query(),
        answer=schemas.listing("Workforce", Row),
    )
    def rows(arguments: dict[str, Any]) -> Response:
        if "snapshot" not in arguments:
            told = "snapshot is required; the days are at /api/v1/nwrs/snapshots/."
            raise ApiError(400, "missing_filter", detail=told, errors={"snapshot": [told]})
        _month(arguments["snapshot"])
        return answer(lambda: _rows(arguments))

    @v1.endpoint(
        "/nwrs/snapshots/",
        name="nwrs-snapshots",
        summary="Days on which the GP workforce was counted",
        query=SnapshotQuery(),
        answer=schemas.listing("WorkforceSnapshot", SnapshotRow),
    )
    def snapshots(arguments: dict[str, Any]) -> Response:
        return answer(lambda: _snapshots(arguments))
