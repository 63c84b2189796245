"""Quality and Outcomes Framework: prevalence, achievement, and what the indicators are worth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from data import periods
from data.datasets.qof import DATASET
from data.datasets.vocabulary.qof import NOT_STATED, REGISTERS, latest
from data.spec import UNALLOCATED
from data.versions.manifest import Check
from pipelines.datasets.qof.files import column, columns, parts_of, recognise, wants
from pipelines.engine import geography
from pipelines.engine.folder import write_fact, write_parts
from pipelines.engine.naming import NAMED, first_codes
from pipelines.engine.reading.cells import Totals, leave_out_totals, require_numbers
from pipelines.engine.regions import REGIONS
from pipelines.engine.units import Month, Parts, Series, Sources, Table, csv_scan

_COUNTS = ("REGISTER", "NUMERATOR", "DENOMINATOR", "PCAS", "NEWLY_DIAGNOSED")  # of people
_MEASURES = (*_COUNTS, "ACHIEVED_POINTS")
_MOST_WRONG = 0.01  # share of rows that may break a rule of the publisher
_ROUNDING = 0.01  # points
_SHOWN = 5


def build(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> Month:
    tables = sources.tables
    prevalence = tables["prevalence"][0]
    wholes = [
        _load_prevalence(con, sources, prevalence),
        _load_achievement(con, sources, tables.get("achievement", ())),
    ]
    checks = [
        *(check for whole in wholes for check in whole.checks),
        _unique(con, "prevalence", "practice, group_code", prevalence.name),
        _unique(con, "achievement", "practice, indicator, measure", "the achievement files"),
        _within(con, "registers within lists", "prevalence", "register", "list_size"),
        *_achievement_checks(con, tables.get("indicators", ())),
    ]
    notes = [note for whole in wholes for note in whole.notes]
    notes += [*_vocabulary(con, sources), *_coverage(con, sources), *_unpaired(con, sources)]
    _write(con, sources, target)
    notes += _write_geography(con, sources, target)
    practices, listed = con.execute(
        f"""SELECT count(DISTINCT practice), sum(list_size) FILTER (WHERE is_first)
        FROM (SELECT *, row_number() OVER (PARTITION BY practice ORDER BY list_size DESC) = 1
              AS is_first FROM prevalence WHERE list_type IN ('TOTAL', '{NOT_STATED}'))"""
    ).fetchall()[0]
    listed = listed or 0
    total = int(listed) if listed == int(listed) else listed
    return Month(practices, {DATASET.control: total}, tuple(checks), tuple(notes))


def _load_prevalence(con: duckdb.DuckDBPyConnection, sources: Sources, table: Table) -> Totals:
    own = columns(table, ("practice", "group_code", "register", "list_size"))
    code, register, listed = (
        own[name].strip('"') for name in ("practice", "register", "list_size")
    )
    require_numbers(con, table, [register], code=code, whole=True, missing=("",))
    require_numbers(con, table, [listed], code=code, whole=False, missing=("",))
    base = f"nullif(trim({column(table, 'list_type') or repr('')}), '')"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE prevalence AS
        SELECT trim({own["practice"]}) AS practice, DATE '{sources.month}' AS month,
               trim({own["group_code"]}) AS group_code,
               coalesce({base}, '{NOT_STATED}') AS list_type,
               nullif(trim({own["register"]}), '')::DECIMAL(18, 6)::BIGINT AS register,
               nullif(trim({own["list_size"]}), '')::DECIMAL(18, 6) AS list_size
        FROM {csv_scan([table.path])}"""
    )
    return leave_out_totals(
        con, "prevalence", [table], code="practice", heading=code, value="register"
    )


def _load_achievement(
    con: duckdb.DuckDBPyConnection, sources: Sources, tables: Sequence[Table]
) -> Totals:
    """Rows with a value; a row that two files repeat alike is one row."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE achievement (practice VARCHAR, month DATE,
        indicator VARCHAR, measure VARCHAR, value DECIMAL(18, 6))"""
    )
    code = "PRACTICE_CODE"
    for table in tables:
        own = columns(table, ("practice", "indicator", "measure", "value"))
        code, value = own["practice"].strip('"'), own["value"].strip('"')
        require_numbers(con, table, [value], code=code, whole=False, missing=("",))
        counts = f"""(FROM {csv_scan([table.path])}
                      WHERE upper(trim({own["measure"]})) IN {_COUNTS})"""
        require_numbers(con, table, [value], code=code, whole=True, missing=("",), scan=counts)
        con.execute(
            f"""INSERT INTO achievement
            SELECT trim({own["practice"]}), DATE '{sources.month}', trim({own["indicator"]}),
                   upper(trim({own["measure"]})), trim({own["value"]})::DECIMAL(18, 6)
            FROM {csv_scan([table.path])} WHERE trim({own["value"]}) <> ''"""
        )
    con.execute("CREATE OR REPLACE TEMP TABLE achievement AS SELECT DISTINCT * FROM achievement")
    return leave_out_totals(
        con, "achievement", tables, code="practice", heading=code, value="value", tolerance=1.0
    )


def _unique(con: duckdb.DuckDBPyConnection, table: str, key: str, name: str) -> Check:
    twice = con.execute(
        f"SELECT {key} FROM {table} GROUP BY {key} HAVING count(*) > 1 ORDER BY ALL LIMIT 3"
    ).fetchall()
    found = f"every combination of {key} appears once"
    if twice:
        found = f"{name}: {' '.join(twice[0])} appears more than once"
    return Check(f"unique {table}", not twice, found)


def _within(con: duckdb.DuckDBPyConnection, name: str, table: str, part: str, whole: str) -> Check:
    wrong, rows, practice = con.execute(
        f"""SELECT count(*) FILTER (WHERE {part} > {whole}), count(*),
                   min(practice) FILTER (WHERE {part} > {whole}) FROM {table}"""
    ).fetchall()[0]
    found = f"in all of {rows:,} rows"
    if wrong:
        found = f"in all but {wrong:,} of {rows:,} rows, first {practice}"
    return Check(name, wrong <= _MOST_WRONG * rows, found)


def _achievement_checks(con: duckdb.DuckDBPyConnection, mapping: Sequence[Table]) -> list[Check]:
    """The publisher's identities, where the files that they need are there."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE pairs AS
        SELECT practice, indicator, max(value) FILTER (WHERE measure = 'NUMERATOR') AS num,
               max(value) FILTER (WHERE measure = 'DENOMINATOR') AS den,
               max(value) FILTER (WHERE measure = 'ACHIEVED_POINTS') AS points
        FROM achievement GROUP BY practice, indicator"""
    )
    checks = [_within(con, "numerators within denominators", "pairs", "num", "den")]
    if mapping:
        own = columns(mapping[0], ("indicator", "points"))
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE worth AS
            SELECT practice, points, {own["points"]}::DECIMAL(18, 6) + {_ROUNDING} AS most
            FROM pairs JOIN {csv_scan([mapping[0].path])} m
              ON trim(m.{own["indicator"]}) = pairs.indicator"""
        )
        checks.append(_within(con, "points within those available", "worth", "points", "most"))
    return checks


def _vocabulary(con: duckdb.DuckDBPyConnection, sources: Sources) -> list[str]:
    """Notes that name codes which the declaration does not have."""
    year = periods.label(DATASET.period, sources.month)
    notes = []
    for what, query, known in (
        ("condition groups", "SELECT DISTINCT group_code FROM prevalence", set(REGISTERS)),
        ("indicators", "SELECT DISTINCT indicator FROM achievement", set(latest())),
        ("measures", "SELECT DISTINCT measure FROM achievement", set(_MEASURES)),
    ):
        unknown = sorted(row[0] for row in con.execute(query).fetchall() if row[0] not in known)
        if unknown:
            notes.append(
                f"{year} has {what} that are not in the vocabulary ({', '.join(unknown[:_SHOWN])}"
                f"{' and others' if len(unknown) > _SHOWN else ''}); their rows are kept."
            )
    return notes


_FILES = {
    "achievement": "achievement files (ACHIEVEMENT_…) are not loaded: achievement and points are",
    "organisations": "file of points available (ORGANISATION_REFERENCE) is not loaded: they are",
}


def _coverage(con: duckdb.DuckDBPyConnection, sources: Sources) -> list[str]:
    """What the year lacks, and where it differs from what the declaration says."""
    year = periods.label(DATASET.period, sources.month)
    notes = [
        f"{year}: the {what} missing."
        for kind, what in _FILES.items()
        if kind not in sources.tables
    ]
    bases = {
        group: bases
        for group, bases in con.execute(
            "SELECT group_code, string_agg(DISTINCT list_type, ', ') FROM prevalence GROUP BY ALL"
        ).fetchall()
        if group in REGISTERS
    }
    if set(bases.values()) == {NOT_STATED}:
        notes.append(f"{year}: the file does not say of which ages its lists are.")
    other = {g: base for g, base in bases.items() if base != REGISTERS[g].base_in(sources.month)}
    if other and NOT_STATED not in other.values():
        named = ", ".join(f"{group} {base}" for group, base in sorted(other.items()))
        notes.append(f"{year}: the age base of some registers is not the one expected: {named}.")
    if "validation" in sources.tables:
        table = sources.tables["validation"][0]
        own = columns(table, ("practice", "rule"))
        counted = con.execute(
            f"""SELECT {own["rule"]}, count(DISTINCT {own["practice"]})
            FROM {csv_scan([table.path])} GROUP BY 1 ORDER BY 1"""
        ).fetchall()
        said = "; ".join(f"{rule} ({practices:,} practices)" for rule, practices in counted)
        if said:
            notes.append(f"{year}: the publisher's validation rules say: {said}.")
    return notes


def _unpaired(con: duckdb.DuckDBPyConnection, sources: Sources) -> list[str]:
    """Table `complete` of what may be rated; notes on practices that are in neither side.

    A practice without a register, or with one side of an indicator only, would count in the
    denominator of its areas and not in the numerator.
    """
    con.execute(
        """CREATE OR REPLACE TEMP TABLE complete AS
        WITH sides AS (
            SELECT practice, indicator, count(*) FILTER (WHERE measure = 'NUMERATOR') AS num,
                   count(*) FILTER (WHERE measure = 'DENOMINATOR') AS den,
                   count(*) FILTER (WHERE measure = 'PCAS') AS pcas
            FROM achievement GROUP BY ALL)
        SELECT practice, indicator, num > 0 AND den > 0 AND
               (pcas > 0 OR max(pcas) OVER (PARTITION BY indicator) = 0) AS complete,
               num + den + pcas > 0 AS rated
        FROM sides"""
    )
    year = periods.label(DATASET.period, sources.month)
    notes = []
    for what, query in (
        (
            "practices without the register of a condition are in neither side of its prevalence",
            "SELECT practice, group_code FROM prevalence WHERE register IS NULL",
        ),
        (
            "practices with only some sides of an indicator are in none of them",
            "SELECT practice, indicator FROM complete WHERE rated AND NOT complete",
        ),
    ):
        practices, cells, codes = con.execute(
            f"""SELECT count(DISTINCT practice), count(*),
                       list_sort(list(DISTINCT practice))[:{NAMED}] FROM ({query})"""
        ).fetchall()[0]
        if practices:
            notes.append(
                f"{year}: {what}; they are {practices:,}, with {cells:,} such gaps "
                f"({first_codes(codes, practices)})."
            )
    return notes


def _write(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> None:
    con.execute(
        """CREATE OR REPLACE TEMP TABLE available
        (practice VARCHAR, revised_max_points DECIMAL(18, 6))"""
    )
    for table in sources.tables.get("organisations", ()):
        own = columns(table, ("practice", "revised_max_points"))
        con.execute(
            f"""INSERT INTO available SELECT trim({own["practice"]}),
            max(nullif(trim({own["revised_max_points"]}), '')::DECIMAL(18, 6))
            FROM {csv_scan([table.path])} GROUP BY 1"""
        )
    write_fact(con, "SELECT practice, month, indicator, measure, value FROM achievement", target)
    write_fact(con, "FROM prevalence", target, table="prevalence")
    write_parts(
        con,
        DATASET,
        {
            "prevalence": "FROM prevalence",
            "fact": """SELECT a.*, revised_max_points FROM achievement a
                LEFT JOIN available USING (practice) LEFT JOIN complete USING (practice, indicator)
                WHERE complete OR measure NOT IN ('NUMERATOR', 'DENOMINATOR', 'PCAS')""",
        },
        target,
    )


def _write_geography(
    con: duckdb.DuckDBPyConnection, sources: Sources, target: Path
) -> tuple[str, ...]:
    """The publication's own areas of the end of the year; the rest from the list-size map."""
    listed = """SELECT practice FROM prevalence UNION SELECT practice FROM achievement"""
    year = periods.label(DATASET.period, sources.month)
    if "geography" not in sources.tables:
        said = geography.complete(con, sources, listed, target)
        return (
            (
                f"{year}: the publication's geography file is not loaded; areas are those of the "
                "list-size map."
            ),
            *(f"{year}: {note}" for note in said),
        )
    table = sources.tables["geography"][0]
    names = (
        "practice_name",
        "pcn",
        "pcn_name",
        "sub_icb",
        "sub_icb_name",
        "icb",
        "icb_name",
        "region",
        "region_name",
    )
    own = columns(table, ("practice", "sub_icb", "icb"))
    found = {name: heading for name in names if (heading := column(table, name))}
    given = ", ".join(f"trim({heading}) AS {name}" for name, heading in found.items())
    geography.complete(
        con,
        sources,
        f"""SELECT l.practice, g.* EXCLUDE (practice) REPLACE (
            CASE WHEN upper(pcn) IN ('U', 'UNALLOCATED') THEN '{UNALLOCATED}' ELSE pcn END AS pcn)
        FROM ({listed}) l LEFT JOIN (
            SELECT trim({own["practice"]}) AS practice, {_with_pcn(given, found)}
            FROM {csv_scan([table.path])}) g USING (practice)""",
        target,
    )
    return ()


def _with_pcn(given: str, found: dict[str, str]) -> str:
    """The columns, with an empty PCN for years before there were PCNs."""
    return given if "pcn" in found else f"{given}, '' AS pcn"


SERIES = Series(
    dataset=DATASET,
    transform=2,
    slug="quality-and-outcomes-framework-achievement-prevalence-and-exceptions-data",
    wants=wants,
    recognise=recognise,
    headline_kind="prevalence",
    shared_kinds=(),
    build=build,
    tolerance=0.05,
    per_working_day=False,
    first=date(2004, 4, 1),
    rows_share=0.55,  # in 2025/26 the publisher retired 32 of 76 indicators
    rows_shares={"prevalence": 0.9},
    kinds_of_rows={  # each register has every practice in every year; 3 % of them close in a year
        "fact": ("indicator", "measure"),
        "prevalence": ("group_code",),
    },
    parts=Parts(groups=(("achievement",),), whole=REGIONS, of=parts_of),
)
