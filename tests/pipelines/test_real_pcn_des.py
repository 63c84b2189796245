"""The annual IIF result as the publisher gave it, and the rest of the publisher's folder."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result

from data.datasets.vocabulary import pcn_des
from data.settings import Settings
from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from data.versions.store import store
from tests.pipelines.terminal import data_command

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

MARCH = date(2024, 3, 1)
IIF = "IIF_indicators_annual_pub_2023_24.csv.gz"
OF_PRACTICES = {
    "ACC-08 Numerator": "iif_acc08_num",
    "ACC-08 Denominator": "iif_acc08_den",
    "EHCH-04 Numerator": "iif_ehch04_num",
}
OF_PCNS = {
    "ACC-10 standardised numerator": "iif_acc10_num",
    "ACC-10 denominator": "iif_acc10_den",
    "ACC-10 baseline numerator": "iif_acc10_base_num",
    "ACC-10 baseline denominator": "iif_acc10_base_den",
    "ACC-10b non-standardised numerator": "iif_acc10b_num",
    "ACC-10b baseline non-standardised numerator": "iif_acc10b_base_num",
}


def flask(home: Path, *arguments: str) -> Result:
    return data_command(Settings(home=home), *arguments)


def opened(home: Path) -> Snapshot:
    found = LiveVersions(home).current("pcn-des")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def folder(real_data: Path) -> Path:
    folder = real_data / "network_contract_des"
    if not folder.is_dir():
        pytest.skip(f"the publisher's files of the Network Contract DES are not at {folder}")
    return folder


@pytest.fixture(scope="module")
def published(folder: Path) -> list[dict[str, str]]:
    with gzip.open(folder / IIF, "rt", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Path:
    """The whole folder given at once: metadata and synthetic input are no releases."""
    home = tmp_path_factory.mktemp("pcn-des") / "home"
    done = flask(home, "refresh", "pcn-des", "--from", str(folder))
    assert done.exit_code == 0, done.output
    return home


def test_every_figure_of_every_practice_and_pcn_is_as_published(
    home: Path, published: list[dict[str, str]]
) -> None:
    assert len(published) == 26_520
    shown = opened(home)
    assert shown.months == (MARCH,)
    practices: dict[str, dict[str, int]] = defaultdict(dict)
    pcns: dict[str, dict[str, int]] = defaultdict(dict)
    totals: Counter[str] = Counter()
    for row in published:
        value = int(row["VALUE"])
        if row["ORGANISATION_TYPE"] == "PCN":
            pcns[row["ORGANISATION_CODE"]][OF_PCNS[row["MEASURE"]]] = value
        else:
            practices[row["ORGANISATION_CODE"]][OF_PRACTICES[row["MEASURE"]]] = value
        totals[row["MEASURE"]] += value
    assert (len(pcns), len(practices)) == (1273, 6294)
    assert set(shown.codes("practice")) == set(practices) and set(shown.codes("pcn")) == set(pcns)
    for code, own in practices.items():
        parts = shown.parts_at("practice", code, month=MARCH)
        assert {part: parts[part] for part in own} == own, code
    for code, own in pcns.items():
        parts = shown.parts_at("pcn", code, month=MARCH)
        assert {part: parts[part] for part in own} == own, code
    england = shown.parts_at("england", "ENG", month=MARCH)
    for measure, part in OF_PRACTICES.items():
        assert england[part] == totals[measure]
    assert totals["ACC-08 Numerator"] == 188_034_307 and england["practices"] == 6294


def test_what_the_publisher_gives_by_pcn_only_is_not_added_up(home: Path) -> None:
    shown = opened(home)
    england = shown.parts_at("england", "ENG", month=MARCH)
    assert all(england[part] is None for part in OF_PCNS.values())
    value, numerator, denominator = shown.at(
        shown.dataset.measure("iif_acc10"), "pcn", "U00070", month=MARCH
    )
    assert (numerator, denominator) == (280, 32_148)
    assert value == pytest.approx(1000 * 280 / 32_148)


def test_status_and_notes_say_what_is_held(home: Path) -> None:
    status = json.loads(flask(home, "status", "--json").stdout)["pcn-des"]["periods"]
    assert status == {
        "2024-03-01": {
            "practices": 6294,
            "practices_reporting": 6294,
            "release": "local-2024-03",
        }
    }
    said = " ".join(opened(home).manifest.notes)
    assert "annual result of the Investment and Impact Fund" in said
    assert "the monthly file is not loaded" in said
    assert opened(home).parts_at("england", "ENG", month=MARCH)["hi03_num"] is None


def test_the_reference_has_what_the_publisher_describes(folder: Path) -> None:
    with (folder / "NCD_metadata.csv").open(encoding="utf-8-sig", newline="") as text:
        described = [row for row in csv.DictReader(text) if row["MEASURE_TYPE"] != "Exclusion"]
    held = {(one.indicator, one.field): one for one in pcn_des.published() if one.year == "2025/26"}
    assert len(held) == len(described) == 30
    for row in described:
        adjustment = row["MEASURE_TYPE"] == "PCA"
        field = row["CQRS short code"] if adjustment else row["MEASURE"]
        one = held[row["INDICATOR_ID"], field]
        assert one.description == row["INDICATOR_DESCRIPTION"].strip()
        assert one.ruleset == row["Ruleset"]
        assert one.measure_type == row["MEASURE_TYPE"].replace("Single Count", "MI Count")
        assert not adjustment or one.measure_description == row["MEASURE_DESCRIPTION"].strip()


def test_the_publishers_synthetic_input_is_never_taken_for_a_release(
    tmp_path: Path, folder: Path
) -> None:
    """Under its own name it is left alone; under that of a release its headings give it away."""
    raw = (folder / "ncdes_synthetic_data.csv").read_bytes()
    for name, said in (("ncdes_synthetic_data.csv", ""), ("NCDesSeptember24.csv", "FIELD_NAME")):
        home, path = tmp_path / name / "home", tmp_path / name
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_bytes(raw)
        done = flask(home, "refresh", "pcn-des", "--from", str(path / name))
        assert done.exit_code != 0 and said in done.output, done.output
        assert store(home, "real").manifest("pcn-des") is None


def test_figures_agree_with_a_second_count(home: Path) -> None:
    done = flask(home, "verify", "--sample", "400")
    assert done.exit_code == 0, done.output


def test_loading_again_changes_nothing_and_a_reissue_leaves_both_versions(
    tmp_path: Path, folder: Path, published: list[dict[str, str]]
) -> None:
    home = tmp_path / "home"
    assert flask(home, "refresh", "pcn-des", "--from", str(folder)).exit_code == 0
    first = opened(home)
    again = flask(home, "refresh", "pcn-des", "--from", str(folder))
    assert "Nothing new" in again.output and opened(home).version == first.version

    def value(row: dict[str, str], more: int) -> str:
        return str(int(row["VALUE"]) + more * (row["MEASURE"] == "ACC-08 Denominator"))

    def write(name: str, service: str, day: str, more: int) -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as text:
            writer = csv.DictWriter(text, list(published[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(
                row | {"QUALITY_SERVICE": service, "ACH_DATE": day, "VALUE": value(row, more)}
                for row in published
            )
        return path

    reissue = write("IIF_indicators_annual_pub_2023_24_v2.0.csv", "NCD2324", "31/03/2024", 2)
    assert flask(home, "refresh", "pcn-des", "--from", str(reissue)).exit_code == 0
    older = write("IIF_indicators_annual_pub_2022_23.csv", "NCD2223", "31/03/2023", 1)
    assert flask(home, "refresh", "pcn-des", "--from", str(older)).exit_code == 0
    assert opened(home).months == (date(2023, 3, 1), MARCH)
    dens = [
        held.parts_at("england", "ENG", month=MARCH)["iif_acc08_den"]
        for version in sorted(store(home, "real").versions("pcn-des"))
        if (held := LiveVersions(home).version("pcn-des", version))
    ]
    assert dens == [216_102_375, 216_102_375 + 2 * 6294, 216_102_375 + 2 * 6294]
