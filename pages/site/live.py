"""Refreshes that run just now, on the status page: `/status/running.json`, read by assets/live.js.

The page asks seldom while nothing runs and often while something does. Screen readers hear once
that a refresh began, and once how it ended.
"""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response

from components.markup import Node, attrs, html
from data import format as fmt
from data.registry import UnknownDataset, dataset
from data.versions import running
from data.versions.db import library
from data.versions.running import Running
from data.versions.store import store
from pages import links

BLUEPRINT = Blueprint("live", __name__)
ADDRESS = "/status/running.json"
KILOBYTE = 1000


def progress() -> Node:
    """Where assets/live.js shows what runs; empty and hidden while nothing does."""
    return html.Div(
        id="running",
        hidden=True,
        className="running",
        role="group",
        **attrs({"data-url": links.path(ADDRESS), "aria-label": "Refreshes that run now"}),
    )


@BLUEPRINT.get(ADDRESS)
def running_now() -> Response:
    home = library().home
    found = running.running(store(home, "real"), store(home, "demo"))
    body = orjson.dumps([_values(one) for one in found])
    return Response(body, mimetype="application/json", headers={"Cache-Control": "no-store"})


def _values(refresh: Running) -> dict[str, Any]:
    try:
        title = dataset(refresh.dataset).title
    except UnknownDataset:  # left by a newer version of this program
        title = refresh.dataset
    return {
        "dataset": refresh.dataset,
        "title": title,
        "step": refresh.step[:1].upper() + refresh.step[1:],
        "percent": round(100 * min(max(refresh.done, 0.0), 1.0)),
        "amounts": amounts(refresh),
    }


def amounts(refresh: Running) -> str:
    """1,204,331 rows, 34.5 MB, about 2 minutes left; what is not known is left out."""
    said = []
    if refresh.rows:
        said.append(fmt.plural(refresh.rows, "row", "rows"))
    if refresh.bytes:
        said.append(size(refresh.bytes))
    if refresh.seconds_left is not None:
        said.append(f"about {duration(refresh.seconds_left)} left")
    return ", ".join(said)


def size(count: int) -> str:
    """34.5 MB, 812 kB."""
    if count < KILOBYTE**2:
        return f"{fmt.decimal(count / KILOBYTE, 0)} kB"
    return f"{fmt.decimal(count / KILOBYTE**2, 1)} MB"


def duration(seconds: float) -> str:
    """40 seconds, 3 minutes, 2 hours: as exact as an estimate can be."""
    if seconds < 60:
        return fmt.plural(max(5, 5 * round(seconds / 5)), "second", "seconds")
    if seconds < 5400:
        return fmt.plural(round(seconds / 60), "minute", "minutes")
    return fmt.plural(round(seconds / 3600), "hour", "hours")
