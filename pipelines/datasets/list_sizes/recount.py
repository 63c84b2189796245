"""Registered patients, counted again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from data.spec import ENGLAND
from pipelines.recount.areas import Home, Parts, Recounted, rehomed
from pipelines.recount.evidence import AREA_CODES_CHANGED, Evidence
from pipelines.recount.files import Row, Source, header, month_in, rows

_LEVELS = {
    "PCN": "pcn",
    "SUB_ICB_LOCATION_CODE": "sub_icb",
    "CCG": "sub_icb",
    "ICB": "icb",
    "STP": "icb",
    "Comm Region": "region",
}


def recount(evidence: Evidence) -> Recounted:
    """The month from the files that its version used; the nearest map where it has no own."""
    month, used, landed = evidence.month, evidence.used, evidence.landed
    parts: dict[str, Parts] = {}
    sub_icbs: dict[str, str] = {}
    totals = used["all"][0] if "all" in used else used["quin-age"][0]
    for row in _totals(totals):
        code = row["CODE"]
        parts[code] = {"registered": _count(row), "practices": 1}
        sub_icbs[code] = row.get("SUB_ICB_LOCATION_CODE") or row.get("CCG_CODE", "")
    if "quin-age" in used:
        _add_bands(parts, used["quin-age"][0])
    single = {"sing-age-male", "sing-age-female"}
    if single <= used.keys():
        _add_single_years(parts, [used[kind][0] for kind in sorted(single)])
    published = _published(used["sing-age-regions"][0]) if "sing-age-regions" in used else {}
    mapped = used["map"][0] if "map" in used else _nearest_map(month, landed)
    homes = _map(mapped) if mapped else {}
    listed = {
        practice: (
            homes[practice].pcn if practice in homes else "",
            sub_icb or (homes[practice].sub_icb if practice in homes else ""),
        )
        for practice, sub_icb in sub_icbs.items()
    }
    return Recounted(parts, rehomed(listed, homes), published, named=_named(totals, mapped))


def _totals(source: Source) -> Iterator[Row]:
    """Rows of the list of each practice, whichever of the two files they are in."""
    for row in rows(source):
        age = row.get("AGE") or row.get("AGE_GROUP_5", "")
        code = (row.get("CODE") or row.get("ORG_CODE", "")).strip()
        if row.get("ORG_TYPE", "GP") != "GP" or not re.fullmatch("[A-Z][0-9]{5}", code):
            continue
        if row["SEX"].strip().upper() == "ALL" and age.strip().upper() == "ALL":
            yield row | {"CODE": code}


def _count(row: Row) -> int:
    return int(float(row["NUMBER_OF_PATIENTS"]))


def _add_bands(parts: dict[str, Parts], source: Source) -> None:
    bands: dict[str, dict[str, int]] = {}
    names = set()
    for row in rows(source):
        sex, band = row["SEX"].strip().upper(), row["AGE_GROUP_5"].strip().upper()
        if row["ORG_TYPE"] != "GP" or "ALL" in (sex, band):
            continue
        part = f"{sex[0].lower()}_{band.replace('+', '')}"
        names.add(part)
        bands.setdefault(row["ORG_CODE"].strip(), {})[part] = _count(row)
    for practice, found in bands.items():
        parts[practice] |= dict.fromkeys(names, 0) | found


def _add_single_years(parts: dict[str, Parts], found: Sequence[Source]) -> None:
    counts: dict[str, list[int]] = {}  # under 18, all, 13 and over
    for source in found:
        for row in rows(source):
            if (age := _age(row)) is not None:
                tally = counts.setdefault(row["ORG_CODE"], [0, 0, 0])
                _add(tally, age, _count(row))
    for practice, (young, everyone, eligible) in counts.items():
        if practice in parts:
            parts[practice] |= {
                "under_18": young,
                "single_age_total": everyone,
                "aged_13_and_over": eligible,
            }


def _age(row: Row) -> int | None:
    """Of a row of one sex and one age."""
    age, sex = row["AGE"].strip().upper(), row["SEX"].strip().upper()
    return None if age == "ALL" or sex not in ("MALE", "FEMALE") else int(age.rstrip("+"))


def _add(tally: list[int], age: int, count: int) -> None:
    tally[0] += count * (age < 18)
    tally[1] += count
    tally[2] += count * (age >= 13)


def _published(source: Source) -> dict[tuple[str, str], Parts]:
    tallies: dict[tuple[str, str], list[int]] = {}
    for row in rows(source):
        age = _age(row)
        if age is None:
            continue
        keys = [(_LEVELS[row["ORG_TYPE"]], row["ORG_CODE"])]
        if row["ORG_TYPE"] == "Comm Region":
            keys.append(("england", ENGLAND))
        for key in keys:
            _add(tallies.setdefault(key, [0, 0, 0]), age, _count(row))
    return {
        key: {"under_18": young, "single_age_total": everyone, "aged_13_and_over": eligible}
        for key, (young, everyone, eligible) in tallies.items()
    }


def _map(source: Source) -> dict[str, Home]:
    return {
        row["PRACTICE_CODE"]: Home(
            row["PCN_CODE"],
            row.get("SUB_ICB_LOCATION_CODE") or row.get("CCG_CODE", ""),
            row.get("ICB_CODE") or row.get("STP_CODE", ""),
            row["COMM_REGION_CODE"],
        )
        for row in rows(source)
    }


def _named(totals: Source, mapped: Source | None) -> dict[str, tuple[str, str]]:
    """Names of the map, and postcodes of the totals, else of the map."""
    from_map = {}
    if mapped:
        from_map = {
            row["PRACTICE_CODE"]: (row["PRACTICE_NAME"], row.get("PRACTICE_POSTCODE", ""))
            for row in rows(mapped)
        }
    named = {}
    for row in _totals(totals):
        name, postcode = from_map.get(row["CODE"], ("", ""))
        named[row["CODE"]] = (name, row.get("POSTCODE") or postcode)
    return named


def _nearest_map(month: date, landed: Sequence[Source]) -> Source | None:
    """The closest map on the month's side of the days on which the codes of areas changed."""

    def distance(found: date) -> tuple[int, int, bool]:
        early, late = min(found, month), max(found, month)
        changes = sum(early < day <= late for day in AREA_CODES_CHANGED)
        return changes, (late - early).days, found > month

    maps: dict[date, Source] = {}
    for source in landed:
        if {"PRACTICE_CODE", "PCN_CODE", "EXTRACT_DATE"} <= header(source):
            maps[month_in(next(rows(source))["EXTRACT_DATE"])] = source
    return maps[min(maps, key=distance)] if maps else None
