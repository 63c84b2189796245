"""Practices of a period whose ICB nobody says: they count in England, and in no ICB."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from data.formula import quoted
from data.spec import UNASSIGNED
from pipelines.engine.naming import NAMED, first_codes
from pipelines.engine.units import Series


def note(
    con: duckdb.DuckDBPyConnection, folder: Path, *, series: Series, period: date
) -> tuple[str, ...]:
    """How many practices of a built period are in no ICB, with the first of their codes.

    And how much of the headline figure they carry: it is what the ICBs lack to make England.
    """
    parts, homes = folder / "parts.parquet", folder / "geography.parquet"
    if "icb" not in series.dataset.levels or not (parts.exists() and homes.exists()):
        return ()
    headline = series.dataset.measure(series.dataset.headline)
    amount = " + ".join(f"coalesce({quoted(part)}, 0)" for part in headline.num_parts)
    practices, unplaced, codes, carried = con.execute(
        f"""SELECT count(*), count(*) FILTER (WHERE icb = ''),
                   (list(practice ORDER BY practice) FILTER (WHERE icb = ''))[:{NAMED}],
                   (sum({amount}) FILTER (WHERE icb = '') / nullif(sum({amount}), 0))::DOUBLE
        FROM read_parquet(?) parts JOIN read_parquet(?) homes USING (practice)
        WHERE NOT starts_with(practice, '{UNASSIGNED}')""",
        [str(parts), str(homes)],
    ).fetchall()[0]
    if not unplaced:
        return ()
    share = "" if carried is None else f", with {carried:.1%} of {headline.name.lower()}"
    words = (
        f"In {series.named(period)} the ICB of {unplaced:,} of {practices:,} practices is not "
        f"known ({first_codes(codes, unplaced)}): they count in England{share}, and in no ICB."
    )
    return (words,)
