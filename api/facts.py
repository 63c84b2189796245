"""Endpoints whose rows are the publisher's own: workforce by role, QOF by indicator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from api import schemas
from api.errors import ApiError
from api.filters import window
from api.paging import envelope
from api.responses import meta
from data import periods
from data.db import library
from data.facts import FactQuery, fact_page
from data.rows import Row
from data.snapshot import Snapshot

fields = schemas.fields
AREAS = ("pcn", "sub_icb", "icb", "region")


def number(meaning: str) -> fields.Float:
    return fields.Float(required=True, allow_none=True, metadata={"description": meaning})


def live(dataset_id: str) -> Snapshot:
    found = library().current(dataset_id)
    if found is None:
        raise ApiError(
            503, "not_loaded", detail=f"No release of {dataset_id} is loaded on this server."
        )
    return found


def within(arguments: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((area, arguments[area]) for area in AREAS if area in arguments)


def rows_of(
    snapshot: Snapshot, query: FactQuery, months: Sequence[date], arguments: Mapping[str, Any]
) -> dict[str, Any]:
    """The envelope of one page of a fact query, with where its figures come from."""
    shown = window(arguments)
    held = [month for month in months if month in snapshot.months]
    with library().cursor() as cursor:
        found = fact_page(cursor, snapshot, query, held, offset=shown.offset, limit=shown.size)
    body = envelope(shown, found.count, found.rows)
    about = meta(snapshot, held[0] if len(held) == 1 else None)
    return body | {"meta": about, "demonstration": snapshot.manifest.demo}


def given_rows(
    rows: Sequence[Row], arguments: Mapping[str, Any], *, about: Snapshot | None = None
) -> dict[str, Any]:
    """The envelope of rows that are at hand whole; `meta` is empty for reference tables."""
    shown = window(arguments)
    body = envelope(shown, len(rows), shown.cut(rows))
    told = meta(about) if about else {}
    return body | {"meta": told, "demonstration": library().demo}


def last_day(month: date) -> date:
    """The day of a census, by which snapshots of the workforce are called."""
    return periods.add_months(month, 1) - timedelta(days=1)
