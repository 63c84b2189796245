"""The PCN workforce, counted again person by person."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from data.datasets.pcn_workforce import GROUPS, ROLES, role_part
from data.spec import ENGLAND, UNASSIGNED
from pipelines.recount.areas import Home, Parts, Recounted
from pipelines.recount.evidence import Evidence
from pipelines.recount.files import exact, rows

_PEOPLE = frozenset({"people", *(f"group_{name}_people" for name in GROUPS.values())})
_KEPT = {"NWRS Staff": "staff_fte", "NWRS contracted services": "contracted_fte"}


def recount(evidence: Evidence) -> Recounted:
    """The month from its file; patients from the list sizes of the month."""
    lists = evidence.again("list-sizes", evidence.month)
    sums: dict[str, dict[str, Decimal]] = {}
    homes: dict[str, Home] = {}
    people: dict[tuple[str, str], dict[str, set[str]]] = {}
    with_fte: dict[tuple[str, str], set[str]] = {}  # counts that have rows, named or not
    for row in rows(evidence.used["individual"][0]):
        code = UNASSIGNED + row["PCN_CODE"].strip()
        group, role = row["STAFF_GROUP"].strip(), row["STAFF_ROLE"].strip()
        homes[code] = Home(
            row["PCN_CODE"].strip(),
            row["SUB_ICB_CODE"].strip(),
            row["ICB_CODE"].strip(),
            row["COMM_REGION_CODE"].strip(),
        )
        tally = sums.setdefault(code, {})
        for part in _parts_of(row["DATA_SOURCE"].strip(), group, role):
            tally[part] = tally.get(part, Decimal(0)) + exact(row["FTE"])
        employed = row["DATA_SOURCE"].strip() == "NWRS Staff"
        for area in _areas(homes[code]):
            counts = people.setdefault(area, {part: set() for part in _PEOPLE})
            concerned = ["people"]
            if group in GROUPS:
                concerned.append(f"group_{GROUPS[group]}_people")
            with_fte.setdefault(area, set()).update(concerned)
            if employed:
                for part in concerned:
                    counts[part].add(row["UNIQUE_IDENTIFIER"].strip())
    parts: dict[str, Parts] = {}
    for code, tally in sums.items():
        patients = lists.at("pcn", homes[code].pcn).get("registered") if lists else None
        none = dict.fromkeys(_every_part()) | dict.fromkeys(_KEPT.values(), Decimal(0))
        parts[code] = none | {**tally, "pcns": 1, "patients": patients}
        parts[code]["fte_listed"] = None if patients is None else tally["fte"]
    published: dict[tuple[str, str], Parts] = {
        area: {
            part: None if part in with_fte[area] and not named else len(named)
            for part, named in counts.items()
        }
        for area, counts in people.items()
    }
    return Recounted(parts, homes, published, never_added=_PEOPLE)


def _parts_of(source: str, group: str, role: str) -> Iterable[str]:
    yield "fte"
    if source in _KEPT:
        yield _KEPT[source]
    if group in GROUPS:
        yield f"group_{GROUPS[group]}_fte"
    if role in ROLES:
        yield role_part(role)


def _every_part() -> Iterable[str]:
    yield from ("fte", *_KEPT.values(), *(role_part(role) for role in ROLES))
    yield from (f"group_{name}_fte" for name in GROUPS.values())


def _areas(home: Home) -> tuple[tuple[str, str], ...]:
    return (
        ("pcn", home.pcn),
        ("sub_icb", home.sub_icb),
        ("icb", home.icb),
        ("region", home.region),
        ("england", ENGLAND),
    )
