"""A quarter of practices or 30 % of rows missing: no dataset's period becomes that much less."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from data.versions.store import Store, store
from pipelines.engine.runner import publish_landed
from pipelines.engine.series import all_series, series
from tests.pipelines.fuzz import grids
from tests.pipelines.fuzz.grids import Grid, written
from tests.pipelines.fuzz.stage import Stage, case_home, copied, digest, land

pytestmark = pytest.mark.xdist_group("odd files")  # the stage is built once
DATASETS = [one.dataset.id for one in all_series()]
_PRACTICES = 20  # codes that make a column one of practices, not of areas
_NETWORKS = 5  # and of PCNs, where there are no practices
_YEAR = "2025/26"  # the newest of the years that stand in one file of Fingertips

FIRST = "nhs-app"  # its only export of practices holds every month; areas stand before it


def _of_practices(dataset: str, grid: Grid) -> int | None:
    """Place of the column of practices."""
    least = _NETWORKS if dataset == "pcn-workforce" else _PRACTICES
    return next((place for place in grid.columns("code") if len(_codes(grid, place)) > least), None)


def _codes(grid: Grid, place: int) -> set[str]:
    return {written(row[place]) for row in grid.body if place < len(row)} - {""}


def _of_the_period(dataset: str, row: list[object]) -> bool:
    return dataset != "fingertips" or _YEAR in row


def a_quarter_of_practices(dataset: str, files: list[Path], folder: Path) -> list[Path]:
    """The same practices are missing from every table."""
    tables = [(path, grid) for path in files for grid in grids.read(path)]
    every = {
        code
        for _, grid in tables
        if (place := _of_practices(dataset, grid)) is not None
        for code in _codes(grid, place)
        if grids.is_code(code)
    }
    lost = set(Random(dataset).sample(sorted(every), round(len(every) / 4)))
    odd: dict[Path, Path] = {}
    for path, grid in tables:
        place = _of_practices(dataset, grid)
        if place is None:
            continue
        body = [
            row
            for row in grid.body
            if place >= len(row)
            or written(row[place]) not in lost
            or not _of_the_period(dataset, row)
        ]
        odd[path] = _written(odd.get(path, path), folder / path.name, grid.with_body(body))
    return [odd.get(path, path) for path in files]


def three_rows_in_ten(dataset: str, files: list[Path], folder: Path) -> list[Path]:
    """Of the longest table of practices; of areas where there is none."""
    tables = [(path, grid) for path in files for grid in grids.read(path)]
    path, grid = max(
        tables, key=lambda table: (_of_practices(dataset, table[1]) is not None, len(table[1].body))
    )
    own = [at for at, row in enumerate(grid.body) if _of_the_period(dataset, row)]
    lost = set(Random(dataset).sample(own, round(len(own) * 0.3)))
    body = [row for at, row in enumerate(grid.body) if at not in lost]
    odd = _written(path, folder / path.name, grid.with_body(body))
    return [odd if one == path else one for one in files]


def _written(source: Path, target: Path, grid: Grid) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    grids.write_grid(source, target, grid)
    return target


def beside_a_neighbour(england: Stage, name: str, folder: Path) -> Store:
    return case_home(england, name, folder)


def instead_of_itself(england: Stage, name: str, folder: Path) -> Store:
    england.right(name)
    return copied(store(england.folder / "good" / name, "real"), folder)


CHANGES = (a_quarter_of_practices, three_rows_in_ten)
PLACES = (beside_a_neighbour, instead_of_itself)
# A change and a place for each dataset in turn: each change is tried in each place.
TURNS = [
    (dataset, CHANGES[n % 2], instead_of_itself if dataset == FIRST else PLACES[n // 2 % 2])
    for n, dataset in enumerate(DATASETS)
]


@pytest.mark.parametrize(("dataset", "change", "place"), TURNS)
def test_a_period_that_lacks_much_is_refused(
    england: Stage,
    tmp_path: Path,
    dataset: str,
    change: Callable[[str, list[Path], Path], list[Path]],
    place: Callable[[Stage, str, Path], Store],
) -> None:
    england.prepare(dataset)
    plan = england.plans[dataset]
    shelf = place(england, dataset, tmp_path / "home")
    files = change(dataset, list(plan.target.files), tmp_path / "odd")
    odd = {sha256(path.read_bytes()).hexdigest() for path in set(files) - set(plan.target.files)}
    assert odd
    land(shelf, plan.target, files, later=5)
    refresh = publish_landed(shelf, series(dataset), memory_mb=256)
    manifest = shelf.manifest(dataset)
    made = manifest.periods.items() if manifest else ()
    assert not [month for month, record in made if odd & set(record.files)], refresh.message
    assert refresh.outcome == "failed" and " failed the check " in refresh.message


def test_a_first_export_that_lacks_practices_is_published_until_the_whole_one_comes(
    england: Stage, tmp_path: Path
) -> None:
    """Nothing tells how many it should have; ICBs and England are the publisher's own."""
    england.prepare(FIRST)
    target, right = england.plans[FIRST].target, england.right(FIRST)
    shelf = beside_a_neighbour(england, FIRST, tmp_path / "home")
    for later, files in enumerate(
        (a_quarter_of_practices(FIRST, list(target.files), tmp_path / "odd"), target.files)
    ):
        land(shelf, target, files, later=5 + later)
        refresh = publish_landed(shelf, series(FIRST), memory_mb=256)
        manifest = shelf.manifest(FIRST)
        assert refresh.outcome == "published" and manifest is not None, refresh.message
        made = {month: digest(shelf, manifest, month) for month in manifest.periods}
        assert (made == right.digests) is bool(later)
