"""Wide parts from long tables of declared codes."""

from __future__ import annotations

import duckdb

from data.families import Field, family, part_id
from pipelines.folder import aggregate

FIELDS = (
    Field("num", "NUMERATOR", "patients who had it"),
    Field("den", "DENOMINATOR", "eligible patients"),
)


def test_a_part_is_missing_where_its_indicator_or_value_is() -> None:
    parts = family({"CHD005": "Anti-platelet", "O'X 1": "Other"}, FIELDS)
    assert [part.id for part in parts] == ["chd005_num", "chd005_den", "o_x_1_num", "o_x_1_den"]
    rows = "('CHD005', 'NUMERATOR', 3), ('CHD005', 'DENOMINATOR', NULL), ('O''X 1', 'NUMERATOR', 0)"
    found = duckdb.execute(
        f"SELECT {', '.join(aggregate(part) for part in parts)} "
        f"FROM (VALUES {rows}) t(indicator, measure, value)"
    ).fetchall()
    assert found == [(3, None, 0, None)]


def test_lines_need_no_field_column() -> None:
    (part,) = family(
        {"Global Sum": "Global sum"}, (Field("", "", "", kind="decimal"),), indicator="line",
        value="amount",
    )  # fmt: skip
    assert part.id == part_id("Global Sum") == "global_sum"
    assert part.sql == "sum(amount) FILTER (WHERE line = 'Global Sum')"
    assert part.label == "Global sum"
