"""Specs of charts: what belongs together has one length, and too much is refused by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from components import charts

YEARS = charts.Periods(kind="financial_year", days=(date(2023, 4, 1), date(2024, 4, 1)))
OWN = charts.Series("A", "you", (1.0, 2.0))


def test_parts_that_belong_together_have_one_length() -> None:
    with pytest.raises(ValueError, match="periods and lines differ in length: 2, 1"):
        charts.Lines(periods=YEARS, series=(replace(OWN, values=(1.0,)),), unit="count")
    with pytest.raises(ValueError, match="percentiles and cuts differ in length: 7, 1"):
        charts.Deciles(periods=YEARS, cuts=((1.0, 2.0),), unit="count")
    with pytest.raises(ValueError, match="columns and cells"):
        charts.Heat(
            rows=("Monday",),
            columns=("Morning", "Evening"),
            cells=((1.0,),),
            unit="count",
            measure="Calls",
            what="Weekday",
        )


def test_periods_are_in_order() -> None:
    with pytest.raises(ValueError, match="each later"):
        replace(YEARS, days=(date(2024, 4, 1), date(2023, 4, 1)))
    with pytest.raises(ValueError, match="at least one"):
        replace(YEARS, days=())


def test_years_are_written_as_years() -> None:
    assert YEARS.span == "2023/24 to 2024/25"
    assert [YEARS.short(at) for at in (0, 1)] == ["2023/24", "2024/25"]
    broken = replace(YEARS, breaks=(charts.Mark(1, "the rules changed"),))
    chart = charts.describe(charts.Lines(periods=broken, series=(OWN,), unit="count"))
    assert "Not comparable over 2024/25: the rules changed." in chart.alt
    assert "Not comparable over 2024/25: the rules changed." in chart.remark


def test_no_tile_of_a_map_covers_another() -> None:
    tile = charts.Tile("NHS Area A", "QAA", column=1, row=2, value=5.0)
    alone = charts.Map(tiles=(tile,), unit="percent", measure="A measure")
    assert (alone.columns, alone.rows) == (2, 3)
    with pytest.raises(ValueError, match=r"more than one at \[\(1, 2\)\]"):
        replace(alone, tiles=(tile, replace(tile, name="NHS Area B")))
    with pytest.raises(ValueError, match="a map has tiles"):
        replace(alone, tiles=())
