"""`/search/`: suggestions, the contract of assets/combobox.js, and the page that shows all."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from data.spec import LEVELS
from data.versions import db
from pages.site import search_pages
from pages.workspaces import places

Ask = Callable[[str], dict[str, list[dict[str, str]]]]


@pytest.fixture
def ask(site: Flask, home: Path) -> Ask:
    db.configure(home)
    client = site.test_client()

    def found(text: str) -> dict[str, list[dict[str, str]]]:
        response = client.get("/search/suggestions/", query_string={"q": text})
        assert response.status_code == 200
        answer = response.get_json()
        assert isinstance(answer["said"], str)
        return {group["label"]: group["items"] for group in answer["groups"]}

    return found


def test_groups_hold_names_codes_details_and_links(ask: Ask) -> None:
    found = ask("park")
    assert [item["code"] for item in found["Practices"]] == ["A81001", "A81002"]
    second = found["Practices"][1]
    assert second["name"] == "Queens Park Medical"
    assert second["href"] == "/organisations/A81002/"
    assert "TS1 2AA" in second["detail"]
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


@pytest.mark.parametrize("text", ["DNA", "dna rate", "did not attend", "missed appointments"])
def test_measures_are_found_by_what_people_call_them(ask: Ask, text: str) -> None:
    assert ask(text)["Measures"][0]["href"].endswith("?measure=dna_rate")
    assert "Practices" not in ask(text)


def test_a_search_for_waiting_times_finds_measures_of_waits(ask: Ask) -> None:
    for text in ("waiting time", "waiting times", "how long is the wait"):
        found = [item["href"] for item in ask(text)["Measures"]]
        assert found and all("/tools/gp-appointments/?measure=" in href for href in found), text


def test_what_is_left_out_is_counted_and_one_link_shows_all(site: Flask, home: Path) -> None:
    db.configure(home)
    client = site.test_client()
    answer = client.get("/search/suggestions/?q=pcn").get_json()
    networks = next(group for group in answer["groups"] if group["label"] == "PCNs")
    assert networks["shown"] == "3 of 4 PCNs"
    assert networks["shown"] in answer["said"]
    page = client.get(answer["all"]).get_data(as_text=True)
    directory = db.library().directory()
    hits = directory.find("pcn")
    every = hits.first(LEVELS)
    assert len(every) > sum(len(group["items"]) for group in answer["groups"])
    for hit in every:
        assert f'href="/organisations/{hit.org.code}/"' in page
    assert client.get("/search/suggestions/?q=a81001").get_json()["all"] == ""


def test_a_page_of_one_kind_goes_on(
    site: Flask, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.configure(home)
    monkeypatch.setattr(search_pages, "A_PAGE", 2)
    client = site.test_client()
    first = client.get("/search/?q=surgery&kind=practices").get_data(as_text=True)
    second = client.get("/search/?q=surgery&kind=practices&page=2").get_data(as_text=True)
    assert "1 to 2 of 3 practices" in first and "page=2" in first
    assert "3 to 3 of 3 practices" in second and "page=1" in second
    codes = [set(re.findall(r"/organisations/([A-Z0-9]+)/", page)) for page in (first, second)]
    assert len(codes[0]) == 2 and len(codes[1]) == 1 and not codes[0] & codes[1]


def test_a_search_from_a_tool_leads_back_to_it_and_nowhere_else(site: Flask, home: Path) -> None:
    db.configure(home)
    client = site.test_client()
    here = "/tools/list-size/?org=C82001&measure=aged_65_and_over"
    page = client.get("/search/", query_string={"q": "park", "to": here}).get_data(as_text=True)
    assert 'href="/tools/list-size/?measure=aged_65_and_over&amp;org=A81001"' in page
    for away in ("https://example.org/tools/list-size/", "//example.org/", "/accounts/logout/"):
        answer = client.get("/search/", query_string={"q": "park", "to": away})
        page = answer.get_data(as_text=True)
        assert "example.org" not in page and 'href="/organisations/A81001/"' in page


@pytest.mark.parametrize("query", ["", "q=zzzzzzzz", "q=%3Cs-x%3E", "q=park&page=x", "page=-3&q=a"])
def test_the_page_answers_whatever_is_asked(site: Flask, home: Path, query: str) -> None:
    db.configure(home)
    answer = site.test_client().get(f"/search/?{query}")
    assert answer.status_code == 200
    assert "<s-x" not in answer.get_data(as_text=True)


def test_the_api_and_the_forms_of_an_account_find_what_the_site_finds(
    ask: Ask, site: Flask, home: Path
) -> None:
    with site.test_request_context("/"):
        for text in ("park", "rivrside practise", "TS1 2AA", "(A81001)", "le1"):
            codes = [item["code"] for item in ask(text)["Practices"]]
            assert [org.code for org in places.find(text, "practice")] == codes
            found = db.library().directory().search(text, levels=("practice",), limit=None)
            assert [org.code for org in found] == codes
