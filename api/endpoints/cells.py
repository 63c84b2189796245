"""One endpoint for each extra fact table of a dataset: `online-consultations/time/`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import marshmallow as ma

from api import schemas
from api.filters import filters, selection
from api.listing import Asked, Listing
from api.parameters import Filter, narrowing
from data import periods
from data.questions.facts import cell_page
from data.questions.rows import Page
from data.spec import ENGLAND, Dataset, FactTable
from data.versions.db import library

_CODES = {"practice": "ODS code of the practice", "england": f"{ENGLAND}, for England"}


def of_table(dataset: Dataset, table: FactTable) -> Listing:
    period = periods.column(dataset)
    when = table.asked_by or period
    practices = table.level == "practice"
    given = tuple(
        replace(parameter, name=when) if parameter.name == period else parameter
        for parameter in filters(dataset)
        if parameter.starred and (practices or parameter.name == period)
    )
    dims = tuple(
        Filter(dim, f"Only rows with this {dim.replace('_', ' ')}, in either case.")
        for dim in table.dims
    )
    absent = "; cells of 0 are absent" if table.kind == "count" else ""
    return Listing(
        path=f"{dataset.id}/{table.id}/",
        dataset=dataset,
        summary=f"{dataset.title}: {table.label[:1].lower()}{table.label[1:]}",
        description=f"Rows by practice{absent}." if practices else "Rows of England, as published.",
        filters=(*(given if practices else narrowing(*given)), *narrowing(*dims)),
        when=when,
        membership=practices,
        row=_row(dataset, table),
        rows=partial(_rows, table),
    )


def _row(dataset: Dataset, table: FactTable) -> dict[str, ma.fields.Field]:
    return {
        "ods_code": schemas.text(_CODES[table.level]),
        "name": schemas.text("Its name", missing=True),
        **schemas.period(dataset),
        **{dim: schemas.text(dim.replace("_", " ").capitalize()) for dim in table.dims},
        table.value: (schemas.decimal if table.kind == "decimal" else schemas.whole)(table.label),
    }


def _rows(table: FactTable, asked: Asked) -> Page:
    given, directory = asked.arguments, library().directory()
    areas = {name: value for name, value in given.items() if name not in table.dims}
    if table.level == "england":
        areas |= {"org": ENGLAND}
    wanted = selection(asked.snapshot.dataset, areas, directory, asked.period)
    if wanted is None:
        return Page(0, [])
    with library().cursor() as cursor:
        return cell_page(
            cursor,
            asked.snapshot,
            directory,
            table,
            wanted,
            labels={dim: given[dim] for dim in table.dims if dim in given},
            offset=asked.window.offset,
            limit=asked.window.size,
        )
