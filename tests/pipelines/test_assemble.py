"""Versions of every kind of dataset: decimals, years, published areas, unassigned rows."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from data.digests import sha256_of
from data.names import words
from data.questions.queries import figure, trend
from data.spec import Dataset, FactTable, Measure, Part
from data.versions.manifest import FileRecord, Manifest, PeriodRecord, Release
from data.versions.orgs import Org, Organisations, read_organisations
from data.versions.snapshot import LAYOUT, Snapshot
from data.versions.store import store
from pipelines.engine import geography
from pipelines.engine.assemble import assemble, month_of
from pipelines.engine.folder import write_fact, write_parts, write_table

YEARS = (date(2023, 4, 1), date(2024, 4, 1))
DECLARED = Dataset(
    id="example",
    title="Example",
    publisher="Nobody",
    series="Example",
    source_url="https://example.org",
    cadence="annual",
    publication_lag="never",
    dims=("line",),
    parts=(
        Part("total", "Total", "sum(amount)", kind="decimal"),
        Part("answers", "Answers", "sum(answers)", kind="decimal", spread="published"),
        Part("good", "Good answers", "sum(good)", kind="decimal", spread="published"),
        Part("low", "Low", "sum(good)", kind="decimal", spread="published"),
        Part("high", "High", "sum(answers)", kind="decimal", spread="published"),
        Part("calls", "Calls", "sum(calls)", table="times"),
    ),
    measures=(
        Measure("total", "Total", num="total", unit="pounds", rollup="sum"),
        Measure(
            "good",
            "Good",
            num="good",
            den="answers",
            unit="percent",
            rollup="published_only",
            low="low",
            high="high",
            base="answers",
        ),
    ),
    breakdowns=(),
    headline="total",
    control="total",
    caveats=("Invented.",),
    period="financial_year",
    extra=(FactTable("times", "By time", ("band",), "calls"),),
)
HOMES = (
    ("A1", "U00001", "S1", "I1", "R1"),
    ("A2", "U00001", "S1", "I1", "R1"),
    ("~S1", "", "S1", "I1", "R1"),
)
AMOUNTS = {"A1": "0.1", "A2": "0.2", "~S1": "1000000000.003"}


def _snapshot(home: Path, declared: Dataset) -> Snapshot:
    folder = store(home, "real").version_folder("example", "v")
    with duckdb.connect() as con:
        for year in YEARS:
            target = month_of(folder, year)
            if declared.has_practices:
                _practices(con, year, target)
            write_table(
                con,
                f"""SELECT DATE '{year}' AS month, * FROM (VALUES
                ('icb', 'I1', 'FIRST ICB', 10.5, 4.2), ('icb', 'I9', 'OTHER ICB', 8.0, 8.0),
                ('england', 'ENG', 'England', 20.0, 12.5)) t(level, code, name, answers, good)""",
                target / "published.parquet",
            )
        assemble(con, folder, declared)
    record = PeriodRecord(2, {"total": 0}, "r", {}, "key")
    release = Release("r", "R", "", None, ())
    manifest = Manifest(
        "example",
        "v",
        datetime.now(UTC),
        False,
        1,
        LAYOUT,
        (release,),
        {},
        dict.fromkeys(YEARS, record),
        (),
        (),
        files={
            str(path.relative_to(folder)): FileRecord(sha256_of(path), path.stat().st_size, None)
            for path in folder.rglob("*.parquet")
        },
    )
    return Snapshot(folder, manifest, declared=declared)


def _practices(con: duckdb.DuckDBPyConnection, year: date, target: Path) -> None:
    amounts = ", ".join(f"('{p}', 'gms', {a}, 30.25, 10.5)" for p, a in AMOUNTS.items())
    fact = f"""SELECT practice, DATE '{year}' AS month, line, amount, answers, good
    FROM (VALUES {amounts}) t(practice, line, amount, answers, good)"""
    times = f"""SELECT practice, DATE '{year}' AS month, band, calls
    FROM (VALUES ('A1', 'early', 3), ('A1', 'late', 4), ('~S1', 'late', 5)) t(practice, band, calls)
    """
    write_fact(con, fact, target)
    write_fact(con, times, target, table="times")
    write_parts(con, DECLARED, {"fact": fact, "times": times}, target)
    homes = ", ".join(str(home) for home in HOMES)
    former = f"practice = 'A1' AND DATE '{year}' = DATE '{YEARS[0]}'"
    geography.write(
        con,
        f"""SELECT DATE '{year}' AS month, practice,
        CASE WHEN {former} THEN 'OLD SURGERY' ELSE practice END AS practice_name,
        '' AS postcode, pcn,
        pcn AS pcn_name, sub_icb, sub_icb AS sub_icb_name, icb, icb AS icb_name, region,
        region AS region_name, '' AS supplier
        FROM (VALUES {homes}) t(practice, pcn, sub_icb, icb, region)""",
        str(target / "geography.parquet"),
    )


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return _snapshot(tmp_path_factory.mktemp("whole"), DECLARED)


def test_decimals_add_up_exactly(snapshot: Snapshot) -> None:
    total = DECLARED.measure("total")
    assert snapshot.at(total, "practice", "A1", month=YEARS[1])[0] == 0.1
    assert snapshot.at(total, "pcn", "U00001", month=YEARS[1])[0] == 0.3
    assert snapshot.england(total, YEARS[1]) == 1000000000.303


def test_areas_of_published_parts_are_the_publishers_or_missing(snapshot: Snapshot) -> None:
    good = DECLARED.measure("good")
    value, top, bottom = snapshot.at(good, "icb", "I1", month=YEARS[1])
    assert (top, bottom) == (4.2, 10.5)
    assert value == pytest.approx(40)
    assert snapshot.at(good, "england", "ENG", month=YEARS[1])[1:] == (12.5, 20)
    assert snapshot.parts_at("pcn", "U00001", month=YEARS[1])["good"] is None
    assert snapshot.at(good, "icb", "I9", month=YEARS[1])[0] == 100


def test_the_publishers_own_limits_are_shown(snapshot: Snapshot) -> None:
    practice = Org("practice", "A1", "A1", None, None)
    for found in (
        figure(snapshot, DECLARED.measure("good"), practice, month=YEARS[1]),
        trend(snapshot, DECLARED.measure("good"), practice)[1],
    ):
        assert (found.low, found.high) == (10.5, 30.25)


def test_too_few_answers_are_not_compared(snapshot: Snapshot) -> None:
    good = DECLARED.measure("good")
    assert snapshot.codes("icb") == ("I1", "I9")
    values = snapshot.comparable(good, "icb", YEARS[1])
    assert values[0] == pytest.approx(40)
    assert values[1] != values[1]  # eight answers


def test_unassigned_rows_count_in_areas_and_nowhere_else(snapshot: Snapshot) -> None:
    assert snapshot.codes("practice") == ("A1", "A2")
    assert snapshot.parts_at("pcn", "U00001", month=YEARS[1])["calls"] == 7
    assert snapshot.parts_at("sub_icb", "S1", month=YEARS[1])["calls"] == 12
    assert snapshot.parts_at("practice", "A2", month=YEARS[1])["calls"] is None
    assert snapshot.practices_in("sub_icb", "S1", YEARS[1]) == ["A1", "A2"]
    codes = duckdb.execute(
        "SELECT code FROM read_parquet(?) WHERE level IN ('practice', 'icb') ORDER BY 1",
        [snapshot.path("organisations.parquet")],
    ).fetchall()
    assert codes == [("A1",), ("A2",), ("I1",), ("I9",)]


def test_names_of_earlier_periods_stay_known(snapshot: Snapshot) -> None:
    with duckdb.connect() as con:
        found = read_organisations(con, (snapshot,))
    assert (found["practice", "A1"].name, found["practice", "A1"].former) == (
        "A1",
        ("Old Surgery",),
    )
    assert found["practice", "A2"].former == found["icb", "I1"].former == ()
    assert words.in_full("NHS Kent ICB") == words.in_full("NHS KENT INTEGRATED CARE BOARD")
    hit = Organisations(found, ()).find("old surgery").first(("practice",))[0]
    assert (hit.org.code, hit.formerly) == ("A1", "Old Surgery")


def test_a_version_from_before_names_were_kept_is_read(snapshot: Snapshot, tmp_path: Path) -> None:
    before = tmp_path / "v"
    shutil.copytree(snapshot.folder, before)
    path = before / "organisations.parquet"
    duckdb.execute(
        f"COPY (SELECT * EXCLUDE (names) FROM read_parquet('{snapshot.path(path.name)}')) "
        f"TO '{path}' (FORMAT parquet)"
    )
    older = Snapshot(before, snapshot.manifest, declared=DECLARED)
    with duckdb.connect() as con:
        assert read_organisations(con, (older,))["practice", "A1"].former == ()


def test_extra_tables_are_found(snapshot: Snapshot) -> None:
    path = snapshot.fact_path(YEARS[0], "times")
    assert duckdb.execute("SELECT sum(calls) FROM read_parquet(?)", [path]).fetchall() == [(12,)]


def test_a_version_may_hold_areas_only(tmp_path: Path) -> None:
    declared = replace(
        DECLARED,
        levels=("icb", "england"),
        parts=tuple(part for part in DECLARED.parts if part.spread == "published"),
        measures=(DECLARED.measure("good"),),
        headline="good",
        extra=(),
    )
    snapshot = _snapshot(tmp_path, declared)
    assert snapshot.codes("practice") == ()
    assert snapshot.codes("icb") == ("I1", "I9")
    good = declared.measure("good")
    assert snapshot.at(good, "icb", "I9", month=YEARS[0])[0] == 100
    assert snapshot.at(good, "icb", "I9", month=YEARS[0], membership="current")[0] == 100
