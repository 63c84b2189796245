"""Wide parts from long tables of declared codes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from data.families import Field, family, part_id
from data.registry import dataset
from pipelines.folder import aggregate, write_parts

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


def test_cells_worked_out_together_are_those_worked_out_one_by_one(tmp_path: Path) -> None:
    parts = family({"CHD005": "Anti-platelet", "O'X 1": "Other", "NONE": "Of other years"}, FIELDS)
    declared = replace(dataset("qof"), parts=parts)
    rows = """SELECT * FROM (VALUES
        ('A1', DATE '2025-04-01', 'CHD005', 'NUMERATOR', 3),
        ('A1', DATE '2025-04-01', 'CHD005', 'DENOMINATOR', NULL),
        ('A2', DATE '2025-04-01', 'O''X 1', 'NUMERATOR', 0),
        ('A3', DATE '2025-04-01', 'OTHER', 'NUMERATOR', 9)
    ) t(practice, month, indicator, measure, value)"""
    con = duckdb.connect()
    write_parts(con, declared, rows, tmp_path)
    written = con.execute(
        f"SELECT * FROM '{tmp_path / 'parts.parquet'}' ORDER BY practice"
    ).fetchall()
    one_by_one = con.execute(
        f"SELECT practice, month, {', '.join(aggregate(part) for part in parts)} FROM ({rows}) "
        "GROUP BY practice, month ORDER BY practice"
    ).fetchall()
    assert written == one_by_one and len(written) == 3
