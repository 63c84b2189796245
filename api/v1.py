"""`/api/v1/`: the index, and every list."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response, request

from api import schemas
from api.access import install as install_access
from api.arguments import Blueprint, NoQuery
from api.endpoints import datasets
from api.endpoints.lists import LISTS
from api.errors import install as install_errors
from api.responses import answer
from data import periods
from data.registry import all_datasets
from data.settings import Settings
from data.versions.db import library

PREFIX = "/api/v1"
NAME = "v1"
PATHS = (*(listing.path for listing in LISTS), datasets.DETAIL)


def blueprint(settings: Settings) -> Blueprint:
    v1 = Blueprint(NAME, __name__, url_prefix=PREFIX, description="Figures and organisations")
    install_access(v1, public=frozenset({f"{NAME}.index"}))
    install_errors(v1)
    _add_index(v1, settings)
    for listing in LISTS:
        listing.add(v1)
    datasets.add_detail(v1)
    return v1


def _add_index(v1: Blueprint, settings: Settings) -> None:
    @v1.endpoint(
        "/",
        name="index",
        summary="What the API offers and how to sign in",
        query=NoQuery(),
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
                "endpoints": [f"{root}{PREFIX}/{path}" for path in PATHS],
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
                "demonstration": library().store.demo,
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
