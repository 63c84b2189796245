"""`cqc/locations/`, `cqc/frameworks/` and `cqc/mythbusters/`: ratings and what they rest on."""

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
from api.facts import given_rows, live, rows_of, within
from api.filters import choice, code, month, paging_fields, text
from api.responses import answer
from data import cqc
from data.facts import FactQuery

DATASET = "cqc"
PATHS = ("cqc/locations/", "cqc/frameworks/", "cqc/mythbusters/")
_SOUGHT = "concat_ws(' ', location, ods_code, name, postcode, replace(postcode, ' ', ''))"
_MATCHED = ("code", "branch", "name and postcode", "none")
fields = schemas.fields

Query = ma.Schema.from_dict(
    {
        "month": month("First day of a month; without it the latest.", example="2026-10-01"),
        "search": text("Part of a name, ODS code, postcode or location id.", example="Mill Lane"),
        "practice": code("ODS code of a practice.", example="A81001"),
        "location": text("Id of a location.", example="1-541234567"),
        "rating": text("Overall rating.", example="Good"),
        "matched": choice("How its practice was found.", _MATCHED),
        "pcn": code("Practices that belonged to this PCN.", example="U74819"),
        "sub_icb": code("Practices in this sub-ICB location.", example="84H"),
        "icb": code("Practices in this ICB.", example="QHM"),
        "region": code("Practices in this NHS region.", example="Y63"),
        **paging_fields(),
    }
)
PageQuery = ma.Schema.from_dict(paging_fields())
FrameworkQuery = ma.Schema.from_dict(
    {"version": text("Id of a version.", example="single-assessment-framework"), **paging_fields()}
)

_COLUMNS = (
    ("location", "location"),
    ("ods_code", "CASE WHEN matched <> '' THEN practice END"),
    ("matched", "CASE WHEN matched <> '' THEN matched ELSE 'none' END"),
    ("speaks_for_practice", "speaks"),
    ("month", "strftime(month, '%Y-%m-%d')"),
    ("name", "name"),
    ("published_ods_code", "nullif(ods_code, '')"),
    ("postcode", "postcode"),
    ("provider", "nullif(provider, '')"),
    ("provider_name", "nullif(provider_name, '')"),
    ("local_authority", "local_authority"),
    *((question, f"nullif({question}, '')") for question in cqc.QUESTIONS),
    ("report_date", "strftime(report_date, '%Y-%m-%d')"),
    ("framework", "nullif(framework, '')"),
    ("inherited", "CASE upper(inherited) WHEN 'Y' THEN true WHEN 'N' THEN false END"),
    ("dormant", "CASE upper(dormant) WHEN 'Y' THEN true WHEN 'N' THEN false END"),
    ("services", "nullif(service_types, '')"),
    ("specialisms", "nullif(specialisms, '')"),
    ("last_check", "strftime(last_check, '%Y-%m-%d')"),
    ("website", "nullif(website, '')"),
    ("url", f"'{cqc.LOCATION_PAGE}' || location"),
)


def _flag(meaning: str) -> fields.Boolean:
    return fields.Boolean(required=True, allow_none=True, metadata={"description": meaning})


LocationRow = schemas.schema(
    "CqcLocationRow",
    {
        "location": schemas.text("Id of the location"),
        "ods_code": schemas.text(
            "Practice to which it belongs; null if none is known", missing=True
        ),
        "matched": schemas.text(
            "How the practice was found: code, branch, name and postcode, none"
        ),
        "speaks_for_practice": fields.Boolean(
            required=True, metadata={"description": "Whether its rating counts as the practice's"}
        ),
        "month": schemas.day("First day of the month"),
        "name": schemas.text("Name of the location"),
        "published_ods_code": schemas.text("ODS code as the publisher gives it", missing=True),
        "postcode": schemas.text("Postcode"),
        "provider": schemas.text("Id of the provider", missing=True),
        "provider_name": schemas.text("Name of the provider", missing=True),
        "local_authority": schemas.text("Local authority"),
        **{
            question: schemas.text(f"{label} rating; null if not rated or not known", missing=True)
            for question, label in cqc.QUESTIONS.items()
        },
        "report_date": schemas.day("Day of the report", missing=True),
        "framework": schemas.text("Framework of the day of the report", missing=True),
        "inherited": _flag("Whether the rating is of an earlier provider"),
        "dormant": _flag("Whether the location is dormant"),
        "services": schemas.text("Service types, joined by |", missing=True),
        "specialisms": schemas.text("Specialisms, joined by |", missing=True),
        "last_check": schemas.day("Day of the latest check", missing=True),
        "website": schemas.text("Website", missing=True),
        "url": schemas.text("Page of the location, with its reports"),
    },
)
FrameworkRow = schemas.schema(
    "CqcFrameworkRow",
    {
        "version": schemas.text("Id of the version"),
        "name": schemas.text("Name of the version"),
        "first_day": schemas.day("First day of its use", missing=True),
        "last_day": schemas.day("Last day of its use", missing=True),
        "confirmed": fields.Boolean(required=True),
        "status": schemas.text("What is known of it"),
        "key_question": schemas.text("Key question"),
        "number": schemas.whole("Place within the key question", missing=False),
        "kind": schemas.text("Quality statement or line of enquiry"),
        "statement": schemas.text("Its name"),
    },
)
MythbusterRow = schemas.schema(
    "CqcMythbusterRow",
    {
        "number": schemas.whole("Number of the mythbuster", missing=False),
        "title": schemas.text("Title"),
        "title_confirmed": fields.Boolean(required=True),
        "index": schemas.text("Address of the publisher's full list"),
    },
)


def _locations(arguments: Mapping[str, Any]) -> dict[str, Any]:
    snapshot = live(DATASET)
    wanted = arguments.get("month")
    equal = tuple(
        (column, arguments[name])
        for name, column in (("practice", "practice"), ("location", "location"),
                             ("rating", "overall"))
        if name in arguments
    )  # fmt: skip
    if found := arguments.get("matched"):
        equal += (("matched", "" if found == "none" else found),)
    query = FactQuery(
        columns=_COLUMNS,
        order=("name", "location"),
        equal=equal,
        holding=((_SOUGHT, arguments["search"]),) if "search" in arguments else (),
        within=within(arguments),
    )
    months = [date.fromisoformat(wanted) if wanted else snapshot.latest]
    return rows_of(snapshot, query, months, arguments)


def _frameworks(arguments: Mapping[str, Any]) -> dict[str, Any]:
    rows = [
        {
            "version": one.id,
            "name": one.name,
            "first_day": one.first_day.isoformat() if one.first_day else None,
            "last_day": one.last_day.isoformat() if one.last_day else None,
            "confirmed": one.confirmed,
            "status": one.status,
            "key_question": question,
            "number": number,
            "kind": one.statement,
            "statement": statement,
        }
        for one in cqc.frameworks()
        for question, statements in one.statements.items()
        for number, statement in enumerate(statements, 1)
        if arguments.get("version", one.id).lower() == one.id
    ]
    return given_rows(rows, arguments)


def _mythbusters(arguments: Mapping[str, Any]) -> dict[str, Any]:
    index = cqc.mythbuster_index()
    rows = [asdict(one) | {"index": index} for one in cqc.mythbusters()]
    return given_rows(rows, arguments)


def add(v1: Blueprint) -> None:
    @v1.endpoint(
        "/cqc/locations/", name="cqc-locations", summary="CQC locations and their ratings",
        description="GP locations of a month, with or without a practice.",
        query=Query(), answer=schemas.listing("CqcLocation", LocationRow),
    )  # fmt: skip
    def locations(arguments: dict[str, Any]) -> Response:
        return answer(lambda: _locations(arguments))

    @v1.endpoint(
        "/cqc/frameworks/", name="cqc-frameworks", summary="CQC assessment frameworks",
        description="Versions of the framework whose statements are known, one row for each.",
        query=FrameworkQuery(), answer=schemas.listing("CqcFramework", FrameworkRow, PlainList),
    )  # fmt: skip
    def frameworks(arguments: dict[str, Any]) -> Response:
        return answer(lambda: _frameworks(arguments))

    @v1.endpoint(
        "/cqc/mythbusters/", name="cqc-mythbusters", summary="CQC mythbusters for GP practices",
        description="Those that were seen; the publisher's list has more.",
        query=PageQuery(), answer=schemas.listing("CqcMythbuster", MythbusterRow, PlainList),
    )  # fmt: skip
    def mythbusters(arguments: dict[str, Any]) -> Response:
        return answer(lambda: _mythbusters(arguments))
