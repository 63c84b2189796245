"""The six kinds of no value: decided in data, told apart on pages, in files and in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from components import blocks
from components.render import as_dash, as_tables
from data.absence import ABSENCES, WORDS, Absence
from data.questions import absence
from data.questions.peers import Subject
from data.registry import all_datasets, dataset
from data.settings import Settings
from data.spec import Level
from data.versions import db
from pages.dashboard import cards, peers
from pages.dashboard.sections import members, summary, trend
from tests.pages.test_every_dataset import dashboard_of
from tests.pages.test_verdicts import opened, rows
from tests.tree import words

OLD_ICB, NEW_ICB = "QZ1", "Z1X9Y"  # the boundary moved in April 2026
CLOSED = "Y99042"  # on 31 October 2025


@pytest.fixture(scope="module")
def everything(demo_home: Path) -> Flask:
    return create_app(Settings(home=demo_home))


@pytest.fixture
def site(everything: Flask, demo_home: Path) -> Iterator[Flask]:
    db.configure(demo_home)
    with everything.test_request_context("/", base_url="https://haresign.example"):
        yield everything


def subject(dataset_id: str, level: Level, code: str, month: date | None = None) -> Subject:
    snapshot, directory = db.library().current(dataset_id), db.library().directory()
    org = directory.at(level, code)
    assert snapshot is not None and org is not None
    return Subject(
        snapshot=snapshot,
        lists=db.library().current("list-sizes"),
        directory=directory,
        org=org,
        period=month or snapshot.latest,
    )


def kind(asked: Subject, measure: str) -> Absence | None:
    return absence.status(asked, asked.figure(asked.snapshot.dataset.measure(measure)))


def every(dataset_id: str, measure_ids: list[str], level: Level = "practice") -> dict[str, str]:
    """Kinds of the newest period by an organisation that has each."""
    snapshot = db.library().current(dataset_id)
    assert snapshot is not None
    found: dict[str, str] = {}
    for code in snapshot.codes(level):
        for measure in measure_ids:
            one = kind(subject(dataset_id, level, code), measure)
            found.setdefault(one or "", code)
    return found


def test_a_period_that_is_not_held_is_not_called_unpublished(site: Flask) -> None:
    assert kind(subject("gp-appointments", "england", "ENG", date(2019, 1, 1)), "dna_rate") == (
        "not_held"
    )


def test_an_area_does_not_apply_before_it_began_or_after_it_ended(site: Flask) -> None:
    march, may = date(2026, 3, 1), date(2026, 5, 1)
    for code, month, expected in (
        (NEW_ICB, march, "not_applicable"),
        (NEW_ICB, may, None),
        (OLD_ICB, march, None),
        (OLD_ICB, may, "not_applicable"),
    ):
        assert kind(subject("gp-appointments", "icb", code, month), "dna_rate") == expected


def test_a_closed_practice_has_figures_until_its_last_month(site: Flask) -> None:
    october, november = date(2025, 10, 1), date(2025, 11, 1)
    lists, patients = "list-sizes", "registered_patients"
    assert kind(subject(lists, "practice", CLOSED, october), patients) is None
    assert kind(subject(lists, "practice", CLOSED, november), patients) == "not_applicable"


@pytest.mark.parametrize("dataset_id", ["gp-patient-survey", "pcn-des"])
def test_a_withheld_number_is_suppressed_by_the_publisher_s_rule(
    site: Flask, dataset_id: str
) -> None:
    declared = dataset(dataset_id)
    measures = [one.id for one in declared.measures if one.den]
    found = every(dataset_id, measures)
    assert "suppressed" in found
    assert absence.words("suppressed", declared, "practice") == declared.suppression != ""


def test_a_practice_without_a_return_is_said_to_have_sent_none(site: Flask) -> None:
    found = every("nwrs", [one.id for one in dataset("nwrs").measures])
    assert "not_supplied" in found and "not_published" not in found
    assert (
        absence.words("not_supplied", dataset("nwrs"), "practice") == "the practice sent no return"
    )
    assert absence.words("not_supplied", dataset("pcn-workforce"), "pcn") == (
        "the PCN sent no return"
    )


def test_what_no_file_here_holds_is_not_loaded_and_says_how_it_would_be(site: Flask) -> None:
    """QOF indicators of other years: nobody has them in the period, so nothing is drawn."""
    dashboard = dashboard_of(dataset("qof"))
    view = opened(dashboard, measure="af001_achievement", org="Y99001")
    figure = trend.lead_chart(view, peers.peers(view))
    assert isinstance(figure.chart, blocks.Absent) and figure.chart.kind == "not_held"
    assert "not loaded here" in figure.chart.sentence
    assert "flask data refresh qof" in figure.chart.sentence
    drawn = words(as_dash.block(figure))
    assert "Not loaded here" in drawn and "ot published" not in drawn
    row = cards.spine_row(view, peers.peers(view), view.measure, heading="", thin=False, href="")
    assert row.middle is None and not any(row.percentiles.values()) and row.status == "not_held"


def test_a_value_on_fewer_than_ten_is_greyed_with_its_counts(site: Flask) -> None:
    seen = 0
    for declared in all_datasets():
        dashboard = dashboard_of(declared)
        for code in ("Y99001", "Y99014", "Y99020"):
            view = opened(dashboard, org=code)
            block, compared = rows(view, dashboard)
            for row, verdict in compared:
                if verdict.status != "below_base":
                    continue
                seen += 1
                assert row.greyed and row.note.startswith("Too few to compare")
                assert verdict.position is verdict.difference is verdict.unusual is None
                assert row.percentiles.get("you") is None
                if verdict.figure.measure.unit == "percent":
                    top, bottom = verdict.figure.numerator, verdict.figure.denominator
                    assert top is not None and bottom is not None
                    assert f"({top:,.0f} of {bottom:,.0f})" in row.note
            section = blocks.Section(slug="comparison", title="Comparison", blocks=(block,))
            (sheet,) = as_tables.sheets([section])
            at = sheet.headings.index("Status")
            assert [line[at] or None for line in sheet.rows] == [one.status for _, one in compared]
    assert seen > 10


def test_files_give_the_status_of_every_value_that_is_missing(site: Flask) -> None:
    for declared in all_datasets():
        dashboard = dashboard_of(declared)
        view = opened(dashboard, org="ENG" if not declared.has_practices else "U99001")
        group = peers.peers(view)
        shown = members.members(view, dashboard)
        drawn = [shown.draw()] if shown else []
        headline = tuple(summary.headline(view, group, dashboard))
        head = blocks.Section(
            slug="summary", title="Summary", blocks=(blocks.Cards(headline),), quiet=True
        )
        lead = blocks.Section(slug="trend", title="Trend", blocks=(trend.lead_chart(view, group),))
        for sheet in as_tables.sheets([head, lead, *drawn]):
            if "Status" not in sheet.headings:
                assert "only" in repr(lead) and "with a value" in repr(lead)
                continue
            at = sheet.headings.index("Status")
            value = 1 if sheet.headings[0] in ("Month", "Quarter", "Year") else 2
            for line in sheet.rows:
                if line[value] is None and not re.match("Change over|Growth over", str(line[0])):
                    kinds = {one.split(": ")[-1] for one in str(line[at]).split("; ")}
                    assert kinds <= set(ABSENCES), line


def test_a_single_period_is_a_sentence_and_its_value_is_in_the_download(site: Flask) -> None:
    dashboard = dashboard_of(dataset("gp-patient-survey"))
    view = opened(dashboard, org="Y99001")
    figure = trend.lead_chart(view, peers.peers(view))
    assert isinstance(figure.chart, blocks.Absent)
    assert "the only year with a value. A trend needs two." in figure.chart.sentence
    (sheet,) = as_tables.sheets([blocks.Section(slug="t", title="T", blocks=(figure,))])
    assert sheet.rows == (("2026", peers.figure(view, view.measure).value),)


def test_every_kind_has_words_of_its_own() -> None:
    assert set(WORDS) == set(ABSENCES) and len(set(WORDS.values())) == 6
