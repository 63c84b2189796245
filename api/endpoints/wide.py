"""One endpoint for each dataset, with every part and measure of an organisation and period."""

from __future__ import annotations

from api import schemas
from api.filters import filters, one_number, row_filters, selection
from api.listing import Asked, Listing
from data import periods
from data.questions.rows import Page, field_names, page
from data.spec import Dataset
from data.versions.db import library


def of_dataset(dataset: Dataset) -> Listing:
    return Listing(
        path=f"{dataset.id}/",
        dataset=dataset,
        summary=dataset.title,
        description=f"{dataset.series}, {dataset.publisher}.",
        filters=(*filters(dataset), *row_filters(dataset)),
        when=periods.column(dataset),
        membership=True,
        row=schemas.dataset_row(dataset),
        rows=_rows,
        names=field_names(dataset),
    )


def _rows(asked: Asked) -> Page:
    dataset, directory = asked.snapshot.dataset, library().directory()
    wanted = selection(dataset, asked.arguments, directory, asked.period)
    if wanted is None:
        return Page(0, [])
    return page(
        asked.snapshot,
        directory,
        wanted,
        offset=asked.window.offset,
        limit=asked.window.size,
        fields=asked.fields or one_number(dataset, asked.arguments),
    )
