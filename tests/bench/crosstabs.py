"""Months of the appointments crosstab: of the demonstration, made up in any number, published."""

from __future__ import annotations

import gzip
import os
import shutil
import zipfile
from datetime import date, datetime
from pathlib import Path

import duckdb

from data.datasets.gp_appointments import CATEGORIES, HCP_TYPES, MODES, STATUSES, WAITS
from data.versions.store import store
from pipelines.fetch.landing import landed
from tests.bench.report import ROOT

STRIDE = 7_919  # prime to the number of combinations, so that a practice's rows are distinct


def write_month(target: Path, month: date, *, practices: int, rows: int) -> int:
    """A month's crosstab in the publisher's format; returns its total of appointments."""
    each = -(-rows // practices)
    labels = [list(d.values()) for d in (HCP_TYPES, MODES, CATEGORIES, WAITS, STATUSES)]
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as con:
        picks, divisor = [], 1
        for values in labels:
            listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
            picks.append(f"[{listed}][1 + (n // {divisor}) % {len(values)}]")
            divisor *= len(values)
        hcp, mode, category, wait, status = picks
        con.execute(
            f"""COPY (
            SELECT '{month:%d%b%Y}'.upper() AS APPOINTMENT_MONTH_START_DATE,
                printf('A%05d', p) AS GP_CODE, printf('THE SURGERY AT NUMBER %d', p) AS GP_NAME,
                'EMIS' AS SUPPLIER, printf('U%05d', p // 5) AS PCN_CODE,
                printf('NUMBER %d PCN', p // 5) AS PCN_NAME,
                printf('%02d%s', p % 53, ['C', 'D'][1 + p // 53 % 2]) AS SUB_ICB_LOCATION_CODE,
                'NHS SUB ICB LOCATION - ' || SUB_ICB_LOCATION_CODE AS SUB_ICB_LOCATION_NAME,
                {hcp} AS HCP_TYPE, {mode} AS APPT_MODE, {category} AS NATIONAL_CATEGORY,
                {wait} AS TIME_BETWEEN_BOOK_AND_APPT, 1 + n % 40 AS COUNT_OF_APPOINTMENTS,
                {status} AS APPT_STATUS
            FROM (SELECT p, (k * {STRIDE} + p * 13) % {divisor} AS n
                  FROM range({practices}) practice(p), range({each}) pick(k)
                  LIMIT {rows})
            ) TO '{target}' (FORMAT csv, HEADER)"""
        )
        total: int = con.execute(
            f"SELECT sum(COUNT_OF_APPOINTMENTS)::BIGINT FROM read_csv('{target}', header = true)"
        ).fetchall()[0][0]
    return total


def newest_month(home: Path, scratch: Path) -> Path:
    """The newest month of the demonstration as one CSV, unpacked from its release."""
    with zipfile.ZipFile(_newest_release(home)) as archive:
        return Path(archive.extract(_newest_member(archive), scratch))


def corrected_release(home: Path, scratch: Path) -> Path:
    """The demonstration's newest release with another count in one row of its newest month."""
    release = _newest_release(home)
    target = scratch / release.name
    with (
        zipfile.ZipFile(release) as archive,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as corrected,
    ):
        for name in archive.namelist():
            content = archive.read(name)
            is_newest = name == _newest_member(archive)
            corrected.writestr(name, _with_one_more(content) if is_newest else content)
    return target


def _newest_release(home: Path) -> Path:
    return max(
        (
            file
            for file in landed(store(home, "demo").landing, "gp-appointments")
            if file.path.suffix == ".zip"
        ),
        key=lambda file: file.receipt.published or datetime.min.date(),
    ).path


def _newest_member(archive: zipfile.ZipFile) -> str:
    """The month after which the release is named."""
    return f"{Path(archive.filename or '').stem}.csv"


def _with_one_more(content: bytes) -> bytes:
    lines, _, last = content.rstrip(b"\r\n").rpartition(b"\n")
    at = lines.partition(b"\n")[0].split(b",").index(b"COUNT_OF_APPOINTMENTS")
    cells = last.split(b",")
    cells[at] = b"%d" % (int(cells[at]) + 1)
    return lines + b"\n" + b",".join(cells) + b"\n"


def published_month(scratch: Path) -> Path | None:
    """The publisher's own crosstab of London, East and South, unpacked; None if it is not here."""
    folder = Path(os.environ.get("REAL_DATA_DIR", ROOT.parent / "shared" / "data"))
    files = sorted((folder / "gpad").glob("Practice_Level_Crosstab_*.csv.gz"))
    if not files:
        return None
    target = scratch / files[-1].stem
    with gzip.open(files[-1]) as packed, target.open("wb") as out:
        shutil.copyfileobj(packed, out)
    return target
