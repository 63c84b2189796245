"""`/api/v1/`: the index, and one list endpoint for each dataset that has rows by month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import marshmallow as ma
from flask import Response, request

from api import cells, own, schemas
from api.access import install as install_access
from api.arguments import Blueprint
from api.errors import ApiError
from api.errors import install as install_errors
from api.filters import (
    chosen_fields,
    filters,
    query_schema,
    require_starred,
    selection,
    window,
)
from api.paging import envelope
from api.responses import answer, kept, meta
from data import periods
from data.db import library
from data.registry import all_datasets
from data.rows import Page, page
from data.settings import Settings
from data.snapshot import Snapshot
from data.spec import Dataset

PREFIX = "/api/v1"
NAME = "v1"


def listed() -> tuple[Dataset, ...]:
    """Datasets with a generated endpoint; the others have their own."""
    return tuple(one for one in all_datasets() if f"{one.id}/" not in own.PATHS)


def blueprint(settings: Settings) -> Blueprint:
    v1 = Blueprint(NAME, __name__, url_prefix=PREFIX, description="Figures and organisations")
    install_access(v1, public=frozenset({f"{NAME}.index"}))
    v1.before_request(kept)
    install_errors(v1)
    _add_index(v1, settings)
    for module in own.MODULES:
        module.add(v1)
    for dataset in listed():
        _add_list(v1, dataset)
    cells.add(v1)
    return v1


def _add_list(v1: Blueprint, dataset: Dataset) -> None:
    starred = ", ".join(f"`{f.name}`" for f in filters(dataset) if f.starred)

    @v1.endpoint(
        f"/{dataset.id}/",
        name=dataset.id,
        summary=dataset.title,
        description=f"{dataset.series}, {dataset.publisher}. At least one of {starred} is needed.",
        query=query_schema(dataset),
        answer=schemas.dataset_rows(dataset),
    )
    def rows(arguments: dict[str, Any]) -> Response:
        return _rows(dataset, arguments)


def _rows(dataset: Dataset, arguments: Mapping[str, Any]) -> Response:
    require_starred(dataset, arguments)
    fields = chosen_fields(dataset, arguments)
    return answer(lambda: _list(dataset, arguments, fields))


def _list(dataset: Dataset, arguments: Mapping[str, Any], fields: frozenset[str]) -> dict[str, Any]:
    snapshot = _version(dataset, arguments.get("as_of"))
    shown = window(arguments)
    directory = library().directory()
    wanted = selection(dataset, arguments, directory)
    found = Page(0, [])
    if wanted is not None:
        found = page(
            snapshot, directory, wanted, offset=shown.offset, limit=shown.size, fields=fields
        )
    about = meta(snapshot, wanted.month if wanted else None)
    if arguments.get("include") == "caveats":
        about = about | {"caveats": [*dataset.caveats, *snapshot.manifest.notes]}
    return envelope(shown, found.count, found.rows) | {
        "meta": about,
        "demonstration": snapshot.manifest.demo,
    }


def _version(dataset: Dataset, as_of: date | None) -> Snapshot:
    live = library().current(dataset.id)
    if live is None:
        raise ApiError(
            503, "not_loaded", detail=f"No release of {dataset.id} is loaded on this server."
        )
    if as_of is None:
        return live
    found = library().as_of(dataset.id, as_of)
    if found is None:
        told = f"No version of {dataset.id} as published on {as_of} is kept on this server."
        raise ApiError(400, "invalid_parameter", detail=told, errors={"as_of": [told]})
    return found


class _Nothing(ma.Schema):
    """An endpoint without parameters, which refuses any."""


def _add_index(v1: Blueprint, settings: Settings) -> None:
    @v1.endpoint(
        "/",
        name="index",
        summary="What the API offers and how to sign in",
        query=_Nothing(),
        answer=IndexSchema,
        public=True,
    )
    def index(_arguments: dict[str, Any]) -> Response:
        root = request.root_url.rstrip("/")
        live = {d.id: library().current(d.id) for d in all_datasets()}
        return answer(
            lambda: {
                "name": "Haresign API",
                "version": "v1",
                "authentication": {
                    "scheme": "Bearer",
                    "header": "Authorization: Bearer <key>",
                    "keys": "Issued by whoever runs this server: `flask keys issue --name NAME`.",
                    "public": [f"{PREFIX}/", "/api/schema/", "/api/docs/", "/api/redoc/"],
                },
                "limits": {
                    "requests_per_hour": settings.api_hourly_limit,
                    "requests_per_day": settings.api_daily_limit,
                },
                "documentation": {
                    "schema": f"{root}/api/schema/",
                    "swagger_ui": f"{root}/api/docs/",
                    "redoc": f"{root}/api/redoc/",
                },
                "endpoints": [
                    f"{root}{PREFIX}/{path}"
                    for path in (
                        *own.PATHS,
                        *(f"{dataset.id}/" for dataset in listed()),
                        *cells.paths(),
                    )
                ],
                "datasets": [
                    {
                        "id": dataset_id,
                        "title": snapshot.dataset.title,
                        "version": snapshot.version,
                        "latest": periods.written(snapshot.dataset.period, snapshot.latest),
                    }
                    for dataset_id, snapshot in live.items()
                    if snapshot is not None
                ],
                "demonstration": library().demo,
            }
        )


IndexSchema = schemas.schema(
    "Index",
    {
        "name": schemas.text("Name of the API"),
        "version": schemas.text("Version of the API"),
        "authentication": ma.fields.Dict(required=True),
        "limits": ma.fields.Dict(required=True),
        "documentation": ma.fields.Dict(required=True),
        "endpoints": ma.fields.List(ma.fields.String(), required=True),
        "datasets": ma.fields.List(ma.fields.Dict(), required=True),
        "demonstration": ma.fields.Boolean(required=True),
    },
)
