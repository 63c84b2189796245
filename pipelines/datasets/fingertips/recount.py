"""Public health profiles, counted again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from data.datasets.fingertips import DATASET, HEADLINES
from pipelines.recount.areas import Home, Parts, Recounted
from pipelines.recount.evidence import Evidence
from pipelines.recount.files import Row, Source, exact, header, landed_files, rows, sources

_LEVELS = {
    "england": "england",
    "gp": "practice",
    "gps": "practice",
    "pcn": "pcn",
    "pcns": "pcn",
    "icb": "icb",
    "icbs": "icb",
}
_BEGINNINGS = {
    "icb sub-location": "sub_icb",
    "sub-icb": "sub_icb",
    "nhs region": "region",
    "pcns ": "pcn",
    "icbs (": "icb",
}
_FIELDS = {
    "value": "VALUE",
    "low": "LOWER CI 95.0 LIMIT",
    "high": "UPPER CI 95.0 LIMIT",
    "count": "COUNT",
    "denominator": "DENOMINATOR",
}
_Key = tuple[str, ...]
_REGION_NOISE = ("nhs region", "commissioning region", "and")


def recount(evidence: Evidence) -> Recounted:
    """A year from all of its downloads: the last one that has a value decides."""
    found: dict[_Key, Row] = {}
    for source in sorted(evidence.used["values"], key=_newest_last):
        for key, row in _rows(source, evidence.month):
            if key not in found or found[key]["_FILE"] != row["_FILE"]:
                found[key] = row
    regions = _regions(evidence)
    every = {part.id: None for part in DATASET.parts}
    told: dict[tuple[str, str], Parts] = {}
    seen: dict[tuple[str, str], set[str]] = {}
    best: dict[tuple[str, str, str], tuple[_Key, Row]] = {}
    words = {one.indicator: word for word, one in HEADLINES.items()}
    values = 0
    for (indicator, *_), row in found.items():
        values += bool(row["VALUE"].strip())
        level, code = _organisation(row, regions)
        if not code:
            continue
        told.setdefault((level, code), dict(every))
        if row["VALUE"].strip():
            seen.setdefault((level, code), set()).add(indicator)
        if indicator in words:
            place = (level, code, words[indicator])
            rank = _rank(row)
            if place not in best or rank > best[place][0]:
                best[place] = (rank, row)
    for (level, code), parts in told.items():
        parts["indicators"] = len(seen.get((level, code), ()))
    for (level, code, word), (_, row) in best.items():
        for suffix, heading in _FIELDS.items():
            text = row[heading].strip()
            told[level, code][f"{word}_{suffix}"] = exact(text) if text else None
    told.setdefault(("england", "ENG"), dict(every))["values_held"] = values
    homes = evidence.homes(date(evidence.month.year + 1, 3, 1))
    practices = {code: parts for (level, code), parts in told.items() if level == "practice"}
    return Recounted(
        practices,
        {code: homes.get(code, Home()) for code in practices},
        {place: parts for place, parts in told.items() if place[0] != "practice"},
        never_added=frozenset(every),
    )


def _newest_last(source: Source) -> tuple[int, str]:
    years = [_year(row) for row in rows(source) if _level(row) and not row["CATEGORY TYPE"].strip()]
    return max(years), source.file.fetched_at


def _year(row: Row) -> int:
    return int((row["TIME PERIOD SORTABLE"].strip() or row["TIME PERIOD"].strip())[:4])


def _level(row: Row) -> str:
    kind = row["AREA TYPE"].strip().lower()
    if kind in _LEVELS:
        return _LEVELS[kind]
    return next((level for start, level in _BEGINNINGS.items() if kind.startswith(start)), "")


def _rows(source: Source, month: date) -> Iterator[tuple[_Key, Row]]:
    """Rows of the year by what tells them apart; ids that are left out come from the names."""
    ids = {
        row["INDICATOR NAME"].strip(): row["INDICATOR ID"].strip()
        for row in rows(source)
        if row["INDICATOR ID"].strip()
    }
    for row in rows(source):
        if not _level(row) or row["CATEGORY TYPE"].strip() or _year(row) != month.year:
            continue
        indicator = row["INDICATOR ID"].strip() or ids[row["INDICATOR NAME"].strip()]
        row["_FILE"] = str(source.file.path)
        key = (
            indicator,
            *(row[name].strip() for name in ("AREA CODE", "SEX", "AGE", "TIME PERIOD")),
        )
        yield key, row


def _organisation(row: Row, regions: dict[str, str]) -> tuple[str, str]:
    level, code, name = _level(row), row["AREA CODE"].strip().upper(), row["AREA NAME"].strip()
    if level == "england":
        return level, "ENG"
    if level == "practice" or (level == "pcn" and re.fullmatch(r"U\d{5}", code)):
        return level, code
    ending = name.rpartition(" - ")[2]
    if " - " in name and re.fullmatch(r"[0-9A-Z]{3,6}", ending):
        return level, ending
    return level, regions.get(_plain(name), "") if level == "region" else ""


def _plain(name: str) -> str:
    words = name.lower()
    for noise in _REGION_NOISE:
        words = re.sub(rf"\b{noise}\b", "", words)
    return re.sub(r"[^a-z0-9]", "", words)


def _regions(evidence: Evidence) -> dict[str, str]:
    """Codes of NHS regions by name, from the maps beside the list sizes."""
    if not evidence.files or not evidence.held("list-sizes"):
        return {}
    folder = evidence.files[0].path.parents[2] / "list-sizes"
    found: dict[str, str] = {}
    for source in sources(landed_files(folder)):
        if "COMM_REGION_NAME" in header(source):
            for row in rows(source):
                found[_plain(row["COMM_REGION_NAME"])] = row["COMM_REGION_CODE"].strip()
    return found


def _rank(row: Row) -> _Key:
    """Which of several rows of an indicator stands for the year: the greatest."""
    sortable = row["TIME PERIOD SORTABLE"].strip() or f"{_year(row)}0000"
    persons = "1" if row["SEX"].strip() == "Persons" else "0"
    of_age = "0" if row["AGE"].strip() == "Not applicable" else "1"
    return (
        sortable,
        persons,
        of_age,
        _reversed(row["SEX"]),
        _reversed(row["AGE"]),
        row["TIME PERIOD"].strip(),
        row["AREA CODE"].strip(),
    )


def _reversed(text: str) -> str:
    """Text that sorts the other way round, for what stands first in the alphabet to be greatest."""
    return "".join(chr(0x10FFFF - ord(letter)) for letter in text.strip()) + chr(0x10FFFF)
