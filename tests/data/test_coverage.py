"""How much of an area is covered, by which lists, and what England is called for it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.questions.coverage import Coverage, coverage_of, named
from data.versions.orgs import ENGLAND_ORG
from tests import planted
from tests.data.test_change import A, B, kept, listed

MONTH, YEAR_ON = date(2025, 10, 1), date(2026, 10, 1)
SIZES = {"P1": 1_000, "P2": 1_000, "P3": 4_000}
HOMES = {"P1": A, "P2": A, "P3": B}


def covered(
    tmp_path: Path, *, lists: date | None, month: date = MONTH
) -> tuple[Coverage | None, str]:
    """What appointments of P1 and P2 alone cover of England, and its name."""
    held = []
    if lists is not None:
        held.append(planted.publish(tmp_path, "list-sizes", {lists: HOMES}, {lists: listed(SIZES)}))
    booked = planted.publish(
        tmp_path, "gp-appointments", {month: HOMES}, {month: kept({"P1": 300, "P2": 200})}
    )
    directory = planted.directory(booked, *held)
    england = named(booked, directory, ENGLAND_ORG, month=month)
    return coverage_of(booked, directory, ENGLAND_ORG, month=month), england.name


def test_england_at_a_third_is_called_so(tmp_path: Path) -> None:
    share, name = covered(tmp_path, lists=MONTH)
    assert share is not None and name == "England, 33% of patients"
    assert share.sentence("England figures") == (
        "England figures cover 2 of 3 practices (33% of patients)."
    )
    assert share.missing == ("P3",) and share.is_thin


def test_the_nearest_lists_are_named(tmp_path: Path) -> None:
    share, name = covered(tmp_path, lists=YEAR_ON)
    assert share is not None and name == "England, 33% of patients"
    assert share.sentence("Figures") == (
        "Figures cover 2 of 3 practices (33% of patients, by the lists of October 2026)."
    )


def test_nothing_is_said_where_nothing_says_who_there_is(tmp_path: Path) -> None:
    assert covered(tmp_path, lists=None) == (None, "England")


@pytest.mark.parametrize(("percent", "whole", "thin"), [(98.0, True, False), (79.9, False, True)])
def test_england_is_england_from_98_per_cent(percent: float, whole: bool, thin: bool) -> None:
    share = Coverage(1, 2, (), percent)
    assert (share.is_whole, share.is_thin) == (whole, thin)


def test_without_lists_practices_are_counted() -> None:
    share = Coverage(2, 3, ("P3",), None)
    assert share.share == "67% of practices" and share.is_thin
