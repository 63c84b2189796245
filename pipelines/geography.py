"""Where each practice belonged in a month: the columns every month folder's geography has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb

from data.snapshot import Snapshot, month_folder
from pipelines.units import Table

COLUMNS = (
    "month",
    "practice",
    "practice_name",
    "postcode",
    "pcn",
    "pcn_name",
    "sub_icb",
    "sub_icb_name",
    "icb",
    "icb_name",
    "region",
    "region_name",
    "supplier",
)


# Days on which the codes of areas changed: CCGs became sub-ICB locations, then ICBs merged.
REORGANISATIONS = (date(2022, 7, 1), date(2026, 4, 1))


def nearest(tables: Sequence[Table], month: date) -> Table | None:
    """The table of the month, else the closest one, preferring the same side of every change.

    A month before April 2026 belongs to the ICB of its day, so a map from before the change is
    better than a closer one from after it.
    """
    dated = [(table, table.period) for table in tables if table.period is not None]

    def distance(pair: tuple[Table, date]) -> tuple[int, int, bool]:
        period = pair[1]
        crossed = sum(min(period, month) < day <= max(period, month) for day in REORGANISATIONS)
        return (crossed, abs((period - month).days), period > month)

    newest_first = sorted(dated, key=lambda pair: pair[0].order, reverse=True)
    return min(newest_first, key=distance)[0] if dated else None


def notes(
    con: duckdb.DuckDBPyConnection, path: str, month: date, chosen: Table | None
) -> tuple[str, ...]:
    """What a reader should know about where the month's areas come from."""
    said = []
    if chosen is None:
        said.append(f"{month:%B %Y} has no practice map: PCN, ICB and region may be missing.")
    elif chosen.period != month:
        said.append(
            f"{month:%B %Y} has no practice map of its own: PCN, ICB and region are those of "
            f"{chosen.period:%B %Y}."
        )
    homeless, practices = con.execute(
        f"SELECT count(*) FILTER (WHERE icb = ''), count(*) FROM '{path}'"
    ).fetchall()[0]
    if homeless and chosen is not None:
        said.append(
            f"In {month:%B %Y} the ICB of {homeless:,} of {practices:,} practices is not known; "
            "they count in England only."
        )
    return tuple(said)


def area_above(column: str) -> str:
    """SQL for ICB or region of a practice `l`, from its entry `h` in a map and its sub-ICB's `a`.

    A practice's own entry decides, as in the publisher's totals: a sub-ICB location has a few
    practices that are assigned to another ICB. Where the entry is of another sub-ICB location
    (an older map) or there is none, the ICB of most practices of the sub-ICB location is taken.
    """
    own = f"CASE WHEN l.sub_icb IN ('', h.sub_icb) THEN nullif(h.{column}, '') END"
    return f"coalesce({own}, a.{column}, h.{column})"


def snapshot_geography(snapshot: Snapshot, month: date) -> str | None:
    """Path of another dataset's geography for the month, or None if it does not hold the month."""
    if month not in snapshot.months:
        return None
    return str(month_folder(snapshot.folder, month) / "geography.parquet")


def write(con: duckdb.DuckDBPyConnection, query: str, target: str) -> None:
    """Write a geography file with exactly `COLUMNS`, empty text where something is not known.

    A practice that `query` gives twice (a map may list one under two suppliers) is written once:
    it would count twice in every area otherwise.
    """
    columns = ", ".join(
        name if name == "month" else f"coalesce({name}, '') AS {name}" for name in COLUMNS
    )
    first = f"row_number() OVER (PARTITION BY practice ORDER BY {', '.join(COLUMNS[2:])}) = 1"
    con.execute(
        f"COPY (SELECT {columns} FROM ({query}) QUALIFY {first} ORDER BY practice) TO '{target}' "
        "(FORMAT parquet, COMPRESSION zstd)"
    )
