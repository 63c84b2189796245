"""Every dataset's files, made odd in one place: refused by name, or published as they say.

Many more: `python -m tests.pipelines.fuzz --count 60 --seed 2`.
"""

from __future__ import annotations

import pytest

from pipelines.series import all_series
from tests.pipelines.fuzz import cases
from tests.pipelines.fuzz.mutations import MUTATIONS, families
from tests.pipelines.fuzz.stage import Stage

pytestmark = pytest.mark.xdist_group("odd files")  # the stage is built once
DATASETS = [one.dataset.id for one in all_series()]
_EACH = 2  # families of change for each dataset; the next dataset begins with the next family
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
)


@pytest.mark.parametrize("dataset", DATASETS)
def test_an_odd_file_is_refused_by_name_or_published_as_it_says(
    england: Stage, dataset: str
) -> None:
    turn = DATASETS.index(dataset)
    every = families()
    outcomes = []
    for place in range(turn, turn + _EACH):
        wanted = [one for one in MUTATIONS if one.family == every[place % len(every)]]
        tried = (wanted[(turn + n) % len(wanted)] for n in range(len(wanted)))
        found = (cases.run(england, dataset, one, 1, later_too=place == turn) for one in tried)
        outcomes += [next((outcome for outcome in found if outcome), None)]
    assert [str(one) for one in outcomes if one and one.verdict == "fault"] == []
    assert any(outcomes)


@pytest.mark.parametrize(("dataset", "name", "seed"), FOUND)
def test_what_once_passed_no_longer_does(
    england: Stage, dataset: str, name: str, seed: int
) -> None:
    (mutation,) = [one for one in MUTATIONS if one.name == name]
    later_too = "dates" in name
    outcome = cases.run(england, dataset, mutation, seed, later_too=later_too)
    assert outcome is not None
    assert outcome.verdict != "fault", outcome.message


def test_no_family_of_change_is_forgotten() -> None:
    assert len({one.name for one in MUTATIONS}) == len(MUTATIONS)
    begun = {families()[n % len(families())] for n in range(len(DATASETS))}
    assert begun == set(families())
