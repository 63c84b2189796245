"""`practices/`, `practices/{ods_code}/population/` and `pcns/`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import marshmallow as ma
from flask import Response

from api import schemas
from api.arguments import Blueprint
from api.errors import ApiError
from api.filters import code, paging_fields, text, window
from api.paging import envelope
from api.responses import answer, meta
from data.db import library
from data.orgs import Directory, Org
from data.population import populations
from data.snapshot import Snapshot
from data.spec import Level

Row = dict[str, Any]
PATHS = ("practices/", "practices/{ods_code}/population/", "pcns/")
PracticeQuery = ma.Schema.from_dict(
    {
        "search": text("Words of a name, code, postcode, town or address.", example="park"),
        "pcn": code("Practices that belong to this PCN today.", example="U74819"),
        "icb": code("Practices that belong to this ICB, by its present or earlier code.",
                    example="QHM"),
        **paging_fields(),
    }
)  # fmt: skip
PcnQuery = ma.Schema.from_dict(
    {
        "search": text("Words of a name, or a code.", example="park"),
        "icb": code("PCNs of this ICB, by its present or earlier code.", example="QHM"),
        **paging_fields(),
    }
)
PopulationQuery = ma.Schema.from_dict(paging_fields())


def _live() -> tuple[Snapshot, ...]:
    """Every live version, the register of organisations first."""
    live = library().live()
    if not live:
        raise ApiError(503, "not_loaded", detail="No data are loaded on this server.")
    return tuple(sorted(live, key=lambda s: s.dataset.id != "practices"))


def _found(directory: Directory, level: Level, search: str | None) -> Sequence[Org]:
    return directory.matching(search, levels=(level,)) if search else directory.all(level)


def _in_icb(orgs: Sequence[Org], wanted: str, live: Sequence[Snapshot]) -> list[Org]:
    """Organisations of an ICB; those that it had at its end, for a code no longer in use."""
    icb = wanted.upper()
    members: set[str] = set()
    for snapshot in live:
        for practice in snapshot.practices_in("icb", icb, snapshot.latest):
            members |= {practice, snapshot.home(practice)["pcn"]}
    return [org for org in orgs if org.icb == icb or org.code in members]


@lru_cache(maxsize=4)
def _members(snapshot: Snapshot) -> Counter[str]:
    """Practices of each PCN in the latest month."""
    homes = (snapshot.home(practice, snapshot.latest) for practice in snapshot.practices)
    return Counter(home["pcn"] for home in homes if home)


def _page(
    arguments: Mapping[str, Any], source: Snapshot, rows: Sequence[Any], row: Callable[[Any], Row]
) -> dict[str, Any]:
    shown = window(arguments)
    body = envelope(shown, len(rows), [row(item) for item in shown.cut(rows)])
    return body | {"meta": meta(source), "demonstration": source.manifest.demo}


def _practice(org: Org) -> dict[str, Any]:
    return {
        "ods_code": org.code,
        "name": org.name,
        "status": org.status,
        "postcode": org.postcode or None,
        "pcn": org.pcn or None,
        "sub_icb": org.sub_icb or None,
        "icb": org.icb or None,
        "region": org.region or None,
    }


def _practices(arguments: Mapping[str, Any]) -> dict[str, Any]:
    live = _live()
    found = _found(library().directory(), "practice", arguments.get("search"))
    if "pcn" in arguments:
        found = [org for org in found if org.pcn == arguments["pcn"].upper()]
    if "icb" in arguments:
        found = _in_icb(found, arguments["icb"], live)
    return _page(arguments, live[0], found, _practice)


def _pcns(arguments: Mapping[str, Any]) -> dict[str, Any]:
    live = _live()
    found = _found(library().directory(), "pcn", arguments.get("search"))
    if "icb" in arguments:
        found = _in_icb(found, arguments["icb"], live)
    members = _members(library().current("list-sizes") or live[0])

    def row(org: Org) -> Row:
        return {
            "code": org.code,
            "name": org.name,
            "sub_icb": org.sub_icb or None,
            "icb": org.icb or None,
            "member_count": members[org.code],
        }

    return _page(arguments, live[0], found, row)


def _populations(arguments: Mapping[str, Any], ods_code: str) -> dict[str, Any]:
    directory = library().directory()
    org = directory.at("practice", ods_code)
    if org is None:
        near = [o.label for o in directory.nearest_codes(ods_code) if o.level == "practice"]
        hint = f" Similar codes: {', '.join(near)}." if near else ""
        raise ApiError(404, "not_found", detail=f"No practice has the code {ods_code}.{hint}")
    lists = library().current("list-sizes")
    return _page(arguments, lists or _live()[0], populations(library(), org), dict)


def add(v1: Blueprint) -> None:
    @v1.endpoint(
        "/practices/",
        name="practices",
        summary="Practices",
        description="GP practices of England, closed ones too, where they belong today.",
        query=PracticeQuery(),
        answer=schemas.listing("Practice", schemas.PracticeRow),
    )
    def practices(arguments: dict[str, Any]) -> Response:
        return answer(lambda: _practices(arguments))

    @v1.endpoint(
        "/pcns/",
        name="pcns",
        summary="Primary care networks",
        description="PCNs, those without a member today too.",
        query=PcnQuery(),
        answer=schemas.listing("Pcn", schemas.PcnRow),
    )
    def pcns(arguments: dict[str, Any]) -> Response:
        return answer(lambda: _pcns(arguments))

    @v1.endpoint(
        "/practices/<string:ods_code>/population/",
        name="population",
        summary="Populations of a practice by financial year",
        description="Registered, weighted and adjusted population: three different numbers.",
        query=PopulationQuery(),
        answer=schemas.listing("Population", schemas.PopulationRow),
    )
    def population(arguments: dict[str, Any], ods_code: str) -> Response:
        return answer(lambda: _populations(arguments, ods_code))
