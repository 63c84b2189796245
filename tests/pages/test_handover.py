"""The first sections of a page are drawn once for its document and for Dash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from components.blocks import Section
from components.speed.serialise import to_dash
from data.versions import db
from pages import registration
from pages.dashboard import bodies
from pages.dashboard.bodies import Body
from pages.handover import MOST, Handover
from tests import worlds

PATHS = sorted(registration.bodies())
PRACTICE = "A81001"


def counting(body: Body, drawn: list[str]) -> Body:
    """The page, which notes each section that is drawn."""

    def noting(slug: str, draw: Callable[[], Section]) -> Callable[[], Section]:
        def draw_and_note() -> Section:
            drawn.append(slug)
            return draw()

        return draw_and_note

    steps = [replace(step, draw=noting(step.slug, step.draw)) for step in body.steps]
    return replace(body, steps=steps)


def page_at(path: str, drawn: list[str], org: str = PRACTICE) -> Body:
    body = registration.bodies()[path]({"org": org})
    assert isinstance(body, Body)
    return counting(body, drawn)


def slugs(body: Body) -> Sequence[str]:
    return [step.slug for step in body.steps[:2]]


@pytest.mark.parametrize("path", PATHS)
def test_dash_draws_nothing_again_that_the_document_drew(asked: Flask, path: str) -> None:
    drawn: list[str] = []
    alone = to_dash(bodies.for_dash(page_at(path, [])))
    document = page_at(path, drawn)
    bodies.for_document(document)
    assert drawn == slugs(document)
    assert to_dash(bodies.for_dash(page_at(path, drawn))) == alone
    assert drawn == slugs(document)
    bodies.for_dash(page_at(path, drawn))  # handed over once, nothing is kept for another
    assert drawn == 2 * slugs(document)


def test_another_address_and_other_data_are_drawn_anew(asked: Flask, tmp_path: Path) -> None:
    path, drawn = "/tools/list-size/", list[str]()
    bodies.for_document(page_at(path, []))
    for org in ("C82001", "U11111"):
        bodies.for_dash(page_at(path, drawn, org))
    assert len(drawn) == 4
    worlds.build(tmp_path, seed=2)
    db.configure(tmp_path)
    bodies.for_dash(page_at(path, drawn))
    assert len(drawn) == 6


def test_another_host_is_not_named_in_citations(asked: Flask) -> None:
    path, drawn = "/tools/list-size/", list[str]()
    bodies.for_document(page_at(path, []))
    with asked.test_request_context("/", base_url="https://other.example"):
        sent = str(to_dash(bodies.for_dash(page_at(path, drawn))))
    assert drawn and "haresign.example" not in sent


def test_sections_of_the_last_documents_only_are_kept() -> None:
    handover = Handover(MOST)
    for number in range(MOST + 1):
        handover.give(number, [])
    assert handover.take(0) is None
    assert handover.take(MOST) == [] and handover.take(MOST) is None
