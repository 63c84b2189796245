"""People of PCNs: counted where the file identifies them, unknown where it gives FTE alone."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import duckdb

from data.versions.manifest import Release
from pipelines.datasets.pcn_workforce.series import SERIES
from pipelines.engine.units import Sources, Table

JUNE = date(2026, 6, 1)
HEADINGS = (
    "DATA_SOURCE,CENSUS_YEAR,CENSUS_MONTH,PCN_CODE,PCN_NAME,SUB_ICB_CODE,SUB_ICB_NAME,ICB_CODE,"
    "ICB_NAME,COMM_REGION_CODE,COMM_REGION_NAME,STAFF_GROUP,STAFF_ROLE,DETAILED_STAFF_ROLE,FTE,"
    "UNIQUE_IDENTIFIER"
)
DPC = "Other Direct Patient Care staff"


def row(pcn: str, source: str, group: str, person: str) -> str:
    home = f"{pcn},PCN {pcn},16C,SUB,QHM,ICB,Y63,REGION"
    return f"{source},2026,06,{home},{group},Pharmacists,Pharmacists,0.5,{person}"


def published(tmp_path: Path, *rows: str) -> dict[tuple[str, str], tuple[int | None, ...]]:
    """(people, people in direct patient care, nurses) by (level, code)."""
    path = tmp_path / "individual.csv"
    path.write_text("\n".join((HEADINGS, *rows, "")), encoding="utf-8")
    release = Release("june", "June", "", None, ())
    order = (JUNE, (JUNE, 0), datetime(2026, 7, 1))
    table = Table("individual", JUNE, path.name, "0" * 64, release, order, lambda: path)
    with duckdb.connect() as con:
        SERIES.build(con, Sources(JUNE, {"individual": (table,)}, {}, {}), tmp_path)
        found = con.execute(
            "SELECT level, code, people, group_dpc_people, group_nurses_people "
            "FROM read_parquet(?)",
            [str(tmp_path / "published.parquet")],
        ).fetchall()
    return {(level, code): tuple(counts) for level, code, *counts in found}


def test_a_pcn_with_contracted_services_only_has_an_unknown_number_of_people(
    tmp_path: Path,
) -> None:
    counts = published(
        tmp_path,
        row("U11111", "NWRS contracted services", DPC, ""),
        row("U22222", "NWRS Staff", DPC, "17"),
        row("U22222", "NWRS Staff", "Other Nurses", "17"),
        row("U22222", "NWRS contracted services", DPC, ""),
        row("U33333", "NWRS Staff", "Other Nurses", "18"),
        row("U33333", "NWRS contracted services", DPC, ""),
    )
    assert counts["pcn", "U11111"] == (None, None, 0)
    assert counts["pcn", "U22222"] == (1, 1, 1)
    assert counts["pcn", "U33333"] == (1, None, 1)
    assert counts["england", "ENG"] == (2, 1, 2)


def test_a_pcn_without_contracted_services_has_none_of_them(tmp_path: Path) -> None:
    published(
        tmp_path,
        row("U11111", "NWRS Staff", DPC, "17"),
        row("U22222", "NWRS contracted services", DPC, ""),
    )
    found = duckdb.execute(
        "SELECT staff_fte, contracted_fte FROM read_parquet(?) ORDER BY practice",
        [str(tmp_path / "parts.parquet")],
    ).fetchall()
    assert found == [(0.5, 0), (0, 0.5)]
