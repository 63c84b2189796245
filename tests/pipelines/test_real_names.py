"""Names, towns and search on the publishers' own register."""

from __future__ import annotations

import csv
import gzip
import re
from pathlib import Path

import duckdb
import pytest

from data.names import words
from data.names.display import display_name
from data.versions.orgs import Org, Organisations
from pipelines.datasets.practices import address
from pipelines.datasets.practices.series import COLUMNS_27, ENGLISH_REGIONS
from pipelines.engine.units import csv_scan

LEGACY, TODAY = "epraccur_legacy_2025-08.csv.gz", "epraccur_getReport_2026-10-02_sample.csv"
Register = dict[str, tuple[str, str, str, str, bool]]


def register(path: Path) -> Register:
    """Name, street, town, postcode and whether it is open, of every GP practice of England."""
    rows = duckdb.execute(
        f"""SELECT c1, c2, {address.STREET}, {address.TOWN}, c10, c13 IN ('A', 'ACTIVE')
        FROM (SELECT *, {address.LINES} AS lines FROM {csv_scan([path], COLUMNS_27)})
        WHERE c26 IN ('4', 'RO76') AND c3 IN {ENGLISH_REGIONS}"""
    ).fetchall()
    return {code: tuple(rest) for code, *rest in rows}  # type: ignore[misc]


@pytest.fixture(scope="module")
def legacy(real_data: Path) -> Register:
    return register(real_data / "ods" / LEGACY)


@pytest.fixture(scope="module")
def england(legacy: Register) -> Organisations:
    return Organisations(
        {
            ("practice", code): Org(
                "practice",
                code,
                display_name(name),
                None,
                None,
                postcode=postcode,
                town=display_name(town),
                address=display_name(street),
                status="active" if is_open else "closed",
            )
            for code, (name, street, town, postcode, is_open) in legacy.items()
        },
        (),
    )


def test_the_town_is_the_town_in_both_generations_of_the_report(
    real_data: Path, legacy: Register
) -> None:
    today = register(real_data / "ods" / TODAY)
    both = today.keys() & legacy.keys()
    assert len(both) >= 7
    differing = {c for c in both if words.plain(legacy[c][2]) != words.plain(today[c][2])}
    assert differing <= {"A81065"}  # its two reports give Eston and Middlesbrough
    active = [row for row in legacy.values() if row[4]]
    assert sum(not town for _, _, town, *_ in active) <= 5
    counties = re.compile(r"(SHIRE|KENT|ESSEX|SURREY|MIDDLESEX|SUSSEX|MERSEYSIDE|MIDLANDS)$")
    assert [town for _, _, town, *_ in active if counties.search(town)] == []


def test_no_initials_acronym_or_code_of_a_real_name_is_written_as_a_word(legacy: Register) -> None:
    names = {display_name(name) for name, *_ in legacy.values()}
    assert "Dr CM Patel's Surgery" in names
    assert not [name for name in names if re.search(r"\b(Pms|Nhs|Gp|Pcn|Cic|Llp|Hc)\b", name)]
    assert not [name for name in names if re.search(r"\b[A-Z]\d{5}\b", name)]
    assert not [name for name in names if re.search(r"\([a-z]", name)]
    assert not [name for name in names if re.search(r"\bDrs? (?!St )[A-Z][a-z] [A-Z]", name)]


def test_every_practice_is_found_by_its_code_and_by_its_own_name(
    england: Organisations, legacy: Register
) -> None:
    for code in list(legacy)[::40]:
        org = england.at("practice", code)
        assert org is not None
        assert england.search(code)[0] == org
        if org.status == "active":
            first = england.search(org.name, limit=1)[0]
            assert words.key(first.name) == words.key(org.name), org.name


def test_a_district_a_misspelling_and_a_name_find_what_people_mean(england: Organisations) -> None:
    active = [org for org in england.all("practice") if org.status == "active"]
    hits = england.find("BN1").first(("practice",))
    inside = {org.code for org in active if org.postcode.startswith("BN1 ")}
    assert {hit.org.code for hit in hits[: len(inside)]} == inside
    assert all("Riverside Med" in org.name for org in england.search("riversid medcal", limit=3))
    assert england.search("dr c.m. patel")[0].name == "Dr CM Patel's Surgery"
    brighton = england.find("brighton").first(("practice",), 20)
    assert sum(hit.org.town == "Brighton" for hit in brighton) > 10


def test_the_rows_of_the_register_are_those_of_an_obvious_reading(
    real_data: Path, legacy: Register
) -> None:
    with gzip.open(real_data / "ods" / LEGACY, "rt", encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.reader(stream) if row[25] == "4" and row[2] in ENGLISH_REGIONS]
    assert {row[0] for row in rows} == set(legacy)
