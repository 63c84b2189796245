"""JSON as bytes, and what every answer says about its data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import orjson
from flask import Response, request

from data import periods
from data.remembered import remembered
from data.versions.snapshot import Snapshot

JSON = "application/json; charset=utf-8"


def json_response(
    payload: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Serialised here and not by marshmallow, which takes longer than finding the rows."""
    response = Response(orjson.dumps(payload), status=status, content_type=JSON)
    if headers:
        response.headers.update(headers)
    return response


ETAG = "haresign.etag"  # of a request's address over the live data, in its environment
KEEP = "haresign.keep"  # there, when the same address is answered the same until they change


def answer(make: Callable[[], Any]) -> Response:
    """What `make` gives as JSON: it follows from the address and the published data alone."""
    environ = request.environ
    body = orjson.dumps(make())
    environ[KEEP] = True  # not before: what is refused while it is made must stay refused
    return Response(body, headers=[("Content-Type", JSON), ("ETag", environ[ETAG])])


@remembered
def meta(
    snapshot: Snapshot, month: date | None = None, include: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Where figures come from; the release is that of the month, or of the latest one.

    `include` adds `caveats`, `citation` or both.
    """
    dataset, manifest = snapshot.dataset, snapshot.manifest
    period = month if month in manifest.periods else manifest.latest
    release = manifest.release_of(period)
    told: dict[str, Any] = {
        "dataset": dataset.id,
        "title": dataset.title,
        "version": snapshot.version,
        "publisher": dataset.publisher,
        "source": release.url or dataset.source_url,
        "release": release.title,
        "published": release.published.isoformat() if release.published else None,
        "licence": dataset.licence,
        "latest": periods.written(snapshot.dataset.period, snapshot.latest),
    }
    if manifest.periods[period].partial:
        told["partial"] = manifest.periods[period].incompleteness
    if "caveats" in include:
        told["caveats"] = [*dataset.caveats, *manifest.notes]
    if "citation" in include:
        told["citation"] = _citation(snapshot, month, source=told["source"])
    return told


def _citation(snapshot: Snapshot, month: date | None, *, source: str) -> str:
    """A sentence to quote: publisher, series, period, licence, version and address."""
    dataset, months = snapshot.dataset, snapshot.months
    shown = (month,) if month in months else (months[0], months[-1])
    period = " to ".join(dict.fromkeys(snapshot.label(one) for one in shown))
    demo = " Demonstration data: every figure is invented." if snapshot.manifest.demo else ""
    return (
        f"{dataset.publisher}. {dataset.series}, {period}. {dataset.licence}. "
        f"Version {snapshot.version}. {source}.{demo}"
    )
