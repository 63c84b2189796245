"""The GP Patient Survey as the publisher gave it: practices of 2026, the header, reference values.

Files are read again here with the csv module and plain Python. The reference values of England are
those of the national files of 2025 and 2026.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import Result

from data.datasets.gp_patient_survey import HEADLINES
from data.datasets.vocabulary import survey
from data.questions.queries import figure
from data.settings import Settings
from data.versions.db import LiveVersions
from data.versions.orgs import Org
from data.versions.snapshot import Snapshot
from data.versions.store import store
from pipelines.datasets.gp_patient_survey.columns import columns
from tests.pipelines.terminal import data_command

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

Y2025, Y2026 = date(2025, 1, 1), date(2026, 1, 1)
PRACTICES = "GPPS_2026_practice_filtered_2practices.csv"
ENGLAND_2026 = {
    "localgpservicesphone": ".568864572",
    "localgpservicesreception": ".848275046",
    "gpcontactoverall": ".697535510",
    "overallexp": ".767359582",
    "lastgpapptneeds": ".902078977",
    "lastgpapptconf": ".926652806",
}
DERIVED = {
    "gpps-phone-access": "localgpservicesphone",
    "gpps-website-access": "localgpserviceswebsite",
    "gpps-app-access": "localgpservicesapp",
    "gpps-reception-helpfulness": "localgpservicesreception",
    "gpps-continuity": "localgpservicesprefhpsee",
    "gpps-contact-experience": "gpcontactoverall",
    "gpps-listened": "lastgpapptlisten",
    "gpps-care-concern": "lastgpapptcare",
}


def flask(home: Path, *arguments: str) -> Result:
    return data_command(Settings(home=home), *arguments)


def opened(home: Path) -> Snapshot:
    found = LiveVersions(home).current("gp-patient-survey")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def folder(real_data: Path) -> Path:
    folder = real_data / "gpps"
    if not folder.is_dir():
        pytest.skip(f"the publisher's survey files are not at {folder}")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Path:
    """The whole folder given at once, descriptions of the files and all."""
    home = tmp_path_factory.mktemp("gpps") / "home"
    done = flask(home, "refresh", "gp-patient-survey", "--from", str(folder))
    assert done.exit_code == 0, done.output
    return home


@pytest.fixture(scope="module")
def published(folder: Path) -> dict[str, dict[str, str]]:
    """Rows of the real file by practice."""
    with (folder / PRACTICES).open(encoding="utf-8-sig", newline="") as text:
        return {row["ad_practicecode"]: row for row in csv.DictReader(text)}


def kept(text: str, times: int = 1) -> float:
    """A published number to six decimals, halves away from zero."""
    return float((Decimal(text) * times).quantize(Decimal("0.000001"), ROUND_HALF_UP))


def test_every_headline_result_is_as_published(
    home: Path, published: dict[str, dict[str, str]]
) -> None:
    shown = opened(home)
    assert shown.codes("practice") == ("A84002", "A84007") == tuple(published)
    compared = 0
    for code, row in published.items():
        parts = shown.parts_at("practice", code, month=Y2026)
        assert parts["received"] == int(row["received"])
        assert parts["distributed"] == int(row["distributed"])
        rate = shown.at(shown.dataset.measure("response_rate"), "practice", code, month=Y2026)[0]
        assert rate == pytest.approx(100 * float(row["resprate"]))
        for question in HEADLINES:
            if f"{question}.pcteval" not in row:
                assert parts[f"{question}_positive"] is None
                continue
            measure = shown.dataset.measure(question)
            found = figure(shown, measure, Org("practice", code, code, None, None), month=Y2026)
            assert found.value == pytest.approx(100 * float(row[f"{question}.pcteval"]), abs=2e-6)
            assert found.low == kept(row[f"{question}.lowileval"], 100)
            assert found.high == kept(row[f"{question}.hiwileval"], 100)
            assert parts[f"{question}_base"] == int(row[f"{question}.baseevaluw"])
            assert parts[f"{question}_positive"] == kept(row[f"{question}.counteval"])
            assert parts[f"{question}_base_weighted"] == kept(row[f"{question}.baseevalw"])
            compared += 1
    assert compared == 16


def test_every_answer_is_as_published(home: Path, published: dict[str, dict[str, str]]) -> None:
    found = {
        (practice, f"{question}_{answer}.pct"): percent
        for practice, question, answer, percent in duckdb.execute(
            "SELECT practice, question, answer, percent::DOUBLE FROM read_parquet(?)",
            [opened(home).fact_path(Y2026, "answers")],
        ).fetchall()
    }
    expected = {
        (code, name): kept(text, 100)
        for code, row in published.items()
        for name, text in row.items()
        if name.endswith(".pct")
    }
    assert found == expected and len(expected) == 2 * 54
    assert expected["A84002", "healthltcondition_1.pct"] == 32.314333


def test_england_has_questionnaires_and_no_average_of_practices(home: Path) -> None:
    shown = opened(home)
    england = shown.parts_at("england", "ENG", month=Y2026)
    assert (england["distributed"], england["received"]) == (
        sum(
            (shown.parts_at("practice", code, month=Y2026)["distributed"] or 0)
            for code in shown.codes("practice")
        ),
        206,
    )
    assert england["overallexp_positive"] is None
    assert shown.parts_at("pcn", "U09980", month=Y2026)["overallexp_positive"] is None
    assert shown.home("A84002", Y2026) | {} == {
        "pcn": "U09980",
        "sub_icb": "",
        "icb": "QHM",
        "region": "Y63",
        "supplier": "",
    }
    assert flask(home, "verify").exit_code == 0
    status = json.loads(flask(home, "status", "--json").stdout)["gp-patient-survey"]["periods"]
    assert status == {
        "2026": {"practices": 2, "questionnaires_returned": 206, "release": "local-2026"}
    }


def test_the_header_of_the_national_file_is_understood_whole(folder: Path) -> None:
    with (folder / "GPPS_2026_national_header.csv").open(encoding="utf-8-sig", newline="") as text:
        names = [name.upper() for name in next(csv.reader(text))]
    assert len(names) == 1359
    found = columns(names, "header")
    with (folder / "GPPS_2026_variable_stems.csv").open(encoding="utf-8", newline="") as text:
        stems = list(csv.DictReader(text))
    assert [row["stem"] for row in stems] == list(survey.questions()) and len(stems) == 77
    assert list(dict.fromkeys(column.question for column in found)) == list(survey.questions())
    for row in stems:
        own = [column for column in found if column.question == row["stem"]]
        answers = [column.answer for column in own if column.answer]
        assert answers == [str(n + 1) for n in range(int(row["options"]))]
        fields = sorted(column.field for column in own if column.result)
        results = len(row["summary_suffixes"].split())
        assert len(fields) == 6 * results
        assert len({column.result for column in own} - {""}) == results
        question = survey.questions()[row["stem"]]
        assert (question.options, len(question.results)) == (int(row["options"]), results)


def national(
    folder: Path, header: Path, year: int, values: Mapping[str, str], *, sent: int, returned: int
) -> None:
    """A national file with the real header: the values given, everything else suppressed."""
    with header.open(encoding="utf-8-sig", newline="") as text:
        names = next(csv.reader(text))
    cells = dict.fromkeys(names, "-98") | {
        "national": "1",
        "distributed": f"{sent}",
        "received": f"{returned}",
        "resprate": f"{returned / sent:.9f}",
        "popsize": "",
    }
    for question, share in values.items():
        cells |= {
            f"{question}.pcteval": share,
            f"{question}.lowileval": share,
            f"{question}.hiwileval": share,
            f"{question}.counteval": f"{Decimal(share) * 600_000}",
            f"{question}.baseevalw": "600000",
            f"{question}.baseevaluw": "590000",
        }
    write(folder / f"GPPS_{year}_National_data_(weighted)_(csv)_PUBLIC.csv", [cells])


def write(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = list(rows)
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(listed[0]))
        writer.writeheader()
        writer.writerows(listed)


def one_practice(
    folder: Path, row: Mapping[str, str], year: int, *, sent: int, returned: int
) -> None:
    """A real practice with the questionnaires of all England, so that the two files agree."""
    own = dict(row) | {
        "distributed": f"{sent}",
        "received": f"{returned}",
        "resprate": f"{returned / sent:.9f}",
    }
    write(folder / f"GPPS_{year}_Practice_data_(weighted)_(csv)_PUBLIC.csv", [own])


def test_reference_values_of_england_in_2026(
    tmp_path: Path, folder: Path, published: dict[str, dict[str, str]]
) -> None:
    given = tmp_path / "given"
    sizes = {"sent": 2_968_415, "returned": 654_714}
    one_practice(given, published["A84002"], 2026, **sizes)
    national(given, folder / "GPPS_2026_national_header.csv", 2026, ENGLAND_2026, **sizes)
    done = flask(tmp_path / "home", "refresh", "gp-patient-survey", "--from", str(given))
    assert done.exit_code == 0, done.output
    shown = opened(tmp_path / "home")
    for question, share in ENGLAND_2026.items():
        measure = shown.dataset.measure(question)
        value = shown.at(measure, "england", "ENG", month=Y2026)[0]
        assert value == pytest.approx(100 * float(share), abs=1e-9)
    rate = shown.at(shown.dataset.measure("response_rate"), "england", "ENG", month=Y2026)[0]
    assert rate == pytest.approx(22.056, abs=0.0005)
    assert shown.parts_at("england", "ENG", month=Y2026)["lastgpapptlisten_positive"] is None
    assert flask(tmp_path / "home", "verify").exit_code == 0


def test_icbs_and_england_of_2025_agree_with_figures_made_by_others(
    tmp_path: Path, folder: Path, published: dict[str, dict[str, str]]
) -> None:
    """A third party read 2025's files. England is no average of its 42 ICBs."""
    with gzip.open(folder / "gpps_2025_national_icb_derived.json.gz", "rt") as text:
        derived = json.load(text)
    given, england = tmp_path / "given", derived["england"]
    sizes = {"sent": 2_721_415, "returned": 702_837}
    assert (england["distributed"], england["received"]) == tuple(sizes.values())
    one_practice(given, published["A84002"], 2025, **sizes)
    write(
        given / "GPPS_2025_National_data_(weighted)_(csv)_PUBLIC.csv",
        [{"national": "1"} | as_published(england)],
    )
    areas = {area["code"]: area for area in derived["icbs"]}
    assert len(areas) == 42
    write(
        given / "GPPS_2025_ICS_data_(weighted)_(csv)_PUBLIC.csv",
        [
            {"ad_icscode": code, "ad_icsname": area["name"]} | as_published(area)
            for code, area in areas.items()
        ],
    )
    done = flask(tmp_path / "home", "refresh", "gp-patient-survey", "--from", str(given))
    assert done.exit_code == 0, done.output
    shown = opened(tmp_path / "home")
    for level, code, area in (
        ("england", "ENG", england),
        *(("icb", code, area) for code, area in areas.items()),
    ):
        for name, question in DERIVED.items():
            told = area["metrics"][name]
            org = Org(level, code, code, None, None)  # type: ignore[arg-type]
            found = figure(shown, shown.dataset.measure(question), org, month=Y2025)
            assert found.value == pytest.approx(told["percent"], abs=0.0001)
            assert (found.low, found.high) == (told["lower_95"], told["upper_95"])
            parts = shown.parts_at(org.level, code, month=Y2025)
            assert parts[f"{question}_base"] == told["unweighted_base"]
    phone = shown.dataset.measure("localgpservicesphone")
    values = [shown.at(phone, "icb", code, month=Y2025)[0] for code in areas]
    assert shown.at(phone, "england", "ENG", month=Y2025)[0] == pytest.approx(52.94, abs=0.0001)
    assert abs(sum(values) / 42 - 52.94) > 0.1
    assert flask(tmp_path / "home", "verify").exit_code == 0


def as_published(area: Mapping[str, Any]) -> dict[str, str]:
    """Cells of the publisher's form from figures in percent, rounded as those are."""
    cells = {
        "distributed": f"{area['distributed']}",
        "received": f"{area['received']}",
        "resprate": f"{area['received'] / area['distributed']:.9f}",
    }
    for name, question in DERIVED.items():
        told = {
            key: Decimal(str(n))
            for key, n in area["metrics"][name].items()
            if isinstance(n, int | float)
        }
        shares = {"pcteval": "percent", "lowileval": "lower_95", "hiwileval": "upper_95"}
        cells |= {f"{question}.{key}": f"{told[of] / 100}" for key, of in shares.items()}
        positive = told["weighted_positive_count"]
        cells |= {
            f"{question}.counteval": f"{positive}",
            f"{question}.baseevalw": f"{100 * positive / told['percent']:.12f}",
            f"{question}.baseevaluw": f"{told['unweighted_base']}",
        }
    return cells


def test_loading_again_changes_nothing_and_an_older_year_does_not_go_backwards(
    tmp_path: Path, folder: Path, published: dict[str, dict[str, str]]
) -> None:
    home, real = tmp_path / "home", folder / PRACTICES
    assert flask(home, "refresh", "gp-patient-survey", "--from", str(real)).exit_code == 0
    first = opened(home)
    again = flask(home, "refresh", "gp-patient-survey", "--from", str(real))
    assert "Nothing new" in again.output and opened(home).version == first.version
    older = tmp_path / "GPPS_2025_Practice_data_(weighted)_(csv)_PUBLIC.csv"
    write(older, [dict(row) | {"popsize": "5000"} for row in published.values()])
    assert flask(home, "refresh", "gp-patient-survey", "--from", str(older)).exit_code == 0
    assert opened(home).months == (Y2025, Y2026) and opened(home).latest == Y2026
    changed = [
        dict(row) | {"received": f"{int(row['received']) + 1}"} for row in published.values()
    ]
    for row in changed:
        row["resprate"] = f"{int(row['received']) / int(row['distributed']):.9f}"
    reissue = tmp_path / "GPPS_2026_Practice_data_(weighted)_(csv)_PUBLIC.csv"
    write(reissue, changed)
    assert flask(home, "refresh", "gp-patient-survey", "--from", str(reissue)).exit_code == 0
    returned = [
        held.parts_at("england", "ENG", month=Y2026)["received"]
        for version in sorted(store(home, "real").versions("gp-patient-survey"))
        if (held := LiveVersions(home).version("gp-patient-survey", version))
    ]
    assert returned == [206, 206, 208]
