"""A month of which one of three regional files is loaded: all say how much of England it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from app import create_app
from auth.api_keys import keys
from components import kpi
from components.charts import Mark, describe
from components.render.as_tables import sheets
from data.settings import Settings
from data.versions import db
from pages.dashboard import cards, contents, peers, standard, trends
from pages.dashboard.bodies import Body
from pages.dashboard.context import View, months
from pages.dashboard.files import exports
from pages.gp_appointments import DASHBOARD
from tests import planted
from tests.data.test_change import kept, listed
from tests.pages.tools import view_of
from tests.tree import words

WHOLE, MONTH = date(2024, 9, 1), date(2024, 10, 1)
LONDON, NORTH = ("U1", "S1", "I1", "Y56"), ("U2", "S2", "I2", "Y62")
HOMES = {"L1": LONDON, "L2": LONDON, "N1": NORTH, "N2": NORTH}
NAME = "England, 33% of patients"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    home = tmp_path_factory.mktemp("partial")
    sizes = {"L1": 1_000, "L2": 1_000, "N1": 2_000, "N2": 2_000}
    homes = dict.fromkeys((WHOLE, MONTH), HOMES)
    planted.publish(home, "list-sizes", homes, dict.fromkeys(homes, listed(sizes)))
    planted.publish(
        home,
        "gp-appointments",
        homes,
        {WHOLE: kept(dict.fromkeys(HOMES, 350)), MONTH: kept({"L1": 400, "L2": 300})},
        published=date(2024, 11, 28),
        missing={MONTH: ("the North",)},
    )
    return create_app(Settings(home=home))


@pytest.fixture(autouse=True)
def asked(site: Flask) -> Iterator[Flask]:
    db.configure(site.config["SETTINGS"].home)
    with site.test_request_context("/", base_url="https://haresign.example"):
        yield site


def page(**values: str) -> str:
    return words(standard.page(DASHBOARD, values, contents.steps_of))


def test_headings_cards_keys_and_sentences_say_how_much_of_england() -> None:
    shown = page()
    body = standard.read(DASHBOARD, {}, contents.steps_of)
    assert isinstance(body, Body) and body.name == f"GP appointments: {NAME}"
    assert "In October 2024 England (33% of patients) recorded 700 appointments" in shown
    assert "England figures cover 2 of 4 practices (33% of patients)." in shown
    practice = page(org="L1")
    assert f"{NAME} (350)" in practice  # the comparator of a card
    assert practice.count(NAME) > 3  # and of the controls and the comparison


def test_who_is_in_a_part_that_is_not_loaded_is_told_so() -> None:
    shown = page(org="N1")
    assert "were published for Practice N1" not in shown
    assert (
        "GP appointments of Practice N1 in October 2024: not loaded here. The file of the "
        "North is not loaded."
    ) in shown
    assert "Show September 2024, the nearest month" in shown


def test_the_comparator_and_downloads_say_so() -> None:
    view = view_of(DASHBOARD.tool, org="L1")
    assert [peer.name for peer in cards.spine_peers(view)][-1] == NAME
    verdict = peers.verdict(view, peers.peers(view), peers.figure(view, view.measure))
    assert NAME in verdict.against
    (sheet,) = (
        one for one in sheets(exports.sections(view, DASHBOARD)) if one.slug.endswith("comparison")
    )
    assert NAME in sheet.headings


def test_a_year_after_nothing_is_called_the_latest_data() -> None:
    line = standard.provenance(view_of(DASHBOARD.tool))
    assert not line.is_latest and line.fresh == "Behind: newer releases are not loaded here"
    assert line.next_due == "next expected since 31 December 2024"


def test_no_change_and_no_position_of_an_area_under_80_per_cent() -> None:
    view: View = view_of(DASHBOARD.tool)
    assert peers.is_thin(view)
    card = cards.card(view, peers.peers(view), view.snapshot.dataset.measure("per_1000"))
    assert card.greyed and card.position is None
    assert "kpi greyed" in repr(kpi.kpis([card]))
    london = view_of(DASHBOARD.tool, org="U1")
    assert not cards.card(london, peers.peers(london), london.measure).greyed
    year = cards.year_change(view, peers.figure(view, view.measure))
    assert year.card == "Oct 2023 is not loaded here"
    month = cards.month_change(view, peers.figure(view, view.measure))
    assert month.absolute is None
    assert month.why == (
        "no change stated: 67% of patients are left out (2 of 4 practices; Practice N1 is not "
        "loaded here for October 2024 and Practice N2 is not loaded here for October 2024)"
    )


def test_a_partial_period_is_hollow_and_says_partial() -> None:
    view = view_of(DASHBOARD.tool)
    chart = trends.line_chart(view, view.snapshot.dataset.measure("appointments"), months(view))
    assert chart.series[0].hollow == (Mark(1, "partial"),)
    assert "Partial: Oct 2024" in describe(chart).alt
    london = view_of(DASHBOARD.tool, org="U1")
    drawn = trends.decile_chart(london, peers.peers(london), london.measure)
    assert all(not line.hollow for line in drawn.lines)  # all of it is loaded


def test_the_api_names_england_by_what_it_covers(site: Flask) -> None:
    client, header = site.test_client(), {"Authorization": f"Bearer {keys.issue('partial')}"}
    month = f"?org=ENG&month={MONTH}"
    (row,) = client.get(f"/api/v1/gp-appointments/{month}", headers=header).json["results"]
    assert row["name"] == NAME
    (lists, *_) = client.get(f"/api/v1/list-sizes/{month}", headers=header).json["results"]
    assert lists["name"] == "England"
    (dataset,) = (
        one
        for one in client.get("/api/v1/datasets/", headers=header).json["results"]
        if one["id"] == "gp-appointments"
    )
    assert (dataset["freshness"], dataset["next_due"]) == ("behind", "2024-12-31")
