"""One endpoint for each extra fact table of a dataset: `online-consultations/time/`.

Tables that have rows of their own making in another module are not given twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import marshmallow as ma
from flask import Response

from api import own, schemas
from api.arguments import Blueprint
from api.errors import ApiError
from api.filters import Filter, filters, paging_fields, require_one, selection, text, window
from api.paging import envelope
from api.responses import answer, meta
from data import periods
from data.db import library
from data.facts import cell_page
from data.registry import all_datasets
from data.rows import Page
from data.spec import ENGLAND, Dataset, FactTable

_CODES = {"practice": "ODS code of the practice", "england": f"{ENGLAND}, for England"}


def _tables() -> Iterator[tuple[str, Dataset, FactTable]]:
    """(path, dataset, table) of each endpoint."""
    for dataset in all_datasets():
        for table in dataset.extra:
            path = f"{dataset.id}/{table.id}/"
            if path not in own.PATHS:
                yield path, dataset, table


def paths() -> tuple[str, ...]:
    return tuple(path for path, _, _ in _tables())


def add(v1: Blueprint) -> None:
    for _, dataset, table in _tables():
        _add_table(v1, dataset, table)


def _starred(dataset: Dataset, table: FactTable) -> tuple[Filter, ...]:
    """The filters of which one is needed; a table of England is small and needs none."""
    period = periods.column(dataset)
    if table.level == "england":
        return tuple(replace(one, starred=False) for one in filters(dataset) if one.name == period)
    return tuple(
        replace(one, name=table.asked_by) if table.asked_by and one.name == period else one
        for one in filters(dataset)
        if one.starred
    )


def _add_table(v1: Blueprint, dataset: Dataset, table: FactTable) -> None:
    starred = _starred(dataset, table)
    fields: dict[str, ma.fields.Field] = {one.name: one.field() for one in starred}
    for dim in table.dims:
        fields[dim] = text(f"Only rows with this {dim.replace('_', ' ')}, in either case.")
    absent = "; cells of 0 are absent" if table.kind == "count" else ""
    told = f"Rows by practice{absent}. At least one of {_listed(starred)} is needed."
    if table.level == "england":
        told = "Rows of England only, as the publisher gives them."

    @v1.endpoint(
        f"/{dataset.id}/{table.id}/",
        name=f"{dataset.id}-{table.id}",
        summary=f"{dataset.title}: {table.label[:1].lower()}{table.label[1:]}",
        description=told,
        query=ma.Schema.from_dict(fields | paging_fields())(),
        answer=_schema(dataset, table),
    )
    def rows(arguments: dict[str, Any]) -> Response:
        if table.level == "practice":
            require_one(starred, arguments)
        return answer(lambda: _list(dataset, table, arguments))


def _listed(starred: tuple[Filter, ...]) -> str:
    return ", ".join(f"`{one.name}`" for one in starred)


def _schema(dataset: Dataset, table: FactTable) -> type[ma.Schema]:
    name = "".join(word.capitalize() for word in f"{dataset.id}-{table.id}".split("-"))
    members = {
        "ods_code": schemas.text(_CODES[table.level]),
        "name": schemas.text("Its name", missing=True),
        **schemas.period(dataset),
        **{dim: schemas.text(dim.replace("_", " ").capitalize()) for dim in table.dims},
        table.value: (schemas.decimal if table.kind == "decimal" else schemas.whole)(table.label),
    }
    return schemas.listing(name, schemas.schema(f"{name}Row", members))


def _list(dataset: Dataset, table: FactTable, arguments: Mapping[str, Any]) -> dict[str, Any]:
    snapshot = library().current(dataset.id)
    if snapshot is None:
        raise ApiError(
            503, "not_loaded", detail=f"No release of {dataset.id} is loaded on this server."
        )
    shown, directory = window(arguments), library().directory()
    areas = {
        periods.column(dataset) if name == table.asked_by else name: value
        for name, value in arguments.items()
        if name not in table.dims
    }
    if table.level == "england":
        areas |= {"org": ENGLAND}
    wanted = selection(dataset, areas, directory)
    found = Page(0, [])
    if wanted is not None:
        labels = {dim: arguments[dim] for dim in table.dims if dim in arguments}
        with library().cursor() as cursor:
            found = cell_page(
                cursor, snapshot, directory, table, wanted,
                labels=labels, offset=shown.offset, limit=shown.size,
            )  # fmt: skip
    return envelope(shown, found.count, found.rows) | {
        "meta": meta(snapshot, wanted.month if wanted else None),
        "demonstration": snapshot.manifest.demo,
    }
