"""NHS Payments to General Practice: a wide practice file a year, and a PCN file from 2024/25.

Neither file names its year: it is read from the file's name, as the publisher writes it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from data import periods
from data.datasets.nhs_payments import DATASET, NETWORK_TOTAL
from data.formula import quoted
from data.spec import UNALLOCATED, UNASSIGNED
from data.versions.manifest import Check
from pipelines.datasets.nhs_payments import columns as payment_columns
from pipelines.datasets.nhs_payments.checks import (
    PCN,
    ROUNDING,
    identities,
    lacking_networks,
    opened_before_the_end,
    said,
    without_patients,
)
from pipelines.datasets.nhs_payments.columns import PRACTICE, TOTAL, Columns, key
from pipelines.engine import geography
from pipelines.engine.folder import write_fact, write_parts
from pipelines.engine.reading.cells import leave_out_totals, require_numbers
from pipelines.engine.units import (
    UNNAMED,
    BadRelease,
    Month,
    Preview,
    Series,
    Sources,
    Table,
    csv_scan,
    headings,
    sql_text,
)

_WANTED = re.compile(r"nhspaymentsgp-\d\d-\d\d-(prac-|pcn-)?csv", re.IGNORECASE)
_YEARS = re.compile(r"(?<!\d)(?:20)?(\d\d)[-_](?:20)?(\d\d)(?!\d)")
_REGION = "^[QY][0-9]{2}$"
_NO_PCN = "unknown or no pcn"
_NETWORKS_BEGAN = date(2019, 4, 1)
_MISSING = ("", "N/A", "-", "NA", "NO KNOWN PATIENTS")
_POUND = 1.0  # by which a total row may differ from its practices, of which some are rounded


def wants(name: str) -> bool:
    return bool(_WANTED.search(name))


def recognise(preview: Preview) -> tuple[str, date] | None:
    """Kind by headings: a practice code and the total, or PCN codes with patients and a total."""
    keys = {key(name) for name in preview.header}
    if {PRACTICE, TOTAL} <= keys:
        return "practices", _year(preview.name)
    has_pcn = any(re.match(PCN, cell.strip()) for cell in preview.first)
    has_lists = all(any(kind in name for name in keys) for kind in ("registered", "weighted"))
    says_practice = keys & {PRACTICE, "practicename", "practicepostcode", "contracttype"}
    if has_pcn and has_lists and not says_practice:
        return "pcns", _year(preview.name)
    return None


def _year(name: str) -> date:
    for first, second in _YEARS.findall(Path(name).name):
        if (int(first) + 1) % 100 == int(second):
            return date(2000 + int(first), 4, 1)
    raise BadRelease(
        f"{name} does not name its financial year, and the file itself holds none. "
        "Keep the publisher's name, such as nhspaymentsgp-22-23-prac-csv.csv."
    )


def build(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> Month:
    year, table = sources.month, sources.tables["practices"][0]
    scan, names = _read(con, table, "raw"), headings(table.path)
    pcn, empty = _pcn_column(con, scan, names), _empty(con, scan, names)
    columns = payment_columns.of_practices(names, pcn, table.name, empty=empty)
    _require_numbers(con, scan, columns, table)
    checks = [_unique(con, scan, columns.code, table)]
    if not all(check.passed for check in checks):
        return Month(0, {}, tuple(checks))
    con.execute(f"CREATE OR REPLACE TEMP TABLE wide AS {_wide(scan, columns)}")
    whole = leave_out_totals(
        con,
        "wide",
        [table],
        code="practice",
        heading=columns.code,
        value="total_payments",
        tolerance=_POUND,
    )
    checks += whole.checks
    con.execute(f"CREATE OR REPLACE TEMP TABLE fact AS {_long(columns, year, 'wide')}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE practices AS {_practices(columns, year)}")
    queries = {"fact": "FROM fact", "practices": "FROM practices"}
    checks += [opened_before_the_end(con, year), *identities(con, columns, year)]
    notes = [*whole.notes, *said(con, columns, year, table), *without_patients(con, year)]
    listed = [_listed(columns, year)]
    if "pcns" in sources.tables:
        notes += _add_networks(con, sources.tables["pcns"][0], year)
        listed.append(_networks_listed())
        queries["pcns"] = "FROM pcns"
    for name, query in queries.items():
        write_fact(con, query, target, table=name)
    write_parts(con, DATASET, queries, target)
    notes += geography.complete(con, sources, " UNION ALL BY NAME ".join(listed), target)
    practices, total = con.execute(
        "SELECT count(DISTINCT practice), sum(amount) FROM fact WHERE line = 'total_payments'"
    ).fetchall()[0]
    return Month(practices, {DATASET.control: total}, tuple(checks), tuple(notes))


def _read(con: duckdb.DuckDBPyConnection, table: Table, name: str) -> str:
    """Every cell as text in a temporary table, which is looked at column by column."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM {csv_scan([table.path])}")
    return name


def _pcn_column(con: duckdb.DuckDBPyConnection, scan: str, names: Sequence[str]) -> str | None:
    """The heading under which PCN codes stand; in 2022-23 it says `Code`, then `CCG NAME`."""
    found = ", ".join(
        f"count(*) FILTER (WHERE regexp_matches(trim({quoted(name)}), '{PCN}'))" for name in names
    )
    counts = con.execute(f"SELECT {found} FROM {scan}").fetchall()[0]
    most = max(counts)
    return names[counts.index(most)] if most else None


def _empty(con: duckdb.DuckDBPyConnection, scan: str, names: Sequence[str]) -> frozenset[str]:
    """Columns without a heading in which nothing stands, such as spreadsheets leave at the end."""
    unnamed = [name for name in names if name.startswith(UNNAMED)]
    if not unnamed:
        return frozenset()
    filled = ", ".join(f"count(*) FILTER (WHERE {_cell(name)} <> '')" for name in unnamed)
    counts = con.execute(f"SELECT {filled} FROM {scan}").fetchall()[0]
    return frozenset(name for name, count in zip(unnamed, counts, strict=True) if not count)


def _cell(name: str) -> str:
    return f"trim({quoted(name)})"


def _bare(cell: str) -> str:
    """Text of a number without thousands separators and pound signs."""
    return f"replace(replace(trim({cell}), ',', ''), '£', '')"


def _plain(name: str) -> str:
    """The same, NULL where the publisher writes that there is nothing."""
    bare, nothing = _bare(quoted(name)), ", ".join(sql_text(text) for text in _MISSING)
    return f"CASE WHEN upper({bare}) NOT IN ({nothing}) THEN {bare} END"


def _number(name: str) -> str:
    return f"({_plain(name)})::DECIMAL(18, 6)"


def _all_numbers(columns: Columns) -> dict[str, str]:
    """Headings of all numbers by the name of their column in `wide`; sums keep their heading."""
    sums = {heading: heading for heading in columns.sums}
    return columns.patients | columns.totals | columns.lines | sums


def _require_numbers(
    con: duckdb.DuckDBPyConnection, scan: str, columns: Columns, table: Table
) -> None:
    names = list(_all_numbers(columns).values())
    require_numbers(
        con, table, names, code=columns.code, whole=False, missing=_MISSING, scan=scan, bare=_bare
    )


def _unique(con: duckdb.DuckDBPyConnection, scan: str, code: str, table: Table) -> Check:
    twice = con.execute(
        f"SELECT {_cell(code)} FROM {scan} GROUP BY 1 HAVING count(*) > 1 ORDER BY 1 LIMIT 3"
    ).fetchall()
    found = "every code appears once"
    if twice:
        found = f"{table.name} lists {', '.join(row[0] for row in twice)} more than once"
    return Check("unique codes", not twice, found)


def _wide(scan: str, columns: Columns) -> str:
    """One row per practice: identity as text, every number in its own type."""
    texts = ", ".join(f"{_cell(name)} AS {to}" for to, name in columns.identity.items())
    numbers = ", ".join(
        f"{_number(name)} AS {quoted(to)}" for to, name in _all_numbers(columns).items()
    )
    averages = ", ".join(
        f"try_cast({_plain(name)} AS DECIMAL(18, 6)) AS published_{to}"
        for to, name in columns.per_head.items()
    )
    chosen = ", ".join(filter(None, (texts, numbers, averages)))
    return (
        f"SELECT upper({_cell(columns.code)}) AS practice, {chosen} FROM {scan} "
        f"WHERE {_cell(columns.code)} <> '' OR {_plain(next(iter(columns.totals.values())))} "
        "IS NOT NULL"
    )


def _long(columns: Columns, year: date, source: str) -> str:
    """(practice, month, line_group, line, amount) from a wide table, PCN money added up."""
    amounts = [*columns.totals, *columns.lines]
    groups = dict.fromkeys(columns.totals, "total") | columns.groups
    named = ", ".join(f"({sql_text(line)}, {sql_text(group)})" for line, group in groups.items())
    network = [line for line, group in columns.groups.items() if group == "network"]
    long = f"""SELECT practice, DATE '{year}' AS month, line_group, line, amount
        FROM (UNPIVOT (SELECT practice, {", ".join(quoted(line) for line in amounts)} FROM {source})
              ON {", ".join(quoted(line) for line in amounts)} INTO NAME line VALUE amount)
        JOIN (VALUES {named}) named(line, line_group) USING (line)"""
    if network and NETWORK_TOTAL not in columns.totals:
        summed = " + ".join(quoted(line) for line in network)
        long += f""" UNION ALL SELECT practice, DATE '{year}', 'total', '{NETWORK_TOTAL}',
            ({summed})::DECIMAL(18, 6) FROM {source}"""
    return long


def _practices(columns: Columns, year: date) -> str:
    """What kind of practice each is, with registered and weighted patients in rows."""

    def told(name: str) -> str:
        if name not in columns.identity:
            return f"'' AS {name}"
        text = f"CASE upper({name}) WHEN 'UNKNOWN' THEN 'Unknown' WHEN 'MISSING' THEN '' "
        return f"{text}ELSE {name} END AS {name}"

    atypical = "'' AS atypical"
    if "atypical" in columns.identity:
        marks = "list_transform(string_split(atypical, '|'), lambda mark: trim(mark))"
        atypical = (
            f"array_to_string(list_filter({marks}, lambda mark: mark <> ''), '; ') AS atypical"
        )
    kinds = ", ".join(
        told(name) for name in ("contract_type", "dispensing", "practice_type", "rurality")
    )
    return f"""UNPIVOT (SELECT practice, DATE '{year}' AS month, {kinds}, {atypical}, registered,
        weighted FROM wide) ON registered, weighted INTO NAME population VALUE patients"""


def _listed(columns: Columns, year: date) -> str:
    """Where each practice belongs as the file says; PCNs only since they exist."""

    def own(name: str) -> str:
        return name if name in columns.identity else "''"

    pcn, pcn_name = f"'{UNALLOCATED}'", "''"
    if "pcn" in columns.identity:
        pcn = f"CASE WHEN regexp_matches(pcn, '{PCN}') THEN pcn ELSE '{UNALLOCATED}' END"
        pcn_name = f"CASE WHEN lower(pcn_name) <> '{_NO_PCN}' THEN pcn_name ELSE '' END"
    elif year >= _NETWORKS_BEGAN:
        pcn = "''"
    region, region_name = "''", "''"
    if "region" in columns.identity:  # until 2018/19 local offices (Q74), which were the regions
        region = f"CASE WHEN regexp_matches(region, '{_REGION}') THEN region ELSE '' END"
        region_name = f"CASE WHEN {region} <> '' THEN region_name ELSE '' END"
    return f"""SELECT practice, {own("practice_name")} AS practice_name, {own("postcode")} AS
        postcode, {pcn} AS pcn, {pcn_name} AS pcn_name, {own("sub_icb")} AS sub_icb,
        {own("sub_icb_name")} AS sub_icb_name, {region} AS region,
        {region_name} AS region_name FROM wide"""


def _add_networks(con: duckdb.DuckDBPyConnection, table: Table, year: date) -> list[str]:
    """The PCN file as rows of no practice, `~U12345`, which count for the PCN and above.

    Returns notes. Raises `BadRelease` where the file is not one that can be understood.
    """
    scan, names = _read(con, table, "raw_networks"), headings(table.path)
    pcn = _pcn_column(con, scan, names)
    if pcn is None:
        raise BadRelease(f"{table.name} has no column of PCN codes. It has: {', '.join(names)}.")
    empty = _empty(con, scan, names)
    columns = payment_columns.of_networks(names, pcn, table.name, empty=empty)
    _require_numbers(con, scan, columns, table)
    check = _unique(con, scan, columns.code, table)
    if not check.passed:
        raise BadRelease(check.found)
    con.execute(f"CREATE OR REPLACE TEMP TABLE networks AS {_wide(scan, columns)}")
    con.execute(f"DELETE FROM networks WHERE NOT regexp_matches(practice, '{PCN}')")
    lacking = lacking_networks(con, table, year)
    con.execute(f"UPDATE networks SET practice = '{UNASSIGNED}' || practice")
    con.execute(f"INSERT INTO fact {_long(columns, year, 'networks')}")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE pcns AS
        UNPIVOT (SELECT practice, DATE '{year}' AS month, registered, weighted FROM networks)
        ON registered, weighted INTO NAME population VALUE patients"""
    )
    named = periods.label("financial_year", year)
    notes = [
        f"{table.name} of {named} has a column that is new here, {columns.lines[line]}: its "
        f"amounts are kept as {line}."
        for line in columns.unknown
    ]
    notes += lacking
    summed = " + ".join(["0", *(f"coalesce({quoted(line)}, 0)" for line in columns.lines)])
    differ, worst = con.execute(
        f"""SELECT count(*), max(gap) FROM (SELECT abs({summed} - {NETWORK_TOTAL}) AS gap
            FROM networks)
        WHERE gap > {ROUNDING}"""
    ).fetchall()[0]
    if differ:
        notes.append(
            f"In {named} the lines of {differ:,} PCNs do not add up to their total in "
            f"{table.name}, by up to £{worst:,.2f}. Totals are the publisher's."
        )
    return notes


def _networks_listed() -> str:
    """PCNs of the PCN file in the sub-ICB location of most of their practices."""
    return """SELECT n.practice, substr(n.practice, 2) AS pcn, n.pcn_name, m.sub_icb
        FROM networks n LEFT JOIN (
            SELECT pcn, mode(sub_icb) AS sub_icb FROM wide GROUP BY pcn) m
        ON m.pcn = substr(n.practice, 2)"""


SERIES = Series(
    dataset=DATASET,
    transform=3,
    slug="nhs-payments-to-general-practice",
    wants=wants,
    recognise=recognise,
    headline_kind="practices",
    shared_kinds=(),
    build=build,
    tolerance=0.25,
    per_working_day=False,
    known_share=0.95,
    rows_share=0.6,  # a row is a column of the file: those of PCNs left it in 2024/25
)
