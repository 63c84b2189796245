"""What indicators mean and where they are shown: the tables beside the values of a year."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipelines.datasets.fingertips.files import FILE_NAME
from pipelines.engine.folder import write_fact
from pipelines.engine.units import Sources, Table, csv_scan

_DEFINITION_COLUMNS = {
    "definition": "DEFINITION",
    "rationale": "RATIONALE",
    "unit": "UNIT",
    "value_type": "VALUE TYPE",
    "year_type": "YEAR TYPE",
    "polarity": "POLARITY",
    "source": "DATA SOURCE",
    "caveats": "CAVEATS",
    "frequency": "FREQUENCY",
}


def write_indicators(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> None:
    """The year's indicators with the newest definitions held; NULL where there are none."""
    names = ", ".join(f"{name} VARCHAR" for name in _DEFINITION_COLUMNS)
    con.execute(f"CREATE OR REPLACE TEMP TABLE definitions (place INT, id VARCHAR, {names})")
    tables = sorted(sources.nearby.get("definitions", ()), key=lambda table: table.order)
    for place, table in enumerate(tables):
        scan = csv_scan([table.path])
        own = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()}
        given = ", ".join(
            f"nullif(trim(\"{heading}\"), '')" if heading in own else "NULL"
            for heading in _DEFINITION_COLUMNS.values()
        )
        con.execute(
            f'INSERT INTO definitions SELECT {place}, trim("INDICATOR ID"), {given} FROM {scan}'
        )
    columns = ", ".join(f"d.{name}" for name in _DEFINITION_COLUMNS)
    write_fact(
        con,
        f"""SELECT '' AS practice, DATE '{sources.month}' AS month, i.*, {columns}
        FROM (SELECT indicator, max_by(indicator_name, place) AS name, count(value) AS values_held
              FROM fact GROUP BY indicator) i
        LEFT JOIN (SELECT * FROM definitions
                   QUALIFY row_number() OVER (PARTITION BY id ORDER BY place DESC) = 1) d
          ON d.id = i.indicator""",
        target,
        table="indicators",
    )


def write_groups(
    con: duckdb.DuckDBPyConnection, sources: Sources, tables: Sequence[Table], target: Path
) -> None:
    """In which groups of which profiles the year's indicators are, as their downloads are named."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE grouped (place INT, profile VARCHAR, profile_id BIGINT,
        "group" VARCHAR, group_id BIGINT)"""
    )
    for place, table in enumerate(tables):
        if found := FILE_NAME.match(table.name):
            words = [found[name].replace("-", " ").capitalize() for name in ("profile", "group")]
            con.execute(
                "INSERT INTO grouped VALUES (?, ?, ?, ?, ?)",
                [place, words[0], int(found["profile_id"]), words[1], int(found["group_id"])],
            )
    write_fact(
        con,
        f"""SELECT DISTINCT '' AS practice, DATE '{sources.month}' AS month, indicator,
                   profile, profile_id, "group", group_id
        FROM raw JOIN grouped USING (place)""",
        target,
        table="groups",
    )
