"""Every page of the registry, and a dashboard of every dataset at every level of an England."""

from __future__ import annotations

import random

import dash
import pytest
from flask import Flask

from data import format as fmt
from data import periods
from data.questions import provenance, queries
from data.versions.orgs import Org
from pages.dashboard import trends
from pages.dashboard.context import View
from pages.dashboard.declaration import Dashboard
from pages.dashboard.registry import dashboards
from tests.pages.tools import (
    SITE_PAGES,
    Page,
    every_dashboard,
    find_class,
    published,
    snapshot_of,
    view_of,
    whole,
    words_at,
)
from tests.tree import find, walk, words

EVERY = pytest.mark.parametrize("shown", every_dashboard(), ids=lambda one: one.tool.slug)
WITHOUT_ADDRESS = {"/site/not-found-404"}  # Dash shows it in place of other pages
HOSTILE = {
    "org": "<script>alert(1)</script>",
    "measure": "'; drop table",
    "areas": "planet",
    "among": "",
    "q": "\x00",
    "utm_source": "mail",
}


def sample(shown: Dashboard) -> list[Org]:
    """An organisation of each level that the dataset has."""
    rng, snapshot = random.Random(shown.tool.slug), snapshot_of(shown)
    return [rng.choice(published(snapshot, level)) for level in snapshot.dataset.levels]


def test_no_page_of_the_registry_is_left_out(england: Flask) -> None:
    registered = {page["path"] for page in dash.page_registry.values()} - WITHOUT_ADDRESS
    of_dashboards = {path for tool in dashboards() for path in (tool.path, tool.nation_path)}
    assert registered == {*SITE_PAGES, *of_dashboards}


@pytest.mark.parametrize("path", [*SITE_PAGES, *(tool.nation_path for tool in dashboards())])
def test_a_page_beside_the_dashboards_renders_for_any_address(england: Flask, path: str) -> None:
    practice, *_, icb, _, _ = sample(every_dashboard()[0])
    assert [org.level for org in (practice, icb)] == ["practice", "icb"]
    for values in ({}, HOSTILE, {"org": practice.code}, {"org": icb.code}):
        assert len(words_at(path, **values)) > 200, values


@EVERY
def test_a_dashboard_renders_whole_for_any_address(england: Flask, shown: Dashboard) -> None:
    snapshot = snapshot_of(shown)
    lowest, *areas = sample(shown)
    first = periods.key(snapshot.dataset.period, snapshot.months[0])
    for values in (
        {},
        HOSTILE,
        {"org": lowest.code, "month": first, "unit": "count"},
        {"org": lowest.code, "month": "nonsense", "membership": "current", "vs": "none"},
        *({"org": org.code} for org in areas),
    ):
        body = whole(Page(shown), **values)
        assert (len(find(body, "H1")), len(find(body, "Main"))) == (1, 1), values
        ids = [one.id for one in walk(body) if isinstance(getattr(one, "id", None), str)]
        assert len(ids) == len(set(ids)), values
        assert find_class(body, "waiting") == [], values


@EVERY
def test_every_card_shows_what_the_query_gives(england: Flask, shown: Dashboard) -> None:
    checked = 0
    for org in sample(shown):
        view = view_of(shown.tool, org=org.code)
        cards = {
            words(find(one, "Dt")[0]): one
            for one in find_class(Page(shown).body(org=org.code), "kpi")
        }
        for measure in view.snapshot.dataset.measures:
            card = cards.get(measure.name)
            if card is None:
                continue
            now = queries.figure(view.snapshot, measure, org, month=view.period)
            (value,) = (one for one in find(card, "Dd") if getattr(one, "className", "") == "v")
            assert words(value) == fmt.value(now.value, measure.unit), (org.code, measure.id)
            if now.denominator is not None:
                assert fmt.value(now.numerator, "count") in words(card)
                assert fmt.value(now.denominator, "count") in words(card)
            checked += 1
    assert checked >= len(snapshot_of(shown).dataset.levels)


@EVERY
def test_every_figure_is_explained_down_to_the_files_it_was_read_from(
    england: Flask, shown: Dashboard
) -> None:
    lowest, *_, highest = sample(shown)
    for org in (lowest, highest):
        view, body = view_of(shown.tool, org=org.code), whole(Page(shown), org=org.code)
        drawn = [one for one in find(body, "Figure") if find(one, "Graph")]
        assert [one.id for one in drawn if "Explain" not in words(one)] == []
        files = provenance.period_files(view.snapshot, view.period)
        workings = [words(one) for one in find_class(body, "working")]
        assert files and workings
        for said in workings:
            assert f"Data version{view.snapshot.version}" in said
            for file in files:
                assert file.name in said and file.sha256[:12] not in said
        assert drawn or not _has_a_line(view)


def _has_a_line(view: View) -> bool:
    """Whether the trend's measure has values in two periods, and so is more than a sentence."""
    values = trends.values(view, view.measure, trends.months(view))
    return sum(value is not None for value in values) > 1
