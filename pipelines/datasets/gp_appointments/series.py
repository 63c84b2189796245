"""Appointments in General Practice: the practice-level crosstab and its mapping file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb

from data.datasets.gp_appointments import CATEGORIES, DATASET, HCP_TYPES, MODES, STATUSES, WAITS
from data.versions.manifest import Check
from pipelines.engine import geography
from pipelines.engine.checks import counts_are_positive
from pipelines.engine.folder import write_fact, write_parts
from pipelines.engine.naming import first_codes
from pipelines.engine.reading.area_codes import require_map
from pipelines.engine.reading.cells import (
    is_whole,
    leave_out_totals,
    month_start,
    require_numbers,
    require_one_month,
)
from pipelines.engine.regions import QUARTERS, quarters_in
from pipelines.engine.units import (
    BadRelease,
    Month,
    Parts,
    Preview,
    Series,
    Sources,
    Table,
    csv_scan,
    headings,
    sql_text,
)
from pipelines.engine.workdays import working_days

CROSSTAB_COLUMNS = (
    "APPOINTMENT_MONTH_START_DATE",
    "GP_CODE",
    "GP_NAME",
    "SUPPLIER",
    "PCN_CODE",
    "PCN_NAME",
    "SUB_ICB_LOCATION_CODE",
    "SUB_ICB_LOCATION_NAME",
    "HCP_TYPE",
    "APPT_MODE",
    "NATIONAL_CATEGORY",
    "TIME_BETWEEN_BOOK_AND_APPT",
    "COUNT_OF_APPOINTMENTS",
    "APPT_STATUS",
)
# Spellings seen in releases that mean one of our labels. Case and runs of spaces do not matter.
_SYNONYMS = {
    "Video/Online": MODES["mode_online"],
    "Video Conference / Online": MODES["mode_online"],
    "Face to Face": MODES["mode_face_to_face"],
    "8  to 14 Days": WAITS["8_to_14"],
    "15  to 21 Days": WAITS["15_to_21"],
    "22  to 28 Days": WAITS["22_to_28"],
    "Unknown / Data Issue": WAITS["unknown"],
    "Unknown / Data Quality": WAITS["unknown"],
    "Did Not Attend": STATUSES["dna"],
}
_DIMENSIONS = {
    "status": ("APPT_STATUS", STATUSES),
    "hcp_type": ("HCP_TYPE", HCP_TYPES),
    "mode": ("APPT_MODE", MODES),
    "category": ("NATIONAL_CATEGORY", CATEGORIES),
    "wait": ("TIME_BETWEEN_BOOK_AND_APPT", WAITS),
}
_LEVELS = {
    "GP_CODE": "practice",
    "PCN_CODE": "pcn",
    "SUB_ICB_LOCATION_CODE": "sub_icb",
    "ICB_CODE": "icb",
    "REGION_CODE": "region",
}
_PART = re.compile(r"practice_level_crosstab_([a-z_]{1,40}?)_[a-z]{3,9}_\d\d", re.IGNORECASE)
_WANTED = re.compile(r"practice_level_crosstab|appointments_gp_coverage", re.IGNORECASE)


def wants(name: str) -> bool:
    return bool(_WANTED.search(name))


def recognise(preview: Preview) -> tuple[str, date | None] | None:
    """(kind, month) of a CSV by its headings; None for files of the series we do not use."""
    columns = preview.columns
    if {"GP_CODE", "COUNT_OF_APPOINTMENTS"} <= columns:
        start = preview.cell("APPOINTMENT_MONTH_START_DATE")
        if not start:
            raise BadRelease(
                "a practice-level crosstab without APPOINTMENT_MONTH_START_DATE. "
                f"It has: {', '.join(preview.header)}."
            )
        return "crosstab", month_start(
            start, file=preview.name, column="APPOINTMENT_MONTH_START_DATE"
        )
    if {"GP_CODE", "ICB_CODE", "REGION_CODE"} <= columns:
        require_map(preview, _LEVELS)
        return "mapping", None
    if {"INCLUDED PRACTICES", "OPEN PRACTICES"} <= columns:
        return "coverage", None
    return None


def parts_of(preview: Preview, _kind: str) -> tuple[str, ...]:
    """Large months come in files such as `Practice_Level_Crosstab_London_East_South_Oct_25.csv`."""
    named = _PART.search(preview.name)
    return (quarters_in(named[1]) if named else ()) or tuple(QUARTERS)


def build(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> Month:
    month = sources.month
    parts = sources.tables["crosstab"]
    _require_columns(parts)
    known = _load(con, parts, month)
    _require_counts(con, parts, month)
    whole = leave_out_totals(
        con, "crosstab", parts, code="practice", heading="GP_CODE", value="appointments"
    )
    checks = [
        known,
        *whole.checks,
        _unique_keys(con),
        counts_are_positive(con, "crosstab", "appointments"),
    ]
    write_fact(
        con,
        "SELECT practice, month, status, hcp_type, mode, category, wait, appointments "
        "FROM crosstab",
        target,
    )
    notes = _write_geography(con, sources, target)
    listed = _load_lists(con, sources)
    write_parts(
        con,
        DATASET,
        f"""SELECT c.*, l.registered, {working_days(month)} AS working_days
        FROM crosstab c LEFT JOIN lists l USING (practice)""",
        target,
    )
    practices, appointments = con.execute(
        "SELECT count(DISTINCT practice), sum(appointments)::BIGINT FROM crosstab"
    ).fetchall()[0]
    said = (*whole.notes, *notes, *listed)
    return Month(practices, {DATASET.control: appointments}, tuple(checks), said)


def _require_columns(parts: Sequence[Table]) -> None:
    for table in parts:
        columns = set(headings(table.path))
        if missing := set(CROSSTAB_COLUMNS) - columns:
            raise BadRelease(
                f"{table.name} has no column {', '.join(sorted(missing))}. "
                f"It has: {', '.join(sorted(columns))}."
            )


def _spellings(dimension: str) -> dict[str, str]:
    """Every listed spelling of a dimension's labels and the label that each becomes."""
    labels = _DIMENSIONS[dimension][1].values()
    return {label: label for label in labels} | {
        spelling: label for spelling, label in _SYNONYMS.items() if label in labels
    }


def _tidy(label: str) -> str:
    return " ".join(label.split()).casefold()


def _load(con: duckdb.DuckDBPyConnection, parts: Sequence[Table], month: date) -> Check:
    """Read one month's parts into `crosstab`, dimensions as enumerations, labels made uniform.

    Casting to an enumeration while the CSV is scanned is several times faster than comparing
    text afterwards. Labels that are not listed become NULL; only then is the file read again to
    see what they were.
    """
    spellings = {dimension: _spellings(dimension) for dimension in _DIMENSIONS}
    _scan(con, parts, month, spellings)
    unread = ", ".join(f"bool_or({dimension} IS NULL)" for dimension in _DIMENSIONS)
    flags = con.execute(f"SELECT {unread} FROM crosstab").fetchall()[0]
    strange: list[str] = []
    drifted = False
    for dimension, flag in zip(_DIMENSIONS, flags, strict=True):
        if not flag:
            continue
        column = _DIMENSIONS[dimension][0]
        known = {_tidy(spelling): label for spelling, label in spellings[dimension].items()}
        scan = csv_scan([table.path for table in parts])
        for (found,) in con.execute(f"SELECT DISTINCT {column} FROM {scan} ORDER BY 1").fetchall():
            if _tidy(found) in known:
                drifted |= found not in spellings[dimension]
                spellings[dimension][found] = known[_tidy(found)]
            else:
                strange.append(f"{column} {found!r}")
    if strange:
        return Check("known labels", False, f"not in the specification: {', '.join(strange[:5])}")
    if drifted:
        _scan(con, parts, month, spellings)
    return Check("known labels", True, "every label is one that the specification lists")


def _scan(
    con: duckdb.DuckDBPyConnection,
    parts: Sequence[Table],
    month: date,
    spellings: Mapping[str, Mapping[str, str]],
) -> None:
    con.execute("DROP TABLE IF EXISTS crosstab")
    columns = []
    for dimension, (column, vocabulary) in _DIMENSIONS.items():
        con.execute(f"DROP TYPE IF EXISTS {dimension}_label")
        con.execute(f"DROP TYPE IF EXISTS {dimension}_spelling")
        con.execute(f"CREATE TYPE {dimension}_label AS ENUM ({_listed(vocabulary.values())})")
        con.execute(f"CREATE TYPE {dimension}_spelling AS ENUM ({_listed(spellings[dimension])})")
        spelled = f"try_cast({column} AS {dimension}_spelling)"
        renamed = " ".join(
            f"WHEN {sql_text(spelling)} THEN {sql_text(label)}"
            for spelling, label in spellings[dimension].items()
            if spelling != label
        )
        if renamed:
            spelled = f"CASE {spelled} {renamed} ELSE {spelled} END"
        columns.append(f"({spelled})::{dimension}_label AS {dimension}")
    con.execute(
        f"""CREATE TEMP TABLE crosstab AS
        SELECT GP_CODE AS practice, DATE '{month}' AS month, {", ".join(columns)},
               CASE WHEN {is_whole("COUNT_OF_APPOINTMENTS")} THEN COUNT_OF_APPOINTMENTS::INTEGER END
               AS appointments, GP_NAME AS practice_name,
               SUPPLIER AS supplier, PCN_CODE AS pcn, PCN_NAME AS pcn_name,
               SUB_ICB_LOCATION_CODE AS sub_icb, SUB_ICB_LOCATION_NAME AS sub_icb_name,
               APPOINTMENT_MONTH_START_DATE AS start
        FROM {csv_scan([table.path for table in parts])}"""
    )


def _listed(values: Iterable[str]) -> str:
    return ", ".join(sql_text(value) for value in values)


def _require_counts(con: duckdb.DuckDBPyConnection, parts: Sequence[Table], month: date) -> None:
    """Every row of the month, and every count a whole number; else the place is named."""
    (uncounted,) = con.execute("SELECT bool_or(appointments IS NULL) FROM crosstab").fetchall()[0]
    starts = con.execute("SELECT DISTINCT start FROM crosstab").fetchall()
    for table in parts:
        if len(starts) > 1:
            require_one_month(con, table, "APPOINTMENT_MONTH_START_DATE", month)
        if uncounted:
            require_numbers(con, table, ["COUNT_OF_APPOINTMENTS"], code="GP_CODE", whole=True)


def _unique_keys(con: duckdb.DuckDBPyConnection) -> Check:
    twice = con.execute(
        """SELECT practice FROM crosstab
        GROUP BY practice, status, hcp_type, mode, category, wait HAVING count(*) > 1 LIMIT 3"""
    ).fetchall()
    found = "every combination of practice and dimensions appears once"
    if twice:
        found = f"{', '.join(row[0] for row in twice)} has the same combination more than once"
    return Check("unique keys", not twice, found)


def _load_lists(con: duckdb.DuckDBPyConnection, sources: Sources) -> tuple[str, ...]:
    """The same month's list of each practice, the denominator of rates per 1,000."""
    lists = sources.needs.get("list-sizes")
    if lists is None or sources.month not in lists.months:
        con.execute("CREATE OR REPLACE TEMP TABLE lists (practice VARCHAR, registered INTEGER)")
        return (
            (
                f"The list sizes of {sources.month:%B %Y} are not loaded, so rates per 1,000 "
                "patients are missing."
            ),
        )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE lists AS SELECT practice, patients AS registered
        FROM read_parquet(?) WHERE age_band = 'ALL'""",
        [lists.fact_path(sources.month)],
    )
    found = con.execute(
        "SELECT practice FROM (SELECT DISTINCT practice FROM crosstab) ANTI JOIN lists "
        "USING (practice) ORDER BY practice"
    ).fetchall()
    without = [practice for (practice,) in found]
    if not without:
        return ()
    one = len(without) == 1
    practices = "1 practice" if one else f"{len(without):,} practices"
    has, left = ("has", "it is left") if one else ("have", "they are left")
    note = (
        f"In {sources.month:%B %Y} {practices} with appointments {has} no published list "
        f"({first_codes(without)}); {left} out of rates per 1,000 patients."
    )
    return (note,)


def _write_geography(
    con: duckdb.DuckDBPyConnection, sources: Sources, target: Path
) -> tuple[str, ...]:
    """PCN and sub-ICB from the crosstab; ICB and region from the month's practice map.

    The crosstab names neither ICB nor region. The practice map of the same month knows the ICB of
    that month; the release's own Mapping.csv, the fallback, knows the ICB of its publication.
    """
    month = sources.month
    lists = sources.needs.get("list-sizes")
    dated = geography.snapshot_geography(lists, month) if lists else None
    mappings = sources.nearby.get("mapping", ())
    said: tuple[str, ...] = ()
    if dated:
        homes = f"SELECT * FROM {sql_text(dated)}"
    elif mappings:
        own = sources.tables.get("mapping") or mappings
        nearest = min(own, key=lambda table: abs((table.order[0] - month).days))
        homes = f"""SELECT GP_CODE AS practice, SUB_ICB_LOCATION_CODE AS sub_icb,
            ICB_CODE AS icb, ICB_NAME AS icb_name, REGION_CODE AS region,
            REGION_NAME AS region_name FROM {csv_scan([nearest.path])}"""
        said = (
            (
                f"{month:%B %Y} takes ICB and region from {nearest.name}, because the practice map "
                "of the month is not loaded."
            ),
        )
    else:
        homes = (
            "SELECT '' AS practice, '' AS sub_icb, '' AS icb, '' AS icb_name, '' AS region, "
            "'' AS region_name WHERE false"
        )
        said = (f"{month:%B %Y} has no mapping file: ICB and region are not known.",)
    query = f"""
        WITH homes AS ({homes}),
        areas AS (SELECT sub_icb, mode(icb) AS icb, mode(icb_name) AS icb_name,
                         mode(region) AS region, mode(region_name) AS region_name
                  FROM homes WHERE icb <> '' GROUP BY sub_icb),
        listed AS (SELECT practice, any_value(practice_name) AS practice_name,
                          any_value(supplier) AS supplier, any_value(pcn) AS pcn,
                          any_value(pcn_name) AS pcn_name, any_value(sub_icb) AS sub_icb,
                          any_value(sub_icb_name) AS sub_icb_name FROM crosstab GROUP BY practice)
        SELECT DATE '{month}' AS month, l.practice, l.practice_name, '' AS postcode, l.pcn,
               l.pcn_name, l.sub_icb, l.sub_icb_name, {geography.area_above("icb")} AS icb,
               {geography.area_above("icb_name")} AS icb_name,
               {geography.area_above("region")} AS region,
               {geography.area_above("region_name")} AS region_name, l.supplier
        FROM listed l LEFT JOIN homes h USING (practice) LEFT JOIN areas a ON a.sub_icb = l.sub_icb
    """
    geography.write(con, query, str(target / "geography.parquet"))
    return said


SERIES = Series(
    dataset=DATASET,
    transform=3,
    slug="appointments-in-general-practice",
    wants=wants,
    recognise=recognise,
    headline_kind="crosstab",
    shared_kinds=("mapping",),
    own_kinds=("mapping",),
    placing_kinds=("mapping",),
    build=build,
    tolerance=0.35,
    per_working_day=True,
    parts=Parts(groups=(("crosstab",),), whole=QUARTERS, of=parts_of),
)
