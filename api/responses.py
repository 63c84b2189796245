"""JSON as bytes, tags of data versions, and what every answer says about its data."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import orjson
from flask import Response, g, request

from data import periods
from data.db import library
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
BODIES_BYTES = 24 * 1024 * 1024  # of answers kept in each process
LARGEST_BODY = 512 * 1024


class Bodies:
    """Answers by their tag, the least recently used dropped first.

    A tag stands for an address and the versions that answer it, and versions never change, so
    there is nothing to expire.
    """

    def __init__(self, limit: int) -> None:
        self._limit, self._bytes = limit, 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, etag: str) -> bytes | None:
        with self._lock:
            body = self._kept.get(etag)
            if body is not None:
                self._kept.move_to_end(etag)
            return body

    def keep(self, etag: str, body: bytes) -> None:
        if len(body) > LARGEST_BODY:
            return
        with self._lock:
            self._bytes += len(body) - len(self._kept.pop(etag, b""))
            self._kept[etag] = body
            while self._bytes > self._limit:
                self._bytes -= len(self._kept.popitem(last=False)[1])


_bodies = Bodies(BODIES_BYTES)


def kept() -> Response | None:
    """An answer that needs no work: the caller has it (304), or this process does.

    Asked before parameters are even read, because only addresses that were answered have a tag.
    """
    if request.method not in ("GET", "HEAD"):
        return None
    etag = g.etag = tag([snapshot.version for snapshot in library().live()])
    if "If-None-Match" in request.headers and etag.strip('"') in request.if_none_match:
        return Response(status=304, headers={"ETag": etag})
    body = _bodies.get(etag)
    if body is None:
        return None
    return Response(body, content_type=JSON, headers={"ETag": etag})


def answer(make: Callable[[], Any]) -> Response:
    """What `make` gives as JSON, under the tag that `kept` found nothing for."""
    body = orjson.dumps(make())
    _bodies.keep(g.etag, body)
    return Response(body, content_type=JSON, headers={"ETag": g.etag})


def tag(versions: Sequence[str]) -> str:
    """ETag of this request's address over those versions of the data."""
    asked = request.environ
    parts = [asked.get(name, "") for name in ADDRESS]
    told = "\n".join((SHAPE, *parts, *versions))
    return f'"{hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:32]}"'


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
        "latest": periods.written(snapshot.dataset.period, snapshot.latest),
    }
