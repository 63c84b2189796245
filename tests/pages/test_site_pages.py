"""Home, status, sources, State of the Nation and the way on from wrong addresses."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import dash
import numpy as np
import pytest
from flask import Flask

from data import format as fmt
from data.questions import national, queries
from data.questions.change import change
from data.versions import db
from data.versions.manifest import Check
from data.versions.orgs import ENGLAND_ORG
from pages.dashboard.registry import dashboards
from tests import worlds
from tests.pages.tools import SITE_PAGES, words_at
from tests.tree import words

STATUS, SOURCES = "/status/", "/data-sources/"
APPOINTMENTS = "/state-of-the-nation/gp-appointments/"
PAGES = (*SITE_PAGES, *(tool.nation_path for tool in dashboards()))


@pytest.mark.parametrize("path", PAGES)
def test_every_page_renders_where_nothing_is_loaded(
    asked: Flask, tmp_path: Path, path: str
) -> None:
    db.configure(tmp_path)
    assert words_at(path)


def test_status_tells_what_is_held_and_what_is_not(asked: Flask) -> None:
    said = words_at(STATUS)
    assert "Organisations is not loaded yet" in said
    assert "April 2026" in said


def test_status_shows_a_failed_refresh_with_its_numbers(
    asked: Flask, home: Path, tmp_path: Path
) -> None:
    shutil.copytree(home, tmp_path / "site")
    current = db.configure(tmp_path / "site")
    check = Check("total within tolerance", False, "May 2026: 12 against 100,000")
    current.store.record_status(
        "gp-appointments", "failed", message="Kept April 2026.", checks=(check,)
    )
    said = words_at(STATUS)
    assert "A release failed our checks on " in said and "Showing April 2026." in said
    assert "May 2026: 12 against 100,000" in said
    assert "Held" in said
    assert "failed our checks" in words_at(APPOINTMENTS)


def test_status_compares_a_version_with_the_one_before(asked: Flask, tmp_path: Path) -> None:
    for seed in (1, 2):
        live = worlds.build(tmp_path, seed=seed)["list-sizes"]
    db.configure(tmp_path)
    said = words_at(STATUS)
    assert "2 versions are kept" in said
    assert live.version in said


def test_demonstration_data_is_named_on_the_sources_page(asked: Flask, tmp_path: Path) -> None:
    worlds.build(tmp_path, realm="demo")
    db.configure(tmp_path)
    assert "demonstration data" in words_at(SOURCES)


def test_sources_say_what_patient_online_counts_and_that_it_may_have_ended(asked: Flask) -> None:
    said = words_at(SOURCES)
    assert "Patient Online, all online routes" in said
    assert "may have ended" in said
    assert "Not yet checked against a real file of the series" in said


def test_nation_shows_the_numbers_that_the_queries_give(asked: Flask) -> None:
    snapshot = db.library().current("gp-appointments")
    assert snapshot is not None
    said = words_at(APPOINTMENTS)
    for measure_id in ("per_1000", "dna_rate", "same_day"):
        measure = snapshot.dataset.measure(measure_id)
        now = queries.figure(snapshot, measure, ENGLAND_ORG, month=snapshot.latest)
        assert now.value is not None
        shown = re.escape(fmt.with_unit(now.value, measure.unit))
        assert re.search(rf"(?<![\d.,]){shown}(?![\d.,]\d)", said), measure_id


def test_nation_marks_the_home_area_of_an_organisation(asked: Flask) -> None:
    assert "Selected" in words_at(APPOINTMENTS, org="C82001")
    assert "Selected" not in words_at(APPOINTMENTS)


def test_openings_and_closures_are_counted_from_lists(home: Path) -> None:
    lists = db.configure(home).current("list-sizes")
    assert lists is not None
    opened, closed = national.flows(lists, date(2026, 4, 1), date(2026, 1, 1))
    assert opened == ()
    assert [flow.code for flow in closed] == ["C82003"]


def test_spreads_share_their_bins_and_count_every_practice(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(national, "FEWEST", 3)
    lists = db.configure(home).current("list-sizes")
    assert lists is not None
    registered = lists.dataset.measure("registered_patients")
    months = (date(2026, 4, 1), date(2026, 1, 1))
    now, then = national.spreads(lists, registered, "practice", months)
    assert [(b.low, b.high) for b in now.bins] == [(b.low, b.high) for b in then.bins]
    values = queries.spread(lists, registered, "practice", now.month)
    known = values[~np.isnan(values)]
    assert sum(b.organisations for b in now.bins) + now.outside == len(known)
    assert now.median == pytest.approx(float(np.median(known)))


def test_size_bands_add_up_to_england(home: Path) -> None:
    current = db.configure(home)
    lists, appointments = current.current("list-sizes"), current.current("gp-appointments")
    assert lists is not None and appointments is not None
    measure = appointments.dataset.measure("per_1000")
    bands = national.by_size(appointments, lists, measure, appointments.latest)
    assert sum(band.practices for band in bands) == 7  # eight have a list, one no appointments
    one = [band for band in bands if band.practices]
    if len(one) == 1:
        assert one[0].value == pytest.approx(appointments.england(measure, appointments.latest))


def test_an_area_and_its_past_hold_the_same_practices(home: Path) -> None:
    library = db.configure(home)
    lists, directory = library.current("list-sizes"), library.directory()
    assert lists is not None
    registered = lists.dataset.measure("registered_patients")
    month, before = date(2026, 4, 1), date(2026, 1, 1)
    found = {one.code for one in national.areas(lists, directory, registered, "icb", month)}
    assert found == {"QHM", "QNEW"}  # QK1 and QK2 are no longer in use
    inside = lists.practices_in("icb", "QNEW", before, membership="current")
    assert "C82003" in inside  # it closed in January, when its ICB was QK1
    then = sum(lists.at(registered, "practice", code, month=before)[0] for code in inside)
    area = directory.at("icb", "QNEW")
    assert area is not None
    now = queries.figure(lists, registered, area, month=month, membership="current")
    moved = change(lists, directory, now, months=3, membership="current")
    assert moved.earlier.value == pytest.approx(then) and moved.absolute is not None


def test_wrong_addresses_suggest_the_organisation_they_may_mean(site: Flask, home: Path) -> None:
    db.configure(home)
    body = {"inputs": [{"id": "_pages_location", "property": "pathname", "value": "/p/A8100/x"}]}
    with site.test_request_context("/_dash-update-component", method="POST", json=body):
        page = next(p for n, p in dash.page_registry.items() if n.endswith("not_found_404"))
        said = words(page["layout"]())
    assert "The Park Surgery (A81001)" in said
