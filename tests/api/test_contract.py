"""What every list of figures takes and gives, whoever made it: versions, fields, notes, pages."""

from __future__ import annotations

import os
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from api.endpoints.lists import LISTS
from api.listing import Listing
from api.parameters import day
from data import periods
from data.questions.rows import field_names
from data.spec import Level
from data.versions.db import LiveVersions
from data.versions.manifest import Manifest
from data.versions.snapshot import Snapshot
from data.versions.store import store
from tests.api.conftest import Answer, Ask, Get, Sites
from tests.restated import restate

NO_FIGURES = {
    "",
    "practices/",
    "pcns/",
    "datasets/",
    "datasets/{dataset_id}/",
    "datasets/{dataset_id}/releases/",
    "qof/years/",
    "qof/indicators/",
    "gp-contract/indicators/",
    "cqc/frameworks/",
    "cqc/mythbusters/",
}
SHARED = ("as_of", "include", "page", "page_size")
AREAS = {"pcn", "ics", "icb", "region"}
OF_THE_NEWEST_MONTH = {"gp-contract/practices/"}  # where membership makes no difference
FIGURES = [one for one in LISTS if isinstance(one, Listing)]
RESTATED = date(2026, 11, 20)
WITHOUT_ROWS = {"nwrs/qualifications/"}  # the demonstration files leave qualifications empty
each = pytest.mark.parametrize("one", FIGURES, ids=lambda one: one.path)
each_with_rows = pytest.mark.parametrize(
    "one", [one for one in FIGURES if one.path not in WITHOUT_ROWS], ids=lambda one: one.path
)
Parameters = dict[str, Any]


@pytest.fixture(scope="module")
def home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fictional England in two versions of every dataset: the same periods, other numbers."""
    home = tmp_path_factory.mktemp("restated")
    shutil.copytree(demo_home / "demo/snapshots", home / "demo/snapshots", copy_function=os.link)
    for dataset_id in sorted({one.dataset.id for one in FIGURES}):
        restate(store(home, "demo"), dataset_id, on=RESTATED)
    return home


@pytest.fixture(scope="module")
def first(demo_home: Path) -> LiveVersions:
    """The first version of each dataset, before the second came out."""
    return LiveVersions(demo_home)


@pytest.fixture(scope="module")
def earlier(demo_home: Path, first: LiveVersions, sites: Sites) -> dict[str, Answer]:
    """What each list answered then."""
    ask = sites(demo_home).ask
    return {one.path: ask(_path(one, first), **_question(one, first))[1] for one in FIGURES}


def _held(library: LiveVersions, one: Listing) -> Snapshot:
    found = library.current(one.dataset.id)
    assert found is not None
    return found


def _known_on(library: LiveVersions, one: Listing) -> date:
    manifest: Manifest = _held(library, one).manifest
    return manifest.known_on


def _path(one: Listing, library: LiveVersions) -> str:
    practices = _held(library, one).practices
    return one.path.replace("{ods_code}", practices[0]) if practices else one.path


def _question(one: Listing, library: LiveVersions) -> dict[str, str]:
    """Parameters without which the list does not answer: its period, or England."""
    starred = {each.name for each in one.filters if each.starred}
    if one.when and (one.when in starred or not starred):
        return {one.when: _written(one, _held(library, one).latest)}
    return {"org": "ENG"} if starred else {}


def _written(one: Listing, period: date) -> str:
    """A period as the list takes it."""
    (when,) = (each for each in one.filters if each.name == one.when)
    if when.make is day:
        return (periods.add_months(period, 1) - timedelta(days=1)).isoformat()
    return periods.written(one.dataset.period, period)


def test_every_list_has_the_shared_parameters(app: Flask) -> None:
    document = app.test_client().get("/api/schema/").json
    assert document is not None
    told: dict[str, Parameters] = {
        path.removeprefix("/api/v1/"): {one["name"]: one for one in item["get"]["parameters"]}
        for path, item in document["paths"].items()
    }
    assert told.keys() >= NO_FIGURES
    model = told["list-sizes/"]
    for path in told.keys() - NO_FIGURES:
        found = told[path]
        assert {name: found[name] for name in SHARED} == {name: model[name] for name in SHARED}
        assert "separated by commas" in found["fields"]["description"], path
        if AREAS & found.keys() and path not in OF_THE_NEWEST_MONTH:
            assert found["membership"] == model["membership"], path
    for path in NO_FIGURES - {"", "datasets/{dataset_id}/"}:
        assert {"fields", "page", "page_size"} <= told[path].keys(), path
        assert "as_of" not in told[path], path


@each
def test_a_dataset_or_its_rows_are_what_a_list_declares(one: Listing) -> None:
    assert one.names in ((), field_names(one.dataset))
    assert {name.partition(".")[0] for name in one.names} <= set(one.row)
    assert not one.when or one.when in {each.name for each in one.filters}


def test_demonstration_data_are_flagged_everywhere(get: Get, first: LiveVersions) -> None:
    figures = [(_path(one, first), _question(one, first)) for one in FIGURES]
    others = [(path.replace("{dataset_id}", "cqc"), {}) for path in sorted(NO_FIGURES)]
    for path, query in (*figures, *others):
        answered = get(path, **query)
        assert answered.json is not None
        assert answered.json["demonstration"] is True, path
        assert answered.headers["X-Haresign-Data"] == "demonstration"
    assert get("nope/").headers["X-Haresign-Data"] == "demonstration"


@each
def test_before_the_first_publication_there_is_nothing(
    one: Listing, ask: Ask, first: LiveVersions
) -> None:
    eve = _known_on(first, one) - timedelta(days=1)
    status, body = ask(_path(one, first), **_question(one, first), as_of=eve.isoformat())
    assert (status, body["code"], set(body["errors"])) == (400, "invalid_parameter", {"as_of"})
    assert f"as published on {eve}" in body["detail"] and one.dataset.id in body["detail"]
    assert ask(_path(one, first), **_question(one, first), as_of="yesterday")[0] == 400


@each_with_rows
def test_between_two_versions_the_figures_are_the_old_ones(
    one: Listing, earlier: dict[str, Answer], ask: Ask, first: LiveVersions
) -> None:
    path, query = _path(one, first), _question(one, first)
    before, known = earlier[one.path], _known_on(first, one)
    assert before["count"] > 0
    for then in (known, RESTATED - timedelta(days=1)):
        status, body = ask(path, **query, as_of=then.isoformat())
        assert status == 200
        assert {name: body[name] for name in ("count", "results", "meta")} == {
            name: before[name] for name in ("count", "results", "meta")
        }
    now = ask(path, **query)[1]
    assert now["results"] != before["results"]
    assert now["meta"]["version"] > before["meta"]["version"]
    assert ask(path, **query, as_of=RESTATED.isoformat())[1]["results"] == now["results"]


def test_a_version_built_before_the_rows_were_given_says_so(
    demo_home: Path, tmp_path: Path, sites: Sites
) -> None:
    snapshots = Path("demo/snapshots/nwrs")
    shutil.copytree(demo_home / snapshots, tmp_path / snapshots, copy_function=os.link)
    restate(store(tmp_path, "demo"), "nwrs", on=RESTATED, without="role_name")
    status, body = sites(tmp_path).ask("nwrs/", snapshot="2026-09-30", as_of=RESTATED.isoformat())
    assert (status, set(body["errors"])) == (400, {"as_of"})
    assert f"nwrs as published on {RESTATED}" in body["detail"]


@each_with_rows
def test_fields_are_chosen_and_unknown_ones_named(
    one: Listing, earlier: dict[str, Answer], ask: Ask, first: LiveVersions
) -> None:
    path, query = _path(one, first), _question(one, first)
    known = _known_on(first, one).isoformat()
    rows = earlier[one.path]["results"]
    plain = [name for name, value in rows[0].items() if not isinstance(value, dict)]
    wanted = (plain[-1], plain[1])
    body = ask(path, **query, as_of=known, fields=", ".join(wanted))[1]
    assert body["results"] == [
        {name: value for name, value in row.items() if name in wanted} for row in rows
    ]
    status, body = ask(path, **query, fields=f"{wanted[0]},no_such_member")
    assert (status, set(body["errors"])) == (400, {"fields"})
    assert "'no_such_member'" in body["detail"] and wanted[0] not in body["detail"]


@each
def test_caveats_and_citation_come_when_asked_for(
    one: Listing, ask: Ask, first: LiveVersions
) -> None:
    path, query = _path(one, first), _question(one, first)
    known = _known_on(first, one).isoformat()
    held = _held(first, one)
    meta = ask(path, **query, as_of=known, include="citation, caveats")[1]["meta"]
    assert meta["caveats"] == [*one.dataset.caveats, *held.manifest.notes]
    for said in (
        one.dataset.publisher,
        one.dataset.series,
        held.version,
        one.dataset.licence,
        meta["source"],
        held.label(held.latest),
        "every figure is invented",
    ):
        assert said in meta["citation"]
    assert "caveats" not in ask(path, **query, include="citation")[1]["meta"]
    assert not {"caveats", "citation"} & ask(path, **query)[1]["meta"].keys()
    status, body = ask(path, **query, include="caveat")
    assert (status, set(body["errors"])) == (400, {"include"})


@each_with_rows
def test_an_unchanged_answer_is_304_and_pages_keep_the_question(
    one: Listing, get: Get, first: LiveVersions
) -> None:
    query = _question(one, first) | {"as_of": _known_on(first, one).isoformat()}
    path = _path(one, first)
    answered = get(path, **query, page_size=1)
    assert answered.json is not None
    tag = answered.headers["ETag"]
    again = get(path, headers={"If-None-Match": tag}, **query, page_size=1)
    assert (again.status_code, again.data) == (304, b"")
    assert len(answered.json["results"]) == 1
    if answered.json["count"] > 1:
        second = get(answered.json["next"].split("/api/v1/")[1]).json
        assert second is not None
        assert second["count"] == answered.json["count"]
        assert second["meta"] == answered.json["meta"]
        both = get(path, **query, page_size=2).json
        assert both is not None
        assert answered.json["results"] + second["results"] == both["results"]


@pytest.mark.parametrize(
    ("path", "query", "level"),
    [
        ("nwrs/", {"role": "TOTAL"}, "pcn"),
        ("pcn-des/", {"indicator": "HI03"}, "icb"),
        ("gp-appointments/", {}, "pcn"),
    ],
)
def test_areas_are_those_of_the_period_or_of_today(
    path: str, query: dict[str, str], level: Level, ask: Ask, first: LiveVersions
) -> None:
    one = next(one for one in FIGURES if one.path == path)
    held = _held(first, one)
    month = held.months[0]
    membership = {
        (area, kind): set(held.practices_in(level, area, month, membership=kind))
        for area in held.codes(level)
        for kind in ("dated", "current")
    }
    moved = [
        area for area, _ in membership if membership[area, "dated"] != membership[area, "current"]
    ]
    assert moved, "no practice has moved"
    common = query | {"as_of": _known_on(first, one).isoformat(), "page_size": "500"}
    for area in moved:
        for kind in ("dated", "current"):
            asked = common | {level: area, "membership": kind, one.when: _written(one, month)}
            rows = ask(path, **asked)[1]["results"]
            assert {row["ods_code"] for row in rows} == membership[area, kind]
