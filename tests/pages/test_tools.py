"""The registry of tools and its index."""

import re
from typing import Any

import dash
import pytest
from flask import Flask

from pages.catalogue import QUESTIONS, SUBJECTS
from pages.dashboard.registry import dashboards, tools
from pages.site import tool_index
from tests.tree import find, walk, words

# Sections 3, 4 and 5 of the specification, by slug.
SPECIFIED = {
    "practice-overview",
    "list-size",
    "gp-appointments",
    "online-consultations",
    "nhs-app",
    "digital-front-door",
    "cloud-telephony",
    "gp-patient-survey",
    "nwrs-workforce",
    "qof-prevalence",
    "qof-achievement",
    "pcn-des",
    "gp-contract",
    "nhs-payments",
    "fingertips",
    "cqc-search",
    "arrs-calculator",
    "pcn-funding-split",
    "qof-income",
    "gp-reimbursement",
    "iif",
    "payroll",
    "enhanced-access",
    "demand-forecaster",
    "cqc-readiness",
    "gpad-analyser",
}


def index(**values: str) -> Any:
    page = next(page for page in dash.page_registry.values() if page["path"] == "/tools/")
    return page["layout"](**values)


def test_every_specified_tool_is_listed_once_with_a_kebab_case_slug() -> None:
    slugs = [tool.slug for tool in tools()]
    assert len(slugs) == len(set(slugs))
    assert set(slugs) >= SPECIFIED
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) for slug in slugs)


def test_every_tool_has_a_question_and_a_subject_and_questions_name_tools() -> None:
    assert all(tool.question.endswith("?") and tool.subject in SUBJECTS for tool in tools())
    assert {slug for _, slugs in QUESTIONS for slug in slugs} <= {tool.slug for tool in tools()}


def test_only_built_tools_are_linked(asked: Flask) -> None:
    shown = index()
    hrefs = {getattr(node, "href", None) for node in walk(shown)}
    for tool in tools():
        assert (tool.path in hrefs) == tool.built
    assert {tool.slug for tool in dashboards()} <= {tool.slug for tool in tools() if tool.built}


@pytest.mark.parametrize(
    ("asked_for", "slugs"),
    [
        ({"q": "how many missed appointments"}, {"gp-appointments"}),
        ({"q": "appointments", "kind": "upload"}, {"gpad-analyser"}),
        ({"q": "Are we short of appointments?", "kind": "upload"}, {"gpad-analyser"}),
        ({"q": "zzzz"}, set()),
        ({"subject": "population", "for": "icb"}, {"list-size", "fingertips", "inequalities"}),
        ({"kind": "checklist,nonsense"}, {"cqc-readiness"}),
    ],
)
def test_words_and_ticks_narrow_the_index(asked_for: dict[str, str], slugs: set[str]) -> None:
    chosen = tool_index.read(asked_for)
    assert tool_index.matching(chosen) == slugs


def test_the_page_is_a_function_of_its_address(asked: Flask) -> None:
    shown = index(kind="checklist", utm_source="mail")
    visible = [row for row in find(shown, "Li") if getattr(row, "hidden", None) is False]
    assert [words(row)[:13] for row in visible] == ["CQC readiness"]
    assert "1 tool matches" in words(shown)
