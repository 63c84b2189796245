"""JSON as bytes, tags of data versions, and what every answer says about its data."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import orjson
from flask import Response, request

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


def tag(versions: Sequence[str]) -> str:
    """ETag of this request's address over those versions of the data."""
    told = "\n".join((SHAPE, request.url, *versions)).encode()
    return f'"{hashlib.sha256(told).hexdigest()[:32]}"'


def unchanged(etag: str) -> Response | None:
    """304 when the caller already holds the answer with that tag."""
    if etag.strip('"') in request.if_none_match:
        return Response(status=304, headers={"ETag": etag})
    return None


@lru_cache(maxsize=256)
def meta(snapshot: Snapshot, month: date | None = None) -> dict[str, Any]:
    """Where figures come from; the release is that of the month, or of the latest one."""
    dataset, manifest = snapshot.dataset, snapshot.manifest
    period = month if month in manifest.periods else manifest.latest
    release = manifest.release_of(period)
    return {
        "dataset": dataset.id,
        "title": dataset.title,
        "version": snapshot.version,
        "publisher": dataset.publisher,
        "source": release.url or dataset.source_url,
        "release": release.title,
        "published": release.published.isoformat() if release.published else None,
        "licence": dataset.licence,
        "latest": snapshot.latest.isoformat(),
    }
