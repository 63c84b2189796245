"""Public health profiles (Fingertips): every download's values, sorted into years and levels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from data import periods
from data.datasets.fingertips import DATASET, EVERY, FIELDS, HEADLINES
from data.spec import LEVEL_NAMES
from pipelines.datasets.fingertips.files import recognise, wants
from pipelines.datasets.fingertips.rows import ALIKE, NUMBERS, TEXTS, checks, load
from pipelines.datasets.fingertips.source import discover
from pipelines.datasets.fingertips.tables import write_groups, write_indicators
from pipelines.engine import geography
from pipelines.engine.folder import aggregate, write_fact, write_parts, write_table
from pipelines.engine.units import Month, Series, Sources, Table

_SHOWN = 5
_FEW = 0.9  # share of the areas of a level below which an indicator is said to have few
# What differs between the names of one area in two publications.
_FILLING = (
    r"\b(nhs|region|commissioning|integrated care board|icb|primary care network|pcn|and)\b"
    r"|[^a-z0-9]+"
)


def build(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> Month:
    year = periods.label(DATASET.period, sources.month)
    tables = sorted(sources.tables["values"], key=lambda table: table.order)
    _load(con, sources, tables)
    checked = checks(con)
    held = geography.load_areas(con, sources)
    _resolve(con)
    _headlines(con, sources)
    _write(con, sources, tables, target)
    listed = "SELECT DISTINCT practice, area_name AS practice_name FROM fact WHERE practice <> ''"
    notes = [
        *(f"{year}: {note}" for note in geography.complete(con, sources, listed, target)),
        *(f"{year}: {note}" for note in _notes(con, known=held is not None)),
    ]
    practices, values = con.execute(
        "SELECT count(DISTINCT practice) FILTER (WHERE practice <> ''), count(value) FROM fact"
    ).fetchall()[0]
    return Month(practices, {DATASET.control: values}, checked, tuple(notes))


def _load(con: duckdb.DuckDBPyConnection, sources: Sources, tables: Sequence[Table]) -> None:
    """Table `raw`: rows of the year at our levels; `place` is that of their file in time."""
    con.execute("DROP TABLE IF EXISTS raw")
    con.execute("CREATE OR REPLACE TEMP TABLE others (area_type VARCHAR, rows BIGINT)")
    for place, table in enumerate(tables):
        rows = f"""SELECT {place} AS place, * FROM {load(con, table)}
            WHERE year = {sources.month.year}"""
        make = "CREATE TEMP TABLE raw AS" if place == 0 else "INSERT INTO raw BY NAME"
        con.execute(f"{make} {rows} AND level IS NOT NULL")
        con.execute(
            f"INSERT INTO others SELECT area_type, count(*) FROM ({rows}) "
            "WHERE level IS NULL GROUP BY 1"
        )


def _resolve(con: duckdb.DuckDBPyConnection) -> None:
    """Table `fact`: one row for each value, from the newest file that has it, with our code.

    An area's code is that with which its name ends (`… - QRV`), else that of the area of the same
    name in the practice map; '' where neither tells it.
    """
    plain = f"regexp_replace(lower({{}}), '{_FILLING}', '', 'g')"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE fact AS
        WITH named AS (SELECT level, {plain.format("name")} AS plain, max(code) AS code
                       FROM areas GROUP BY ALL HAVING count(*) = 1),
        newest AS (SELECT * FROM raw QUALIFY row_number() OVER (
                       PARTITION BY {ALIKE} ORDER BY place DESC, parent <> '', area_type) = 1)
        SELECT r.*, CASE
            WHEN r.level = 'england' THEN 'ENG'
            WHEN r.level = 'practice' THEN upper(r.area_code)
            WHEN r.level = 'pcn' AND regexp_matches(upper(r.area_code), '^U\\d{{5}}$')
                THEN upper(r.area_code)
            ELSE coalesce(
                nullif(regexp_extract(r.area_name, ' - ([0-9A-Z]{{3,6}})$', 1), ''), n.code, '')
            END AS code,
            CASE WHEN r.level = 'practice' THEN upper(r.area_code) ELSE '' END AS practice
        FROM newest r LEFT JOIN named n
          ON n.level = r.level AND n.plain = {plain.format("r.area_name")}"""
    )


def _headlines(con: duckdb.DuckDBPyConnection, sources: Sources) -> None:
    """Table `cells`: (level, code, indicator, field, value) of every part of an organisation.

    Of several rows of an indicator in a year, that of the last period, of persons, of its ages.
    """
    words = ", ".join(f"('{one.indicator}', '{word}')" for word, one in HEADLINES.items())
    fields = ", ".join(f'{one.suffix}_exact AS "{one.value}"' for one in FIELDS)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE cells AS
        WITH own AS (
            SELECT f.* REPLACE (w.word AS indicator)
            FROM fact f JOIN (VALUES {words}) w(id, word) ON w.id = f.indicator
            WHERE code <> ''
            QUALIFY row_number() OVER (PARTITION BY level, code, w.word ORDER BY sortable DESC,
                sex <> 'Persons', age = 'Not applicable', sex, age, time_period DESC,
                area_code DESC) = 1),
        every AS (
            SELECT level, code, '{EVERY}' AS indicator,
                   count(DISTINCT indicator) FILTER (WHERE value IS NOT NULL) AS indicators
            FROM fact WHERE code <> '' GROUP BY ALL)
        SELECT level, code, DATE '{sources.month}' AS month, indicator, field, value FROM (
            UNPIVOT (SELECT level, code, indicator, {fields} FROM own)
            ON COLUMNS(* EXCLUDE (level, code, indicator)) INTO NAME field VALUE value)
        UNION ALL
        SELECT level, code, DATE '{sources.month}', indicator, 'INDICATORS', indicators FROM every
        UNION ALL
        SELECT 'england', 'ENG', DATE '{sources.month}', '{EVERY}', 'VALUES_HELD', count(value)
        FROM fact"""
    )


def _write(
    con: duckdb.DuckDBPyConnection, sources: Sources, tables: Sequence[Table], target: Path
) -> None:
    columns = ", ".join(
        (
            "practice",
            f"DATE '{sources.month}' AS month",
            "level",
            "code",
            "indicator",
            "sortable",
            *TEXTS,
            *NUMBERS,
        )
    )
    write_fact(con, f"SELECT {columns} FROM fact", target)
    write_parts(
        con, DATASET, "SELECT *, code AS practice FROM cells WHERE level = 'practice'", target
    )
    parts = ", ".join(aggregate(part) for part in DATASET.parts)
    write_table(
        con,
        f"""SELECT c.month, c.level, c.code, any_value(n.name) AS name, {parts}
        FROM cells c LEFT JOIN (
            SELECT level, code, max(regexp_replace(area_name, ' - [0-9A-Z]+$', '')) AS name
            FROM fact WHERE level <> 'england' GROUP BY ALL) n USING (level, code)
        WHERE c.level <> 'practice' GROUP BY c.month, c.level, c.code ORDER BY ALL""",
        target / "published.parquet",
    )
    write_indicators(con, sources, target)
    write_groups(con, sources, tables, target)


def _notes(con: duckdb.DuckDBPyConnection, *, known: bool) -> list[str]:
    """What a reader should know of the year: what is not shown, not declared or not dated."""
    notes = []
    lost = con.execute(
        "SELECT DISTINCT area_name FROM fact WHERE code = '' ORDER BY area_name"
    ).fetchall()
    if lost:
        names = ", ".join(name for (name,) in lost[:_SHOWN])
        why = "" if known else "; list sizes, whose names of areas would tell, are not loaded"
        notes.append(
            f"{len(lost)} areas could not be told and are kept among the rows only ({names}{why})."
        )
    rows, kinds = con.execute(
        "SELECT sum(rows), string_agg(DISTINCT area_type, ', ' ORDER BY area_type) FROM others"
    ).fetchall()[0]
    if rows:
        notes.append(f"{rows:,} rows of other kinds of area are left out ({kinds}).")
    added = con.execute("SELECT count(*) FROM raw WHERE is_named_only").fetchall()[0][0]
    if added:
        notes.append(
            f"{added:,} rows have no indicator id; they are those of the indicator of their name."
        )
    return [*notes, *_shorter(con)]


def _shorter(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Indicators with fewer areas than others of their level: rows may be missing."""
    found = con.execute(
        f"""SELECT level, indicator, count(DISTINCT area_code) AS areas,
                   max(areas) OVER (PARTITION BY level) AS most
        FROM raw WHERE level <> 'england' GROUP BY level, indicator
        QUALIFY areas < {_FEW} * most ORDER BY areas / most, level, indicator"""
    ).fetchall()
    if not found:
        return []
    named = ", ".join(
        f"{indicator} {areas:,} of {most:,} {LEVEL_NAMES[level][1]}"
        for level, indicator, areas, most in found[:_SHOWN]
    )
    more = " and others" if len(found) > _SHOWN else ""
    said = f"{len(found):,} indicators have rows of fewer areas than others of their level"
    return [f"{said} ({named}{more})."]


SERIES = Series(
    dataset=DATASET,
    transform=1,
    slug="",
    wants=wants,
    recognise=recognise,
    headline_kind="values",
    shared_kinds=("definitions",),
    build=build,
    tolerance=float("inf"),
    per_working_day=False,
    first=date(2001, 4, 1),
    known_share=0.0,
    kept_share=0.0,  # periods hold different indicators
    rows_share=0.0,
    listed_share=0.0,  # some years hold areas and a handful of practices; a note counts the others
    kinds_of_rows={"fact": ("indicator",)},  # an indicator keeps 98 % of its practices in a year
    discover=discover,
    gathered_kinds=("values",),
    timeout=300.0,
)
