"""How much a period holds, by which it is judged beside its neighbours and its predecessor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from data.formula import quoted
from data.spec import UNALLOCATED, UNASSIGNED
from data.versions.manifest import PeriodRecord
from data.versions.snapshot import FACT, fact_name
from pipelines.engine.units import Series

PLACES = {"icb": "an ICB", "region": "a region", "sub_icb": "a sub-ICB location", "pcn": "a PCN"}


@dataclass(frozen=True, slots=True)
class Size:
    """Who has figures in a period, what they add up to and in how many rows.

    `amounts` are the headline's of each code with figures: practices, or rows of no practice
    where the publisher gives no practices. `listed` has the codes without figures too.
    """

    month: date
    record: PeriodRecord
    amounts: Mapping[str, float]
    listed: frozenset[str]
    rows: Mapping[str, int]  # of the tables of the publisher's grain
    own_rows: Mapping[str, Mapping[str, int]]  # of those tables, by practice
    reach: Mapping[str, int]  # practices with rows of each table, or of each kind of its rows
    placed: Mapping[str, frozenset[str]]  # practices that are in an area, by level

    @property
    def of_practices(self) -> bool:
        return any(not code.startswith(UNASSIGNED) for code in self.amounts)

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(self.amounts)


def measure(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    month: date,
    record: PeriodRecord,
    *,
    series: Series,
) -> Size:
    """The size of a month's folder. Where the publisher gives areas only it has no codes.

    Nor has one that an earlier Haresign wrote with other columns.
    """
    dataset = series.dataset
    rows = {
        table: _rows(con, path)
        for table in (FACT, *(extra.id for extra in dataset.extra))
        if (path := folder / fact_name(table)).exists()
    }
    own_rows = {table: _rows_of_practices(con, folder / fact_name(table)) for table in rows}
    for table in tuple(rows):
        if of_areas := own_rows[table].pop("", 0):
            rows[f"{table} of areas"] = of_areas
            own_rows[f"{table} of areas"] = {}
    reach: dict[str, int] = {}
    for table, by_practice in own_rows.items():
        if kinds := series.kinds_of_rows.get(table, ()):
            reach |= _reach(con, folder / fact_name(table), table, kinds)
        elif practices := sum(not code.startswith(UNASSIGNED) for code in by_practice):
            reach[table] = practices
    placed = _placed(con, folder / "geography.parquet")
    path = folder / "parts.parquet"
    parts = dataset.measure(dataset.headline).num_parts
    if not path.exists() or not set(parts) <= _columns(con, path):
        return Size(month, record, {}, frozenset(), rows, own_rows, reach, placed)
    amount = " + ".join(quoted(part) for part in parts)
    found = con.execute(f"SELECT practice, {amount} FROM read_parquet(?)", [str(path)]).fetchall()
    listed = frozenset(code for code, _ in found)
    amounts = {code: float(number) for code, number in found if number is not None}
    amounts = amounts or dict.fromkeys(listed, 0.0)
    own = {code: n for code, n in amounts.items() if not code.startswith(UNASSIGNED)}
    return Size(month, record, own or amounts, listed, rows, own_rows, reach, placed)


def _rows(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    found = con.execute("SELECT num_rows FROM parquet_file_metadata(?)", [str(path)]).fetchall()
    return int(found[0][0])


def _rows_of_practices(con: duckdb.DuckDBPyConnection, path: Path) -> dict[str, int]:
    if "practice" not in _columns(con, path):
        return {}
    counted = "SELECT practice, count(*) FROM read_parquet(?) GROUP BY practice"
    return dict(con.execute(counted, [str(path)]).fetchall())


def _reach(
    con: duckdb.DuckDBPyConnection, path: Path, table: str, kinds: Sequence[str]
) -> dict[str, int]:
    """Practices by kind of row; none where an earlier Haresign wrote other columns."""
    if not {"practice", *kinds} <= _columns(con, path):
        return {}
    named = f"concat_ws(' ', {', '.join(map(quoted, kinds))})"
    counted = con.execute(
        f"""SELECT {named}, count(DISTINCT practice) FROM read_parquet(?)
        WHERE practice <> '' AND NOT starts_with(practice, ?) GROUP BY ALL""",
        [str(path), UNASSIGNED],
    ).fetchall()
    return {f"{table} {kind}": int(practices) for kind, practices in counted}


def _placed(con: duckdb.DuckDBPyConnection, homes: Path) -> dict[str, frozenset[str]]:
    if not homes.exists():
        return {}
    codes = ", ".join(
        f"list(practice) FILTER ({level} NOT IN ('', '{UNALLOCATED}'))" for level in PLACES
    )
    found = con.execute(f"SELECT {codes} FROM read_parquet(?)", [str(homes)]).fetchall()[0]
    return {
        level: frozenset(code for code in practices or () if not code.startswith(UNASSIGNED))
        for level, practices in zip(PLACES, found, strict=True)
    }


def _columns(con: duckdb.DuckDBPyConnection, path: Path) -> set[str]:
    found = con.execute("SELECT name FROM parquet_schema(?)", [str(path)]).fetchall()
    return {name for (name,) in found}


def number(total: int | float | Decimal) -> int | float:
    """A control total as the manifest keeps it: counts whole, others to six decimals."""
    return total if isinstance(total, int) else round(float(total), 6)


def rows_of(con: duckdb.DuckDBPyConnection, folder: Path) -> int:
    """Rows of a month's finest table; 0 where it could not be built."""
    fact = folder / "fact.parquet"
    if not fact.exists():
        return 0
    found = con.execute("SELECT num_rows FROM parquet_file_metadata(?)", [str(fact)]).fetchall()
    return int(found[0][0])
