"""`<dataset>/figures/`: every figure with the verdict that pages print, and why it has no value."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from flask import Flask

from data import periods
from data.absence import ABSENCES
from data.registry import all_datasets
from data.spec import LEVELS, Dataset
from data.versions.db import library
from pages.dashboard import context, peers
from tests.api.conftest import Ask, Get
from tests.pages.test_every_dataset import dashboard_of
from tests.pages.test_verdicts import opened


@pytest.fixture(scope="session")
def home(demo_home: Path) -> Path:
    return demo_home


@pytest.mark.parametrize("declared", all_datasets(), ids=lambda one: one.id)
def test_the_comparison_is_the_verdict_of_the_page(app: Flask, ask: Ask, declared: Dataset) -> None:
    """A random organisation of each level, in a random group of its own."""
    rng, dashboard, first = Random(declared.id), dashboard_of(declared), declared.measures[:500]
    snapshot = library().current(declared.id)
    assert snapshot is not None
    compared = 0
    for level in LEVELS:
        codes = sorted(snapshot.codes(level))
        if not codes or level not in declared.levels:
            continue
        with app.test_request_context("/"):
            view = opened(dashboard, org=rng.choice(codes))
            group = rng.choice(context.groups(view.org, view.areas, view.supplier))
            view = opened(dashboard, org=view.org.code, group=group)
            among = peers.peers(view)
            verdicts = {
                one.id: peers.verdict(view, among, peers.figure(view, one))
                for one in rng.sample(first, min(12, len(first)))
            }
        asked: dict[str, object] = {"org": view.org.code, "group": group, "page_size": 500}
        asked |= {periods.column(declared): view.snapshot.written[view.period]}
        status, body = ask(f"{declared.id}/figures/", **asked)
        assert status == 200, body
        rows = {one["measure"]: one for one in body["results"]}
        assert list(rows) == [one.id for one in first]
        for measure_id, verdict in verdicts.items():
            row, said = rows[measure_id], rows[measure_id]["comparison"]
            assert row["value"] == verdict.figure.value
            assert row["status"] == verdict.status
            assert said["comparator"] == (verdict.comparator or None)
            assert said["value"] == verdict.benchmark
            assert said["difference"] == verdict.difference
            assert said["unusual"] == verdict.unusual
            assert said["words"] == (verdict.chip.text if verdict.chip else None)
            assert (said["position"] is None) == (verdict.position is None)
            if verdict.position is not None:
                place = said["position"]
                assert place["lower"] + place["higher"] + place["same"] == place["peers"]
                assert place["median"] == verdict.position.median
            past = said["own_history"]
            assert (past and past["words"]) == (verdict.history and verdict.history.words)
            compared += said["difference"] is not None
    assert compared or all(one.is_size or one.interval == "none" for one in first)


def test_what_cannot_be_asked_is_refused_with_what_can(ask: Ask) -> None:
    status, body = ask("gp-appointments/figures/", org="ENG", group="icb")
    assert status == 400 and "england" in body["errors"]["group"][0]
    status, body = ask("gp-appointments/figures/", org="ENG", measure="dna")
    assert status == 400 and "no measure 'dna'" in body["errors"]["measure"][0]
    status, body = ask("gp-appointments/figures/")
    assert status == 400 and body["code"] == "missing_filter"


def test_a_period_that_is_not_held_says_so(ask: Ask) -> None:
    status, body = ask("gp-appointments/figures/", org="ENG", month="2011-01-01")
    assert status == 200
    assert {row["status"] for row in body["results"]} == {"not_held"}
    assert {row["value"] for row in body["results"]} == {None}


def test_the_specification_names_the_kinds_and_shows_a_comparison(get: Get, app: Flask) -> None:
    document = app.test_client().get("/api/schema/?format=json").json
    assert document is not None
    rows = document["components"]["schemas"]["GpAppointmentsFiguresRow"]["properties"]
    assert rows["status"]["enum"][:6] == list(ABSENCES)
    assert rows["comparison"]["example"]["own_history"]["signal"] == "below"
