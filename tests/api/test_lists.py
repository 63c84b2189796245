from __future__ import annotations

import random
from datetime import date
from urllib.parse import urlsplit

import orjson
import pytest

from data.questions.queries import figure, trend
from data.questions.rows import ratios
from data.versions.db import LiveVersions
from tests import worlds
from tests.api.conftest import Get


def test_every_published_example_answers(get: Get) -> None:
    """The examples of the specification that concern loaded datasets."""
    found = get("practices/", search="park", page_size=25).json
    assert found is not None
    assert [row["ods_code"] for row in found["results"]] == ["A81001", "A81002"]
    population = get("practices/A81001/population/").json
    assert population is not None
    assert [row["year"] for row in population["results"]] == ["2026/27", "2025/26"]
    month = get("gp-appointments/", practice="A81001", month="2026-01-01").json
    assert month is not None
    assert month["count"] == 1
    assert month["results"][0]["month"] == "2026-01-01"
    assert get("practices/ZZZZZZ/population/").status_code == 404


def _walk(get: Get, path: str, **query: object) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    answer = get(path, **query)
    while True:
        body = answer.json
        assert body is not None
        rows += body["results"]
        if body["next"] is None:
            assert body["count"] == len(rows)
            return rows
        parts = urlsplit(body["next"])
        assert parts.scheme
        assert parts.netloc
        answer = get(f"{parts.path.removeprefix('/api/v1/')}?{parts.query}")


@pytest.mark.parametrize("size", [1, 3, 500])
def test_following_next_gives_every_row_once(get: Get, size: int) -> None:
    query = {"supplier": "tpp", "sub_icb": "16c"}
    rows = _walk(get, "gp-appointments/", page_size=size, **query)
    keys = [(row["ods_code"], row["month"]) for row in rows]
    assert keys == [("A81002", month.isoformat()) for month in worlds.MONTHS]


def test_previous_leads_back_with_the_same_filters(get: Get) -> None:
    second = get("list-sizes/", org="A81001", sex="MALE", page=2, page_size=5).json
    assert second is not None
    path = second["previous"].split("/api/v1/")[1]
    first = get(path).json
    assert first is not None
    assert first["previous"] is None
    assert first["count"] == second["count"]
    assert get(first["next"].split("/api/v1/")[1]).json["results"] == second["results"]
    far = get("list-sizes/", org="A81001", page=9999).json
    assert far["results"] == []
    assert far["next"] is None


def test_api_and_pages_give_one_number(get: Get, library: LiveVersions) -> None:
    rng = random.Random(11)
    directory = library.directory()
    appointments = library.current("gp-appointments")
    lists = library.current("list-sizes")
    assert appointments is not None
    assert lists is not None
    registered = lists.dataset.measure("registered_patients")
    for _ in range(40):
        month = rng.choice(worlds.MONTHS)
        org = rng.choice(directory.all("practice"))
        body = get("gp-appointments/", practice=org.code.lower(), month=month.isoformat()).json
        for row in body["results"]:
            measure = rng.choice(ratios(appointments.dataset))
            expected = figure(appointments, measure, org, month=month)
            assert row["rates"][measure.id] == expected.value
            assert row["numerators"][measure.id] == expected.numerator
        level = rng.choice(("practice", "pcn", "sub_icb", "icb", "region", "england"))
        area = rng.choice(directory.all(level))
        body = get(
            "list-sizes/", org=area.code, month=month.isoformat(), sex="ALL", age_band="ALL"
        ).json
        shown = [row["patients"] for row in body["results"]]
        value = figure(lists, registered, area, month=month).value
        assert shown == ([] if value is None else [value])


def test_population_is_the_last_month_held_of_each_year(get: Get, library: LiveVersions) -> None:
    lists = library.current("list-sizes")
    org = library.directory().at("practice", "A81001")
    assert lists is not None
    assert org is not None
    by_month = {f.period: f.value for f in trend(lists, lists.dataset.measures[0], org)}
    rows = get("practices/a81001/population/").json["results"]
    assert [(row["registered_date"], row["registered"]) for row in rows] == [
        ("2026-04-01", by_month[date(2026, 4, 1)]),
        ("2026-03-01", by_month[date(2026, 3, 1)]),
    ]
    for row in rows:
        assert row["weighted"] is None
        assert row["adjusted"] is None
        assert "not loaded" in row["weighted_note"]
        assert "not loaded" in row["adjusted_note"]


def test_practices_by_pcn_and_by_either_icb_code(get: Get) -> None:
    def codes(**query: str) -> set[str]:
        return {row["ods_code"] for row in get("practices/", **query).json["results"]}

    assert codes(pcn="u11111") == {"A81001", "A81002"}
    assert codes(icb="qk1") == {"C82001", "C82002", "C82003"}
    assert codes(icb="QNEW") == {"C82001", "C82002", "C82004", "C82005"}
    assert codes(search="ts1") == {"A81001", "A81002"}
    assert codes(search="zzzz") == set()


def test_pcns_count_the_members_of_the_latest_month(get: Get) -> None:
    rows = get("pcns/").json["results"]
    assert {row["code"]: row["member_count"] for row in rows} == {
        "U11111": 2,
        "U11112": 1,
        "U22221": 2,
        "U22222": 2,
    }
    assert [row["code"] for row in get("pcns/", icb="QK2").json["results"]] == ["U22222"]


def test_an_empty_result_is_200(get: Get) -> None:
    for query in ({"practice": "ZZZZZZ"}, {"month": "2001-01-01"}, {"pcn": "U99999"}):
        answer = get("gp-appointments/", **query)
        assert answer.status_code == 200
        assert answer.json["results"] == []
        assert answer.json["count"] == 0
    assert get("list-sizes/", org="nope").json["results"] == []


def test_every_answer_names_its_data(get: Get) -> None:
    body = get("gp-appointments/", practice="A81001", month="2026-01-01", include="caveats").json
    meta = body["meta"]
    assert meta["dataset"] == "gp-appointments"
    assert meta["licence"] == "Open Government Licence v3.0"
    assert meta["source"] == "https://example.org/gp-appointments/2026-01-01"
    assert meta["published"] == "2026-01-15"
    assert "A note of this version." in meta["caveats"]
    assert body["demonstration"] is False


def test_json_is_strict_and_says_its_charset(get: Get) -> None:
    for path in ("gp-appointments/?month=2025-12-01", "list-sizes/?month=2025-12-01"):
        answer = get(path)
        assert answer.content_type == "application/json; charset=utf-8"
        orjson.loads(answer.data)  # refuses NaN and Infinity


def test_fields_are_chosen_and_unknown_ones_named(get: Get) -> None:
    rows = get("gp-appointments/", practice="A81001", fields="month, rates.attended").json
    assert all(
        set(row) == {"month", "rates", "numerators", "denominators"} for row in rows["results"]
    )
    wrong = get("gp-appointments/", practice="A81001", fields="month,apointments")
    assert wrong.status_code == 400
    assert "'appointments'" in wrong.json["detail"]


def test_datasets_describe_every_field_of_their_rows(get: Get) -> None:
    found = get("datasets/gp-appointments/").json
    row = get("gp-appointments/", practice="A81001").json["results"][0]
    counts = {part["id"] for part in found["counts"]}
    assert counts <= set(row)
    assert set(row["rates"]) == {m["id"] for m in found["measures"] if m["denominator"]}
    versions = get("datasets/gp-appointments/releases/").json["results"]
    assert [version["live"] for version in versions] == [True]
    assert versions[0]["version"] == found["version"]
    assert get("datasets/nope/").status_code == 404
