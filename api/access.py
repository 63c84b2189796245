"""Who may ask, how often, and the headers that go with every answer."""

from __future__ import annotations

import time

from flask import Blueprint, Response, g, request

from api.errors import ApiError
from auth.gate import Admission, admit
from data.db import library

PUBLIC_CACHE = "public, max-age=300"
KEYED_CACHE = "private, max-age=300"
METHODS = "GET, HEAD, OPTIONS"
PREFLIGHT = (
    ("Access-Control-Allow-Methods", METHODS),
    ("Access-Control-Allow-Headers", "Authorization, If-None-Match"),
    ("Access-Control-Max-Age", "86400"),
)
EXPOSED = (
    "ETag, Link, Retry-After, X-Haresign-Data, X-RateLimit-Limit, X-RateLimit-Remaining, "
    "X-RateLimit-Reset, X-Request-Id"
)


def require_key(public: frozenset[str]) -> None:
    """Refuse a request without a valid key (401) or beyond its limits (429)."""
    if request.method == "OPTIONS" or request.endpoint in public:
        return
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise ApiError(
            401,
            "not_authenticated",
            detail="This address needs an API key: send `Authorization: Bearer <key>`.",
            headers={"WWW-Authenticate": 'Bearer realm="Haresign"'},
        )
    admission = admit(key.strip())
    if admission is None:
        raise ApiError(
            401,
            "invalid_key",
            detail="The API key is unknown or has been revoked.",
            headers={"WWW-Authenticate": 'Bearer realm="Haresign", error="invalid_token"'},
        )
    g.admission = admission
    if not admission.allowed:
        wait = max(1, admission.tightest.resets - int(time.time()))
        raise ApiError(
            429,
            "rate_limited",
            detail=f"The limit of {admission.tightest.limit:,} requests is used up. "
            f"Try again in {wait} seconds.",
            headers={"Retry-After": str(wait)},
        )


def dress(response: Response) -> Response:
    """Headers of every API answer: caching, cross-origin reading, limits, demonstration data."""
    admission: Admission | None = g.get("admission")
    cache = KEYED_CACHE if admission else PUBLIC_CACHE
    added = [
        ("Cache-Control", "no-store" if response.status_code >= 400 else cache),
        ("Vary", "Authorization"),
        ("Access-Control-Allow-Origin", "*"),
    ]
    if "HTTP_ORIGIN" in request.environ:
        added.append(("Access-Control-Expose-Headers", EXPOSED))
    if request.method == "OPTIONS":
        response.headers["Allow"] = METHODS
        added += PREFLIGHT
    if library().store.demo:
        added.append(("X-Haresign-Data", "demonstration"))
    if admission:
        tightest = admission.tightest
        added += [
            ("X-RateLimit-Limit", str(tightest.limit)),
            ("X-RateLimit-Remaining", str(tightest.remaining)),
            ("X-RateLimit-Reset", str(tightest.resets)),
        ]
    response.headers.extend(added)
    return response


def install(blueprint: Blueprint, *, public: frozenset[str]) -> None:
    """Guard a blueprint, but for the endpoints named in `public`."""
    blueprint.before_request(lambda: require_key(public))
    blueprint.after_request(dress)
