"""Payments by line: a row for each practice or PCN, year and line that the year has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from data import periods
from data.datasets.nhs_payments import BESIDE, GROUPS, LINES, POPULATIONS, TOTALS, group_of
from data.month_block import HOME_COLUMNS
from data.questions.rows import Page
from data.questions.selection import Key, Selection, places
from data.remembered import remembered
from data.versions.db import library
from data.versions.orgs import Organisations
from data.versions.snapshot import Snapshot

ORDER = (*TOTALS, *LINES)
GROUP_LABELS = {"total": "Totals"} | GROUPS | BESIDE
_ABOUT = ("contract_type", "dispensing", "rurality", "atypical")
PER_HEAD = {f"per_{population}": population for population in POPULATIONS}


@remembered
def kinds(snapshot: Snapshot, year: date) -> dict[str, dict[str, str]]:
    """What kind of practice each was in a year: contract type, dispensing, rurality, marks."""
    with library().cursor() as cursor:
        rows = cursor.execute(
            f"SELECT practice, {', '.join(_ABOUT)} FROM read_parquet(?) "
            "WHERE population = 'registered'",
            [str(snapshot.fact_path(year, "practices"))],
        ).fetchall()
    return {practice: dict(zip(_ABOUT, about, strict=True)) for practice, *about in rows}


def page(
    snapshot: Snapshot,
    directory: Organisations,
    selection: Selection,
    *,
    contract_type: str = "",
    offset: int,
    limit: int,
) -> Page:
    """One page of lines, in the order of organisation, year and line."""
    row_places = places(snapshot, selection)
    keys = row_places.keys(0, len(row_places))
    if contract_type:
        wanted = contract_type.casefold()
        keys = [
            key
            for key in keys
            if kinds(snapshot, key[2]).get(key[1], {}).get("contract_type", "").casefold() == wanted
        ]
    if not keys:
        return Page(0, [])
    block = snapshot.counts(keys, selection.membership)
    amounts = block[:, [snapshot.part_position(line) for line in ORDER]]
    patients = block[:, [snapshot.part_position(name) for name in POPULATIONS]]
    at, line = (~np.isnan(amounts)).nonzero()
    shown = slice(offset, offset + limit)
    about = _identities(snapshot, directory, keys, sorted(set(at[shown].tolist())), selection)
    rows = [
        about[n] | _line(ORDER[code], float(amounts[n, code]), patients[n].tolist())
        for n, code in zip(at[shown].tolist(), line[shown].tolist(), strict=True)
    ]
    return Page(len(at), rows)


def _line(line: str, amount: float, patients: list[float]) -> dict[str, Any]:
    known = {
        name: None if count != count else count
        for name, count in zip(POPULATIONS, patients, strict=True)
    }
    return {
        "line": line,
        "label": TOTALS.get(line) or LINES[line][0],
        "group": group_of(line),
        "amount": amount,
        **{f"{name}_patients": count for name, count in known.items()},
        **{
            name: round(amount / count, 6) if (count := known[population]) else None
            for name, population in PER_HEAD.items()
        },
    }


def _identities(
    snapshot: Snapshot,
    directory: Organisations,
    keys: Sequence[Key],
    wanted: Sequence[int],
    selection: Selection,
) -> dict[int, dict[str, Any]]:
    """Who and when, for the keys of the page."""
    chosen = [keys[n] for n in wanted]
    practices = selection.level == "practice"
    homes = snapshot.homes(chosen, selection.membership) if practices else []
    details: dict[int, dict[str, Any]] = {}
    for place, (n, (level, code, year)) in enumerate(zip(wanted, chosen, strict=True)):
        org = directory.at(level, code)
        details[n] = {
            "ods_code" if practices else "pcn": code,
            "name": org.name if org else None,
            "year": periods.written(snapshot.dataset.period, year),
        }
        if practices:
            areas = dict(zip(HOME_COLUMNS, homes[place], strict=True))
            areas.pop("supplier")
            kind = kinds(snapshot, year).get(code, {})
            details[n] |= areas | {name: kind.get(name) or None for name in _ABOUT}
    return details
