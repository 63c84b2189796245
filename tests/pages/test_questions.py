"""Callbacks that no page of ours sends are refused, and are no failure of the site."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.worlds import MONTHS

UPDATE = "/_dash-update-component"
BODIES = tuple(
    f"{nation}{tool}-body"
    for nation in ("", "nation-")
    for tool in ("list-size", "gp-appointments")
)
ROUTER = ".._pages_content.children..._pages_store.data.."
ODD: tuple[Any, ...] = (1, -1.5, True, [], {}, ["a"], {"a": 1}, "\ud800", 10**400)


def ask(site: Flask, body: Any) -> TestResponse:
    return site.test_client().post(UPDATE, data=json.dumps(body), content_type="application/json")


def question(body: str, search: Any) -> dict[str, Any]:
    return {
        "output": f"{body}.children",
        "outputs": {"id": body, "property": "children"},
        "inputs": [{"id": "url", "property": "search", "value": search}],
        "state": [],
        "changedPropIds": ["url.search"],
    }


def routed(pathname: Any, search: Any) -> dict[str, Any]:
    return {
        "output": ROUTER,
        "outputs": [
            {"id": "_pages_content", "property": "children"},
            {"id": "_pages_store", "property": "data"},
        ],
        "inputs": [
            {"id": "_pages_location", "property": "pathname", "value": pathname},
            {"id": "_pages_location", "property": "search", "value": search},
        ],
    }


@pytest.mark.parametrize("body", BODIES)
def test_an_address_is_text(site: Flask, body: str) -> None:
    for search in (None, "", f"?month={MONTHS[0]:%Y-%m}", "?" * 3000):
        assert ask(site, question(body, search)).status_code == 200
    for search in ODD:
        assert ask(site, question(body, search)).status_code == 400, search


def test_so_is_the_path_of_a_page(site: Flask) -> None:
    assert ask(site, routed("/tools/list-size/", "")).status_code == 200
    for odd in ODD:
        assert ask(site, routed(odd, "")).status_code == 400, odd
        assert ask(site, routed("/", odd)).status_code == 400, odd
    assert ask(site, routed("tools", "")).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        *(None, 1, "a", [], {}, {"output": 1}, {"output": "..a..", "inputs": []}),
        {"output": "list-size-body.children"},
        {"output": "list-size-body.children", "inputs": 1},
        {"output": "list-size-body.children", "inputs": [1]},
        {"output": "list-size-body.children", "inputs": [{"id": "url"}]},
        {"output": "list-size-body.children", "inputs": [], "state": {}},
        question("list-size-body", "") | {"outputs": {"id": "other", "property": "children"}},
    ],
)
def test_what_no_page_sends_is_refused(site: Flask, body: Any) -> None:
    assert ask(site, body).status_code == 400


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=ANYTHING, values=ANYTHING, versions=ANYTHING, body=st.sampled_from(BODIES))
def test_later_sections_are_asked_for_with_anything(
    site: Flask, data: Any, values: Any, versions: Any, body: str
) -> None:
    identity = {"page": body, "part": "place", "section": "x", "view": "y"}
    kinds = {"section": ["MATCH"], "view": ["MATCH"]}
    output = json.dumps(identity | kinds, separators=(",", ":")) + ".children"
    asking = {"id": identity | {"part": "asking"}, "property": "data"}
    for asked in (data, {"section": "x", "values": values, "versions": versions}):
        question = {
            "output": output,
            "outputs": {"id": identity, "property": "children"},
            "inputs": [asking | {"value": asked}],
        }
        assert ask(site, question).status_code in (200, 204), asked
