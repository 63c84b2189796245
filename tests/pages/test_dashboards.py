"""Both dashboards, read as the component tree that Dash sends."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from dash.exceptions import PreventUpdate
from flask import Flask

from data import format as fmt
from data.questions import queries
from pages.dashboard import peers, standard, steps
from pages.dashboard.registry import dashboards
from tests.pages.tools import GP_APPOINTMENTS, Page, dashboard, find_class, view_of, whole
from tests.tree import find, walk, words

BOTH = pytest.mark.parametrize("page", [tool.slug for tool in dashboards()], indirect=True)
EVERYONE = ("", "A81001", "A81004", "U11111", "U22222", "16C", "QK1", "QNEW", "Y60", "C82003")


@pytest.fixture
def page(asked: Flask, request: pytest.FixtureRequest) -> Page:
    return Page(dashboard(request.param))


@pytest.fixture
def gp_appointments(asked: Flask) -> Page:
    return Page(dashboard("gp-appointments"))


@pytest.fixture
def list_size(asked: Flask) -> Page:
    return Page(dashboard("list-size"))


def text(page: Any, **values: str) -> str:
    return words(whole(page, **values))


@BOTH
@pytest.mark.parametrize("org", EVERYONE)
@pytest.mark.parametrize("month", ["", "2025-12", "2019-01", "nonsense"])
def test_the_page_renders(asked: Flask, page: Any, org: str, month: str) -> None:
    body = whole(page, org=org, month=month, utm_source="x")
    assert len(find(body, "H1")) == 1 and len(find(body, "Main")) == 1


@BOTH
@pytest.mark.parametrize("org", EVERYONE)
def test_the_rest_of_a_page_is_left_until_the_browser_asks(
    asked: Flask, page: Any, org: str
) -> None:
    """Each section once, in the order of the rail; a place is kept for those that come later."""
    first, complete = page.body(org=org), whole(page, org=org)
    listed = [one.href.removeprefix("#") for one in find(find(first, "Nav")[1], "A")]
    for body in (first, complete):
        sections = [one for one in find(body, "Section") if one.id in listed]
        assert [one.id for one in sections] == list(dict.fromkeys(listed))
    waiting = [one.id for one in find_class(first, "waiting")]
    assert waiting == list(dict.fromkeys(listed))[steps.FIRST :] != []
    assert find_class(complete, "waiting") == []


@BOTH
def test_a_page_never_mixes_two_versions(asked: Flask, page: Any) -> None:
    body = page.body(org="A81001")
    told = json.loads(getattr(find_class(body, "rest")[0], "data-asked")) | {"section": "notes"}
    assert "Notes" in words(page.later(told))
    told["versions"][0] = "2020-01-01.1"
    assert words(page.later(told)) == steps.RENEWED


@BOTH
@pytest.mark.parametrize("data", [None, [], "x", {}, {"section": None}, {"section": 5}])
def test_nothing_is_drawn_where_no_section_is_asked_for(asked: Flask, page: Any, data: Any) -> None:
    with pytest.raises(PreventUpdate):
        page.later(data)


@BOTH
@pytest.mark.parametrize("section", ["summary", "nonsense"])
def test_only_a_section_that_was_left_is_drawn(asked: Flask, page: Any, section: str) -> None:
    body = page.body(org="A81001")
    told = json.loads(getattr(find_class(body, "rest")[0], "data-asked")) | {"section": section}
    assert page.later(told) == []


@BOTH
@pytest.mark.parametrize("told", [{}, {"values": {"org": 5, "month": []}, "versions": [None]}])
def test_anything_may_be_sent_beside_the_section(asked: Flask, page: Any, told: Any) -> None:
    data = {"section": "notes", "versions": 3} | told
    assert words(page.later(data)) == steps.RENEWED


@BOTH
def test_an_answer_for_another_view_has_no_place(asked: Flask, page: Any) -> None:
    views = [
        page.body(org=org, month=month)
        for org, month in (("A81001", ""), ("A81001", "2025-12"), ("A81002", ""))
    ]
    places = [{str(place.id) for place in find_class(view, "later")} for view in views]
    assert all(places) and len(set.union(*places)) == sum(map(len, places))


@BOTH
def test_ids_are_unique_and_carry_the_page(asked: Flask, page: Any) -> None:
    body = whole(page, org="A81001")
    ids = [one.id for one in walk(body) if isinstance(getattr(one, "id", None), str)]
    assert len(ids) == len(set(ids))
    graphs = [one.id for one in walk(body) if getattr(one, "kind", "") == "Graph"]
    assert len(graphs) >= 3
    assert all(one.startswith(page.tool.slug) for one in graphs)


@BOTH
def test_layout_takes_no_arguments_and_unknown_keys(asked: Flask, page: Any) -> None:
    for layout in (page.layout(), page.layout(utm_source="x", org="A81001")):
        assert layout["props"]["id"] == standard.body_id(page.tool)


@BOTH
def test_an_unknown_code_names_three_others(asked: Flask, page: Any) -> None:
    said = text(page, org="A8100")
    assert "No practice, PCN or area has the code A8100. Did you mean" in said
    assert said.count("(A8100") >= 3


@BOTH
def test_without_an_organisation_there_is_england_and_one_search_box(
    asked: Flask, page: Any
) -> None:
    body = whole(page)
    boxes = [one for one in walk(body) if getattr(one, "className", "") == "combo"]
    assert len(boxes) == 1 and "This is England. Choose a practice" in words(body)


def test_a_month_that_is_not_held_is_named(asked: Flask, gp_appointments: Any) -> None:
    assert "There are no figures for 2019-01" in text(
        gp_appointments, org="A81001", month="2019-01"
    )


def test_an_organisation_without_figures_offers_the_nearest_month(
    asked: Flask, gp_appointments: Any, list_size: Any
) -> None:
    said = text(list_size, org="C82003", month="2026-04")
    assert "No registered patients were published for Old Closed Surgery (C82003)" in said
    assert "Show January 2026, the nearest month" in said
    assert "There are none in any month" in text(gp_appointments, org="C82005")


def test_an_old_code_names_its_successor(asked: Flask, list_size: Any) -> None:
    said = text(list_size, org="QK1")
    assert "was last used in March 2026. Its practices now belong to" in said and "(QNEW)" in said


def test_a_practice_outside_pcns_says_so(asked: Flask, gp_appointments: Any) -> None:
    assert "was in no PCN in April 2026 (Unallocated)" in text(gp_appointments, org="A81004")


def test_partial_cover_is_stated_and_gets_no_position(asked: Flask, gp_appointments: Any) -> None:
    body = whole(gp_appointments, org="U22222")
    said = words(body)
    assert "PCN figures cover 1 of 2 practices" in said and "The publisher gave none" in said
    if peers.is_thin(view_of(GP_APPOINTMENTS, org="U22222")):
        assert not re.search(r"(higher|lower) than (the )?\d+ of|unusually", said, re.IGNORECASE)


def test_the_comparison_shows_the_organisation_and_its_areas(
    asked: Flask, gp_appointments: Any
) -> None:
    shown = view_of(GP_APPOINTMENTS, org="A81001")
    body = whole(gp_appointments, org="A81001")
    rows = [row for row in find(body, "Tr") if find(row, "Td")]
    measure = shown.snapshot.dataset.measure("same_day")
    row = next(row for row in rows if words(row).startswith("Same day"))
    own, *others = find(row, "Td")[: 1 + len(shown.comparators)]
    below = words(find(own, "Span")[0])
    assert re.fullmatch(r"\S+ to \S+", below)
    cells = [words(own).removesuffix(below), *map(words, others)]
    expected = [
        queries.figure(shown.snapshot, measure, org, month=shown.period).value
        for org in (shown.org, *shown.comparators)
    ]
    assert cells == [fmt.value(value, "percent") for value in expected]


def test_dna_can_be_shown_as_a_share_of_all(asked: Flask, gp_appointments: Any) -> None:
    shown = view_of(GP_APPOINTMENTS, org="A81001")
    measure = shown.snapshot.dataset.measure("dna_of_all")
    value = queries.figure(shown.snapshot, measure, shown.org, month=shown.period).value
    cards = find_class(whole(gp_appointments, org="A81001", missed="all"), "kpi")
    assert any(
        words(card).startswith(f"{measure.name}{fmt.value(value, 'percent')}") for card in cards
    )


def test_a_comparison_within_a_clinical_system_says_what_it_is(
    asked: Flask, gp_appointments: Any
) -> None:
    said = text(gp_appointments, org="A81001", group="supplier")
    assert "practices using EMIS" in said and "Systems record appointments differently" in said
    assert "Systems record" not in text(gp_appointments, org="A81001")


@BOTH
def test_real_data_is_not_called_a_demonstration(asked: Flask, page: Any) -> None:
    assert "Demonstration" not in text(page, org="A81001")
