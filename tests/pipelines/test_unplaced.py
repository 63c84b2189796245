"""Practices in no ICB are counted and named, in every dataset that has ICBs."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.engine import unplaced
from pipelines.engine.series import series

YEAR = date(2016, 4, 1)


def built(folder: Path, rows: list[tuple[str, str, float]]) -> Path:
    with duckdb.connect() as con:
        con.execute("CREATE TABLE t (practice VARCHAR, icb VARCHAR, total_payments DOUBLE)")
        con.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
        for name, columns in {
            "parts": "practice, total_payments",
            "geography": "practice, icb",
        }.items():
            con.execute(f"COPY (SELECT {columns} FROM t) TO '{folder / name}.parquet'")
    return folder


def test_they_are_counted_with_their_share_and_the_first_are_named(tmp_path: Path) -> None:
    lost = [(f"A8100{n}", "", 10.0) for n in range(7)]
    rows = [*lost, ("B81001", "QK1", 930.0), ("~U12345", "", 500.0)]
    with duckdb.connect() as con:
        said = unplaced.note(con, built(tmp_path, rows), series=series("nhs-payments"), period=YEAR)
    assert " ".join(said) == (
        "In 2016/17 the ICB of 7 of 8 practices is not known (A81000, A81001, A81002, A81003, "
        "A81004 and 2 more): they count in England, with 7.0% of total payments, and in no ICB."
    )


def test_nothing_is_said_where_every_practice_has_one(tmp_path: Path) -> None:
    rows = [("B81001", "QK1", 930.0), ("~U12345", "", 500.0)]
    with duckdb.connect() as con:
        folder = built(tmp_path, rows)
        assert unplaced.note(con, folder, series=series("nhs-payments"), period=YEAR) == ()


@pytest.mark.parametrize("dataset", ["pcn-workforce", "practices"])
def test_a_period_without_practices_or_figures_says_nothing(tmp_path: Path, dataset: str) -> None:
    with duckdb.connect() as con:
        assert unplaced.note(con, tmp_path, series=series(dataset), period=YEAR) == ()
