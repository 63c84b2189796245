"""A figure out of all proportion to its practice's own series is published, noted and listed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from data.versions.manifest import Manifest, Outlier
from tests.pipelines.shelf import Shelf
from tests.pipelines.test_reported_qof import HEADINGS, text

YEARS = {
    date(year, 4, 1): f"PREVALENCE_{year - 2000}{year - 1999}.csv" for year in range(2021, 2025)
}
MIDDLE, LAST = date(2022, 4, 1), date(2024, 4, 1)
CODES = tuple(f"Y9{n:04}" for n in range(40))


def year(registers: Mapping[str, int]) -> bytes:
    return text(
        HEADINGS,
        *(f"{code},EP,{registers.get(code, 35)},18OV,5709" for code in CODES),
        *(f"{code},HYP,900,TOTAL,7000" for code in CODES),
    )


def load(shelf: Shelf, odd: Mapping[date, Mapping[str, int]], *, until: date = LAST) -> Manifest:
    files = {name: year(odd.get(p, {})) for p, name in YEARS.items() if p <= until}
    shelf.loaded("qof", files)
    return shelf.manifest("qof")


@pytest.mark.parametrize("period", [MIDDLE, LAST])
def test_a_register_a_hundred_times_as_long_is_noted_and_listed(shelf: Shelf, period: date) -> None:
    usual = {"Y90003": 140} | {code: 35 + n for n, code in enumerate(CODES[10:])}
    manifest = load(shelf, {period: usual | {"Y90007": 3636}})
    assert manifest.outliers == (Outlier(period, "Y90007", "ep_register", 3636, 35, 35),)
    (note,) = (note for note in manifest.notes if "out of all proportion" in note)
    assert note.startswith(f"{period.year}/{period.year - 1999} has figures out of all proportion")
    assert "Y90007, Epilepsy: patients on the register: 3,636 where 35 and 35" in note
    shown = shelf.snapshot("qof").parts_at("practice", "Y90007", month=period)
    assert shown["ep_register"] == 3636
    assert Manifest.from_json(manifest.to_json()) == manifest


def test_a_later_year_shows_whether_the_newest_was_odd(shelf: Shelf) -> None:
    """Two years are no series; and a level that stays is no slip."""
    jump = {date(y, 4, 1): {"Y90007": 3636} for y in (2023, 2024)}
    assert load(shelf, jump, until=MIDDLE).outliers == ()
    manifest = load(shelf, jump)
    assert manifest.outliers == ()
    assert not any("out of all proportion" in note for note in manifest.notes)


def test_a_period_beside_that_has_no_figure_is_no_measure_of_one(shelf: Shelf) -> None:
    """Beside a blank there are not two figures that an odd one could be out of proportion to."""
    blank = year({}).replace(b"Y90007,EP,35,", b"Y90007,EP,,")
    first, second, third = list(YEARS.values())[:3]
    shelf.loaded("qof", {first: blank, second: year({"Y90007": 3636}), third: year({})})
    manifest = shelf.manifest("qof")
    assert manifest.outliers == ()
    assert not any("out of all proportion" in note for note in manifest.notes)
