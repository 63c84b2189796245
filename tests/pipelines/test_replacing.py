"""A period is judged by what it replaces and by its neighbours on both sides, in any order."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import Result

from data.settings import Settings
from data.versions import accepted
from data.versions.manifest import Manifest, PeriodRecord, Release
from data.versions.store import Store, store
from pipelines.engine.compose import compose
from pipelines.engine.units import Table
from tests.pipelines.desk import FEBRUARY, JANUARY, MARCH, total, without_half
from tests.pipelines.terminal import data_command
from tests.published_files import (
    SITES,
    all_csv,
    appointments_of,
    crosstab_csv,
    listed,
    text,
)

APRIL = date(2026, 4, 1)
ALL = "gp-reg-pat-prac-all.csv"
CROSSTAB = "Practice_Level_Crosstab_{:%b_%y}.csv"
NORTH = {site.code for site in SITES if site.region == "Y63"}


class Home:
    """Somebody who loads files by hand, one command after the other."""

    def __init__(self, home: Path, dataset: str) -> None:
        self.home, self.dataset = home, dataset
        self.given = itertools.count()

    def flask(self, *arguments: str) -> Result:
        return data_command(Settings(home=self.home), *arguments)

    def load(self, body: bytes, name: str) -> Result:
        folder = self.home.parent / f"{self.home.name}-given-{next(self.given)}"
        folder.mkdir()
        (folder / name).write_bytes(body)
        return self.flask("refresh", self.dataset, "--from", str(folder / name))

    def load_all(self, files: Mapping[str, bytes]) -> Result:
        """Several files in one command."""
        folder = self.home.parent / f"{self.home.name}-given-{next(self.given)}"
        folder.mkdir()
        for name, body in files.items():
            (folder / name).write_bytes(body)
        return self.flask("refresh", self.dataset, "--from", str(folder))

    @property
    def shelf(self) -> Store:
        return store(self.home, "real")

    @property
    def manifest(self) -> Manifest:
        found = self.shelf.manifest(self.dataset)
        assert found is not None
        return found

    def totals(self) -> dict[date, float]:
        return {
            month: next(iter(record.totals.values()))
            for month, record in self.manifest.periods.items()
        }

    def refused(self) -> set[tuple[date, tuple[str, ...]]]:
        return {(one.period, one.files) for one in accepted.refused(self.shelf, self.dataset)}


@pytest.fixture()
def lists(tmp_path: Path) -> Home:
    return Home(tmp_path / "home", "list-sizes")


@pytest.fixture()
def crosstabs(tmp_path: Path) -> Home:
    return Home(tmp_path / "home", "gp-appointments")


def of(codes: Iterable[str], csv: bytes) -> bytes:
    """The rows of some practices, under the headings."""
    head, *lines = csv.splitlines(keepends=True)
    return head + b"".join(line for line in lines if any(code.encode() in line for code in codes))


@pytest.mark.parametrize("files", list(itertools.permutations([JANUARY, FEBRUARY, MARCH])))
def test_months_end_alike_in_whatever_order_they_come(
    tmp_path: Path, files: Sequence[date]
) -> None:
    home = Home(tmp_path / "home", "list-sizes")
    for month in files:
        whole = all_csv(month)
        home.load(without_half(whole) if month == FEBRUARY else whole, ALL)
    assert home.totals() == {JANUARY: total(JANUARY), MARCH: total(MARCH)}
    assert {period for period, _ in home.refused()} == {FEBRUARY}


def test_of_two_months_the_half_one_is_refused_even_when_it_was_first(lists: Home) -> None:
    assert lists.load(without_half(all_csv(MARCH)), ALL).exit_code == 0
    done = lists.load(all_csv(FEBRUARY), ALL)
    assert done.exit_code == 1
    assert "March 2026: " in done.output and "on February 2026" in done.output
    assert lists.totals() == {FEBRUARY: total(FEBRUARY)}


def test_a_file_that_holds_less_does_not_replace_the_period(lists: Home) -> None:
    lists.load(all_csv(FEBRUARY), ALL)
    done = lists.load(without_half(all_csv(FEBRUARY)), ALL)
    assert done.exit_code == 1
    assert "February 2026: 12 practices → 6, of which 6 were there" in done.output
    assert 'flask data accept list-sizes 2026-02 --why "…"' in done.output
    assert lists.totals() == {FEBRUARY: total(FEBRUARY)}
    described = json.loads(lists.flask("status", "--json").stdout)["list-sizes"]
    assert described["last_refresh"]["outcome"] == "failed"


def with_less(csv: bytes) -> bytes:
    """A crosstab with four fifths of its counts."""
    head, *lines = csv.decode().splitlines()
    rows = [line.rsplit(",", 2) for line in lines]
    return text([head, *(f"{start},{int(count) * 8 // 10},{end}" for start, count, end in rows)])


@pytest.mark.parametrize(
    ("months", "check", "counted"),
    [
        (
            (FEBRUARY, MARCH, APRIL),
            "appointments within 35% a month",
            "164 per working day, from which April 2026 is +37.7%",
        ),
        ((MARCH, APRIL), "appointments revised", "4,518 → 3,609, -20.1% where both have figures"),
    ],
)
def test_what_is_refused_takes_no_neighbour_with_it(
    crosstabs: Home, months: Sequence[date], check: str, counted: str
) -> None:
    """A fifth less in March is within what months differ by, but then April would be too much."""
    for month in months:
        assert crosstabs.load(crosstab_csv(month), CROSSTAB.format(month)).exit_code == 0
    before = crosstabs.totals()
    done = crosstabs.load(with_less(crosstab_csv(MARCH)), CROSSTAB.format(MARCH))
    assert done.exit_code == 1
    assert f"not used: March 2026 failed the check “{check}”: {counted}." in done.output
    assert crosstabs.totals() == before
    assert {period for period, _ in crosstabs.refused()} == {MARCH}


def test_a_month_that_has_not_begun_is_refused(crosstabs: Home) -> None:
    crosstabs.load(crosstab_csv(MARCH), CROSSTAB.format(MARCH))
    later = date(date.today().year + 2, 3, 1)
    done = crosstabs.load(crosstab_csv(later), CROSSTAB.format(later))
    assert done.exit_code == 1
    assert "period is not in the future" in done.output
    assert crosstabs.totals().keys() == {MARCH}


def test_a_period_that_held_less_is_replaced_without_a_word(lists: Home) -> None:
    lists.load(without_half(all_csv(FEBRUARY)), ALL)
    assert lists.load(all_csv(FEBRUARY), ALL).exit_code == 0
    assert lists.totals() == {FEBRUARY: total(FEBRUARY)}


def accepting(home: Home, *arguments: str) -> Result:
    return home.flask("accept", *arguments)


def test_a_person_lets_a_period_through_by_name(lists: Home) -> None:
    lists.load(all_csv(FEBRUARY), ALL)
    lists.load(without_half(all_csv(FEBRUARY)), ALL)
    done = accepting(lists, "list-sizes", "2026-02", "--why", "six practices closed")
    assert done.exit_code == 0, done.output
    half = sum(listed(FEBRUARY, n) for n in range(1, 7))
    assert lists.totals() == {FEBRUARY: half}
    (one,) = accepted.accepted(lists.shelf, "list-sizes")
    assert (one.period, one.why) == (FEBRUARY, "six practices closed")
    assert one.who and one.files and "12 practices → 6" in one.reason
    assert any("let February 2026 through" in note for note in lists.manifest.notes)
    assert any("six practices closed" in note for note in lists.manifest.notes)
    # What follows is judged by itself, and another file of the period is judged anew.
    assert lists.flask("refresh", "list-sizes", "--from", str(_given(lists, 0))).exit_code == 0
    assert lists.load(of(["A81001"], all_csv(FEBRUARY)), ALL).exit_code == 1
    assert lists.flask("verify").exit_code == 0


def _given(home: Home, number: int) -> Path:
    return home.home.parent / f"{home.home.name}-given-{number}" / ALL


def test_only_what_was_refused_can_be_let_through(lists: Home) -> None:
    lists.load(all_csv(FEBRUARY), ALL)
    done = accepting(lists, "list-sizes", "2026-02", "--why", "because")
    assert done.exit_code == 2 and "no refused period 2026-02. Refused: none" in done.output
    lists.load(without_half(all_csv(FEBRUARY)), ALL)
    assert accepting(lists, "list-sizes", "2026-02").exit_code == 2
    assert accepting(lists, "list-sizes", "2026-02", "--why", " ").exit_code == 2
    assert accepting(lists, "nonsense", "2026-02", "--why", "because").exit_code == 2
    assert lists.totals() == {FEBRUARY: total(FEBRUARY)}


def thinned(csv: bytes) -> bytes:
    """Without one row in three, every practice still there."""
    head, *lines = csv.splitlines(keepends=True)
    return head + b"".join(line for number, line in enumerate(lines) if number % 3)


def few(csv: bytes) -> bytes:
    """Without one row in four of each practice."""
    head, *lines = csv.splitlines(keepends=True)
    return head + b"".join(line for number, line in enumerate(lines) if number % 4 != 3)


def without_a_quarter(csv: bytes) -> bytes:
    return of([site.code for n, site in enumerate(SITES) if n % 4], csv)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (thinned, "2.7 rows for each practice where February 2026 has 4.0"),
        (without_a_quarter, "75.0% of the 12 before are still there"),
    ],
)
def test_missing_rows_are_refused_where_neighbours_show_that_it_is_not_usual(
    crosstabs: Home, change: Callable[[bytes], bytes], reason: str
) -> None:
    name = "Practice_Level_Crosstab_{:%b_%y}.csv"
    crosstabs.load(crosstab_csv(FEBRUARY), name.format(FEBRUARY))
    done = crosstabs.load(change(crosstab_csv(MARCH)), name.format(MARCH))
    assert done.exit_code == 1 and reason in done.output, done.output
    assert set(crosstabs.totals()) == {FEBRUARY}


PARTS = {
    "Practice_Level_Crosstab_London_East_South_Mar_26.csv": [s.code for s in SITES[:6]],
    "Practice_Level_Crosstab_Midlands_North_Mar_26.csv": [s.code for s in SITES[6:]],
}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_parts_of_a_month_add_up_from_several_commands(
    crosstabs: Home, order: tuple[int, int]
) -> None:
    files = list(PARTS.items())
    name, codes = files[order[0]]
    assert crosstabs.load(of(codes, crosstab_csv(MARCH)), name).exit_code == 0
    record = crosstabs.manifest.periods[MARCH]
    assert record.partial and record.practices == 6
    held = ["London, East of England, the South", "the Midlands, the North"]
    said = f"partial: {held[order[0]]}; missing {held[order[1]]}"
    assert record.incompleteness == said
    assert said in crosstabs.flask("status").output
    status = json.loads(crosstabs.flask("status", "--json").stdout)["gp-appointments"]
    assert status["periods"]["2026-03-01"]["partial"] == said
    assert any(said in note for note in crosstabs.manifest.notes)
    name, codes = files[order[1]]
    assert crosstabs.load(of(codes, crosstab_csv(MARCH)), name).exit_code == 0
    assert crosstabs.totals() == {MARCH: appointments_of(MARCH)}
    assert not crosstabs.manifest.periods[MARCH].partial
    assert not any("partial" in note for note in crosstabs.manifest.notes)
    assert crosstabs.flask("verify").exit_code == 0


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_parts_add_up_where_one_has_fewer_rows_for_a_practice(
    crosstabs: Home, order: tuple[int, int]
) -> None:
    (first, mine), (second, others) = PARTS.items()
    files = [(of(mine, crosstab_csv(MARCH)), first), (few(of(others, crosstab_csv(MARCH))), second)]
    for number in order:
        done = crosstabs.load(*files[number])
        assert done.exit_code == 0, done.output
    assert not crosstabs.manifest.periods[MARCH].partial


def test_a_part_that_lacks_rows_does_not_replace_itself(crosstabs: Home) -> None:
    (first, mine), (second, others) = PARTS.items()
    crosstabs.load(of(mine, crosstab_csv(MARCH)), first)
    crosstabs.load(of(others, crosstab_csv(MARCH)), second)
    done = crosstabs.load(few(of(mine, crosstab_csv(MARCH))), first)
    assert done.exit_code == 1 and "March 2026" in done.output
    assert crosstabs.totals() == {MARCH: appointments_of(MARCH)}


def test_a_broken_part_does_not_keep_the_others_out(crosstabs: Home) -> None:
    """Whichever came first, and where two of three are broken."""
    names = ["London_East_South", "Midlands", "North"]
    codes = [[s.code for s in SITES[n : n + 4]] for n in (0, 4, 8)]
    good = [of(mine, crosstab_csv(MARCH)) for mine in codes]
    broken = [csv + csv.splitlines(keepends=True)[-1] for csv in good]
    name = "Practice_Level_Crosstab_{}_Mar_26.csv".format
    assert crosstabs.load(broken[0], name(names[0])).exit_code == 1
    assert crosstabs.load(broken[1], name(names[1])).exit_code == 1
    done = crosstabs.load(good[2], name(names[2]))
    assert f"{name(names[2])}: used for March 2026." in done.output, done.output
    assert crosstabs.manifest.periods[MARCH].practices == 4
    done = crosstabs.load(good[0], name(names[0]))
    assert f"{name(names[0])}: used for March 2026." in done.output, done.output
    assert crosstabs.manifest.periods[MARCH].practices == 8
    done = crosstabs.load(good[1], name(names[1]))
    assert done.exit_code == 0, done.output
    assert crosstabs.totals() == {MARCH: appointments_of(MARCH)}
    assert crosstabs.flask("verify").exit_code == 0


def test_a_part_replaces_itself_and_the_whole_replaces_the_parts(crosstabs: Home) -> None:
    (first, mine), (second, others) = PARTS.items()
    crosstabs.load(of(mine, crosstab_csv(MARCH)), first)
    crosstabs.load(of(others, crosstab_csv(MARCH)), second)
    again = of(mine, crosstab_csv(MARCH)).replace(b",20,DNA", b",21,DNA")
    assert crosstabs.load(again, first).exit_code == 0
    assert crosstabs.totals() == {MARCH: appointments_of(MARCH) + len(mine)}
    whole = crosstab_csv(MARCH)
    assert crosstabs.load(whole, "Practice_Level_Crosstab_Mar_26.csv").exit_code == 0
    assert crosstabs.totals() == {MARCH: appointments_of(MARCH)}
    # One part that is newer than the whole is not the whole.
    crosstabs.load(of(mine, whole).replace(b",20,DNA", b",22,DNA"), first)
    assert crosstabs.totals() == {MARCH: appointments_of(MARCH)}


def test_a_part_without_its_name_does_not_stand_for_the_whole(crosstabs: Home) -> None:
    whole = "Practice_Level_Crosstab_Mar_26.csv"
    crosstabs.load(crosstab_csv(MARCH), whole)
    assert crosstabs.load(of(NORTH, crosstab_csv(MARCH)), whole).exit_code == 1
    assert crosstabs.totals() == {MARCH: appointments_of(MARCH)}


def test_growth_is_not_judged_between_a_part_and_a_whole(crosstabs: Home) -> None:
    name, codes = next(iter(PARTS.items()))
    crosstabs.load(crosstab_csv(FEBRUARY), "Practice_Level_Crosstab_Feb_26.csv")
    assert crosstabs.load(of(codes, crosstab_csv(MARCH)), name).exit_code == 0
    april = date(2026, 4, 1)
    done = crosstabs.load(crosstab_csv(april), "Practice_Level_Crosstab_Apr_26.csv")
    assert done.exit_code == 0, done.output
    assert set(crosstabs.totals()) == {FEBRUARY, MARCH, april}


def test_manifests_from_before_there_were_parts_are_read(lists: Home) -> None:
    lists.load(all_csv(FEBRUARY), ALL)
    raw = json.loads(lists.manifest.to_json())
    for period in raw["periods"].values():
        for name in ("files", "parts", "missing"):
            del period[name]
    record = Manifest.from_json(json.dumps(raw)).periods[FEBRUARY]
    assert record == PeriodRecord(
        record.practices, record.totals, record.release, record.sources, record.key
    )
    assert not record.partial


def table(parts: str, day: int) -> Table:
    order = (MARCH, (MARCH, 0), datetime(2026, 5, day, tzinfo=UTC))
    release = Release("local-2026-03", "", "", None, ())
    return Table("k", MARCH, f"{parts}{day}", "", release, order, Path, tuple(parts))


@pytest.mark.parametrize(
    ("held", "chosen"),
    [
        ([("A", 1), ("B", 2)], {"A1", "B2"}),
        ([("A", 1), ("A", 3), ("B", 2)], {"A3", "B2"}),
        ([("ABC", 1), ("A", 2)], {"ABC1"}),  # a newer part is not the whole
        ([("ABC", 1), ("AB", 2), ("C", 3)], {"AB2", "C3"}),
        ([("A", 1), ("BC", 1), ("ABC", 2), ("A", 3)], {"ABC2"}),
        ([("AB", 1), ("BC", 2)], {"BC2"}),  # each part once
    ],
)
def test_the_newest_files_that_hold_most_parts_make_a_period(
    held: Sequence[tuple[str, int]], chosen: set[str]
) -> None:
    for order in itertools.permutations(held):
        assert {one.name for one in compose(table(*one) for one in order)} == chosen


def all_of(body: Callable[[date], bytes], months: Iterable[date]) -> dict[str, bytes]:
    return {f"gp-reg-pat-prac-all-{month:%Y-%m}.csv": body(month) for month in months}


def few_practices(month: date) -> bytes:
    """Two practices in five of the month's lists."""
    return of([site.code for site in SITES[:5]], all_csv(month))


@pytest.mark.parametrize("first", [3, 5])  # from the first month held, or from one that is not
def test_many_bad_months_do_not_outweigh_a_few_good_ones(lists: Home, first: int) -> None:
    good = [date(2026, month, 1) for month in (3, 4, 5)]
    assert lists.load_all(all_of(all_csv, good)).exit_code == 0
    before = lists.totals()
    assert set(before) == set(good)
    bad = [date(2026, month, 1) for month in range(first, first + 6)]
    done = lists.load_all(all_of(few_practices, bad))
    assert done.exit_code == 1 and " failed the check " in done.output
    assert lists.totals() == before


def test_good_months_take_the_place_of_more_bad_ones_whatever_came_first(lists: Home) -> None:
    bad = [date(2026, month, 1) for month in (2, 3, 4, 5)]
    good = [date(2026, month, 1) for month in (6, 7)]
    assert lists.load_all(all_of(few_practices, bad)).exit_code == 0
    lists.load_all(all_of(all_csv, good))
    assert lists.totals() == {month: total(month) for month in good}


def test_new_months_of_other_totals_do_not_outweigh_live_ones(lists: Home) -> None:
    good = [date(2026, month, 1) for month in (3, 4)]
    assert lists.load_all(all_of(all_csv, good)).exit_code == 0
    before = lists.totals()

    def tenth(month: date) -> bytes:
        return re.sub(rb"(\d+)(?=\r?\n)", lambda found: found[0][:-1] or b"1", all_csv(month))

    new = [date(2026, month, 1) for month in (5, 6, 7, 8)]
    done = lists.load_all(all_of(tenth, new))
    assert done.exit_code == 1 and "data accept list-sizes 2026-05" in done.output
    assert lists.totals() == before
