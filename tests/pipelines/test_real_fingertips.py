"""Two real downloads: smoking (91547) for many geographies, dementia (247) for few practices."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result

from data.settings import Settings
from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from data.versions.store import store
from tests.pipelines.terminal import data_command

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

SMOKING = "all_data_by_indicator_91547_smoking_prevalence_qof.csv.gz"
DEMENTIA = "all_data_by_indicator_dementia_qof_prev.csv"
LISTS = ("gp-reg-pat-prac-all_2025-12-01.csv", "gp-reg-pat-prac-map_2025-12_reexport.csv.gz")
YEAR, LATEST = date(2022, 4, 1), date(2023, 4, 1)
LEVELS = {"england": "England", "practice": "GPs", "icb": "ICBs", "sub_icb": "ICB sub-locations"}
Row = dict[str, str]


def flask(home: Path, *arguments: str) -> Result:
    return data_command(Settings(home=home), *arguments)


def opened(home: Path) -> Snapshot:
    found = LiveVersions(home).current("fingertips")
    assert found is not None
    return found


def read(path: Path) -> list[Row]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as text:  # type: ignore[operator]
        return list(csv.DictReader(text))


def written(path: Path, rows: Iterable[Row]) -> Path:
    rows = list(rows)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(real_data: Path) -> Path:
    folder = real_data / "fingertips"
    if not folder.is_dir():
        pytest.skip(f"the downloads of Fingertips are not at {folder}")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, folder: Path, real_data: Path) -> Path:
    home = tmp_path_factory.mktemp("fingertips") / "home"
    lists = [str(real_data / "patients_registered" / name) for name in LISTS]
    given = [argument for path in lists for argument in ("--from", path)]
    assert flask(home, "refresh", "list-sizes", *given).exit_code == 0
    done = flask(home, "refresh", "fingertips", "--from", str(folder))
    assert done.exit_code == 0, done.output
    return home


def test_every_value_of_every_year_and_level_is_the_publishers(home: Path, folder: Path) -> None:
    shown = opened(home)
    assert shown.months == tuple(date(year, 4, 1) for year in range(2009, 2024))
    compared = 0
    for word, name in (("smoking", SMOKING), ("dementia", DEMENTIA)):
        for row in read(folder / name):
            level = next((ours for ours, text in LEVELS.items() if text == row["Area Type"]), None)
            if level is None or row["Category Type"]:
                continue
            code = row["Area Code"]
            if level == "england":
                code = "ENG"
            elif level != "practice":
                code = row["Area Name"].strip().rpartition(" - ")[2]
            month = date(int(row["Time period"][:4]), 4, 1)
            parts = shown.parts_at(level, code, month=month)  # type: ignore[arg-type]
            for part, column in (
                ("value", "Value"),
                ("low", "Lower CI 95.0 limit"),
                ("count", "Count"),
                ("high", "Upper CI 95.0 limit"),
                ("denominator", "Denominator"),
            ):
                expected = pytest.approx(float(row[column]), abs=1e-6) if row[column] else None
                assert parts[f"{word}_{part}"] == expected, (row, part)
            compared += 1
    assert compared > 13_000


def test_practices_add_up_to_what_the_publisher_gives_for_england(home: Path, folder: Path) -> None:
    shown = opened(home)
    england = shown.parts_at("england", "ENG", month=YEAR)
    practices = [row for row in read(folder / SMOKING) if row["Area Type"] == "GPs"]
    for part, column, total in (
        ("count", "Count", 7_664_426),
        ("denominator", "Denominator", 52_100_343),
    ):
        added = sum(int(row[column]) for row in practices if row["Time period"] == "2022/23")
        assert england[f"smoking_{part}"] == added == total
    assert england["smoking_value"] == pytest.approx(14.710894)
    # The download has practices of 2023/24, added by hand, and no figure of any area.
    assert shown.manifest.periods[LATEST].practices == 6267
    assert shown.parts_at("england", "ENG", month=LATEST)["smoking_value"] is None
    assert shown.parts_at("practice", "A84006", month=LATEST)["smoking_count"] == 1626


def test_regions_are_told_by_their_names(home: Path, folder: Path) -> None:
    shown = opened(home)
    regions = {
        row["Area Name"]: row for row in read(folder / SMOKING) if "NHS region" in row["Area Type"]
    }
    assert len(regions) == 7
    for code, name in (
        ("Y56", "London NHS Region"),
        ("Y63", "North East and Yorkshire NHS Region"),
        ("Y61", "East of England NHS Region"),
    ):
        parts = shown.parts_at("region", code, month=YEAR)
        assert parts["smoking_count"] == int(regions[name]["Count"])
    assert len(shown.codes("region")) == 7


def test_status_verification_and_notes(home: Path, folder: Path) -> None:
    status = json.loads(flask(home, "status", "--json").output)["fingertips"]
    kept = [
        row
        for name in (SMOKING, DEMENTIA)
        for row in read(folder / name)
        if row["Time period"] == "2022/23"
        and row["Value"]
        and (row["Area Type"] in LEVELS.values() or row["Area Type"].startswith("NHS region"))
    ]
    values = {(row["Indicator ID"], row["Area Code"]) for row in kept}
    assert status["periods"]["2022/23"]["values_held"] == len(values)
    assert flask(home, "verify", "--sample", "60").exit_code == 0
    notes = " ".join(opened(home).manifest.notes)
    assert "2023/24: 6,267 rows have no indicator id" in notes
    assert "2019/20: 495 rows of other kinds of area are left out (CCG, " in notes
    assert "could not be told" not in notes


def test_loading_again_changes_nothing_and_older_downloads_do_not_go_back(
    tmp_path: Path, folder: Path
) -> None:
    home = tmp_path / "home"

    def load(path: Path) -> str:
        done = flask(home, "refresh", "fingertips", "--from", str(path))
        assert done.exit_code == 0, done.output
        return done.output

    rows = read(folder / DEMENTIA)
    load(folder / DEMENTIA)
    first = opened(home)
    assert "Nothing new" in load(folder / DEMENTIA)
    assert opened(home).version == first.version
    older = [
        row | {"Value": row["Lower CI 95.0 limit"]} for row in rows if row["Time period"] < "2022"
    ]
    older = [row | {"Count": "", "Denominator": ""} for row in older]
    load(written(tmp_path / "older.csv", older))
    month = date(2021, 4, 1)
    now = opened(home).parts_at("england", "ENG", month=month)
    assert now == first.parts_at("england", "ENG", month=month)
    # Re-issued under its own name: both versions can be asked.
    changed = [
        row | {"Count": str(int(row["Count"]) + (row["Area Type"] == "England"))} for row in rows
    ]
    load(written(tmp_path / "again" / DEMENTIA, changed))
    counts = [
        held.parts_at("england", "ENG", month=YEAR)["dementia_count"]
        for version in sorted(store(home, "real").versions("fingertips"))
        if (held := LiveVersions(home).version("fingertips", version))
    ]
    assert counts[0] == 460_330 and counts[-1] == 460_331
    assert flask(home, "verify", "--sample", "60").exit_code == 0
