"""The payments of 2015/16, with parts and their total side by side, and of 2016/17."""

from __future__ import annotations

import csv
import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from data.versions.db import LiveVersions
from data.versions.store import store
from pipelines.cli.verify import verify_store
from tests.pipelines.test_real_files import flask

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

YEARS = {
    "15-16": (date(2015, 4, 1), 7_841, 8_182_561_838.04),
    "16-17": (date(2016, 4, 1), 7_763, 8_883_780_327.72),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, real_data: Path) -> Path:
    home = tmp_path_factory.mktemp("older") / "home"
    more = real_data.parent / "data_more" / "gp_payments"
    for name in ("all_2025-12-01.csv", "map_2025-12_reexport.csv.gz"):
        path = real_data / "patients_registered" / f"gp-reg-pat-prac-{name}"
        assert flask(home, "refresh", "list-sizes", "--from", str(path)).exit_code == 0
    for years in YEARS:
        copies = sorted(more.glob(f"nhspaymentsgp-{years}-*.csv.gz"))
        if not copies:
            pytest.skip(f"the publisher's payments of 20{years} are not at {more}")
        done = flask(home, "refresh", "nhs-payments", "--from", str(copies[0]))
        assert done.exit_code == 0, done.output
    return home


@pytest.mark.parametrize("years", YEARS)
def test_the_year_adds_up_to_the_publisher_s_total(home: Path, years: str) -> None:
    year, practices, total = YEARS[years]
    snapshot = LiveVersions(home).current("nhs-payments")
    assert snapshot is not None
    record = snapshot.manifest.periods[year]
    assert (record.practices, record.totals) == (practices, {"total_payments": total})
    england = snapshot.parts_at("england", "ENG", month=year)
    groups = [n for part, n in england.items() if part.startswith("group_") and n is not None]
    # Lines of those years are in whole pounds for some practices.
    assert england["total_payments"] == total and abs(sum(groups) - total) < practices
    split = (england["local_nhais"], england["local_isfe"])
    assert (None not in split) == (years == "15-16")
    assert (england["local_incentive"] is None) == (years == "15-16")


def test_the_regions_of_old_years_stay(home: Path, real_data: Path) -> None:
    """Q74 of 2016/17 is not Y63 of today, although the practice map held here says so."""
    snapshot = LiveVersions(home).current("nhs-payments")
    assert snapshot is not None
    year, *_ = YEARS["16-17"]
    more = real_data.parent / "data_more" / "gp_payments"
    sums: dict[str, Decimal] = {}
    with gzip.open(
        next(more.glob("nhspaymentsgp-16-17-*.csv.gz")), "rt", encoding="utf-8-sig", newline=""
    ) as text:
        for row in csv.DictReader(text):
            code = row["NHS England (Region) code"]
            amount = Decimal(row["Total NHS Payments to General Practice"])
            sums[code] = sums.get(code, Decimal(0)) + amount
    assert "Q74" in sums and "Y63" not in sums
    for code, total in sums.items():
        shown = snapshot.parts_at("region", code, month=year)["total_payments"]
        assert shown == pytest.approx(float(total), abs=0.001), code
    assert not snapshot.has("region", "Y63") or (
        snapshot.parts_at("region", "Y63", month=year)["total_payments"] is None
    )
    notes = [note for note in snapshot.manifest.notes if note.startswith("In 2016/17 the ICB of")]
    assert len(notes) == 1 and "of 7,763 practices is not known" in notes[0]


def test_they_are_the_same_counted_again(home: Path) -> None:
    checks = list(verify_store(store(home, "real"), sample=200, seed="older"))
    assert checks and [check for check in checks if not check.passed] == []
