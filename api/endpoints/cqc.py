"""`cqc/locations/`, `cqc/frameworks/` and `cqc/mythbusters/`: ratings and what they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from api import schemas
from api.facts import facts
from api.listing import Arguments, Asked, Listing, Reference
from api.parameters import AREAS, PRACTICE, Filter, month, narrowing
from data.datasets.cqc import DATASET
from data.datasets.vocabulary import cqc
from data.questions.facts import FactQuery
from data.questions.rows import Page, Row

_SOUGHT = "concat_ws(' ', location, ods_code, name, postcode, replace(postcode, ' ', ''))"
_MATCHED = ("code", "branch", "name and postcode", "none")
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
_LOCATION_ROW = {
    "location": schemas.text("Id of the location"),
    "ods_code": schemas.text("Practice to which it belongs; null if none is known", missing=True),
    "matched": schemas.text("How the practice was found: code, branch, name and postcode, none"),
    "speaks_for_practice": schemas.flag("Whether its rating counts as the practice's"),
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
    "inherited": schemas.flag("Whether the rating is of an earlier provider", missing=True),
    "dormant": schemas.flag("Whether the location is dormant", missing=True),
    "services": schemas.text("Service types, joined by |", missing=True),
    "specialisms": schemas.text("Specialisms, joined by |", missing=True),
    "last_check": schemas.day("Day of the latest check", missing=True),
    "website": schemas.text("Website", missing=True),
    "url": schemas.text("Page of the location, with its reports"),
}
_FRAMEWORK_ROW = {
    "version": schemas.text("Id of the version"),
    "name": schemas.text("Name of the version"),
    "first_day": schemas.day("First day of its use", missing=True),
    "last_day": schemas.day("Last day of its use", missing=True),
    "confirmed": schemas.flag("Whether the version is confirmed"),
    "status": schemas.text("What is known of it"),
    "key_question": schemas.text("Key question"),
    "number": schemas.whole("Place within the key question", missing=False),
    "kind": schemas.text("Quality statement or line of enquiry"),
    "statement": schemas.text("Its name"),
}
_MYTHBUSTER_ROW = {
    "number": schemas.whole("Number of the mythbuster", missing=False),
    "title": schemas.text("Title"),
    "title_confirmed": schemas.flag("Whether the title is confirmed"),
    "index": schemas.text("Address of the publisher's full list"),
}
_LOCATIONS = facts(
    FactQuery(columns=_COLUMNS, order=("name", "location")),
    equal={
        "practice": "practice",
        "location": "location",
        "rating": "overall",
        "matched": "matched",
    },
    holding={"search": _SOUGHT},
)


def _locations(asked: Asked) -> Page:
    if asked.arguments.get("matched") == "none":
        asked = replace(asked, arguments={**asked.arguments, "matched": ""})
    return _LOCATIONS(asked)


def _frameworks(arguments: Arguments) -> Sequence[Row]:
    return [
        {
            "version": framework.id,
            "name": framework.name,
            "first_day": framework.first_day.isoformat() if framework.first_day else None,
            "last_day": framework.last_day.isoformat() if framework.last_day else None,
            "confirmed": framework.confirmed,
            "status": framework.status,
            "key_question": question,
            "number": number,
            "kind": framework.statement,
            "statement": statement,
        }
        for framework in cqc.frameworks()
        for question, statements in framework.statements.items()
        for number, statement in enumerate(statements, 1)
        if arguments.get("version", framework.id).lower() == framework.id
    ]


def _mythbusters(_: Arguments) -> Sequence[Row]:
    index = cqc.mythbuster_index()
    return [asdict(mythbuster) | {"index": index} for mythbuster in cqc.mythbusters()]


LISTS = (
    Listing(
        path="cqc/locations/",
        dataset=DATASET,
        summary="CQC locations and their ratings",
        description="GP locations of a month, with or without a practice.",
        filters=narrowing(
            Filter("month", "First day of a month; without it the latest.", month, "2026-10-01"),
            Filter(
                "search",
                "Part of a name, ODS code, postcode or location id.",
                example="Mill Lane",
            ),
            PRACTICE,
            Filter("location", "Id of a location.", example="1-541234567"),
            Filter("rating", "Overall rating.", example="Good"),
            Filter("matched", "How its practice was found.", options=_MATCHED),
            *AREAS,
        ),
        when="month",
        newest=True,
        membership=True,
        row=_LOCATION_ROW,
        rows=_locations,
    ),
    Reference(
        path="cqc/frameworks/",
        summary="CQC assessment frameworks",
        description="Versions of the framework whose statements are known, one row for each.",
        filters=narrowing(
            Filter("version", "Id of a version.", example="single-assessment-framework")
        ),
        row=_FRAMEWORK_ROW,
        rows=_frameworks,
    ),
    Reference(
        path="cqc/mythbusters/",
        summary="CQC mythbusters for GP practices",
        description="Those known here; the publisher's list has more.",
        row=_MYTHBUSTER_ROW,
        rows=_mythbusters,
    ),
)
