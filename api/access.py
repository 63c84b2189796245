"""Who may ask, and how often."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, request

from api.errors import ApiError
from auth.api_keys.gate import admit

METHODS = "GET, HEAD, OPTIONS"
ADMISSION = "haresign.admission"  # in the environment of a request whose key was counted


def key_of(environ: dict[str, Any]) -> str:
    """What a request presents as its key; empty if it presents none."""
    scheme, _, key = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def require_key(public: frozenset[str]) -> None:
    """Refuse a request without a valid key (401) or beyond its limits (429)."""
    if request.endpoint in public:
        return
    key = key_of(request.environ)
    if not key:
        raise ApiError(
            401,
            "not_authenticated",
            detail="This address needs an API key: send `Authorization: Bearer <key>`.",
            headers={"WWW-Authenticate": 'Bearer realm="Haresign"'},
        )
    admission = admit(key)
    if admission is None:
        raise ApiError(
            401,
            "invalid_key",
            detail="The API key is unknown or has been revoked.",
            headers={"WWW-Authenticate": 'Bearer realm="Haresign", error="invalid_token"'},
        )
    request.environ[ADMISSION] = admission
    if not admission.allowed:
        wait = max(1, admission.tightest.resets - int(time.time()))
        raise ApiError(
            429,
            "rate_limited",
            detail=f"The limit of {admission.tightest.limit:,} requests is used up. "
            f"Try again in {wait} seconds.",
            headers={"Retry-After": str(wait)},
        )


def install(blueprint: Blueprint, *, public: frozenset[str]) -> None:
    """Guard a blueprint, but for the endpoints named in `public`."""
    blueprint.before_request(lambda: require_key(public))
