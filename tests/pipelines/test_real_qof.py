"""The Quality and Outcomes Framework as the publisher gave it: prevalence and the mappings."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result

from data.datasets.vocabulary import qof
from data.settings import Settings
from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from data.versions.store import store
from tests.pipelines.terminal import data_command

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

YEAR, EARLIER = date(2024, 4, 1), date(2023, 4, 1)
PREVALENCE = "PREVALENCE_2425.csv.gz"


def flask(home: Path, *arguments: str) -> Result:
    return data_command(Settings(home=home), *arguments)


@pytest.fixture(scope="module")
def folder(real_data: Path) -> Path:
    folder = real_data / "qof"
    if not folder.is_dir():
        pytest.skip(f"the publisher's QOF files are not at {folder}")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Path:
    """The whole folder given at once, production metadata of other forms and all."""
    home = tmp_path_factory.mktemp("qof") / "home"
    done = flask(home, "refresh", "qof", "--from", str(folder))
    assert done.exit_code == 0, done.output
    return home


def opened(home: Path) -> Snapshot:
    found = LiveVersions(home).current("qof")
    assert found is not None
    return found


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def test_every_register_of_every_practice_is_as_published(home: Path, folder: Path) -> None:
    shown = opened(home)
    published = rows(folder / PREVALENCE)
    assert len(published) == 129_948
    practices: dict[str, dict[str, int]] = {}
    registers: Counter[str] = Counter()
    lists: Counter[str] = Counter()
    for row in published:
        group = row["GROUP_CODE"]
        register, listed = int(float(row["REGISTER"])), int(row["PRACTICE_LIST_SIZE"])
        own = practices.setdefault(row["PRACTICE_CODE"], {})
        own |= {f"{group.lower()}_register": register, f"{group.lower()}_list": listed}
        registers[group] += register
        lists[group] += listed
        assert row["PATIENT_LIST_TYPE"] == qof.REGISTERS[group].list_type
    assert len(practices) == 6188 and set(registers) == set(qof.REGISTERS)
    for code, own in practices.items():
        parts = shown.parts_at("practice", code, month=YEAR)
        assert {part: parts[part] for part in own} == own, code
    england = shown.parts_at("england", "ENG", month=YEAR)
    assert england["list_size"] == 63_766_671
    for group, total in registers.items():
        assert england[f"{group.lower()}_register"] == total
        assert england[f"{group.lower()}_list"] == lists[group]
    assert (registers["HYP"], registers["AST"]) == (9_711_491, 3_944_639)
    assert sum(float(row["REGISTER"]) == 0 for row in published) == 191  # zeros, not missing


def test_prevalence_of_england_agrees_with_sums_made_by_others(home: Path, folder: Path) -> None:
    """A third party worked these out from the whole archive."""
    shown = opened(home)
    with gzip.open(folder / "qof_2024_25_england_icb_derived.json.gz", "rt") as text:
        derived = json.load(text)["england"]["prevalence"]
    assert len(derived) == 21
    for group, expected in derived.items():
        measure = shown.dataset.measure(f"{group.lower()}_prevalence")
        value, register, listed = shown.at(measure, "england", "ENG", month=YEAR)
        assert (register, listed) == (expected["register"], expected["denominator"]), group
        assert value == pytest.approx(expected["percent"], abs=0.006)


def test_what_is_not_loaded_is_missing_and_said(home: Path) -> None:
    shown = opened(home)
    england = shown.parts_at("england", "ENG", month=YEAR)
    assert england["points"] is None and england["dm020_num"] is None
    said = " ".join(shown.manifest.notes)
    assert "achievement files" in said and "geography file is not loaded" in said
    status = json.loads(flask(home, "status", "--json").stdout)["qof"]["periods"]
    assert status == {
        "2024/25": {
            "practices": 6188,
            "practice_list_size": 63_766_671,
            "release": "local-2024-25",
        }
    }


def test_the_reference_has_the_publishers_indicators(folder: Path) -> None:
    for tag, year, points in (("2223", "2022/23", 635), ("2324", "2023/24", 635)):
        mapped = {
            row["INDICATOR_CODE"]: row for row in rows(folder / f"MAPPING_INDICATORS_{tag}.csv.gz")
        }
        held = {one.indicator: one for one in qof.indicators() if one.year == year}
        assert held.keys() == mapped.keys() and len(mapped) == 76
        assert sum(one.points for one in held.values()) == points
        for code, one in held.items():
            row = mapped[code]
            assert one.points == float(row["INDICATOR_POINT_VALUE"])
            assert (one.group, one.domain) == (row["GROUP_CODE"], row["DOMAIN_CODE"])
            assert one.list_type == row["PATIENT_LIST_TYPE"]
    domains = Counter[str]()
    for one in qof.indicators():
        if one.year == "2023/24":
            domains[one.domain] += int(one.points)
    assert domains == {"CL": 401, "PH": 160, "QI": 74}


def test_a_year_with_its_own_mappings_is_placed_by_them(tmp_path: Path, folder: Path) -> None:
    """The publisher's geography of 2023-24, with a register and an indicator of known size."""
    mapping = rows(folder / "MAPPING_NHS_GEOGRAPHIES_2324.csv.gz")
    given = tmp_path / "QOF2324"
    given.mkdir()
    for name in ("MAPPING_NHS_GEOGRAPHIES_2324", "MAPPING_INDICATORS_2324"):
        (given / f"{name}.csv").write_bytes(
            gzip.decompress((folder / f"{name}.csv.gz").read_bytes())
        )
    prevalence = io.StringIO("")
    prevalence.write("PRACTICE_CODE,GROUP_CODE,REGISTER,PATIENT_LIST_TYPE,PRACTICE_LIST_SIZE\n")
    regions: dict[str, list[str]] = {}
    for number, row in enumerate(mapping, 1):
        prevalence.write(f"{row['PRACTICE_CODE']},AF,{number}.0,TOTAL,{number * 50}\n")
        name = row["REGION_NAME"].upper().replace(" ", "_")
        start = f"{row['REGION_ODS_CODE']},{row['REGION_ONS_CODE']},{name},{row['PRACTICE_CODE']}"
        regions.setdefault(name, []).extend(
            f"{start},AF008,{measure},{value}"
            for measure, value in (
                ("NUMERATOR", number),
                ("DENOMINATOR", number + 10),
                ("PCAS", 2),
                ("ACHIEVED_POINTS", "11.25"),
                ("NEWLY_DIAGNOSED", ""),
            )
        )
    (given / "PREVALENCE_2324.csv").write_text(prevalence.getvalue(), encoding="utf-8")
    header = (
        "REGION_ODS_CODE,REGION_ONS_CODE,REGION_NAME,PRACTICE_CODE,INDICATOR_CODE,MEASURE,VALUE"
    )
    for name, lines in regions.items():
        text = "\n".join((header, *lines, ""))
        (given / f"ACHIEVEMENT_{name}_2324.csv").write_text(text, encoding="utf-8")
    home = tmp_path / "home"
    done = flask(home, "refresh", "qof", "--from", str(given))
    assert done.exit_code == 0, done.output
    shown = opened(home)
    assert shown.months == (EARLIER,) and len(shown.codes("practice")) == 6267
    for level, column in (
        ("icb", "ICB_ODS_CODE"),
        ("sub_icb", "SUB_ICB_ODS_CODE"),
        ("region", "REGION_ODS_CODE"),
        ("pcn", "PCN_ODS_CODE"),
    ):
        sizes: Counter[str] = Counter()
        for number, row in enumerate(mapping, 1):
            sizes[row[column]] += number
        sizes.pop("U", None)
        assert set(shown.codes(level)) == set(sizes), level  # type: ignore[arg-type]
        for code, total in sizes.items():
            parts = shown.parts_at(level, code, month=EARLIER)  # type: ignore[arg-type]
            assert parts["af_register"] == parts["af008_num"] == total
    england = shown.parts_at("england", "ENG", month=EARLIER)
    assert england["points"] == pytest.approx(6267 * 11.25)
    assert england["af008_pcas"] == 2 * 6267 and england["newly_diagnosed"] is None
    assert flask(home, "verify", "--sample", "60").exit_code == 0


def test_loading_again_changes_nothing_and_older_years_do_not_go_backwards(
    tmp_path: Path, folder: Path
) -> None:
    small = rows(folder / PREVALENCE)[: 21 * 40]
    home = tmp_path / "home"

    def write(name: str, more: int) -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as text:
            writer = csv.DictWriter(text, list(small[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(
                row | {"PRACTICE_LIST_SIZE": str(int(row["PRACTICE_LIST_SIZE"]) + more)}
                for row in small
            )
        return path

    newer = write("PREVALENCE_2425.csv", 0)
    assert flask(home, "refresh", "qof", "--from", str(newer)).exit_code == 0
    first = opened(home)
    again = flask(home, "refresh", "qof", "--from", str(newer))
    assert "Nothing new" in again.output and opened(home).version == first.version
    older = write("PREVALENCE_2324.csv", -1)
    assert flask(home, "refresh", "qof", "--from", str(older)).exit_code == 0
    assert opened(home).months == (EARLIER, YEAR)
    assert (
        flask(home, "refresh", "qof", "--from", str(write("PREVALENCE_2425.csv", 5))).exit_code == 0
    )
    lists = [
        held.parts_at("england", "ENG", month=YEAR)["list_size"]
        for version in sorted(store(home, "real").versions("qof"))
        if (held := LiveVersions(home).version("qof", version))
    ]
    assert len(lists) == 3 and lists[0] == lists[1] == lists[2] - 5 * 40  # type: ignore[operator]
