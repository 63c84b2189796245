"""Where each practice belonged in a month: the columns every month folder's geography has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb

from data.versions import area_changes
from data.versions.snapshot import VersionFiles, month_folder
from pipelines.engine.naming import NAMED, first_codes
from pipelines.engine.units import Sources, Table, sql_text

_NEAR = 62  # days between lists and a period of which they can say who is missing
_MANY = 0.1  # share of practices

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


def nearest(tables: Sequence[Table], month: date) -> Table | None:
    """The table of the month, else the closest one, preferring the same side of every change.

    A month before April 2026 belongs to the ICB of its day, so a map from before the change is
    better than a closer one from after it.
    """
    dated = [(table, table.period) for table in tables if table.period is not None]
    newest_first = sorted(dated, key=lambda pair: pair[0].order, reverse=True)
    return min(newest_first, key=lambda pair: _distance(pair[1], month))[0] if dated else None


def _distance(period: date, month: date) -> tuple[int, int, bool]:
    crossed = sum(min(period, month) < day <= max(period, month) for day in area_changes.days())
    return (crossed, abs((period - month).days), period > month)


def nearest_period(held: Sequence[date], month: date) -> date | None:
    """The month itself or the closest one held, on the same side of every change if possible."""
    return min(held, key=lambda period: _distance(period, month)) if held else None


def notes(month: date, chosen: Table | None) -> tuple[str, ...]:
    """What a reader should know about where the month's areas come from."""
    said = []
    if chosen is None:
        said.append(f"{month:%B %Y} has no practice map: PCN, ICB and region may be missing.")
    elif chosen.period != month:
        said.append(
            f"{month:%B %Y} has no practice map of its own: PCN, ICB and region are those of "
            f"{chosen.period:%B %Y}."
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


def complete(
    con: duckdb.DuckDBPyConnection,
    sources: Sources,
    listed: str,
    target: Path,
    *,
    as_listed: str = "false",
) -> tuple[str, ...]:
    """Write a month's geography from what a dataset's own files say, the rest from list sizes.

    `listed` is a query with `practice` and any of `COLUMNS`: what it gives stands, where it is
    not empty. Missing columns and gaps are filled from the practice map of the period's month
    (`Series.member_month`), or of the nearest month that is held; areas of a practice that the
    map lacks follow its sub-ICB location. `as_listed` is SQL over the alias `l`: rows whose gaps
    mean something (an account shared by practices of several areas) are not filled. Needs
    `list-sizes` among the dataset's `needs`.
    Returns notes to show.
    """
    lists = sources.needs.get("list-sizes")
    month = sources.member_month
    held = nearest_period(lists.months, month) if lists else None
    if lists and held:
        path = str(month_folder(lists.folder, held) / "geography.parquet")
        homes = f"SELECT * EXCLUDE (month) FROM {sql_text(path)}"
    else:
        empty = ", ".join(f"'' AS {name}" for name in COLUMNS if name != "month")
        path, homes = "", f"SELECT {empty} WHERE false"
    own = {row[0] for row in con.execute(f"DESCRIBE {listed}").fetchall()}
    padded = ", ".join(
        f"coalesce({name}, '') AS {name}" if name in own else f"'' AS {name}"
        for name in COLUMNS
        if name != "month"
    )
    query = _completed(sources.month, listed, padded, homes, as_listed=as_listed)
    write(con, query, str(target / "geography.parquet"))
    if held is None:
        return (f"{month:%B %Y} has no practice map: PCN, ICB and region may be missing.",)
    absent = _absent(con, path, held, target, month)
    if held != month:
        said = f"{month:%B %Y} has no practice map of its own: what the files do not say of "
        return (f"{said}PCN, ICB and region is that of {held:%B %Y}.", *absent)
    return absent


def _absent(
    con: duckdb.DuckDBPyConnection, lists: str, held: date, target: Path, month: date
) -> tuple[str, ...]:
    """The practices with a list that a period's files lack, where they are many."""
    if abs((held - month).days) > _NEAR:
        return ()
    missing, practices, codes = con.execute(
        f"""SELECT count(*) FILTER (lacks), count(*),
               (list(practice ORDER BY practice) FILTER (lacks))[:{NAMED}]
        FROM (SELECT practice, practice NOT IN (SELECT practice FROM read_parquet(?)) AS lacks
              FROM read_parquet(?))""",
        [str(target / "geography.parquet"), lists],
    ).fetchall()[0]
    if missing <= _MANY * practices:
        return ()
    said = f"{month:%B %Y}: {missing:,} of the {practices:,} practices with a list in"
    return (f"{said} {held:%B %Y} are not in the files ({first_codes(codes, missing)}).",)


def _completed(period: date, listed: str, padded: str, homes: str, *, as_listed: str) -> str:
    names = ", ".join(
        f"coalesce(nullif(p.{area}_name, ''), {area}s.name) AS {area}_name"
        for area in ("pcn", "sub_icb", "icb", "region")
    )
    joins = " ".join(
        f"""LEFT JOIN (SELECT {area} AS code, mode({area}_name) AS name FROM homes
        WHERE {area}_name <> '' GROUP BY {area}) {area}s ON {area}s.code = p.{area}"""
        for area in ("pcn", "sub_icb", "icb", "region")
    )
    return f"""
        WITH homes AS ({homes}),
        listed AS (SELECT {padded} FROM ({listed})),
        areas AS (SELECT sub_icb, mode(icb) AS icb, mode(region) AS region
                  FROM homes WHERE icb <> '' GROUP BY sub_icb),
        placed AS (
            SELECT l.practice, coalesce(nullif(l.practice_name, ''), h.practice_name)
                   AS practice_name, coalesce(nullif(l.postcode, ''), h.postcode) AS postcode,
                   coalesce(nullif(l.pcn, ''), h.pcn) AS pcn, l.pcn_name,
                   coalesce(nullif(l.sub_icb, ''), h.sub_icb) AS sub_icb, l.sub_icb_name,
                   coalesce(nullif(l.icb, ''), {area_above("icb")}) AS icb, l.icb_name,
                   coalesce(nullif(l.region, ''), {area_above("region")}) AS region,
                   l.region_name, coalesce(nullif(l.supplier, ''), h.supplier) AS supplier
            FROM listed l
            LEFT JOIN homes h ON h.practice = l.practice AND NOT ({as_listed})
            LEFT JOIN areas a ON a.sub_icb = l.sub_icb AND NOT ({as_listed}))
        SELECT DATE '{period}' AS month, p.practice, p.practice_name, p.postcode, p.pcn,
               p.sub_icb, p.icb, p.region, p.supplier, {names}
        FROM placed p {joins}"""


def known_areas(con: duckdb.DuckDBPyConnection, sources: Sources, level: str) -> set[str]:
    """Codes of a level in the practice map of the period's month, or of the nearest one held."""
    lists = sources.needs.get("list-sizes")
    held = nearest_period(lists.months, sources.member_month) if lists else None
    if lists is None or held is None:
        return set()
    path = sql_text(month_folder(lists.folder, held) / "geography.parquet")
    found = con.execute(f"SELECT DISTINCT {level} FROM {path} WHERE {level} <> ''").fetchall()
    return {code for (code,) in found}


def load_lists(
    con: duckdb.DuckDBPyConnection, sources: Sources, *, nearest_too: bool = False
) -> date | None:
    """Table `lists` (practice, registered) of the period's month, for rates by list size.

    Empty, and None, where list sizes of that month are not held. `nearest_too` takes the nearest
    month instead, which is returned so that it can be named in a note.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE lists (practice VARCHAR, registered INTEGER)")
    lists = sources.needs.get("list-sizes")
    month = sources.member_month
    held = nearest_period(lists.months, month) if lists else None
    if lists is None or held is None or (held != month and not nearest_too):
        return None
    con.execute(
        "INSERT INTO lists SELECT practice, patients FROM read_parquet(?) WHERE age_band = 'ALL' "
        "AND sex = 'ALL'",
        [lists.fact_path(held)],
    )
    return held


def patients(needs: Mapping[str, VersionFiles], placed: Mapping[date, date]) -> dict[date, str]:
    """For each period, a query of practices and their patients in the map that `complete` takes.

    `placed` gives the month as of which practices of a period belong to areas.
    """
    lists = needs.get("list-sizes")
    if lists is None:
        return {}
    found = {}
    for period, month in placed.items():
        if held := nearest_period(lists.months, month):
            path = sql_text(month_folder(lists.folder, held) / "parts.parquet")
            found[period] = f"SELECT practice, registered AS patients FROM {path}"
    return found


def snapshot_geography(snapshot: VersionFiles, month: date) -> str | None:
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
    once = f"SELECT DISTINCT ON (practice) * FROM ({query}) ORDER BY {', '.join(COLUMNS[1:])}"
    con.execute(
        f"COPY (SELECT {columns} FROM ({once}) ORDER BY practice) TO '{target}' "
        "(FORMAT parquet, COMPRESSION zstd)"
    )


def load_areas(con: duckdb.DuckDBPyConnection, sources: Sources) -> date | None:
    """Table `areas` (level, code, name) of the map that `complete` takes; None where none is held.

    For publishers that call areas by codes of their own, or by name alone.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE areas (level VARCHAR, code VARCHAR, name VARCHAR)")
    lists = sources.needs.get("list-sizes")
    held = nearest_period(lists.months, sources.member_month) if lists else None
    if lists is None or held is None:
        return None
    path = sql_text(month_folder(lists.folder, held) / "geography.parquet")
    for level in ("pcn", "sub_icb", "icb", "region"):
        con.execute(
            f"""INSERT INTO areas SELECT '{level}', {level}, mode({level}_name) FROM {path}
            WHERE {level} <> '' AND {level}_name <> '' GROUP BY {level}"""
        )
    return held
