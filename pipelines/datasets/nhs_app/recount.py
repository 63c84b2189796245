"""NHS App figures, counted again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime

from data.datasets.nhs_app import BASE, MEASURES
from data.spec import ENGLAND, Level
from pipelines.recount.areas import Home, Parts, Recounted
from pipelines.recount.evidence import Evidence
from pipelines.recount.files import Row, Source, count_in, header, rows

_FORMS = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%Y-%m",
    "%b-%y",
    "%b %Y",
    "%B %Y",
    "%B-%y",
    "%d%b%Y",
    "%d-%b-%y",
    "%d-%b-%Y",
    "%Y%m%d",
)
_SUMS = ("logins", "prescription_orders", "registrations")
_AREAS: tuple[Level, ...] = ("pcn", "sub_icb", "icb", "region")
Told = dict[tuple[str, str], dict[str, int | None]]


def recount(evidence: Evidence) -> Recounted:
    """A month from the open files and the import, with the lists' patients of 13 and over."""
    told: Told = {}
    mapping = _mapping(evidence)
    for kind in ("icb", "england", "practices"):
        for source in evidence.used.get(kind, ()):
            known = mapping if kind == "practices" else {}
            for level, code, measure, value in _figures(source, evidence.month, kind, known):
                told.setdefault((level, code), {})[measure] = value
    if ("england", ENGLAND) not in told:
        told["england", ENGLAND] = _added(told)
    lists = evidence.again("list-sizes", evidence.month)
    homes = lists.homes if lists else {}
    practices = {code for level, code in told if level == "practice"}
    if practices and lists:
        _add_areas(told, homes)
    if lists:
        for level, code in _organisations(lists):
            base = lists.at(level, code).get("aged_13_and_over")
            if base is not None:
                told.setdefault((level, code), {})[BASE] = int(base)
    every = dict.fromkeys((BASE, *MEASURES))
    parts: dict[str, Parts] = {}
    published: dict[tuple[str, str], Parts] = {}
    for (level, code), found in told.items():
        whole: Parts = {**every, **found}
        if level == "practice":
            parts[code] = whole
        else:
            published[level, code] = whole
    placed = homes or evidence.homes(evidence.month)
    return Recounted(
        parts,
        {code: placed.get(code, Home()) for code in parts},
        published,
        never_added=frozenset(every),
    )


def _mapping(evidence: Evidence) -> dict[str, str]:
    found: dict[str, str] = {}
    for source in evidence.landed:
        if header(source) == {"COLUMN", "MEASURE"}:
            with suppress(ValueError):  # a broken one is refused, and that before it counts
                found = {
                    " ".join(row["COLUMN"].split()).upper(): row["MEASURE"].strip().lower()
                    for row in rows(source)
                }
    return found


def _month(text: str) -> date | None:
    for form in _FORMS:
        try:
            return datetime.strptime(text.strip(), form).date().replace(day=1)
        except ValueError:
            continue
    return None


def _figures(
    source: Source, month: date, kind: str, mapping: Mapping[str, str]
) -> Iterator[tuple[str, str, str, int | None]]:
    for row in rows(source):
        when = next(n for n in row if re.search(r"\b(MONTH|DATE|PERIOD)", n.replace("_", " ")))
        if _month(row[when]) != month:
            continue
        level, code = _who(row, kind)
        for name, text in _pairs(row):
            measure = mapping.get(name.upper()) if mapping else _measure(name)
            if measure in MEASURES:
                bare = text.replace(",", "").strip()
                yield level, code, measure, count_in(bare) if re.match(r"\d", bare) else None


def _who(row: Row, kind: str) -> tuple[str, str]:
    if kind == "england":
        return "england", ENGLAND
    if kind == "practices":
        cells = [v.strip() for v in row.values() if re.fullmatch(r"[A-Za-z]\d{5}", v.strip())]
        if not cells:
            raise ValueError(f"a row of practices has no practice: {', '.join(row.values())}")
        return "practice", cells[0].upper()
    name = next(n for n in row if "CODE" in n and "ONS" not in n and "REGION" not in n)
    code = row[name].strip().upper()
    said = " ".join(value.lower() for n, value in row.items() if "LEVEL" in n or "TYPE" in n)
    if "england" in said or "national" in said or code == ENGLAND:
        return "england", ENGLAND
    return ("region" if re.fullmatch(r"Y\d\d", code) else "icb"), code


def _pairs(row: Row) -> Iterator[tuple[str, str]]:
    metric = next((n for n in row if n.split("_")[0].split()[0] in ("METRIC", "MEASURE")), None)
    if metric and (value := next((n for n in row if n.startswith(("VALUE", "COUNT"))), None)):
        yield " ".join(row[metric].split()), row[value]
    else:
        yield from row.items()


def _measure(name: str) -> str | None:
    said = name.lower().replace("_", " ")
    if "prescri" in said:
        return "prescription_users" if "user" in said or "unique" in said else "prescription_orders"
    if "registration" in said and "organ" not in said:
        total = any(word in said for word in ("all", "total", "cumulative"))
        return "registrations_total" if total else "registrations"
    if "unique" in said:
        return "unique_logins_12m" if "12" in said or "twelve" in said else "unique_logins"
    return "logins" if "login" in said or "session" in said else None


def _added(told: Told) -> dict[str, int | None]:
    """England as the sum of ICBs, of what may be added up and is known of all."""
    icbs = [found for (level, _), found in told.items() if level == "icb"]
    sums: dict[str, int | None] = {}
    for measure in _SUMS:
        values = [found[measure] for found in icbs if measure in found]
        known = [value for value in values if value is not None]
        if known and len(known) == len(values):
            sums[measure] = sum(known)
    return sums


def _add_areas(told: Told, homes: Mapping[str, Home]) -> None:
    members: dict[tuple[str, str], list[str]] = {}
    for practice, home in homes.items():
        for level in ("pcn", "sub_icb"):
            if getattr(home, level) not in ("", "U"):
                members.setdefault((level, getattr(home, level)), []).append(practice)
    for area, practices in members.items():
        for measure in MEASURES:
            values = [told.get(("practice", one), {}).get(measure) for one in practices]
            known = [value for value in values if value is not None]
            if len(known) == len(values):
                told.setdefault(area, {})[measure] = sum(known)


def _organisations(lists: Recounted) -> Sequence[tuple[Level, str]]:
    found: list[tuple[Level, str]] = [("england", ENGLAND)]
    found += [("practice", code) for code in lists.parts]
    for level in _AREAS:
        codes = {getattr(home, level) for home in lists.homes.values()}
        codes |= {code for known, code in lists.published if known == level}
        found += [(level, code) for code in sorted(codes - {"", "U"})]
    return found
