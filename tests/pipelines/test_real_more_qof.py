"""Prevalence of 2016/17 to 2020/21 as published: blank registers, and the ages of every list."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from data.datasets.qof import DATASET
from data.datasets.vocabulary.qof import REGISTERS
from data.versions.snapshot import Snapshot
from data.versions.store import store
from pipelines.cli.verify import verify_store
from tests.pipelines.shelf import Shelf
from tests.pipelines.test_real_files import flask

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

FILES = {
    date(2016, 4, 1): "PREVALENCE_1617.csv.gz",
    date(2018, 4, 1): "PREVALENCE_1819_v2.csv.gz",
    date(2020, 4, 1): "PREVALENCE_2021_v2.csv.gz",
}
OLDEST = date(2016, 4, 1)


@pytest.fixture(scope="module")
def folder(real_data: Path) -> Path:
    folder = real_data.parent / "data_more" / "qof"
    if not folder.is_dir():
        pytest.skip(f"the publisher's older QOF files are not at {folder}")
    return folder


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Shelf:
    held = Shelf(tmp_path_factory.mktemp("qof"))
    for name in FILES.values():
        done = flask(held.home, "refresh", "qof", "--from", str(folder / name))
        assert done.exit_code == 0, done.output
    return held


@pytest.fixture(scope="module")
def qof(held: Shelf) -> Snapshot:
    return held.snapshot("qof")


def rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as text:
        yield from csv.DictReader(text)


def test_practices_without_a_register_are_in_neither_side_of_england(
    held: Shelf, qof: Snapshot, folder: Path
) -> None:
    measure = DATASET.measure("chd_prevalence")
    value = qof.at(measure, "england", "ENG", month=OLDEST)[0]
    assert value is not None and round(value, 4) == 3.1627
    blank = {
        row["PRACTICE_CODE"]
        for row in rows(folder / FILES[OLDEST])
        if not row["REGISTER"].strip() and row["INDICATOR_GROUP_CODE"] in REGISTERS
    }
    (note,) = (
        n for n in held.manifest("qof").notes if n.startswith("2016/17") and "neither side" in n
    )
    assert f"they are {len(blank)}," in note and min(blank) in note


def test_every_register_is_the_ratio_of_the_same_practices(qof: Snapshot, folder: Path) -> None:
    for year, name in FILES.items():
        sums: dict[str, list[Decimal]] = {}
        for row in rows(folder / name):
            group = row.get("GROUP_CODE") or row["INDICATOR_GROUP_CODE"]
            listed = row.get("PRACTICE_LIST_SIZE") or row["PATIENT_LIST_SIZE"]
            if group in REGISTERS and row["REGISTER"].strip():
                tally = sums.setdefault(group, [Decimal(0), Decimal(0)])
                tally[0] += Decimal(row["REGISTER"])
                tally[1] += Decimal(listed)
        england = qof.parts_at("england", "ENG", month=year)
        assert len(sums) >= 20
        for group, (register, listed_sum) in sums.items():
            assert england[f"{group.lower()}_register"] == float(register), (year, group)
            assert england[f"{group.lower()}_list"] == pytest.approx(float(listed_sum), abs=1e-6)


def test_the_declared_ages_are_those_of_the_files(qof: Snapshot) -> None:
    for year in FILES:
        found = duckdb.execute(
            "SELECT DISTINCT group_code, list_type FROM read_parquet(?)",
            [qof.fact_path(year, "prevalence")],
        ).fetchall()
        published = {group: base for group, base in found if group in REGISTERS}
        assert published == {g: REGISTERS[g].base_in(year) for g in published}
    assert published["AST"] == "06OV"


def test_they_are_the_same_counted_again(held: Shelf) -> None:
    checks = list(verify_store(store(held.home, "real"), sample=200, seed="qof"))
    assert checks and [check for check in checks if not check.passed] == []
