"""Rows of the Network Contract DES: filters, suppressed values, PCN rows and known problems."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from data.versions import accepted
from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from data.versions.store import store
from pipelines.engine.runner import publish_landed
from pipelines.engine.series import series
from pipelines.fetch.landing import import_local
from tests.api.conftest import Ask

MARCH = date(2026, 3, 1)
BAD_JUNE = (
    "PRACTICE_CODE,PRACTICE_NAME,QUALITY_SERVICE,ACH_DATE,IND_CODE,MEASURE,VALUE\n"
    + "".join(
        f"{code},SURGERY,NCD2425,30/06/2024,{indicator},{half},{value}\n"
        for code in ("Y99001", "Y99002")
        for indicator in ("HI03", "CAN04", "EHCH04")
        for half, value in (("Numerator", 3), ("Denominator", 4))
    )
)


@pytest.fixture(scope="module")
def home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fictional England with a month that is known to be bad."""
    home = tmp_path_factory.mktemp("pcn-des")
    shutil.copytree(demo_home / "demo", home / "demo", copy_function=os.link)
    shelf = store(home, "demo")
    bad = home / "NCDesJune24.csv"
    bad.write_text(BAD_JUNE, encoding="utf-8")
    import_local(shelf.landing, "pcn-des", [bad], now=datetime.now(UTC))
    publish_landed(shelf, series("pcn-des"), memory_mb=256)
    for one in accepted.refused(shelf, "pcn-des"):  # two practices beside months of all of them
        accepted.accept(shelf, "pcn-des", one, who="the test", why="Two are enough here.")
    done = publish_landed(shelf, series("pcn-des"), memory_mb=256)
    assert done.outcome == "published", done.message
    return home


@pytest.fixture(scope="module")
def held(home: Path) -> Snapshot:
    found = LiveVersions(home).current("pcn-des")
    assert found is not None
    return found


def test_rows_of_a_practice_are_those_of_the_cube(ask: Ask, held: Snapshot) -> None:
    status, body = ask("pcn-des/", practice="y99001", date="2026-08-31", indicator="can04")
    assert status == 200 and body["count"] == 4
    parts = held.parts_at("practice", "Y99001", month=date(2026, 8, 1))
    rows = {row["measure"]: row for row in body["results"]}
    assert rows["Numerator"]["value"] == parts["can04_num"]
    assert rows["Denominator"]["value"] == parts["can04_den"]
    assert rows["Rule 4: FITNIDAT"]["value"] == parts["can04_pca_fitnidat"]
    one = rows["Numerator"]
    assert (one["date"], one["quality_service"], one["ruleset"]) == (
        "2026-08-31",
        "NCD2627",
        "Cancer",
    )
    assert one["achievement"] == pytest.approx(
        100 * parts["can04_num"] / parts["can04_den"]  # type: ignore[operator]
    )
    assert one["note"] is None and one["publication"] == "monthly"
    assert ask("pcn-des/", practice="Y99001", date="2026-08-01", ruleset="cancer")[1]["count"] == 4


def test_suppressed_values_are_null_and_said(ask: Ask) -> None:
    rows = ask("pcn-des/", date="2026-08-31", indicator="SMR01D", page_size=500)[1]["results"]
    hidden = [row for row in rows if row["suppressed"]]
    assert hidden and all(row["value"] is None for row in hidden)
    practices = {row["ods_code"] for row in hidden}
    of_them = [row for row in rows if row["ods_code"] in practices]
    assert all(row["achievement"] is None for row in of_them)
    assert all(row["value"] is not None for row in rows if not row["suppressed"])


def test_a_pcn_gives_its_practices_and_its_own_rows_of_the_fund(ask: Ask, held: Snapshot) -> None:
    pcn = held.codes("pcn")[0]
    members = set(held.practices_in("pcn", pcn, MARCH))
    found = ask("pcn-des/", pcn=pcn.lower(), date="2026-03-31", page_size=500)[1]["results"]
    assert {row["ods_code"] for row in found} == members | {pcn}
    own = {row["measure"]: row for row in found if row["org_type"] == "pcn"}
    parts = held.parts_at("pcn", pcn, month=MARCH)
    assert own["ACC-10 denominator"]["value"] == parts["iif_acc10_den"] and len(own) == 6
    assert {row["publication"] for row in found} == {"monthly", "iif"}
    soon = [row for row in found if row["indicator"] == "NCD026" and row["org_type"] == "practice"]
    assert len(soon) == 2 * len(members) and all(0 < row["achievement"] < 100 for row in soon)
    icb = held.codes("icb")[0]
    rows = ask("pcn-des/", icb=icb, date="2026-03-31", indicator="NCDMI198", page_size=500)[1][
        "results"
    ]
    assert {row["ods_code"] for row in rows} == set(held.practices_in("icb", icb, MARCH))


def test_known_problems_stand_beside_the_figures(ask: Ask) -> None:
    rows = ask("pcn-des/", date="2024-06-30")[1]["results"]
    notes = {row["indicator"]: row["note"] for row in rows}
    assert "TPP" in notes["HI03"] and notes["CAN04"] is None
    assert notes["EHCH04"] == "denominators are missing"
    shares = {row["indicator"]: row["achievement"] for row in rows}
    assert shares == {"HI03": 75.0, "CAN04": 75.0, "EHCH04": None}


def test_pages_follow_each_other_without_gaps(ask: Ask) -> None:
    pages = [ask("pcn-des/", practice="Y99001", page_size=70, page=page)[1] for page in (1, 2, 3)]
    rows = [row for page in pages for row in page["results"]]
    keys_of = [(row["date"], row["publication"], row["indicator"], row["measure"]) for row in rows]
    assert len(set(keys_of)) == len(keys_of) == pages[0]["count"] and keys_of == sorted(keys_of)


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ({}, "missing_filter", "date, practice, pcn or icb"),
        ({"indicator": "HI03"}, "missing_filter", "date, practice, pcn or icb"),
        ({"date": "June"}, "invalid_parameter", "2026-01-31"),
        ({"practise": "Y99001"}, "unknown_parameter", "practice"),
    ],
)
def test_refusals_say_what_would_do(ask: Ask, query: dict[str, str], code: str, said: str) -> None:
    status, body = ask("pcn-des/", **query)
    assert (status, body["code"]) == (400, code) and said in body["detail"]


def test_unknown_codes_and_months_have_no_rows(ask: Ask) -> None:
    for query in ({"practice": "ZZZZZZ"}, {"pcn": "U00000"}, {"date": "2001-01-31"}):
        status, body = ask("pcn-des/", **query)
        assert (status, body["count"], body["results"]) == (200, 0, [])
