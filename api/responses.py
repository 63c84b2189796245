"""JSON as bytes, and what every answer says about its data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import orjson
from flask import Response, request

from data import periods
from data.questions import provenance
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
    about: dict[str, Any] = {
        "dataset": dataset.id,
        "title": dataset.title,
        "version": snapshot.version,
        "publisher": dataset.publisher,
        "source": provenance.address_of(snapshot, release),
        "release": release.title,
        "published": release.published.isoformat() if release.published else None,
        "licence": dataset.licence,
        "latest": periods.written(snapshot.dataset.period, snapshot.latest),
    }
    if manifest.periods[period].partial:
        about["partial"] = manifest.periods[period].incompleteness
    if "caveats" in include:
        about["caveats"] = [*dataset.caveats, *manifest.notes]
    if "citation" in include:
        months = (month,) if month in snapshot.months else snapshot.months
        about["citation"] = provenance.citation(
            snapshot, months[0], months[-1], address=about["source"]
        )
    return about
