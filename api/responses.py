"""JSON as bytes, tags of data versions, and what every answer says about its data."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import orjson
from flask import Response, g, request

from data import periods
from data.db import library
from data.kept import Answer, Kept
from data.snapshot import Snapshot

JSON = "application/json; charset=utf-8"
SHAPE = "1"  # raise it when the same data is answered in another form, so that tags change


def json_response(
    payload: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Serialised here and not by marshmallow, which takes longer than finding the rows."""
    response = Response(orjson.dumps(payload), status=status, content_type=JSON)
    if headers:
        response.headers.update(headers)
    return response


ADDRESS = ("wsgi.url_scheme", "HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")
BODIES_BYTES = 16 * 1024 * 1024  # of answers kept in each process

_bodies = Kept(BODIES_BYTES)


def kept() -> Response | None:
    """An answer that needs no work: the caller has it (304), or this process does.

    Asked before parameters are even read, because only addresses that were answered have a tag.
    """
    if request.method not in ("GET", "HEAD"):
        return None
    etag = g.etag = tag([snapshot.version for snapshot in library().live()])
    if "If-None-Match" in request.headers and etag.strip('"') in request.if_none_match:
        return Response(status=304, headers={"ETag": etag})
    found = _bodies.get(etag)
    return None if found is None else Response(found.body, headers=list(found.headers))


def answer(make: Callable[[], Any]) -> Response:
    """What `make` gives as JSON, under the tag that `kept` found nothing for."""
    made = Answer(orjson.dumps(make()), (("Content-Type", JSON), ("ETag", g.etag)))
    _bodies.keep(g.etag, made)
    return Response(made.body, headers=list(made.headers))


def tag(versions: Sequence[str]) -> str:
    """ETag of this request's address over those versions of the data."""
    asked = request.environ
    parts = [asked.get(name, "") for name in ADDRESS]
    told = "\n".join((SHAPE, *parts, *versions))
    return f'"{hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:32]}"'


@lru_cache(maxsize=256)
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
