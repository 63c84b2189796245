"""The fictional survey: the form and arithmetic of the real one, and the common story."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest

from data.datasets.vocabulary.survey import questions
from data.versions.db import LiveVersions
from pipelines.datasets.cloud_telephony.demo_calls import Telephones
from pipelines.datasets.gp_patient_survey.columns import columns, kind_of, unknown
from pipelines.datasets.gp_patient_survey.demo import write
from pipelines.demo.release import DemoRelease
from pipelines.demo.world import World, build_world

Row = dict[str, str]


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(practices=120, months=12, end=date(2026, 10, 1), seed=3)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory, world: World) -> DemoRelease:
    ((release, done),) = write(tmp_path_factory.mktemp("survey"), world)
    assert done == 1 and release.slug == "2026"
    return release


def rows(release: DemoRelease, kind: str) -> list[Row]:
    (path,) = (path for path in release.files if f"_{kind}_" in path.name)
    with path.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def test_files_have_the_publishers_headings(release: DemoRelease) -> None:
    kinds = []
    for path in release.files:
        names = [name.upper() for name in next(csv.reader(path.open(encoding="utf-8-sig")))]
        kinds.append(kind_of(names))
        assert not unknown(names)
        assert {column.question for column in columns(names, path.name)} <= set(questions())
    assert kinds == ["practices", "pcns", "ics", "regions", "national"]


def test_the_publishers_arithmetic_holds(release: DemoRelease) -> None:
    shown = hidden = 0
    for row in rows(release, "Practice"):
        assert float(row["resprate"]) == pytest.approx(
            int(row["received"]) / int(row["distributed"])
        )
        for question in ("overallexp", "localgpservicesphone", "gpclosedoverall"):
            value = float(row[f"{question}.pcteval"])
            if value < 0:
                assert int(row[f"{question}.baseevaluw"]) < 10
                hidden += 1
                continue
            whole = float(row[f"{question}.baseevalw"])
            assert value == pytest.approx(float(row[f"{question}.counteval"]) / whole)
            both = float(row[f"{question}_1.pct"]) + float(row[f"{question}_2.pct"])
            assert value == pytest.approx(both)
            assert float(row[f"{question}.lowileval"]) < value < float(row[f"{question}.hiwileval"])
            shown += 1
    assert shown > 200 and hidden > 0


def test_areas_are_their_practices_weights_and_all(release: DemoRelease) -> None:
    practices, (england,) = rows(release, "Practice"), rows(release, "National")
    for column in ("distributed", "received", "overallexp.counteval", "overallexp.baseevaluw"):
        given = [float(row[column]) for row in practices if float(row[column]) >= 0]
        assert float(england[column]) == pytest.approx(sum(given))
    mean = np.mean([float(row["overallexp.pcteval"]) for row in practices])
    assert float(england["overallexp.pcteval"]) != pytest.approx(mean, abs=1e-5)


def test_where_calls_are_missed_patients_find_the_phone_harder(
    release: DemoRelease, world: World
) -> None:
    place = {code: at for at, code in enumerate(world.codes)}
    missed = Telephones(world).missed_share
    pairs = [
        (missed[place[row["ad_practicecode"]]], float(row["localgpservicesphone.pcteval"]))
        for row in rows(release, "Practice")
        if float(row["localgpservicesphone.pcteval"]) >= 0
    ]
    assert np.corrcoef(np.array(pairs).T)[0, 1] < -0.4


def test_practices_have_a_band_of_their_list(library: LiveVersions) -> None:
    held = library.current("gp-patient-survey")
    lists = library.current("list-sizes")
    assert held is not None and lists is not None
    march = date(held.latest.year, 3, 1)
    found = duckdb.execute(
        "SELECT DISTINCT code, list_band FROM read_parquet(?) WHERE level = 'practice'",
        [held.fact_path(held.latest)],
    ).fetchall()
    bands = {
        "0-4999": (0, 5e3),
        "5000-7499": (5e3, 7.5e3),
        "7500-9999": (7.5e3, 1e4),
        "10000-14999": (1e4, 1.5e4),
        "15000-": (1.5e4, 1e9),
    }
    assert len(found) == len(held.codes("practice")) and len({band for _, band in found}) == 5
    for code, band in found:
        low, high = bands[band]
        size = lists.parts_at("practice", code, month=march)["registered"]
        assert size is not None and low <= size < high
    assert Path(held.fact_path(held.latest, "answers")).exists()
