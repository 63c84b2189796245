"""Every dataset's files, made odd in one place: refused by name, or published as they say.

Many more: `python -m tests.pipelines.fuzz --count 60 --seed 2`.
"""

from __future__ import annotations

import pytest

from pipelines.engine.series import all_series
from tests.pipelines.fuzz import cases
from tests.pipelines.fuzz.grids import WORKBOOKS
from tests.pipelines.fuzz.mutations import KINDS, MUTATIONS, of_kind
from tests.pipelines.fuzz.stage import Stage

pytestmark = pytest.mark.xdist_group("odd files")  # the stage is built once
DATASETS = [one.dataset.id for one in all_series()]
# What once was published otherwise than the file says, or stopped the files that came later.
FOUND = (
    ("gp-contract", "a number cell is '1234.7'", 0),
    ("gp-contract", "utf-16", 0),
    ("nhs-app", "a number cell is '1234.7'", 0),
    ("adjusted-populations", "a number column is missing", 0),
    ("nhs-app", "a number column is missing", 0),
    ("online-consultations", "a number cell is '1234.7'", 0),
    ("cloud-telephony", "a number cell is '1234.7'", 0),
    ("cloud-telephony", "a row of totals called Grand total", 8),
    ("fingertips", "cut after a row", 0),
    ("gp-patient-survey", "many rows are missing", 8),
    ("patient-online", "a quarter of practices is missing", 8),
    ("online-consultations", "some dates 1 months earlier", 1),
    ("qof", "a number cell is '1234.7'", 41),
    ("list-sizes", "a column is missing", 1),
    ("gp-appointments", "a row of totals called England", 1),
    ("nhs-app", "cut within a row", 1),
    ("nhs-payments", "a heading is blank", 1),
    ("pcn-workforce", "spaces after commas", 1),
    ("nhs-payments", "a column is renamed", 41),
    ("nhs-payments", "many rows are missing", 71),
    ("list-sizes", "a number cell is 'nan'", 41),
)
KEPT = {
    (name, kind)
    for name, change, _ in FOUND
    for kind in KINDS
    if change in {one.name for one in of_kind(kind)}
}
STAND_INS = [
    (DATASETS[place % len(DATASETS)], change.name)
    for place, change in enumerate(of_kind("another file"))
]
EVERY = [(name, kind) for name in DATASETS for kind in KINDS if kind != "another file"]


@pytest.mark.parametrize(("dataset", "kind"), [pair for pair in EVERY if pair not in KEPT])
def test_an_odd_file_is_refused_by_name_or_published_as_it_says(
    england: Stage, dataset: str, kind: str
) -> None:
    """Each kind of change for each dataset, another change of the kind for the next dataset."""
    turn, changes = DATASETS.index(dataset), of_kind(kind)
    later_too = list(KINDS).index(kind) == turn % (len(KINDS) - 1)
    tried = (changes[(turn + n) % len(changes)] for n in range(len(changes)))
    outcomes = (cases.run(england, dataset, one, 1, later_too=later_too) for one in tried)
    outcome = next((outcome for outcome in outcomes if outcome), None)
    if outcome is None:
        only = {path.suffix for path in england.plans[dataset].target.files}
        assert kind == "encoding" and only <= set(WORKBOOKS), f"no {kind} of {dataset} is changed"
        pytest.skip("a workbook says itself what its encoding is")
    assert outcome.verdict != "fault", str(outcome)


@pytest.mark.parametrize(("dataset", "name", "seed"), FOUND)
def test_what_once_passed_no_longer_does(
    england: Stage, dataset: str, name: str, seed: int
) -> None:
    (mutation,) = [one for one in MUTATIONS if one.name == name]
    later_too = "dates" in name
    outcome = cases.run(england, dataset, mutation, seed, later_too=later_too)
    assert outcome is not None
    assert outcome.verdict != "fault", outcome.message


@pytest.mark.parametrize(("dataset", "name"), STAND_INS)
def test_what_takes_the_place_of_a_file_is_refused_by_name(
    england: Stage, dataset: str, name: str
) -> None:
    (mutation,) = [one for one in MUTATIONS if one.name == name]
    outcome = cases.run(england, dataset, mutation, 1, later_too=False)
    assert outcome is not None
    assert outcome.verdict != "fault", outcome.message


def test_no_change_is_forgotten() -> None:
    assert len({one.name for one in MUTATIONS}) == len(MUTATIONS)
    families = [family for kind in KINDS for family in KINDS[kind]]
    assert sorted(families) == sorted({one.family for one in MUTATIONS})
