"""NHS App Statistics by ICB and for England, and an administrator's file of practices.

The import is two files: the export as it came, and a CSV with the headings `column` and `measure`
that says what its columns are. It shows up in months for which the open series is loaded.
"""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import duckdb

from data.datasets.nhs_app import BASE, DATASET, MEASURES
from data.formula import quoted
from data.month_block import CUBE
from data.spec import ENGLAND, UNASSIGNED
from data.versions.manifest import Check
from data.versions.snapshot import month_folder
from pipelines.datasets.nhs_app.columns import (
    MONTH_FORMS,
    Shape,
    level_of,
    measure_of,
    read_mapping,
    shape_of,
)
from pipelines.datasets.patient_online import files as patient_online_files
from pipelines.engine import geography
from pipelines.engine.folder import write_fact, write_parts, write_table
from pipelines.engine.naming import first_codes
from pipelines.engine.units import (
    BadRelease,
    Month,
    Preview,
    Recognised,
    Series,
    Sources,
    Table,
    csv_scan,
    headings,
    sql_text,
)

_WANTED = re.compile(r"nhs[-_ ]?app.*\.(csv|zip)$", re.IGNORECASE)
_ADDED = ("logins", "prescription_orders", "registrations")  # where no England row is published
_COUNT = r"([0-9]{1,15}|[0-9]{1,3}(,[0-9]{3})+)([.]0*)?"
_CODES = {"practices": r"[A-Z][0-9]{5}", "icb": r"[A-Z0-9]{3,9}"}
_MISSING = "('', '*', '-', 'C', 'N/A', 'NA', 'NULL')"


def wants(name: str) -> bool:
    return bool(_WANTED.search(name))


def recognise(preview: Preview) -> Recognised | None:
    """`icb` or `england` of the open series, `practices` of an import, `columns` of its mapping."""
    if preview.columns == {"COLUMN", "MEASURE"}:
        return "columns", None
    if patient_online_files.is_of_series(preview.header):
        return None
    names = tuple(" ".join(name.split()).upper() for name in preview.header)
    shape = shape_of(names, preview.first)
    if shape is None:
        return None
    kind = "england"
    if shape.code:
        first = dict(zip(names, preview.first, strict=False))[shape.code]
        kind = "practices" if re.fullmatch(r"[A-Za-z]\d{5}", first.strip()) else "icb"
    elif not (shape.metric or any(measure_of(name, {}) for name in names)):
        return None
    return kind, _months(preview, shape)


def _month_sql(column: str) -> str:
    forms = ", ".join(f"'{form}'" for form in MONTH_FORMS)
    return f"date_trunc('month', try_strptime(trim({quoted(column)}), [{forms}]))::DATE"


def _months(preview: Preview, shape: Shape) -> tuple[date, ...]:
    found = duckdb.execute(
        f"SELECT DISTINCT {_month_sql(shape.month)}, any_value({quoted(shape.month)}) "
        f"FROM {csv_scan([preview.path])} WHERE trim({quoted(shape.month)}) <> '' GROUP BY 1"
    ).fetchall()
    if unread := [text for month, text in found if month is None]:
        raise BadRelease(f"{preview.name} has {unread[0]!r} under {shape.month}: no known date.")
    return tuple(sorted(month for month, _ in found))


def build(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> Month:
    month = sources.month
    con.execute(
        """CREATE OR REPLACE TEMP TABLE told
        (level VARCHAR, code VARCHAR, measure VARCHAR, value BIGINT)"""
    )
    notes, checks = [], []
    for kind in ("icb", "england", "practices"):
        for table in sources.tables.get(kind, ()):
            mapping = _mapping(sources) if kind == "practices" else {}
            notes += _add(con, table, month, kind=kind, mapping=mapping)
            checks.append(_unique(con, table))
    notes += _add_england(con, month)
    _add_base(con, sources)
    notes += _add_areas(con, sources)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE fact AS
        SELECT CASE WHEN level = 'practice' THEN code ELSE '{UNASSIGNED}' || code END AS practice,
               DATE '{month}' AS month, level, measure, value FROM told WHERE value IS NOT NULL"""
    )
    write_fact(con, "FROM fact", target)
    values = ", ".join(
        f"(sum(value) FILTER (WHERE measure = '{part}'))::BIGINT AS {part}"
        for part in (BASE, *MEASURES)
    )
    write_table(
        con,
        f"""SELECT DATE '{month}' AS month, level, code, {values} FROM told
        WHERE level <> 'practice' GROUP BY level, code ORDER BY level, code""",
        target / "published.parquet",
    )
    practices = con.execute("SELECT count(DISTINCT practice) FROM fact WHERE level = 'practice'")
    count = practices.fetchall()[0][0]
    if count:
        own = "SELECT * FROM fact WHERE level = 'practice'"
        write_parts(con, DATASET, own, target)
        listed = f"SELECT DISTINCT practice FROM ({own})"
        notes += geography.complete(con, sources, listed, target)
    total = con.execute(
        "SELECT sum(value)::BIGINT FROM told WHERE level = 'england' AND measure = 'logins'"
    ).fetchall()[0][0]
    said = "no file gives the logins of England or of every ICB" if total is None else f"{total:,}"
    checks.append(Check("logins of England", total is not None, said))
    return Month(count, {DATASET.control: total or 0}, tuple(checks), tuple(notes))


def _mapping(sources: Sources) -> dict[str, str]:
    """What the newest mapping file says; nothing without one."""
    tables = sorted(sources.nearby.get("columns", ()), key=lambda table: table.order)
    if not tables:
        return {}
    with tables[-1].path.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.reader(text))[1:]
    return read_mapping(rows, tables[-1].name)


def _add(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    month: date,
    *,
    kind: str,
    mapping: dict[str, str],
) -> list[str]:
    """A month of one file as rows of `told`. Returns notes; refuses what it cannot read."""
    names = headings(table.path)
    scan = csv_scan([table.path])
    first = con.execute(f"SELECT * FROM {scan} LIMIT 1").fetchall()
    shape = shape_of(names, first[0]) if first else None
    if shape is None:
        raise BadRelease(f"{table.name} has no column of months. It has: {', '.join(names)}.")
    code = f"upper(trim({quoted(shape.code)}))" if shape.code else f"'{ENGLAND}'"
    level = f"trim({quoted(shape.level)})" if shape.level else "''"
    where = f"{_month_sql(shape.month)} = DATE '{month}'"
    kept = {shape.code, shape.month, shape.level}
    if shape.metric:
        long = f"""SELECT {code} AS code, {level} AS level, {quoted(shape.metric)} AS name,
            {quoted(shape.value)} AS value FROM {scan} WHERE {where}"""
    else:
        over = ", ".join(quoted(name) for name in names if name not in kept)
        long = f"""SELECT code, level, name, value FROM (UNPIVOT (
            SELECT {code} AS code, {level} AS level, {over} FROM {scan} WHERE {where})
            ON {over} INTO NAME name VALUE value)"""
    con.execute(f"CREATE OR REPLACE TEMP TABLE long AS {long}")
    found = [row[0] for row in con.execute("SELECT DISTINCT name FROM long").fetchall()]
    measures = {name: measure for name in found if (measure := measure_of(name, mapping))}
    if not measures:
        raise BadRelease(
            f"{table.name} has no column that is known as a measure of the NHS App. It has: "
            f"{', '.join(sorted(found))[:400]}. Name them in a CSV with the headings column and "
            "measure, and load it with the file."
        )
    _require_numbers(con, table, measures)
    _require_codes(con, table, kind)
    con.execute(
        f"""INSERT INTO told SELECT {_level(con, kind)}, code, m.measure,
            CASE WHEN upper(trim(value)) NOT IN {_MISSING}
                 THEN replace(trim(value), ',', '')::DECIMAL(18, 0)::BIGINT END
        FROM long JOIN (VALUES {_pairs(measures)}) m(name, measure) USING (name)"""
    )
    blank = con.execute(
        f"SELECT name FROM long GROUP BY name HAVING bool_and(upper(trim(value)) IN {_MISSING})"
    ).fetchall()
    given = {measure for name, measure in measures.items() if (name,) not in blank}
    lacking = [measure for measure in MEASURES if measure not in given]
    notes = []
    if lacking:
        notes.append(f"{month:%B %Y}: {table.name} gives no {', '.join(lacking)}.")
    ignored = sorted(set(found) - set(measures)) if kind == "practices" else []
    if not ignored:
        return notes
    return [
        *notes,
        f"Columns of {table.name} that are not shown in {month:%B %Y}: {', '.join(ignored)}.",
    ]


def _pairs(measures: dict[str, str]) -> str:
    return ", ".join(f"({sql_text(name)}, '{measure}')" for name, measure in measures.items())


def _level(con: duckdb.DuckDBPyConnection, kind: str) -> str:
    """SQL for the level of a row of `long`."""
    if kind != "icb":
        return f"'{'practice' if kind == 'practices' else 'england'}'"
    told = con.execute("SELECT DISTINCT level FROM long").fetchall()
    known = {text: level for (text,) in told if (level := level_of(text))}
    if unknown := [text for (text,) in told if text and text not in known]:
        raise BadRelease(f"{unknown[0]!r} is no kind of area that NHS App files have used.")
    cases = "".join(f"WHEN {sql_text(text)} THEN '{level}' " for text, level in known.items())
    by_code = f"CASE WHEN code = '{ENGLAND}' THEN 'england' WHEN code ~ '^Y[0-9]{{2}}$' THEN "
    by_code += "'region' ELSE 'icb' END"
    return f"CASE level {cases} ELSE {by_code} END" if cases else by_code


def _require_numbers(
    con: duckdb.DuckDBPyConnection, table: Table, measures: dict[str, str]
) -> None:
    wrong = con.execute(
        f"""SELECT name, value FROM long WHERE upper(trim(value)) NOT IN {_MISSING}
        AND list_contains(?, name)
        AND NOT regexp_full_match(trim(value), '{_COUNT}') ORDER BY ALL LIMIT 1""",
        [list(measures)],
    ).fetchall()
    if wrong:
        raise BadRelease(f"{table.name} has {wrong[0][1]!r} under {wrong[0][0]}: no count.")


def _require_codes(con: duckdb.DuckDBPyConnection, table: Table, kind: str) -> None:
    """Rows of practices have the code of one, rows of areas that of an area."""
    if kind not in _CODES:
        return
    wrong = con.execute(
        f"SELECT code FROM long WHERE NOT regexp_full_match(code, '{_CODES[kind]}') ORDER BY 1"
    ).fetchone()
    if wrong:
        what = "a practice" if kind == "practices" else "an area"
        raise BadRelease(f"{table.name} has a row of {wrong[0]!r}, which is not {what}'s code.")


def _unique(con: duckdb.DuckDBPyConnection, table: Table) -> Check:
    twice = con.execute(
        """SELECT code, measure FROM told GROUP BY level, code, measure HAVING count(*) > 1
        ORDER BY ALL LIMIT 1"""
    ).fetchall()
    found = "every organisation has each measure once"
    if twice:
        found = f"{table.name} gives {twice[0][1]} of {twice[0][0]} more than once"
    return Check("unique figures", not twice, found)


def _add_england(con: duckdb.DuckDBPyConnection, month: date) -> list[str]:
    """England added up from ICBs, for sums of events only, where the publisher gives no row."""
    con.execute(f"UPDATE told SET code = '{ENGLAND}' WHERE level = 'england'")
    if con.execute("SELECT count(*) FROM told WHERE level = 'england'").fetchall()[0][0]:
        return []
    con.execute(
        f"""INSERT INTO told SELECT 'england', '{ENGLAND}', measure, sum(value) FROM told
        WHERE level = 'icb' AND list_contains({list(_ADDED)}, measure)
        GROUP BY measure HAVING count(value) = count(*)"""
    )
    said = f"{month:%B %Y} has no England rows: logins, prescriptions and registrations of England "
    return [f"{said}are those of its ICBs added up, and unique users are not given."]


def _add_base(con: duckdb.DuckDBPyConnection, sources: Sources) -> None:
    """Patients aged 13 and over of every practice and area, where the month's lists are held."""
    lists = sources.needs.get("list-sizes")
    if lists is None or sources.month not in lists.months:
        return
    con.execute(
        f"""INSERT INTO told SELECT level, code, '{BASE}', aged_13_and_over FROM read_parquet(?)
        WHERE aged_13_and_over IS NOT NULL""",
        [str(month_folder(lists.folder, sources.month) / CUBE)],
    )


def _add_areas(con: duckdb.DuckDBPyConnection, sources: Sources) -> list[str]:
    """PCNs and sub-ICB locations all of whose practices the import holds."""
    lists, month = sources.needs.get("list-sizes"), sources.month
    if not sources.tables.get("practices"):
        return []
    if lists is None or month not in lists.months:
        return [f"{month:%B %Y} has no lists of its own: PCNs are not added up from the import."]
    path = str(month_folder(lists.folder, month) / "geography.parquet")
    notes, left_out = _absent(con, path, month), 0
    for level in ("pcn", "sub_icb"):
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE summed AS
            SELECT g.{level} AS code, m.measure, count(*) AS practices, count(t.value) AS known,
                   sum(t.value) AS value
            FROM read_parquet(?) g CROSS JOIN (
                SELECT DISTINCT measure FROM told WHERE level = 'practice' AND measure <> '{BASE}'
            ) m LEFT JOIN (SELECT * FROM told WHERE level = 'practice') t
              ON t.code = g.practice AND t.measure = m.measure
            WHERE g.{level} NOT IN ('', 'U') GROUP BY ALL""",
            [path],
        )
        con.execute(
            f"""INSERT INTO told SELECT '{level}', code, measure, value FROM summed
            WHERE known = practices"""
        )
        left_out += con.execute(
            "SELECT count(DISTINCT code) FROM summed WHERE known BETWEEN 1 AND practices - 1"
        ).fetchall()[0][0]
    if not left_out:
        return notes
    said = f"In {month:%B %Y} {left_out:,} PCNs and sub-ICB locations are not shown whole: the "
    return [*notes, f"{said}import lacks or suppresses a figure of one of their practices."]


def _absent(con: duckdb.DuckDBPyConnection, homes: str, month: date) -> list[str]:
    """Practices with a list of which the import has no row; one may be of one ICB only."""
    practices, absent = con.execute(
        f"""SELECT count(*), list(practice ORDER BY practice) FILTER (practice NOT IN (
            SELECT code FROM told WHERE level = 'practice' AND measure <> '{BASE}'))
        FROM read_parquet(?)""",
        [homes],
    ).fetchall()[0]
    if not absent:
        return []
    said = f"{month:%B %Y}: {len(absent):,} of the {practices:,} practices with a list are not in"
    return [f"{said} the import ({first_codes(absent)})."]


SERIES = Series(
    dataset=DATASET,
    transform=1,
    slug="nhs-app-statistics",
    wants=wants,
    recognise=recognise,
    headline_kind="icb",
    shared_kinds=("columns",),
    build=build,
    listed_share=0.0,  # an export may be of one ICB; a note counts who is not in it
    tolerance=0.4,
    per_working_day=False,
    other_headlines=("england",),
    known_share=0.9,
    rows_share=0.0,  # of practices there are rows only where somebody imports them
)
