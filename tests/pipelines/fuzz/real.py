"""Publishers' own files cut down to some practices, a dataset for each form of file."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipelines.demo.release import DemoRelease
from tests.pipelines.fuzz import grids
from tests.pipelines.fuzz.grids import Grid, written
from tests.pipelines.fuzz.stage import Plan

PRACTICES = 40
_PRACTICE = re.compile("[A-TV-Z][0-9]{5}")  # U12345 is a PCN
_LISTS = "data/patients_registered/gp-reg-pat-prac-all_2026-03-01.csv"
_LATER_LISTS = "data_more/patients_registered/2026-07/gp-reg-pat-prac-{}.zip"
_BOOK = "data/online_consultations/Submissions via OC Systems in General Practice - {} 2025.xlsx"


@dataclass(frozen=True, slots=True)
class Published:
    """Files of a release, and of the one before, as they are kept; both by their period."""

    dataset: str
    form: str
    month: date  # or the first of its year
    files: tuple[str, ...]
    month_before: date
    files_before: tuple[str, ...]


RELEASES = (
    Published(
        "nhs-payments",
        "CSV",
        date(2022, 4, 1),
        ("data/gp_payments/nhspaymentsgp-22-23-prac-csv.csv.gz",),
        date(2021, 4, 1),
        ("data/gp_payments/nhspaymentsgp-21-22-prac-csv.csv.gz",),
    ),
    Published(
        "list-sizes",
        "ZIP of CSV",
        date(2026, 7, 1),
        (_LATER_LISTS.format("quin-age"), _LATER_LISTS.format("map")),
        date(2026, 3, 1),
        (_LISTS,),
    ),
    Published(
        "online-consultations",
        "XLSX",
        date(2025, 11, 1),
        (_BOOK.format("November"),),
        date(2025, 10, 1),
        (_BOOK.format("October"),),
    ),
)


def plan(release: Published, shared: Path, folder: Path) -> Plan:
    """Both releases with the same practices."""
    kept: set[str] = set()

    def cut(month: date, names: Sequence[str]) -> DemoRelease:
        place = folder / f"{month:%Y-%m}"
        place.mkdir(parents=True)
        files = tuple(_cut(_plain(shared / name, folder), place, kept) for name in names)
        slug = f"{release.dataset}-cut-down-{len(names)}-{month.month}"
        return DemoRelease(release.dataset, slug, slug, month.replace(year=month.year + 1), files)

    target = cut(release.month, release.files)
    return Plan(release.dataset, (cut(release.month_before, release.files_before),), target, ())


def _plain(source: Path, folder: Path) -> Path:
    """As it was downloaded: large files are kept packed."""
    if source.suffix != ".gz":
        return source
    target = folder / source.stem
    target.write_bytes(gzip.decompress(source.read_bytes()))
    return target


def _cut(path: Path, folder: Path, kept: set[str]) -> Path:
    """The kept practices in every table; tables of the whole country would not be theirs."""
    source, target = path, folder / path.name
    for grid in grids.read(path):
        codes = max(_codes_by_column(grid), key=lambda column: len(set(column)), default=())
        if not kept:
            kept |= _some_of(codes)
        body = [row for row, code in zip(grid.body, codes, strict=False) if code in kept]
        grids.write_grid(source, target, grid.with_body(body) if body else replace(grid, rows=[]))
        source = target
    return target


def _some_of(codes: Sequence[str]) -> set[str]:
    """From every part of the country: practices stand in the order of their codes."""
    each = list(dict.fromkeys(filter(None, codes)))
    return set(each[:: max(1, len(each) // PRACTICES)])


def _codes_by_column(grid: Grid) -> Iterator[Sequence[str]]:
    """The practice code of each row in each column, empty where the cell is none."""
    for place in range(max(map(len, grid.body), default=0)):
        cells = (written(row[place]).strip() if place < len(row) else "" for row in grid.body)
        yield [cell if _PRACTICE.fullmatch(cell) else "" for cell in cells]
