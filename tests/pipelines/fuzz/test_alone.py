"""The first period of a dataset, with nothing of it held: who is missing is seen all the same."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from data.versions.store import Store, store
from pipelines.engine.runner import publish_landed
from pipelines.engine.series import all_series, series
from tests.pipelines.fuzz.stage import LISTS, Stage, case_home, land
from tests.pipelines.fuzz.test_missing import a_quarter_of_practices, three_rows_in_ten

pytestmark = pytest.mark.xdist_group("odd files")  # the stage is built once
DATASETS = [one.dataset.id for one in all_series()]
Change = Callable[[str, list[Path], Path], list[Path]]

# Periods that are published all the same, with what a note says of them.
NOTED: dict[tuple[str, Change], str] = {
    ("pcn-des", three_rows_in_ten): "practices these indicators have fewer",
    ("fingertips", a_quarter_of_practices): "20 of the 77 practices with a list",
    ("fingertips", three_rows_in_ten): "have rows of fewer areas than others",
    ("cqc", a_quarter_of_practices): "18 of the 78 practices with a list",
    ("gp-contract", a_quarter_of_practices): "19 of the 76 practices with a list",
    # An export has rows of the practices that somebody chose.
    ("nhs-app", a_quarter_of_practices): "20 of the 78 practices with a list",
    ("cqc", three_rows_in_ten): "63 of 77 rated GP locations lack the rating of a key question",
    # Nobody else publishes how many people a PCN has.
    ("pcn-workforce", three_rows_in_ten): "nothing tells whether rows are missing",
}


def with_lists_alone(england: Stage, dataset: str, folder: Path) -> Store:
    """A home that has list sizes and nothing of the dataset."""
    england.prepare("gp-appointments")
    other = "gp-appointments" if dataset in ("nwrs", "practices") else dataset
    shelf = case_home(england, other, folder)
    for part in ("landing", "snapshots", "status", "changes"):
        for held in (shelf.root / part).glob("*"):
            if held.name.partition(".")[0] != LISTS or dataset == LISTS:
                held.rename(folder / f"{part}-{held.name}")
    return store(folder, "real")


@pytest.mark.parametrize("change", [a_quarter_of_practices, three_rows_in_ten])
@pytest.mark.parametrize("dataset", DATASETS)
def test_a_first_period_that_lacks_much_is_refused_or_says_so(
    england: Stage, tmp_path: Path, dataset: str, change: Change
) -> None:
    england.prepare(dataset)
    plan = england.plans[dataset]
    shelf = with_lists_alone(england, dataset, tmp_path / "home")
    if dataset == "nhs-app":  # an export of practices stands beside the release of that month
        for release in plan.before:
            land(shelf, release, release.files)
    every_year = "" if dataset == "fingertips" else dataset
    files = change(every_year, list(plan.target.files), tmp_path / "odd")
    odd = {sha256(path.read_bytes()).hexdigest() for path in set(files) - set(plan.target.files)}
    assert odd
    land(shelf, plan.target, files)
    refresh = publish_landed(shelf, series(dataset), memory_mb=256)
    manifest = shelf.manifest(dataset)
    made = manifest.periods.items() if manifest else ()
    if said := NOTED.get((dataset, change)):
        assert manifest and any(said in note for note in manifest.notes), manifest
        assert not (england.right(dataset).notes & {n for n in manifest.notes if said in n})
        return
    assert not [month for month, record in made if odd & set(record.files)], refresh.message
    assert refresh.outcome == "failed" and " failed the check " in refresh.message
