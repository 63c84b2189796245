"""Online consultations, telephony, Patient Online: rows of practices, one metric, cells by time."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.versions.db import LiveVersions
from tests.api.conftest import Get


@pytest.fixture(scope="module")
def home(demo_home: Path) -> Path:
    return demo_home


ONLINE, CALLS, ROUTES = "online-consultations/", "cloud-telephony/", "patient-online/"
SEPTEMBER = "2026-09-01"


@pytest.mark.parametrize("path", [ONLINE, CALLS, ROUTES, f"{ONLINE}time/", f"{CALLS}time/"])
def test_a_filter_is_needed_and_the_answer_names_those_that_would_do(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 400
    assert answer.json["code"] == "missing_filter"
    period = "date" if path == f"{ONLINE}time/" else "month"
    for name in (period, "practice", "pcn", "icb"):
        assert name in answer.json["errors"]
    assert get(path, supplier="TPP").status_code == 400


def test_patient_online_is_asked_by_area_supplier_and_field(
    get: Get, library: LiveVersions
) -> None:
    snapshot = library.current("patient-online")
    assert snapshot is not None
    month = snapshot.latest.isoformat()
    (row,) = get(ROUTES, practice="Y99001", month=month, field="Pat_Presc_Use").json["results"]
    known = snapshot.parts_at("practice", "Y99001", month=snapshot.latest)
    assert row["prescriptions_used"] == known["prescriptions_used"]
    assert "appointments_used" not in row and "rates" not in row
    assert get(ROUTES, practice="Y99001", field="Logins").status_code == 400
    (england,) = get(ROUTES, org="ENG", month=month).json["results"]
    parts = snapshot.parts_at("england", "ENG", month=snapshot.latest)
    assert england["rates"]["enabled_share"] == pytest.approx(
        100 * parts["enabled"] / parts["enabled_patients"]
    )
    icb = snapshot.home("Y99001", snapshot.latest)["icb"]
    found = get(ROUTES, icb=icb, month=month, supplier="TPP", page_size=500).json["results"]
    assert (
        found and {r["icb"] for r in found} == {icb} and {r["supplier"] for r in found} == {"TPP"}
    )
    told = get(ROUTES, org="ENG", month=month, include="caveats").json["meta"]["caveats"]
    assert "all online routes" in told[0]


def test_one_metric_or_indicator_is_one_number(get: Get, library: LiveVersions) -> None:
    snapshot = library.current("online-consultations")
    assert snapshot is not None
    code = next(
        c
        for c in snapshot.practices
        if snapshot.parts_at("practice", c, month=date(2026, 9, 1))["submissions"]
    )
    rows = get(ONLINE, practice=code, month=SEPTEMBER, metric="OC_SUBMISSION_TYPE_CLINICAL").json
    (row,) = rows["results"]
    assert (
        row["clinical"] == snapshot.parts_at("practice", code, month=date(2026, 9, 1))["clinical"]
    )
    assert "submissions" not in row and "rates" not in row
    assert get(ONLINE, practice=code, metric="OC_NOTHING").status_code == 400
    (call,) = get(CALLS, practice="Y99001", month=SEPTEMBER, indicator="CBT004").json["results"]
    assert set(call) >= {"ods_code", "month", "missed"} and "inbound" not in call


def test_rows_of_an_icb_are_those_of_its_practices(get: Get, library: LiveVersions) -> None:
    snapshot = library.current("cloud-telephony")
    assert snapshot is not None
    september = date(2026, 9, 1)
    for icb in snapshot.codes("icb"):
        codes = snapshot.practices_in("icb", icb, september)
        rows = get(CALLS, icb=icb, month=SEPTEMBER, page_size=500).json["results"]
        assert [row["ods_code"] for row in rows] == sorted(codes)
        assert not any(row["ods_code"].startswith("~") for row in rows)


def test_a_supplier_finds_practices_that_have_it_beside_another(
    get: Get, library: LiveVersions
) -> None:
    snapshot = library.current("online-consultations")
    assert snapshot is not None
    september = date(2026, 9, 1)
    homes = {code: snapshot.home(code, september) for code in snapshot.practices}
    had = {code: home["supplier"].split(", ") for code, home in homes.items() if home}
    second = next(names[1] for names in had.values() if len(names) > 1)
    rows = get(ONLINE, month=SEPTEMBER, supplier=second.lower(), page_size=500).json["results"]
    expected = sorted(code for code, names in had.items() if second in names)
    assert [row["ods_code"] for row in rows] == expected


def test_cells_by_time_add_up_to_the_practice(get: Get, library: LiveVersions) -> None:
    snapshot = library.current("online-consultations")
    assert snapshot is not None
    month = date(2026, 9, 1)
    code = next(
        c for c in snapshot.practices if snapshot.parts_at("practice", c, month=month)["timed"]
    )
    first = get(f"{ONLINE}time/", practice=code.lower(), date=SEPTEMBER, page_size=500).json
    assert first["count"] == len(first["results"])
    assert list(first["results"][0]) == [
        "ods_code",
        "name",
        "month",
        "supplier",
        "weekday",
        "band",
        "value",
    ]
    timed = snapshot.parts_at("practice", code, month=month)
    assert sum(row["value"] for row in first["results"]) == timed["timed"]
    mondays = get(f"{ONLINE}time/", practice=code, date=SEPTEMBER, weekday="monday").json
    assert sum(row["value"] for row in mondays["results"]) == timed["day_monday"]


def test_averages_are_englands_as_published(get: Get, library: LiveVersions) -> None:
    snapshot = library.current("online-consultations")
    assert snapshot is not None
    answer = get(f"{ONLINE}averages/", month=SEPTEMBER, page_size=100).json
    assert answer["count"] == len(answer["results"]) == 7 * 8
    assert {(row["ods_code"], row["name"]) for row in answer["results"]} == {("ENG", "England")}
    assert list(answer["results"][0]) == [
        "ods_code",
        "name",
        "month",
        "weekday",
        "band",
        "average",
    ]
    rows = get(f"{ONLINE}averages/", month=SEPTEMBER, weekday="monday").json["results"]
    mondays = snapshot.parts_at("england", "ENG", month=date(2026, 9, 1))["day_monday"]
    assert sum(row["average"] for row in rows) * 4 == pytest.approx(mondays)
    assert get(f"{ONLINE}averages/").json["count"] >= answer["count"]
    assert get(f"{ONLINE}averages/", month="2001-01-01").json["results"] == []


def test_pages_of_cells_follow_one_another(get: Get) -> None:
    query = {"month": SEPTEMBER, "indicator": "CBT001", "dimension": "time_of_day"}
    whole = get(f"{CALLS}time/", page_size=300, **query).json
    second = get(f"{CALLS}time/", page_size=100, page=2, **query).json
    assert second["results"] == whole["results"][100:200]
    assert second["count"] == whole["count"] > 300
    assert get(f"{CALLS}time/", practice="ZZZZZZ").json["results"] == []
    assert get(f"{CALLS}time/", month="2001-01-01").json["count"] == 0


def test_the_participation_list_says_why_a_practice_has_no_calls(
    get: Get, library: LiveVersions
) -> None:
    snapshot = library.current("cloud-telephony")
    assert snapshot is not None
    month = date(2026, 9, 1)
    silent = next(
        code
        for code in snapshot.practices
        if snapshot.parts_at("practice", code, month=month)["agreed_without_data"]
    )
    (row,) = get(CALLS, practice=silent, month=SEPTEMBER).json["results"]
    assert (row["agreed"], row["received"], row["inbound"]) == (1, 0, None)
    assert row["rates"]["received_share"] == 0
    (answer,) = get(
        f"{CALLS}participation/", practice=silent, month=SEPTEMBER, question="received"
    ).json["results"]
    assert (answer["question"], answer["answer"], answer["practices"]) == ("received", "No", 1)
    sharing = get(f"{CALLS}participation/", month=SEPTEMBER, question="account").json["results"]
    assert sharing and all(row["ods_code"] in row["answer"].split(", ") for row in sharing)


def test_memberships_are_those_of_a_practice_ended_ones_too(
    get: Get, library: LiveVersions
) -> None:
    register = library.current("practices")
    assert register is not None
    with library.cursor() as cursor:
        (code,) = cursor.execute(
            "SELECT min(practice) FROM read_parquet(?) WHERE kind = 'commissioner' "
            "AND ended <> '' AND list_contains(?, practice)",
            [register.fact_path(register.latest, "memberships"), list(register.practices)],
        ).fetchall()[0]
    rows = get("practices/memberships/", practice=code, kind="commissioner").json["results"]
    assert [row["ended"] for row in sorted(rows, key=lambda row: row["joined"])] == [
        "2020-03-31",
        "",
    ]
    (pcn,) = get("practices/memberships/", practice="Y99001", kind="pcn").json["results"]
    assert pcn["parent"] == register.home("Y99001", register.latest)["pcn"]
    assert get("practices/memberships/").status_code == 400
