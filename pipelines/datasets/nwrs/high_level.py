"""The high-level workforce file, which is not shown: it says whether the detailed one agrees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb

from data.datasets.nwrs import GROUPS
from pipelines.engine.units import Table, csv_scan, sql_text

_ROUNDING = 0.0001


def high_level_notes(
    con: duckdb.DuckDBPyConnection, table: Table, missing: Sequence[str], month: date
) -> list[str]:
    """Notes on practices whose published total differs from its roles, or from `staff`.

    Compared in FTE, because a person in two roles counts in each. Groups without a Total row are
    left alone: the file may hold some roles only.
    """
    nothing = ", ".join(sql_text(text) for text in missing)
    groups = " ".join(f"WHEN {sql_text(words)} THEN '{code}'" for code, words in GROUPS.items())
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE high_level AS
        SELECT practice, staff_group, max(fte) FILTER (WHERE role = 'total') AS total,
               sum(fte) FILTER (WHERE role <> 'total') AS summed
        FROM (SELECT PRAC_CODE AS practice, CASE STAFF_GROUP {groups} END AS staff_group,
                     lower(trim(DETAILED_STAFF_ROLE)) AS role,
                     (CASE WHEN upper(trim("VALUE")) NOT IN ({nothing}) THEN "VALUE" END
                     )::DECIMAL(18, 6) AS fte
              FROM {csv_scan([table.path])} WHERE MEASURE = 'FTE')
        GROUP BY ALL"""
    )
    own, other, compared = con.execute(
        f"""SELECT count(DISTINCT h.practice) FILTER (WHERE abs(h.total - h.summed) > {_ROUNDING}),
                   count(DISTINCT h.practice) FILTER (WHERE abs(h.total - s.fte) > {_ROUNDING}),
                   count(DISTINCT h.practice) FILTER (WHERE h.total IS NOT NULL)
        FROM high_level h LEFT JOIN staff s ON s.practice = h.practice
          AND s.staff_group = h.staff_group AND s.role = 'TOTAL' AND s.age_band = ''
          AND s.area = ''"""
    ).fetchall()[0]
    said = []
    if own:
        said.append(
            f"{month:%B %Y}: in the high-level file the total of a staff group differs from the "
            f"sum of its roles in {own:,} of {compared:,} practices."
        )
    if other:
        said.append(
            f"{month:%B %Y}: the high-level file gives another total than the detailed file, which "
            f"is shown, in {other:,} of {compared:,} practices."
        )
    return said
