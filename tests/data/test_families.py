"""Wide parts from long tables of declared codes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from data.families import Field, family, part_id
from data.registry import all_datasets
from pipelines.engine.folder import aggregate, write_parts

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


def test_both_ways_of_reading_a_family_agree(tmp_path: Path) -> None:
    parts = family({"CHD005": "Anti-platelet", "O'X 1": "Other", "NEW": "None yet"}, FIELDS)
    rows = """('A', 'CHD005', 'NUMERATOR', 3), ('A', 'CHD005', 'NUMERATOR', 4),
        ('B', 'CHD005', 'DENOMINATOR', NULL), ('B', 'O''X 1', 'NUMERATOR', 0),
        ('C', 'UNDECLARED', 'NUMERATOR', 9)"""
    long = f"""SELECT practice, DATE '2025-04-01' AS month, indicator, measure, value
        FROM (VALUES {rows}) t(practice, indicator, measure, value)"""
    read = []
    for name, own in (("cells", parts), ("sums", [replace(part, cell=None) for part in parts])):
        folder = tmp_path / name
        folder.mkdir()
        with duckdb.connect() as con:
            write_parts(con, replace(all_datasets()[0], parts=tuple(own)), long, folder)
            read.append(con.execute(f"FROM '{folder}/parts.parquet'").fetchall())
    assert read[0] == read[1]
    assert [row[2] for row in read[0]] == [7, None, None]


def test_lines_need_no_field_column() -> None:
    (part,) = family(
        {"Global Sum": "Global sum"},
        (Field("", "", "", kind="decimal"),),
        indicator="line",
        value="amount",
    )
    assert part.id == part_id("Global Sum") == "global_sum"
    assert part.sql == "sum(amount) FILTER (WHERE line = 'Global Sum')"
    assert part.label == "Global sum"
