"""`gp-patient-survey/` over a small year of the publisher's form."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.versions.store import store
from pipelines.engine.runner import publish_landed
from pipelines.engine.series import series
from pipelines.fetch.landing import land_copy
from tests.api.conftest import Ask
from tests.survey_files import small_year, write

SURVEY = "gp-patient-survey"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("survey")
    shelf = store(home, "real")
    for year in (2025, 2026):
        now = year == 2026
        files = small_year(phone=0.6 if now else 0.5, third="U00002" if now else "U00001")
        for path in sorted(write(home / f"{year}", files, year).iterdir()):
            land_copy(
                shelf.landing,
                SURVEY,
                path,
                release=f"{year}",
                title=f"Survey {year}",
                now=datetime.now(UTC),
            )
    done = publish_landed(shelf, series(SURVEY), memory_mb=256)
    assert done.outcome == "published", done.message
    return home


def test_results_of_a_practice_have_limits_and_base(ask: Ask) -> None:
    status, body = ask(f"{SURVEY}/", practice="a81001", year="2026")
    assert status == 200 and body["count"] == 2 and body["meta"]["latest"] == "2026"
    phone, overall = body["results"]
    assert overall == {
        "org_type": "practice",
        "org": "A81001",
        "name": "PRACTICE A81001",
        "year": "2026",
        "pcn": "U00001",
        "ics": "QHM",
        "region": "Y63",
        "list_band": None,
        "question": "overallexp",
        "label": "Good overall experience of the practice",
        "questionnaire": "since-2024",
        "value": 80,
        "ci_low": 75,
        "ci_high": 85,
        "base": 100,
        "suppressed": False,
    }
    assert (phone["question"], phone["value"]) == ("localgpservicesphone", 60)


def test_a_suppressed_result_is_null_and_said(ask: Ask) -> None:
    (row,) = ask(f"{SURVEY}/", practice="A81002", year="2026", question="localgpservicesphone")[1][
        "results"
    ]
    assert row["suppressed"] is True
    assert {row[name] for name in ("value", "ci_low", "ci_high", "base")} == {None}


def test_areas_have_the_publishers_rows(ask: Ask) -> None:
    wanted = {"year": "2026", "question": "localgpservicesphone"}
    found = {
        level: [
            (row["org"], row["value"])
            for row in ask(f"{SURVEY}/", org_type=level, **wanted)[1]["results"]
        ]
        for level in ("pcn", "icb", "region", "england")
    }
    assert found == {
        "pcn": [("U00001", 55), ("U00002", None)],
        "icb": [("QHM", 55)],
        "region": [("Y63", 55)],
        "england": [("ENG", pytest.approx(56.886457))],
    }
    (own,) = ask(f"{SURVEY}/", org_type="pcn", pcn="u00001", **wanted)[1]["results"]
    assert own["ics"] == "QHM"


def test_areas_narrow_practices(ask: Ask) -> None:
    rows = ask(f"{SURVEY}/", pcn="U00001", year="2026", question="overallexp")[1]["results"]
    assert [row["org"] for row in rows] == ["A81001", "A81002"]
    for query in ({"ics": "qhm"}, {"region": "Y63"}):
        rows = ask(f"{SURVEY}/", **query, question="OVERALLEXP", year="2026")[1]["results"]
        assert [row["org"] for row in rows] == ["A81001", "A81002", "A81003"]
    assert ask(f"{SURVEY}/", ics="QHM", list_band="0-4999")[1]["count"] == 0  # no lists are loaded
    assert ask(f"{SURVEY}/", region="Y60")[1]["results"] == []
    years = [
        row["year"]
        for row in ask(f"{SURVEY}/", practice="A81001", question="overallexp")[1]["results"]
    ]
    assert years == ["2025", "2026"]


def test_areas_of_today_narrow_earlier_years(ask: Ask) -> None:
    asked = {"year": "2025", "question": "overallexp"}
    for area in ({"pcn": "u00001"}, {"pcn": "U00001", "ics": "QHM", "region": "Y63"}):
        found = {
            membership: [
                row["org"]
                for row in ask(f"{SURVEY}/", **asked, **area, membership=membership)[1]["results"]
            ]
            for membership in ("dated", "current")
        }
        assert found == {
            "dated": ["A81001", "A81002", "A81003"],
            "current": ["A81001", "A81002"],
        }
    assert ask(f"{SURVEY}/", **asked, ics="QX9", membership="current")[1]["count"] == 0


def test_rows_come_page_by_page(ask: Ask) -> None:
    pages = [ask(f"{SURVEY}/", year="2026", page_size=4, page=page)[1] for page in (1, 2)]
    assert {page["count"] for page in pages} == {6}
    rows = [(row["org"], row["question"]) for page in pages for row in page["results"]]
    assert rows == sorted(set(rows)) and len(rows) == 6 and pages[1]["next"] is None


def test_answers_are_given_one_by_one(ask: Ask) -> None:
    body = ask(f"{SURVEY}/answers/", practice="A81001", year="2026", question="overallexp")[1]
    assert [(row["answer"], row["percent"]) for row in body["results"]] == [
        ("1", 40),
        ("2", 35),
        ("3", 25),
        ("4", 7),
    ]


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ({}, "missing_filter", "year, practice, pcn, ics or region"),
        ({"question": "overallexp"}, "missing_filter", "year"),
        ({"year": "2025/26"}, "invalid_parameter", "such as 2025"),
        ({"practise": "A81001"}, "unknown_parameter", "practice"),
        ({"year": "2026", "list_band": "small"}, "invalid_parameter", "0-4999"),
        ({"practice": "A81001", "org_type": "pcn"}, "invalid_parameter", "rows of practices"),
        (
            {"year": "2026", "org_type": "pcn", "membership": "current"},
            "invalid_parameter",
            "rows of practices",
        ),
    ],
)
def test_refusals_say_what_would_do(ask: Ask, query: dict[str, str], code: str, said: str) -> None:
    status, body = ask(f"{SURVEY}/", **query)
    assert (status, body["code"]) == (400, code)
    assert said in str(body)
