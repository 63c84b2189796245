"""The publisher's own maps of before and after April 2026: where PCNs and sub-ICBs belonged."""

from __future__ import annotations

import gzip
import zipfile
from datetime import date
from pathlib import Path

import duckdb
import pytest

from data.month_block import AREAS
from data.spec import Dataset, Measure, Part
from data.versions.snapshot import month_folder
from pipelines.engine import geography
from pipelines.engine.assemble import assemble, month_of
from pipelines.engine.folder import write_table
from pipelines.engine.units import sql_text

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

DECEMBER, JULY = date(2025, 12, 1), date(2026, 7, 1)
LISTS = Dataset(
    id="list-sizes",
    title="Lists",
    publisher="Nobody",
    series="Lists",
    source_url="https://example.org",
    cadence="monthly",
    publication_lag="never",
    dims=(),
    parts=(Part("registered", "Registered", "sum(patients)"),),
    measures=(Measure("registered", "Registered", num="registered", rollup="sum"),),
    breakdowns=(),
    headline="registered",
    control="registered",
    caveats=("Real maps.",),
)


def _texts(folder: Path, real_data: Path) -> dict[date, tuple[Path, Path]]:
    """(map, quinary ages) of both months, unpacked."""
    more = real_data.with_name("data_more") / "patients_registered" / "2026-07"
    if not more.is_dir():
        pytest.skip(f"the files of July 2026 are not at {more}")
    found = {}
    for month, kinds in ((DECEMBER, "{}_2025-12_reexport.csv.gz"), (JULY, "{}.zip")):
        texts = []
        for kind in ("map", "quin-age"):
            name = kinds.format(f"gp-reg-pat-prac-{kind}")
            text = folder / f"{kind}-{month}.csv"
            if month == DECEMBER:
                packed = real_data / "patients_registered" / name
                text.write_bytes(gzip.decompress(packed.read_bytes()))
            else:
                with zipfile.ZipFile(more / name) as archive:
                    text.write_bytes(archive.read(archive.namelist()[0]))
            texts.append(text)
        found[month] = (texts[0], texts[1])
    return found


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory, real_data: Path) -> Path:
    folder = tmp_path_factory.mktemp("maps")
    staged = folder / "version"
    with duckdb.connect() as con:
        for month, (homes, ages) in _texts(folder, real_data).items():
            target = month_of(staged, month)
            geography.write(
                con,
                f"""SELECT DATE '{month}' AS month, PRACTICE_CODE AS practice,
                PRACTICE_NAME AS practice_name, PRACTICE_POSTCODE AS postcode, PCN_CODE AS pcn,
                PCN_NAME AS pcn_name, SUB_ICB_LOCATION_CODE AS sub_icb,
                SUB_ICB_LOCATION_NAME AS sub_icb_name, ICB_CODE AS icb, ICB_NAME AS icb_name,
                COMM_REGION_CODE AS region, COMM_REGION_NAME AS region_name,
                SUPPLIER_NAME AS supplier
                FROM read_csv({sql_text(homes)}, all_varchar = true)""",
                str(target / "geography.parquet"),
            )
            write_table(
                con,
                f"""SELECT ORG_CODE AS practice, DATE '{month}' AS month,
                sum(NUMBER_OF_PATIENTS::BIGINT)::BIGINT AS registered
                FROM read_csv({sql_text(ages)}, all_varchar = true)
                WHERE ORG_TYPE = 'GP' AND SEX IN ('MALE', 'FEMALE') AND AGE_GROUP_5 <> 'ALL'
                GROUP BY ORG_CODE""",
                target / "parts.parquet",
            )
        assemble(con, staged, LISTS)
    return staged


@pytest.mark.parametrize(
    ("level", "kept", "moved"), [("pcn", 1291, 362), ("sub_icb", 105, 23), ("icb", 30, 0)]
)
def test_homes_are_those_of_each_months_map(
    version: Path, level: str, kept: int, moved: int
) -> None:
    column = "region" if level == "icb" else "icb"
    before, after = (
        dict(
            duckdb.execute(
                f"SELECT code, {column} FROM read_parquet(?) WHERE level = ?",
                [str(month_folder(version, month) / AREAS), level],
            ).fetchall()
        )
        for month in (DECEMBER, JULY)
    )
    both = before.keys() & after.keys()
    assert (len(both), sum(before[code] != after[code] for code in both)) == (kept, moved)
    assert "" not in before.values() and "" not in after.values()
