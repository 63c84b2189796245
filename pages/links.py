"""Addresses inside the site, with the prefix under which a proxy may serve it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import dash
from flask import has_request_context, request

from components import url_state

SEARCH = "/search/"  # the page
SUGGESTIONS = "/search/suggestions/"  # what the search boxes ask


def path(address: str) -> str:
    """An address of this site as the browser must ask for it."""
    return dash.get_relative_path(address)


def page(address: str, values: Mapping[str, str | Iterable[str] | None] | None = None) -> str:
    """An address with a query string; None and nothing are left out."""
    return path(address) + url_state.build(values or {})


def absolute(href: str) -> str:
    """The whole address, for citations and files; as given where no request tells the host."""
    return request.host_url.rstrip("/") + href if has_request_context() else href
