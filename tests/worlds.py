"""A small fictional England in the publishers' formats, taken through the real transforms.

Four months over the ICB reorganisation of April 2026, nine practices, one of them outside PCNs,
one closed in March, and one that publishes no appointments. December 2025 has no age file.
"""

from __future__ import annotations

import csv
import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import duckdb

from data.datasets.gp_appointments import CATEGORIES, HCP_TYPES, MODES, STATUSES, WAITS
from data.datasets.list_sizes import QUINARY_BANDS
from data.versions.manifest import Manifest, PeriodRecord, Release
from data.versions.snapshot import LAYOUT, Snapshot
from data.versions.store import Realm, describe_files, new_version, store
from pipelines.datasets.gp_appointments import series as gp_appointments
from pipelines.datasets.gp_appointments.series import CROSSTAB_COLUMNS
from pipelines.datasets.list_sizes import series as list_sizes
from pipelines.engine.assemble import assemble, month_of
from pipelines.engine.units import Series, Sources, Table

MONTHS = (date(2025, 12, 1), date(2026, 1, 1), date(2026, 3, 1), date(2026, 4, 1))
WITHOUT_AGES = MONTHS[0]
REORGANISED = date(2026, 4, 1)


@dataclass(frozen=True)
class Practice:
    code: str
    name: str
    postcode: str
    pcn: str
    sub_icb: str
    icb: str  # until March 2026
    icb_after: str
    region: str
    supplier: str
    last: date = MONTHS[-1]
    appointments: bool = True


PRACTICES = (
    Practice("A81001", "THE PARK SURGERY", "TS1 1AA", "U11111", "16C", "QHM", "QHM", "Y63", "EMIS"),
    Practice(
        "A81002", "QUEENS PARK MEDICAL", "TS1 2AA", "U11111", "16C", "QHM", "QHM", "Y63", "TPP"
    ),
    Practice("A81003", "HILL HOUSE", "TS2 1AA", "U11112", "16C", "QHM", "QHM", "Y63", "EMIS"),
    Practice("A81004", "RIVERSIDE PRACTICE", "TS2 2AA", "U", "16C", "QHM", "QHM", "Y63", "EMIS"),
    Practice(
        "C82001", "MILL LANE SURGERY", "LE1 1AA", "U22221", "03W", "QK1", "QNEW", "Y60", "TPP"
    ),
    Practice("C82002", "ABBEY MEDICAL", "LE1 2AA", "U22221", "03W", "QK1", "QNEW", "Y60", "EMIS"),
    Practice(
        "C82003",
        "OLD CLOSED SURGERY",
        "LE1 3AA",
        "U22221",
        "03W",
        "QK1",
        "QNEW",
        "Y60",
        "EMIS",
        last=date(2026, 1, 1),
    ),
    Practice("C82004", "STATION ROAD", "LE2 1AA", "U22222", "04V", "QK2", "QNEW", "Y60", "TPP"),
    Practice(
        "C82005",
        "SILENT PRACTICE",
        "LE2 2AA",
        "U22222",
        "04V",
        "QK2",
        "QNEW",
        "Y60",
        "TPP",
        appointments=False,
    ),
)
PCN_NAMES = {
    "U11111": "PARK PCN",
    "U11112": "HILL PCN",
    "U22221": "MILL PCN",
    "U22222": "STATION PCN",
    "U": "UNALLOCATED",
}


def in_month(month: date) -> list[Practice]:
    return [practice for practice in PRACTICES if month <= practice.last]


def icb(practice: Practice, month: date) -> str:
    return practice.icb_after if month >= REORGANISED else practice.icb


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def _ages(rng: random.Random) -> dict[tuple[str, str], int]:
    return {
        (sex, band): rng.randint(0, 400) for sex in ("MALE", "FEMALE") for band in QUINARY_BANDS
    }


def list_files(folder: Path, month: date, rng: random.Random) -> dict[str, Path]:
    """The all, map and quinary age files of a month."""
    people = {practice.code: _ages(rng) for practice in in_month(month)}
    stamp = month.isoformat()
    files = {
        "all": _write(
            folder / f"all-{stamp}.csv",
            (
                "PUBLICATION",
                "EXTRACT_DATE",
                "TYPE",
                "SUB_ICB_LOCATION_CODE",
                "CODE",
                "POSTCODE",
                "SEX",
                "AGE",
                "NUMBER_OF_PATIENTS",
            ),
            [
                (
                    "GP_PRAC_PAT_LIST",
                    stamp,
                    "GP",
                    p.sub_icb,
                    p.code,
                    p.postcode,
                    "ALL",
                    "ALL",
                    sum(people[p.code].values()),
                )
                for p in in_month(month)
            ],
        ),
        "map": _write(
            folder / f"map-{stamp}.csv",
            (
                "PUBLICATION",
                "EXTRACT_DATE",
                "PRACTICE_CODE",
                "PRACTICE_NAME",
                "PRACTICE_POSTCODE",
                "PCN_CODE",
                "PCN_NAME",
                "SUB_ICB_LOCATION_CODE",
                "SUB_ICB_LOCATION_NAME",
                "ICB_CODE",
                "ICB_NAME",
                "COMM_REGION_CODE",
                "COMM_REGION_NAME",
                "SUPPLIER_NAME",
            ),
            [
                (
                    "GP_PRAC_PAT_LIST",
                    stamp,
                    p.code,
                    p.name,
                    p.postcode,
                    p.pcn,
                    PCN_NAMES[p.pcn],
                    p.sub_icb,
                    f"SUB {p.sub_icb}",
                    icb(p, month),
                    f"ICB {icb(p, month)}",
                    p.region,
                    f"REGION {p.region}",
                    p.supplier,
                )
                for p in in_month(month)
            ],
        ),
    }
    if month != WITHOUT_AGES:
        files["quin-age"] = _write(
            folder / f"quin-{stamp}.csv",
            (
                "PUBLICATION",
                "EXTRACT_DATE",
                "ORG_TYPE",
                "ORG_CODE",
                "ONS_CODE",
                "POSTCODE",
                "SEX",
                "AGE_GROUP_5",
                "NUMBER_OF_PATIENTS",
            ),
            [
                ("GP_PRAC_PAT_LIST", stamp, "GP", p.code, "", p.postcode, sex, band, count)
                for p in in_month(month)
                for (sex, band), count in people[p.code].items()
                if count
            ],
        )
    return files


def appointment_files(folder: Path, month: date, rng: random.Random) -> dict[str, Path]:
    """The practice-level crosstab of a month."""
    dims = (HCP_TYPES, MODES, CATEGORIES, WAITS, STATUSES)
    rows = []
    for p in in_month(month):
        if not p.appointments:
            continue
        for _ in range(120):
            hcp, mode, category, wait, status = (rng.choice(list(d.values())) for d in dims)
            rows.append(
                (
                    month.strftime("%d%b%Y").upper(),
                    p.code,
                    p.name,
                    p.supplier,
                    p.pcn,
                    PCN_NAMES[p.pcn],
                    p.sub_icb,
                    f"SUB {p.sub_icb}",
                    hcp,
                    mode,
                    category,
                    wait,
                    rng.randint(1, 90),
                    status,
                )
            )
    unique = {(row[1], row[8], row[9], row[10], row[11], row[13]): row for row in rows}
    return {
        "crosstab": _write(folder / f"x-{month}.csv", CROSSTAB_COLUMNS, unique.values()),
    }


def _key(files: dict[str, Path]) -> str:
    """Changes when any file that goes into a month does."""
    return hashlib.sha256(b"".join(files[kind].read_bytes() for kind in sorted(files))).hexdigest()


def publish(
    home: Path,
    series: Series,
    files: dict[date, dict[str, Path]],
    *,
    realm: Realm = "real",
    needs: dict[str, Snapshot] | None = None,
) -> Snapshot:
    """Build and publish one version from one file of each kind and month."""
    shelf = store(home, realm)
    releases = {
        month: Release(
            f"release-{month}",
            f"{series.dataset.series}, {month:%B %Y}",
            f"https://example.org/{series.dataset.id}/{month}",
            month.replace(day=15),
            (),
        )
        for month in files
    }
    tables = {
        month: {
            kind: (
                Table(
                    kind=kind,
                    period=month,
                    name=path.name,
                    sha256="0" * 64,
                    release=releases[month],
                    order=(month, (month, 1), datetime.now(UTC)),
                    locate=partial(Path, path),
                ),
            )
            for kind, path in found.items()
        }
        for month, found in sorted(files.items())
    }
    nearby = {
        kind: tuple(t for own in tables.values() for t in own.get(kind, ()))
        for kind in series.shared_kinds
    }
    staged = shelf.stage(series.dataset.id)
    periods = {}
    with duckdb.connect() as con:
        for month, own in tables.items():
            sources = Sources(month, own, nearby, needs or {})
            built = series.build(con, sources, month_of(staged, month))
            assert all(check.passed for check in built.checks), built.checks
            periods[month] = PeriodRecord(
                built.practices, dict(built.totals), releases[month].slug, {}, _key(files[month])
            )
        rows = assemble(con, staged, series.dataset)
    manifest = Manifest(
        dataset=series.dataset.id,
        version=new_version("0123456789"),
        made_at=datetime.now(UTC),
        demo=realm == "demo",
        transform=1,
        layout=LAYOUT,
        releases=tuple(releases.values()),
        inputs={},
        periods=periods,
        checks=(),
        notes=("A note of this version.",),
        files=describe_files(staged, rows),
    )
    folder = shelf.publish(staged, manifest)
    return Snapshot(folder, manifest)


def build(home: Path, *, realm: Realm = "real", seed: int = 1) -> dict[str, Snapshot]:
    """List sizes and appointments of the whole little country under a home."""
    rng = random.Random(seed)
    folder = home / "publisher"
    folder.mkdir(parents=True, exist_ok=True)
    lists = publish(
        home, list_sizes.SERIES, {m: list_files(folder, m, rng) for m in MONTHS}, realm=realm
    )
    appointments = publish(
        home,
        gp_appointments.SERIES,
        {m: appointment_files(folder, m, rng) for m in MONTHS},
        realm=realm,
        needs={"list-sizes": lists},
    )
    return {"list-sizes": lists, "gp-appointments": appointments}


def build_without_lists(home: Path) -> Snapshot:
    """Appointments alone, so that nothing knows how many patients there are."""
    folder = home / "publisher"
    folder.mkdir()
    files = {MONTHS[1]: appointment_files(folder, MONTHS[1], random.Random(3))}
    return publish(home, gp_appointments.SERIES, files)
