"""One verdict a figure: sentences, cards, the comparison and its download print the same one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from flask import Flask

from app import create_app
from components import blocks
from components.render import as_dash, as_tables
from components.spine import Row
from data.questions.verdict import Verdict
from data.registry import all_datasets
from data.settings import Settings
from data.spec import LEVELS, Dataset
from data.versions import db
from pages.dashboard import cards, context, peers
from pages.dashboard.context import View
from pages.dashboard.declaration import Dashboard
from pages.dashboard.sections import comparison, summary
from tests.pages.test_every_dataset import dashboard_of
from tests.tree import words

A_LEVEL = 2  # organisations of each level whose page is looked at
CLAIM = re.compile(
    r"(higher|lower) than (the )?\d+ of|same as \d+ other|above |below |no clear |about the same",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def everything(demo_home: Path) -> Flask:
    return create_app(Settings(home=demo_home))


@pytest.fixture
def site(everything: Flask, demo_home: Path) -> Iterator[Flask]:
    db.configure(demo_home)
    with everything.test_request_context("/", base_url="https://haresign.example"):
        yield everything


def opened(dashboard: Dashboard, **values: str) -> View:
    view = context.read(dashboard.tool, values)
    assert isinstance(view, View)
    return view


def views(declared: Dataset) -> Iterator[tuple[Dashboard, View]]:
    """Pages of some organisations of each level, beside England and beside their ICB."""
    dashboard = dashboard_of(declared)
    snapshot = opened(dashboard).snapshot
    for level in LEVELS:
        codes = sorted(snapshot.codes(level))
        for code in Random(declared.id).sample(codes, min(A_LEVEL, len(codes))):
            view = context.read(dashboard.tool, {"org": code})
            if not isinstance(view, View) or view.org.level != level:
                continue
            for group in context.groups(view.org, view.areas, view.supplier):
                yield dashboard, opened(dashboard, org=code, group=group)


def rows(view: View, dashboard: Dashboard) -> tuple[blocks.Comparison, list[tuple[Row, Verdict]]]:
    """The comparison of a page, each row with the verdict that it should print."""
    group = peers.peers(view)
    grouped = comparison.grouped(view, dashboard)
    block = comparison.table(view, group, grouped)
    measures = [measure for _, some in grouped for measure in some]
    verdicts = [peers.verdict(view, group, peers.figure(view, one)) for one in measures]
    return block, list(zip(block.rows, verdicts, strict=True))


@pytest.mark.parametrize("declared", all_datasets(), ids=lambda one: one.id)
def test_every_surface_prints_the_verdict(site: Flask, declared: Dataset) -> None:
    seen = sizes = 0
    for dashboard, view in views(declared):
        group = peers.peers(view)
        block, compared = rows(view, dashboard)
        drawn = words(as_dash.block(block))
        section = blocks.Section(slug="comparison", title="Comparison", blocks=(block,))
        (sheet,) = as_tables.sheets([section])
        for row, verdict in compared:
            chip = verdict.chip
            assert row.position == chip
            if chip is not None and not row.greyed:
                seen += 1
                assert chip.text in drawn
                assert any(chip.text in cells for cells in sheet.rows)
            coloured = chip is not None and chip.tone in ("better", "worse", "changed")
            assert coloured is (verdict.unusual is not None)
            if verdict.unusual:
                assert verdict.difference == {"high": "above", "low": "below"}[verdict.unusual]
            if verdict.figure.measure.is_size or view.org.level == "england":
                assert chip is None and not verdict.against
                sizes += 1
        for card, measure in zip(
            summary.headline(view, group, dashboard), dashboard.cards, strict=True
        ):
            assert isinstance(measure, str)
            now = peers.figure(view, dashboard.measure(view, measure))
            assert card.position == peers.verdict(view, group, now).chip
        for sentence in summary.lead(view, group, dashboard):
            text = blocks.plain(sentence)
            named = [(verdict.figure.measure.label.casefold(), verdict) for _, verdict in compared]
            known = [verdict for label, verdict in named if label in text.casefold()]
            claims = CLAIM.search(text)
            assert not claims or any(
                (one.where and one.where in text) or (one.finding and one.finding in text)
                for one in known
            ), text
    assert seen + sizes


@pytest.mark.parametrize("declared", all_datasets(), ids=lambda one: one.id)
def test_marks_stand_in_the_order_of_the_numbers(site: Flask, declared: Dataset) -> None:
    for dashboard, view in views(declared):
        _, compared = rows(view, dashboard)
        for row, _ in compared:
            own, place = row.values[0], row.percentiles.get("you")
            for area, value in zip(view.comparators, row.values[1:], strict=True):
                mark = row.percentiles.get(peers.role(area))
                if None in (own, place, value, mark):
                    continue
                assert own is not None and value is not None
                assert place is not None and mark is not None
                if own < value * (1 - 1e-9):
                    assert place <= mark, (row.label, view.org.code)
                if own > value * (1 + 1e-9):
                    assert place >= mark, (row.label, view.org.code)


def test_england_has_its_spread_in_numbers_and_no_strip(site: Flask) -> None:
    dashboard = dashboard_of(next(one for one in all_datasets() if one.id == "gp-appointments"))
    view = opened(dashboard)
    block, compared = rows(view, dashboard)
    assert view.org.level == "england" and not cards.spine_marks(view, peers.peers(view))
    for row, _ in compared:
        assert row.ends is not None and row.middle is not None
        low, high = row.ends
        assert low is not None and high is not None and low <= row.middle <= high
    assert "#strip" not in repr(as_dash.block(block))
    practice = opened(dashboard, org=sorted(view.snapshot.codes("practice"))[0])
    assert "#strip" in repr(as_dash.block(rows(practice, dashboard)[0]))
