"""`practices/`, `practices/{ods_code}/population/` and `pcns/`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import marshmallow as ma

from api import schemas
from api.errors import ApiError
from api.listing import Arguments, Asked, Listing, Reference
from api.parameters import AREAS, Filter, code, narrowing
from data.datasets.list_sizes import DATASET as LIST_SIZES
from data.questions.endpoints.population import populations
from data.questions.rows import Page, Row
from data.remembered import remembered
from data.spec import Level
from data.versions.db import library
from data.versions.orgs import Org, Organisations
from data.versions.snapshot import Snapshot

_PRACTICE_ROW = {
    "ods_code": schemas.text("ODS code"),
    "name": schemas.text("Name"),
    "status": schemas.text("active, closed, dormant or proposed"),
    "postcode": schemas.text("Postcode", missing=True),
    **{
        column: schemas.text(schemas.HOME[column], missing=True)
        for column in (area.name for area in AREAS)
    },
}
_PCN_ROW = {
    "code": schemas.text("ODS code"),
    "name": schemas.text("Name"),
    "sub_icb": schemas.text("Sub-ICB location code", missing=True),
    "icb": schemas.text("ICB code", missing=True),
    "member_count": schemas.whole("Practices that belong to it in the latest month", missing=False),
}


def _population(kind: str, number: ma.fields.Field) -> dict[str, ma.fields.Field]:
    return {
        kind: number,
        f"{kind}_date": schemas.day("Day that it counts", missing=True),
        f"{kind}_source": schemas.text("Release that it comes from", missing=True),
        f"{kind}_note": schemas.text("Why it is missing, or what it is of", missing=True),
    }


_POPULATION_ROW = {
    "ods_code": schemas.text("ODS code"),
    "year": schemas.text("Financial year, such as 2025/26"),
    **_population("registered", schemas.whole("Registered patients, latest month of the year")),
    **_population("weighted", schemas.decimal("Weighted (Carr-Hill) patients, mean of the year")),
    **_population("adjusted", schemas.decimal("Adjusted population on 1 January before it")),
}


def _live() -> tuple[Snapshot, ...]:
    """Every live version, the register of organisations first."""
    live = library().live()
    if not live:
        raise ApiError(503, "not_loaded", detail="No data are loaded on this server.")
    return tuple(sorted(live, key=lambda s: s.dataset.id != "practices"))


def _matching(directory: Organisations, level: Level, search: str | None) -> Sequence[Org]:
    return directory.search(search, levels=(level,), limit=None) if search else directory.all(level)


def _in_icb(orgs: Sequence[Org], wanted: str, live: Sequence[Snapshot]) -> list[Org]:
    """Organisations of an ICB; those that it had at its end, for a code no longer in use."""
    icb = wanted.upper()
    members: set[str] = set()
    for snapshot in live:
        for practice in snapshot.practices_in("icb", icb, snapshot.latest):
            members |= {practice, snapshot.home(practice)["pcn"]}
    return [org for org in orgs if org.icb == icb or org.code in members]


@remembered
def _members(snapshot: Snapshot) -> Counter[str]:
    """Practices of each PCN in the latest month."""
    homes = (snapshot.home(practice, snapshot.latest) for practice in snapshot.practices)
    return Counter(home["pcn"] for home in homes if home)


def _practice(org: Org) -> Row:
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


def _practices(arguments: Arguments) -> Sequence[Org]:
    practices = _matching(library().directory(), "practice", arguments.get("search"))
    if "pcn" in arguments:
        practices = [org for org in practices if org.pcn == arguments["pcn"].upper()]
    return _in_icb(practices, arguments["icb"], _live()) if "icb" in arguments else practices


def _pcns(arguments: Arguments) -> Sequence[Org]:
    pcns = _matching(library().directory(), "pcn", arguments.get("search"))
    return _in_icb(pcns, arguments["icb"], _live()) if "icb" in arguments else pcns


def _pcn_rows(orgs: Sequence[Org]) -> list[Row]:
    members = _members(library().current("list-sizes") or _live()[0])
    return [
        {
            "code": org.code,
            "name": org.name,
            "sub_icb": org.sub_icb or None,
            "icb": org.icb or None,
            "member_count": members[org.code],
        }
        for org in orgs
    ]


def _populations(asked: Asked) -> Page:
    directory, ods_code = library().directory(), asked.arguments["ods_code"]
    org = directory.at("practice", ods_code)
    if org is None:
        near = [o.label for o in directory.nearest_codes(ods_code) if o.level == "practice"]
        hint = f" Similar codes: {', '.join(near)}." if near else ""
        raise ApiError(404, "not_found", detail=f"No practice has the code {ods_code}.{hint}")
    rows = populations(library(), org, as_of=asked.arguments.get("as_of"))
    return Page(len(rows), asked.window.cut(rows))


LISTS = (
    Reference(
        path="practices/",
        summary="Practices",
        description="GP practices of England, closed ones too, where they belong today.",
        filters=narrowing(
            Filter(
                "search",
                "A name, code, postcode, town or address, as people write it. Closed come last.",
                example="park",
            ),
            Filter("pcn", "Practices that belong to this PCN today.", code, "U74819"),
            Filter(
                "icb",
                "Practices that belong to this ICB, by its present or earlier code.",
                code,
                "QHM",
            ),
        ),
        row=_PRACTICE_ROW,
        rows=_practices,
        shown=lambda orgs: [_practice(org) for org in orgs],
        about=lambda: _live()[0],
    ),
    Reference(
        path="pcns/",
        summary="Primary care networks",
        description="PCNs, those without a member today too.",
        filters=narrowing(
            Filter("search", "A name or a code, as people write it.", example="park"),
            Filter("icb", "PCNs of this ICB, by its present or earlier code.", code, "QHM"),
        ),
        row=_PCN_ROW,
        rows=_pcns,
        shown=_pcn_rows,
        about=lambda: _live()[0],
    ),
    Listing(
        path="practices/{ods_code}/population/",
        dataset=LIST_SIZES,
        summary="Populations of a practice by financial year",
        description="Registered, weighted and adjusted population: three different numbers.",
        row=_POPULATION_ROW,
        rows=_populations,
    ),
)
