"""Summary sentences and titles: fixed rules, checked by hand."""

from datetime import date

import pytest

from components.blocks import plain
from data.datasets.gp_appointments import DATASET
from data.questions.queries import Change, Figure, Position
from data.questions.stats import xmr
from data.versions.orgs import ENGLAND_ORG, Org
from pages.dashboard import sentences

MILLBROOK = Org("practice", "Y99001", "Millbrook Surgery", None, None)
SEPTEMBER, AUGUST = date(2026, 9, 1), date(2026, 8, 1)


def figure(
    measure: str, value: float | None, *, org: Org = MILLBROOK, of: tuple[int, int] | None = None
) -> Figure:
    numerator, denominator = of or (value, None)
    return Figure(DATASET.measure(measure), org, SEPTEMBER, value, numerator, denominator)


def place(percentile: float) -> Position:
    return Position(percentile, percentile, 100 - percentile, 6000, 489.0, 0)


def test_appointments_say_count_rate_and_place() -> None:
    said = sentences.appointments(
        figure("appointments", 6412),
        figure("per_1000", 541.2),
        place(74),
        "practices in England",
        name="Millbrook Surgery",
    )
    assert plain(said) == (
        "In September 2026 Millbrook Surgery recorded 6,412 appointments, or 541 for every 1,000 "
        "patients: higher than 74 of 100 practices in England."
    )


def test_england_is_said_in_millions_and_has_no_place() -> None:
    said = sentences.appointments(
        figure("appointments", 31_400_000, org=ENGLAND_ORG),
        figure("per_1000", None),
        None,
        "",
        name="England",
    )
    assert plain(said) == "In September 2026 England recorded 31.4 million appointments."


def test_a_share_says_its_interval_and_its_benchmark() -> None:
    missed = figure("dna_rate", 4.1, of=(248, 6049))
    against = sentences.against(missed, 5.0, "England")
    said = sentences.share(missed, None, "", what="Missed:", benchmark=against)
    assert plain(said) == "Missed: 4.1% (95% interval 3.6% to 4.6%); below England (5.0%)."


@pytest.mark.parametrize(
    ("benchmark", "words"),
    [
        (4.0, "no clear difference from England (4.0%)"),
        (3.0, "above England (3.0%)"),
        (None, ""),
    ],
)
def test_a_difference_is_only_claimed_outside_the_interval(
    benchmark: float | None, words: str
) -> None:
    missed = figure("dna_rate", 4.1, of=(248, 6049))
    assert sentences.against(missed, benchmark, "England") == words


def test_missing_values_say_nothing() -> None:
    assert sentences.share(figure("dna_rate", None), None, "", what="x", benchmark="y") == ()
    assert sentences.against(figure("dna_rate", None), 4.0, "England") == ""


def test_growth_names_each_span_that_is_known() -> None:
    earlier = figure("appointments", 11_800)
    known = Change(earlier, 52, 0.44)
    fewer = Change(earlier, -210, -1.8)
    unknown = Change(earlier, None, None)
    said = sentences.growth([("a month", known), ("a year", fewer), ("five years", unknown)])
    assert plain(said) == (
        "That is 52 more (0.4%) than a month before and 210 fewer (1.8%) than a year before."
    )
    assert sentences.growth([("a year", unknown)]) == ()


@pytest.mark.parametrize(("percent", "speaks"), [(9.9, False), (10.0, True), (-40.0, True)])
def test_a_jump_is_explained_from_ten_per_cent(percent: float, speaks: bool) -> None:
    change = Change(figure("appointments", 100), percent, percent)
    assert bool(sentences.jump(change)) is speaks


def test_a_run_counts_the_months_on_one_side() -> None:
    values = [5.0, 5.2, 4.8, 5.1, 4.9, 5.0, 5.1, 4.9, 5.2, 4.0, 4.0, 4.1, 4.0, 4.1, 4.0, 4.0]
    said = plain(sentences.run_words(xmr(values), what="The missed share"))
    assert said == "The missed share has been below its usual level for 7 months."
    assert sentences.run_words(xmr([5.0, 5.1] * 8), what="x") == ()
    assert sentences.run_words(xmr([5.0, 1.0]), what="x") == ()


def test_a_run_of_direction_is_not_said_to_be_on_a_side_of_the_mean() -> None:
    low_but_rising = [9.0, 1.0] * 8 + [8.0, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6]
    spc = xmr(low_but_rising)
    assert spc is not None and spc.mean > 1.6 and spc.marks[-1] == "rising"
    said = plain(sentences.run_words(spc, what="The missed share"))
    assert said == "The missed share has risen month after month for 6 months."
    assert sentences.spc_title("Missed", spc) == "Missed: rising month after month"


def test_ties_are_said_and_not_counted_as_lower() -> None:
    """675 of 6,200 practices share the lowest value but one: 78% are strictly above it."""
    tied = Position(16.0, 10.6, 78.5, 6199, 489.0, 674)
    said = sentences.place(tied, "practices in England")
    assert said == "the same as 674 others among practices in England"
    few = Position(16.0, 14.0, 82.0, 50, 489.0, 2)
    assert sentences.place(few, "PCNs") == "lower than 82 of 100 PCNs"


def test_the_trend_title_says_place_and_direction() -> None:
    now, before = figure("per_1000", 541), figure("per_1000", 500)
    title = sentences.trend_title("Appointments", now, before, place(74), median="England median")
    assert title == "Appointments: above the England median, up on a year ago"
    steady = sentences.trend_title("X", now, figure("per_1000", 540), place(50), median="median")
    assert steady == "X: close to the median, steady over the year"
    assert sentences.trend_title("X", now, None, None, median="median") == "X"


def test_the_largest_difference_is_named_from_two_points() -> None:
    shares = [("Routine", 34.8, 30.1), ("Acute", 21.6, 24.4), ("Other", None, 1.0)]
    assert sentences.largest_difference(shares, name="England") == (
        "Routine: a larger share than in England"
    )
    near = [("Routine", 31.0, 30.1)]
    assert "close" in sentences.largest_difference(near, name="England")
