"""`gp-contract/` rows over a small quarter of the publisher's form."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from data.versions.store import store
from pipelines.engine.runner import publish_landed
from pipelines.engine.series import series
from pipelines.fetch.landing import land_copy
from tests.api.conftest import Ask
from tests.contract_files import PRACTICES, carers_csv, core_csv, mmr_csv
from tests.published_files import list_files


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("contract")
    shelf = store(home, "real")
    files = {
        "list-sizes": list_files(date(2025, 6, 1)),
        "gp-contract": {
            "Core GP Contract Q1 2025-26.csv": core_csv(),
            "CGPCMI01 Unpaid Carers Q1 2025-26.csv": carers_csv(),
            "MMR Q1 2025-26.csv": mmr_csv(),
        },
    }
    for dataset, published in files.items():
        for name, body in published.items():
            path = home / name
            path.write_bytes(body)
            land_copy(shelf.landing, dataset, path, release="local-1", now=datetime.now(UTC))
        done = publish_landed(shelf, series(dataset), memory_mb=256)
        assert done.outcome == "published", done.message
    return home


def test_values_are_as_published_and_say_what_is_suppressed(ask: Ask) -> None:
    status, body = ask("gp-contract/values/", practice="a81001", date="2025-06-30")
    assert status == 200 and body["count"] == 5
    rows = {(row["indicator"], row["measure"]): row for row in body["results"]}
    assert rows["CCDCMI30", "DENOMINATOR"] == {
        "ods_code": "A81001",
        "date": "2025-06-30",
        "quality_service": "Core GP Contract 2025-26",
        "indicator": "CCDCMI30",
        "measure": "DENOMINATOR",
        "rule": "",
        "value": None,
        "suppressed": True,
    }
    assert rows["CCDCMI30", "PCA"]["rule"] == "PCA Count (Rule 3: FRAILASSDEC_DAT)"
    carers = rows["CGPCMI01", "COUNT"]
    assert (carers["value"], carers["suppressed"]) == (40, False)
    assert rows["MMRV004", "COUNT"]["quality_service"] == "MMR 2025/26"


def test_values_narrow_by_service_and_measure(ask: Ask) -> None:
    _, body = ask("gp-contract/values/", indicator="ccdcmi30", measure="numerator", page_size=5)
    assert body["count"] == 3 * len(PRACTICES) and body["next"]
    _, body = ask("gp-contract/values/", date="2025-06-01", quality_service="mmr 2025/26")
    assert body["count"] == len(PRACTICES)
    assert ask("gp-contract/values/", date="2024-06-30")[1]["results"] == []


def test_a_starred_filter_is_needed(ask: Ask) -> None:
    status, body = ask("gp-contract/values/", measure="COUNT")
    assert status == 400 and set(body["errors"]) == {"date", "practice", "indicator"}
    status, body = ask("gp-contract/carers/", sex="Female")
    assert status == 400 and set(body["errors"]) == {"date", "sub_icb", "indicator"}
    assert ask("gp-contract/values/", practise="A81001")[0] == 400


def test_carers_are_of_sub_icb_locations(ask: Ask) -> None:
    _, body = ask("gp-contract/carers/", sub_icb="16c", sex="female")
    assert body["results"] == [
        {
            "sub_icb": "16C",
            "ods_code": None,
            "date": "2025-06-30",
            "quality_service": "Core GP Contract 2025-26",
            "indicator": "CGPCMI01",
            "sex": "Female",
            "age": "All",
            "ethnicity": "All",
            "value": 300,
            "suppressed": False,
        }
    ]
    _, body = ask("gp-contract/carers/", date="2025-06-30")
    assert body["count"] == 4
    assert [row["value"] for row in body["results"] if row["suppressed"]] == [None]


def test_practices_belong_to_areas_of_the_newest_month(ask: Ask) -> None:
    _, body = ask("gp-contract/practices/")
    assert body["count"] == len(PRACTICES)
    _, body = ask("gp-contract/practices/", icb="qhm", search="a81003")
    assert [(row["ods_code"], row["sub_icb"]) for row in body["results"]] == [("A81003", "16C")]
    assert ask("gp-contract/practices/", practice="A81003", icb="QK1")[1]["count"] == 0


def test_indicators_say_what_is_counted(ask: Ask) -> None:
    _, body = ask("gp-contract/indicators/", indicator="ccdcmi30")
    (row,) = body["results"]
    assert (row["form"], row["adjusted"], row["seen"]) == ("fraction", True, True)
    _, body = ask("gp-contract/indicators/", quality_service="mmr")
    assert body["count"] == 7 and {row["service"] for row in body["results"]} == {"mmr"}


def test_wide_rows_leave_out_half_of_a_pair(ask: Ask) -> None:
    _, body = ask("gp-contract/", practice="A81001", month="2025-06-01")
    (row,) = body["results"]
    assert (row["ccdcmi30_num"], row["suppressed"], row["cells"]) == (None, 2, 5)
    assert row["rates"]["ccdcmi30_share"] is None
    _, body = ask("gp-contract/", org="ENG", month="2025-06-01")
    (england,) = body["results"]
    assert england["ccdcmi30_num"] == sum(range(1, 12))
    assert england["ccdcmi30_den"] == sum(100 + n for n in range(1, 12))
    assert england["mmrv004_count"] == 7 * len(PRACTICES)
