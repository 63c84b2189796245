"""The first published files with the ICBs of April 2026: a map and quinary ages, no totals."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from data.versions.store import store
from pipelines.cli.verify import verify_store
from tests.pipelines.test_real_files import flask

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

JULY, DECEMBER = date(2026, 7, 1), date(2025, 12, 1)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, real_data: Path) -> Path:
    home = tmp_path_factory.mktemp("july") / "home"
    more = real_data.parent / "data_more" / "patients_registered" / "2026-07"
    if not more.is_dir():
        pytest.skip(f"the published files of July 2026 are not at {more}")
    held = real_data / "patients_registered"
    for path in (
        held / "gp-reg-pat-prac-all_2025-12-01.csv",
        held / "gp-reg-pat-prac-map_2025-12_reexport.csv.gz",
        more,
    ):
        done = flask(home, "refresh", "list-sizes", "--from", str(path))
        assert done.exit_code == 0, done.output
    return home


@pytest.fixture(scope="module")
def lists(home: Path) -> Snapshot:
    found = LiveVersions(home).current("list-sizes")
    assert found is not None
    return found


def test_the_month_adds_up_to_the_publisher_s_total(lists: Snapshot) -> None:
    record = lists.manifest.periods[JULY]
    assert record.totals == {"registered_patients": 63_436_508}
    assert record.practices == 6_139
    england = lists.parts_at("england", "ENG", month=JULY)
    bands = [n for part, n in england.items() if part[:2] in ("m_", "f_") and n is not None]
    assert england["registered"] == sum(bands) == 63_436_508


def test_the_areas_are_those_of_the_month(lists: Snapshot) -> None:
    path = str(lists.folder / "months" / "2026-07" / "geography.parquet")
    counted = duckdb.execute(
        """SELECT count(DISTINCT icb), count(DISTINCT sub_icb), count(DISTINCT pcn),
                  count(*) FILTER (WHERE icb = ''), count(*) FILTER (WHERE supplier = 'Unknown')
        FROM read_parquet(?)""",
        [path],
    ).fetchall()[0]
    assert counted == (36, 106, 1_299, 0, 8)
    for code, in_december, in_july in (
        ("QNQ", True, False),
        ("D7T5G", False, True),
        ("QRL", True, True),
    ):
        figures = {m: lists.parts_at("icb", code, month=m)["registered"] for m in (DECEMBER, JULY)}
        assert (figures[DECEMBER] is not None, figures[JULY] is not None) == (in_december, in_july)


def test_the_month_is_the_same_counted_again(home: Path) -> None:
    checks = list(verify_store(store(home, "real"), sample=300, seed="july"))
    assert checks and [check for check in checks if not check.passed] == []
