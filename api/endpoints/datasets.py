"""`datasets/`: what each dataset holds, what its measures mean, and its published versions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import marshmallow as ma
from flask import Response

from api import schemas
from api.arguments import Blueprint, NoQuery
from api.errors import ApiError
from api.listing import Reference
from api.responses import answer
from data import periods
from data.registry import UnknownDataset, all_datasets, dataset
from data.spec import Dataset, Measure
from data.versions.db import library
from data.versions.freshness import freshness

DETAIL = "datasets/{dataset_id}/"

fields = ma.fields
MeasureSchema = schemas.schema(
    "Measure",
    {
        "id": schemas.text("Name of the measure in `rates`"),
        "label": schemas.text("Name as pages show it"),
        "unit": schemas.text("count, percent, per_1000, per_100, per_day or mean"),
        "polarity": schemas.text("higher_better, lower_better or neutral"),
        "what": schemas.text("The formula in words"),
        "why": schemas.text("How to read it"),
        "numerator": fields.List(fields.String(), required=True),
        "denominator": fields.List(fields.String(), required=True),
    },
)
PartSchema = schemas.schema(
    "Part", {"id": schemas.text("Field name in rows"), "label": schemas.text("What it counts")}
)
_SUMMARY = {
    "id": schemas.text("Dataset id"),
    "title": schemas.text("Dataset name"),
    "publisher": schemas.text("Who publishes it"),
    "series": schemas.text("Name of the published series"),
    "source": schemas.text("Address of the series"),
    "cadence": schemas.text("How often it comes out"),
    "publication_lag": schemas.text("When a period normally comes out"),
    "licence": schemas.text("Licence of the data"),
    "version": schemas.text("Live version", missing=True),
    "earliest": schemas.text("Earliest period held", missing=True),
    "latest": schemas.text("Latest period held", missing=True),
    "freshness": schemas.text(
        "By its rhythm: current, late, behind, or ended where no newer release may come",
        missing=True,
    ),
    "next_due": schemas.day("Last day on which the release after the newest is due", missing=True),
}
Detail = schemas.schema(
    "Dataset",
    {
        **_SUMMARY,
        "dimensions": fields.List(fields.String(), required=True),
        "counts": fields.List(fields.Nested(PartSchema), required=True),
        "measures": fields.List(fields.Nested(MeasureSchema), required=True),
        "caveats": fields.List(fields.String(), required=True),
        "notes": fields.List(
            fields.String(), required=True, metadata={"description": "Of the live version"}
        ),
        "demonstration": fields.Boolean(required=True),
    },
)
_VERSION = {
    "version": schemas.text("Version"),
    "made_at": fields.DateTime(metadata={"description": "When it was built"}),
    "live": schemas.flag("Whether it is the one that answers"),
    "release": schemas.text("Title of its newest release"),
    "published": schemas.day("When that release came out", missing=True),
    "source": schemas.text("Address of that release"),
    "earliest": schemas.text("Earliest period"),
    "latest": schemas.text("Latest period"),
    "rows": schemas.whole("Rows of organisation and month"),
    "sha256": schemas.text("SHA-256 of the list of those rows' files", missing=True),
}


def _summary(declared: Dataset) -> dict[str, Any]:
    snapshot = library().current(declared.id)
    how_old = freshness(declared, snapshot.manifest, datetime.now(UTC).date()) if snapshot else None
    return {
        "id": declared.id,
        "title": declared.title,
        "publisher": declared.publisher,
        "series": declared.series,
        "source": declared.source_url,
        "cadence": declared.cadence,
        "publication_lag": declared.publication_lag,
        "licence": declared.licence,
        "version": snapshot.version if snapshot else None,
        "earliest": periods.written(declared.period, snapshot.months[0]) if snapshot else None,
        "latest": periods.written(declared.period, snapshot.latest) if snapshot else None,
        "freshness": how_old.state if how_old else None,
        "next_due": how_old.due.last.isoformat() if how_old else None,
    }


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "id": measure.id,
        "label": measure.label,
        "unit": measure.unit,
        "polarity": measure.polarity,
        "what": measure.what,
        "why": measure.why,
        "numerator": list(measure.num_parts),
        "denominator": list(measure.den_parts),
    }


def _detail(declared: Dataset) -> dict[str, Any]:
    snapshot = library().current(declared.id)
    return _summary(declared) | {
        "dimensions": list(declared.dims),
        "counts": [{"id": part.id, "label": part.label} for part in declared.parts],
        "measures": [_measure(measure) for measure in declared.measures],
        "caveats": list(declared.caveats),
        "notes": list(snapshot.manifest.notes) if snapshot else [],
        "demonstration": library().store.demo,
    }


def _declared(dataset_id: str) -> Dataset:
    try:
        return dataset(dataset_id.lower())
    except UnknownDataset as error:
        raise ApiError(404, "not_found", detail=str(error.args[0])) from error


def _versions(declared: Dataset) -> list[dict[str, Any]]:
    store = library().store
    live = store.current_version(declared.id)
    rows = []
    for version in store.versions(declared.id):
        manifest = store.manifest(declared.id, version)
        if manifest is None:
            continue
        release = manifest.release
        rows.append(
            {
                "version": version,
                "made_at": manifest.made_at.isoformat(),
                "live": version == live,
                "release": release.title,
                "published": release.published.isoformat() if release.published else None,
                "source": release.url,
                "earliest": periods.written(declared.period, min(manifest.periods)),
                "latest": periods.written(declared.period, manifest.latest),
                "rows": manifest.rows,
                "sha256": manifest.digest,
            }
        )
    return rows


LISTS = (
    Reference(
        path="datasets/",
        summary="Datasets",
        row=_SUMMARY,
        rows=lambda _: [_summary(dataset) for dataset in all_datasets()],
    ),
    Reference(
        path=f"{DETAIL}releases/",
        summary="Published versions of a dataset",
        row=_VERSION,
        rows=lambda arguments: _versions(_declared(arguments["dataset_id"])),
    ),
)


def add_detail(v1: Blueprint) -> None:
    @v1.endpoint(
        "/datasets/<string:dataset_id>/",
        name="dataset",
        summary="A dataset and its measures",
        query=NoQuery(),
        answer=Detail,
    )
    def detail(_: dict[str, Any], dataset_id: str) -> Response:
        declared = _declared(dataset_id)
        return answer(lambda: _detail(declared))
