"""The publisher's core contract of a quarter, every value of it, by an independent slow path."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import duckdb
import pytest

from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from data.versions.store import store
from tests.pipelines.test_real_files import flask

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

APRIL, MAY, JUNE = MONTHS = (date(2023, 4, 1), date(2023, 5, 1), date(2023, 6, 1))
CORE = "core_gp_contract_2023_24_Q1__QHM_QMF_QUY.csv.gz"
LISTS = (
    "patients_registered/gp-reg-pat-prac-all_2025-12-01.csv",
    "patients_registered/gp-reg-pat-prac-map_2025-12_reexport.csv.gz",
)
Row = dict[str, str]


@pytest.fixture(scope="module")
def published(real_data: Path) -> list[Row]:
    path = real_data / "gp_contract" / CORE
    if not path.is_file():
        pytest.skip(f"the publisher's core contract is not at {path}")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, real_data: Path, published: list[Row]) -> Path:
    home = tmp_path_factory.mktemp("contract") / "home"
    lists = [str(real_data / name) for name in LISTS]
    assert (
        flask(home, "refresh", "list-sizes", "--from", lists[0], "--from", lists[1]).exit_code == 0
    )
    done = flask(home, "refresh", "gp-contract", "--from", str(real_data / "gp_contract" / CORE))
    assert done.exit_code == 0, done.output
    return home


def opened(home: Path) -> Snapshot:
    found = LiveVersions(home).current("gp-contract")
    assert found is not None
    return found


def month_of(row: Row) -> date:
    _, month, year = row["ACH_DATE"].split("/")
    return date(int(year), int(month), 1)


def number(row: Row) -> int | None:
    return None if row["VALUE"] == "*" else int(row["VALUE"])


def by_practice(published: list[Row]) -> dict[tuple[date, str], dict[str, int | None]]:
    """Parts as the declaration means them: a pair has both its numbers or neither."""
    names = {"Numerator": "num", "Denominator": "den", "PCA": "pca", "COUNT": "count"}
    found: dict[tuple[date, str], dict[str, int | None]] = defaultdict(dict)
    for row in published:
        part = f"{row['IND_CODE'].lower()}_{names[row['MEASURE_TYPE']]}"
        found[month_of(row), row["PRACTICE_CODE"]][part] = number(row)
    for parts in found.values():
        for part in [name for name in parts if name.endswith("_den") and parts[name] is None]:
            parts[part.replace("_den", "_num")] = None
    return found


def test_every_value_of_every_practice_is_as_published(home: Path, published: list[Row]) -> None:
    assert len(published) == 62_775
    assert len({row["PRACTICE_CODE"] for row in published}) == 677
    assert len({row["IND_CODE"] for row in published}) == 16
    assert sum(row["VALUE"] == "*" for row in published) == 28
    shown = opened(home)
    assert shown.months == MONTHS
    for (month, code), parts in by_practice(published).items():
        held = shown.parts_at("practice", code, month=month)
        assert {part: held[part] for part in parts} == parts, (month, code)
    for month in MONTHS:
        kept = Counter(
            duckdb.execute(
                "SELECT practice, quality_service, indicator, measure, rule, value FROM "
                f"read_parquet('{shown.fact_path(month)}')"
            ).fetchall()
        )
        assert kept == Counter(
            (
                row["PRACTICE_CODE"],
                row["QUALITY_SERVICE"],
                row["IND_CODE"],
                row["MEASURE_TYPE"].upper(),
                row["MEASURE"] if row["MEASURE_TYPE"] == "PCA" else "",
                number(row),
            )
            for row in published
            if month_of(row) == month
        )


def test_areas_add_up_what_is_known_and_nothing_else(
    home: Path, published: list[Row], real_data: Path
) -> None:
    with gzip.open(real_data / LISTS[1], "rt", encoding="utf-8-sig", newline="") as text:
        homes = {row["PRACTICE_CODE"]: row for row in csv.DictReader(text)}
    columns = {
        "pcn": "PCN_CODE",
        "sub_icb": "SUB_ICB_LOCATION_CODE",
        "icb": "ICB_CODE",
        "region": "COMM_REGION_CODE",
    }
    sums: dict[tuple[str, str, date], Counter[str]] = defaultdict(Counter)
    for (month, code), parts in by_practice(published).items():
        known = {part: count for part, count in parts.items() if count is not None}
        sums["england", "ENG", month].update(known)
        for level, column in columns.items():
            if code in homes and homes[code][column] not in ("", "U"):
                sums[level, homes[code][column], month].update(known)
    shown = opened(home)
    assert len(sums) > 300
    for (level, area, month), totals in sums.items():
        held = shown.parts_at(level, area, month=month)  # type: ignore[arg-type]
        assert {part: held[part] for part in totals} == totals, (level, area, month)


def test_totals_of_the_three_icbs(home: Path) -> None:
    shown = opened(home)
    england = {month: shown.parts_at("england", "ENG", month=month) for month in MONTHS}
    assert [england[m]["practices"] for m in MONTHS] == [676, 672, 677]
    assert [england[m]["cgpcmi01_count"] for m in MONTHS] == [171_456, 171_509, 174_793]
    assert [england[m]["suppressed"] for m in MONTHS] == [12, 10, 6]
    # 874 severely frail patients agreed; one is of a practice whose denominator is suppressed.
    assert england[APRIL]["ccdcmi37_num"] == 873
    june = england[JUNE]
    assert (june["ccdcmi30_num"], june["ccdcmi30_den"]) == (67_701, 1_081_870)
    assert june["ccdcmi30_den"] + june["ccdcmi30_pca"] == june["ccdcmi31_den"]  # type: ignore[operator]
    assert june["ccdcmi33_den"] + june["ccdcmi33_pca"] == june["ccdcmi34_den"]  # type: ignore[operator]
    assert june["demmi200_num"] is None and june["mmrv004_count"] is None
    status = json.loads(flask(home, "status", "--json").stdout)["gp-contract"]["periods"]
    assert status["2023-06-01"]["unpaid_carers"] == 174_793
    assert status["2023-06-01"]["suppressed_values"] == 6


def test_the_second_path_agrees(home: Path) -> None:
    done = flask(home, "verify", "--sample", "120")
    assert done.exit_code == 0, done.output


def test_again_older_and_reissued(tmp_path: Path, published: list[Row]) -> None:
    """Loading again changes nothing, an older quarter stays older, a re-issue adds a version."""
    home = tmp_path / "home"
    some = {row["PRACTICE_CODE"] for row in published[: 31 * 3 * 30]}
    rows = [row for row in published if row["PRACTICE_CODE"] in some]

    def write(name: str, months: int, *, carers: int = 0) -> str:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as text:
            writer = csv.DictWriter(text, list(rows[0]))
            writer.writeheader()
            for row in rows:
                moved = date(2023, month_of(row).month + months, 28)
                value = row["VALUE"]
                if row["IND_CODE"] == "CGPCMI01":
                    value = str(int(value) + carers)
                writer.writerow(row | {"ACH_DATE": f"{moved:%Y-%m-%d}", "VALUE": value})
        return str(path)

    second = write("Core GP Contract Q2 2023-24.csv", 3)
    assert flask(home, "refresh", "gp-contract", "--from", second).exit_code == 0
    first = opened(home)
    again = flask(home, "refresh", "gp-contract", "--from", second)
    assert "Nothing new" in again.output and opened(home).version == first.version
    older = write("Core GP Contract Q1 2023-24.csv", 0)
    assert flask(home, "refresh", "gp-contract", "--from", older).exit_code == 0
    assert opened(home).manifest.latest == date(2023, 9, 1) and len(opened(home).months) == 6
    reissue = write("Core GP Contract Q2 2023-24 v2.csv", 3, carers=10)
    assert flask(home, "refresh", "gp-contract", "--from", reissue).exit_code == 0
    # The first issue, given once more, does not come back.
    assert flask(home, "refresh", "gp-contract", "--from", second).exit_code == 0
    counts = [
        held.parts_at("england", "ENG", month=date(2023, 9, 1))["cgpcmi01_count"]
        for version in sorted(store(home, "real").versions("gp-contract"))
        if (held := LiveVersions(home).version("gp-contract", version))
    ]
    assert len(counts) == 3 and counts[0] == counts[1] == counts[2] - 10 * len(some)  # type: ignore[operator]
    assert any("issue 2 of that file" in note for note in opened(home).manifest.notes)
