"""`/search/`: the contract of assets/combobox.js."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from data.versions import db

Ask = Callable[[str], dict[str, list[dict[str, str]]]]


@pytest.fixture
def ask(site: Flask, home: Path) -> Ask:
    db.configure(home)
    client = site.test_client()

    def found(text: str) -> dict[str, list[dict[str, str]]]:
        response = client.get("/search/", query_string={"q": text})
        assert response.status_code == 200
        answer = response.get_json()
        assert isinstance(answer["said"], str)
        return {group["label"]: group["items"] for group in answer["groups"]}

    return found


def test_groups_hold_names_codes_details_and_links(ask: Ask) -> None:
    found = ask("park")
    assert [item["code"] for item in found["Practices"]] == ["A81002", "A81001"]
    first = found["Practices"][0]
    assert first["name"] == "Queens Park Medical"
    assert first["href"] == "/organisations/A81002/"
    assert "TS1 2AA" in first["detail"]
    assert [item["code"] for item in found["PCNs"]] == ["U11111"]


def test_codes_postcodes_tools_and_measures_are_found(ask: Ask) -> None:
    assert ask("a81003")["Practices"][0]["code"] == "A81003"
    assert ask("LE1 2AA")["Practices"][0]["code"] == "C82002"
    assert ask("appointments")["Tools"][0]["href"] == "/tools/gp-appointments/"
    assert ask("did not attend")["Measures"][0]["href"].endswith("?measure=dna_rate")


def test_misspelt_names_are_found_and_nothing_is_an_empty_answer(ask: Ask) -> None:
    assert ask("rivrside practise")["Practices"][0]["code"] == "A81004"
    assert ask("") == {}
    assert ask("zzzzzzzz") == {}
    assert ask("x" * 5000) == {}


def test_old_and_new_codes_of_an_area_are_both_found(ask: Ask) -> None:
    assert {item["code"] for item in ask("qk1")["Areas"]} == {"QK1"}
    assert {item["code"] for item in ask("qnew")["Areas"]} == {"QNEW"}


def test_a_kind_that_is_named_comes_first(ask: Ask) -> None:
    assert next(iter(ask("park"))) == "Practices"
    assert next(iter(ask("park pcn"))) == "PCNs"
    assert next(iter(ask("icb"))) == "Areas"
