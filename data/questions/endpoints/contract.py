"""Practices of GP Contract Services and where they belonged in the newest month."""

from __future__ import annotations

from collections.abc import Sequence

from data.month_block import HOME_COLUMNS
from data.questions.rows import Row
from data.questions.selection import Selection, places
from data.versions.orgs import Organisations
from data.versions.snapshot import Snapshot


def practices(
    snapshot: Snapshot, directory: Organisations, *, within: Sequence[tuple[str, str]], search: str
) -> list[Row]:
    """A row for each practice of the newest month; `search` is in its code or name."""
    chosen = Selection(month=snapshot.latest, within=tuple(within))
    row_places = places(snapshot, chosen)
    keys = row_places.keys(0, len(row_places))
    if not keys:
        return []
    wanted = search.casefold()
    rows: list[Row] = []
    for (_, code, month), homes in zip(keys, snapshot.homes(keys, "dated"), strict=True):
        org = directory.at("practice", code)
        name = org.name if org else None
        if wanted in code.casefold() or wanted in (name or "").casefold():
            areas = dict(zip(HOME_COLUMNS, homes, strict=True))
            del areas["supplier"]
            rows.append({"ods_code": code, "name": name, "month": month.isoformat()} | areas)
    return rows
