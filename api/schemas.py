"""The shape of every answer, for the OpenAPI document. Rows are never dumped through these."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

import marshmallow as ma

from data import periods
from data.month_block import HOME_COLUMNS
from data.questions.rows import LONG, LONG_IDENTITY, ratios
from data.spec import LEVELS, Dataset, Level

fields = ma.fields
Member = fields.Field[Any]


def text(meaning: str, *, missing: bool = False) -> Member:
    return fields.String(required=True, allow_none=missing, metadata={"description": meaning})


def whole(meaning: str, *, missing: bool = True) -> Member:
    return fields.Integer(required=True, allow_none=missing, metadata={"description": meaning})


def decimal(meaning: str) -> Member:
    return fields.Float(required=True, allow_none=True, metadata={"description": meaning})


def flag(meaning: str, *, missing: bool = False) -> Member:
    return fields.Boolean(required=True, allow_none=missing, metadata={"description": meaning})


def day(meaning: str, *, missing: bool = False) -> Member:
    return fields.Date(required=True, allow_none=missing, metadata={"description": meaning})


def schema(name: str, members: dict[str, Any]) -> type[ma.Schema]:
    return ma.Schema.from_dict(members, name=name)


Error = schema(
    "Error",
    {
        "detail": text("What is wrong, in words."),
        "code": text("What is wrong, for programs, such as `missing_filter`."),
        "errors": fields.Dict(
            required=True,
            keys=fields.String(),
            values=fields.List(fields.String()),
            metadata={"description": "Messages by parameter."},
        ),
        "request_id": fields.String(metadata={"description": "Only with status 500."}),
    },
)

Meta = schema(
    "Meta",
    {
        "dataset": text("Dataset id."),
        "title": text("Dataset name."),
        "version": text("Published version that answered. It never changes."),
        "publisher": text("Who publishes the figures."),
        "source": text("Address of the release or series."),
        "release": text("Title of the release."),
        "published": day("When the release came out.", missing=True),
        "licence": text("Licence of the data."),
        "latest": text("Latest period held: first day of a month, or a year."),
        "partial": fields.String(
            metadata={"description": "Which parts of the period are held and which are missing."}
        ),
        "caveats": fields.List(
            fields.String(), metadata={"description": "Only with `include=caveats`."}
        ),
        "citation": fields.String(metadata={"description": "Only with `include=citation`."}),
    },
)
NoMeta = schema("NoMeta", {})


def listing(
    name: str, members: Mapping[str, fields.Field], meta: type[ma.Schema] = Meta
) -> type[ma.Schema]:
    """The envelope of a list of rows. `fields` may leave out any member of a row."""
    row = schema(f"{name}Row", {key: _optional(member) for key, member in members.items()})
    return schema(
        f"{name}List",
        {
            "count": fields.Integer(required=True, metadata={"description": "Rows on all pages."}),
            "next": fields.Url(required=True, allow_none=True, require_tld=False),
            "previous": fields.Url(required=True, allow_none=True, require_tld=False),
            "results": fields.List(fields.Nested(row), required=True),
            "meta": fields.Nested(meta, required=True),
            "demonstration": fields.Boolean(
                required=True, metadata={"description": "True when the data are fictional."}
            ),
        },
    )


HOME = {
    "pcn": "PCN code; null outside PCNs",
    "sub_icb": "Sub-ICB location code",
    "icb": "ICB code",
    "region": "NHS region code",
    "supplier": "Clinical system supplier",
}


def period(dataset: Dataset) -> dict[str, Any]:
    """The member of a row that says which period it is of."""
    if periods.is_annual(dataset.period):
        return {"year": text(f"Year, such as {periods.example(dataset.period)}")}
    return {"month": day("First day of the month")}


def number(dataset: Dataset, parts: tuple[str, ...], meaning: str) -> fields.Field:
    """A sum of parts: whole when all of them are counts."""
    counts = all(dataset.part(part).kind == "count" for part in parts)
    return whole(meaning) if counts else decimal(meaning)


def _wide(dataset: Dataset) -> dict[str, Any]:
    measures = ratios(dataset)
    values = {
        m.id: fields.Float(
            allow_none=True, metadata={"description": f"{m.label} ({m.unit}): {m.what}"}
        )
        for m in measures
    }
    tops = {
        m.id: _optional(number(dataset, m.num_parts, f"Top of {m.label}: {m.num}"))
        for m in measures
    }
    bottoms = {
        m.id: _optional(number(dataset, m.den_parts, f"Bottom of {m.label}: {m.den}"))
        for m in measures
    }
    name = _name(dataset)
    who = {
        "ods_code": text("ODS code of the practice, or of the organisation named by `org`"),
        "name": text("Its name", missing=True),
        **period(dataset),
        **{
            column: text(f"{HOME[column]}, in that month; null above practices", missing=True)
            for column in HOME_COLUMNS
        },
    }
    if not dataset.has_practices:
        who = {**_area(dataset.levels), **period(dataset)}
    return {
        **who,
        **{part.id: number(dataset, (part.id,), part.label) for part in dataset.parts},
        "rates": fields.Nested(schema(f"{name}Rates", values)),
        "numerators": fields.Nested(schema(f"{name}Numerators", tops)),
        "denominators": fields.Nested(schema(f"{name}Denominators", bottoms)),
    }


def _area(levels: tuple[Level, ...]) -> dict[str, Any]:
    """The members of a row that say which organisation it is of, at any level."""
    meanings = (f"Level: one of {', '.join(levels)}", "Code of the organisation")
    return dict(zip(LONG_IDENTITY, (text(m) for m in meanings), strict=False)) | {
        "name": text("Name of the organisation", missing=True)
    }


def _long(dataset: Dataset) -> dict[str, Any]:
    shape = LONG[dataset.id]
    return {
        **_area(LEVELS),
        **period(dataset),
        **{dim: text(f"{_words(dim)}; ALL is a total") for dim in shape.dims},
        shape.value: whole(f"{dataset.title}; null where missing"),
    }


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _name(dataset: Dataset) -> str:
    return "".join(word.capitalize() for word in dataset.id.split("-"))


def _optional(member: fields.Field) -> fields.Field:
    member = copy(member)
    member.required = False
    return member


def dataset_row(dataset: Dataset) -> dict[str, Any]:
    """The members of a row of a dataset's own endpoint."""
    return _long(dataset) if dataset.id in LONG else _wide(dataset)
