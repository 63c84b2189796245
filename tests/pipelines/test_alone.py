"""Files of one period with nothing beside it: what is published does not hang on their order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from tests.pipelines.desk import FEBRUARY, total
from tests.pipelines.test_replacing import APRIL, CROSSTAB, Home
from tests.published_files import all_csv, crosstab_csv

ONE, OTHER = "gp-reg-pat-prac-all-one.csv", "gp-reg-pat-prac-all-other.csv"


def tenth(csv: bytes) -> bytes:
    """The same practices with a tenth of their patients."""
    return re.sub(rb"(\d+)(?=\r?\n)", lambda found: found[0][:-1] or b"1", csv)


BODIES = {ONE: all_csv(FEBRUARY), OTHER: tenth(all_csv(FEBRUARY))}
WAYS = [[(ONE,), (OTHER,)], [(OTHER,), (ONE,)], [(ONE, OTHER)], [(OTHER, ONE)]]


def load(home: Home, way: Sequence[tuple[str, ...]]) -> str:
    """What the last command said."""
    for names in way:
        done = home.load_all({name: BODIES[name] for name in names})
    assert done.exit_code == 1
    return done.output


@pytest.mark.parametrize("way", WAYS)
def test_of_two_files_that_do_not_agree_a_person_says_which_is_right(
    tmp_path: Path, way: Sequence[tuple[str, ...]]
) -> None:
    home = Home(tmp_path / "home", "list-sizes")
    said = load(home, way)
    assert ONE in said and OTHER in said and 'flask data withdraw "FILE"' in said
    assert "data accept list-sizes 2026-02" in said
    done = home.flask("withdraw", OTHER, "--why", "a digit is missing")
    assert done.exit_code == 0, done.output
    assert home.totals() == {FEBRUARY: total(FEBRUARY)}


def test_the_same_is_said_in_whatever_order_they_come(tmp_path: Path) -> None:
    said = set()
    for number, way in enumerate(WAYS):
        output = load(Home(tmp_path / f"home-{number}", "list-sizes"), way)
        said |= set(re.findall(rf"{ONE} \(.*? accept list-sizes 2026-02", output))
    assert len(said) == 1, said


def test_what_waits_for_a_person_can_be_accepted_although_nothing_is_published(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path / "home", "list-sizes")
    load(home, [(ONE, OTHER)])
    assert home.shelf.manifest("list-sizes") is None
    done = home.flask("accept", "list-sizes", "2026-02", "--why", "it is the right one")
    assert set(home.totals()) == {FEBRUARY}, done.output


def thin(csv: bytes) -> bytes:
    """Without half of the rows of each practice."""
    head, *lines = csv.splitlines(keepends=True)
    return head + b"".join(line for number, line in enumerate(lines) if number % 2)


@pytest.mark.parametrize("first", [FEBRUARY, APRIL])
def test_one_period_that_is_live_is_not_dropped_for_several_with_fewer_rows(
    tmp_path: Path, first: date
) -> None:
    home = Home(tmp_path / "home", "gp-appointments")
    assert home.load(crosstab_csv(first), CROSSTAB.format(first)).exit_code == 0
    before = home.totals()
    later = [date(2026, month, 1) for month in (2, 3, 4, 5, 6) if date(2026, month, 1) != first]
    done = home.load_all({CROSSTAB.format(month): thin(crosstab_csv(month)) for month in later})
    assert done.exit_code == 1 and " failed the check " in done.output
    assert "data accept gp-appointments 2026-03" in done.output
    assert home.totals() == before
