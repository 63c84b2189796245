"""How a body is compressed, by what its client can read."""

from __future__ import annotations

import gzip
from functools import lru_cache

import brotli
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

BROTLI, GZIP, PLAIN = "br", "gzip", ""
EACH_QUALITY = {BROTLI: 4, GZIP: 5}  # for what is compressed at every answer
LONGEST = 200  # characters of the header: nobody needs more to name what there is


@lru_cache(maxsize=256)
def _readable(header: str) -> str:
    accepted: Accept = parse_accept_header(header)
    qualities = {name: accepted.quality(name) for name in (BROTLI, GZIP)}
    best = max(qualities, key=lambda name: qualities[name])
    return best if qualities[best] else PLAIN


def readable(header: str) -> str:
    """The smallest encoding that an Accept-Encoding header takes: Brotli, gzip or none."""
    return _readable(header) if header and len(header) <= LONGEST else PLAIN


def compress(body: bytes, encoding: str) -> bytes:
    quality = EACH_QUALITY[encoding]
    if encoding == BROTLI:
        return brotli.compress(body, quality=quality)
    return gzip.compress(body, quality, mtime=0)
