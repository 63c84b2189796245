import re
from datetime import date
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import format as fmt

UNITS = ("count", "percent", "per_1000", "per_100", "per_day", "mean")
numbers = st.floats(min_value=-1e9, max_value=1e9, allow_nan=False)


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        (6412, "count", "6,412"),
        (63707358, "count", "63,707,358"),
        (46.2, "percent", "46.2%"),
        (46.25, "percent", "46.3%"),
        (0.0, "percent", "0.0%"),
        (541.3, "per_1000", "541"),
        (99.4, "per_1000", "99.4"),
        (58.34, "per_100", "58.3"),
        (10326.9, "mean", "10,327"),
        (-0.4, "percent", "−0.4%"),
        (-0.04, "percent", "0.0%"),
        (None, "percent", "–"),
    ],
)
def test_values_are_written_as_the_style_says(
    amount: float | None, unit: fmt.Unit, text: str
) -> None:
    assert fmt.value(amount, unit) == text


def test_missing_is_a_dash_and_zero_is_not() -> None:
    assert fmt.value(None, "count") == "–"
    assert fmt.value(0, "count") == "0"


def test_the_unit_stands_after_a_rate_in_a_sentence() -> None:
    assert fmt.with_unit(541, "per_1000") == "541 per 1,000 patients"
    assert fmt.with_unit(46.2, "percent") == "46.2%"
    assert fmt.with_unit(291.4, "per_day") == "291 per working day"


@pytest.mark.parametrize(
    ("now", "before", "unit", "words"),
    [
        (6412, 6218, "count", "3.1% more"),
        (6218, 6412, "count", "3.0% fewer"),
        (46.2, 45.8, "percent", "0.4 points higher"),
        (44.8, 45.8, "percent", "1.0 point lower"),
        (541, 525, "per_1000", "3.0% higher"),
        (10, 10, "count", "No change"),
        (10, 0, "count", "–"),
        (None, 3, "percent", "–"),
    ],
)
def test_a_change_in_a_percentage_is_points(
    now: float | None, before: float, unit: fmt.Unit, words: str
) -> None:
    assert fmt.change(now, before, unit) == words


@given(numbers, numbers)
def test_a_change_between_percentages_never_says_percent(now: float, before: float) -> None:
    assert "%" not in fmt.change(now, before, "percent")


@given(numbers, st.sampled_from(UNITS))
def test_numbers_never_use_a_hyphen_for_minus(amount: float, unit: fmt.Unit) -> None:
    assert "-" not in fmt.value(amount, unit)


@given(numbers, st.sampled_from(UNITS))
def test_rounding_moves_a_value_by_at_most_half_of_its_last_digit(
    amount: float, unit: fmt.Unit
) -> None:
    text = fmt.value(amount, unit).replace("£", "").removesuffix("%")
    read = float(text.replace(",", "").replace("−", "-"))
    places = len(text.partition(".")[2])
    assert abs(read - amount) <= 0.5 * 10**-places * (1 + 1e-6) + abs(amount) * 1e-12


def placed(percentile: float, peers: int = 6199) -> fmt.Place:
    return fmt.Place(percentile, percentile, 100 - percentile, 0, peers)


@pytest.mark.parametrize(
    ("place", "text", "icon"),
    [
        (placed(74), "Higher than 74 of 100", "up"),
        (placed(32), "Lower than 68 of 100", "down"),
        (placed(50), "Higher than 50 of 100", "up"),
        (placed(100), "Higher than 99 of 100", "up"),
        (placed(0), "Lower than 99 of 100", "down"),
        (placed(500 / 7, 7), "Higher than 5 of 7", "up"),
        (placed(0, 5), "Lower than 5 of 5", "down"),
        (placed(82, 99), "Higher than 81 of 99", "up"),
    ],
)
def test_position_words_are_grey(place: fmt.Place, text: str, icon: str) -> None:
    assert fmt.position(place) == fmt.Position(text, "neutral", icon)


@pytest.mark.parametrize(
    ("side", "polarity", "text", "tone"),
    [
        ("high", "higher_better", "Better, unusually high", "better"),
        ("low", "higher_better", "Worse, unusually low", "worse"),
        ("high", "lower_better", "Worse, unusually high", "worse"),
        ("low", "lower_better", "Better, unusually low", "better"),
        ("high", "neutral", "Unusually high", "changed"),
        ("low", "neutral", "Unusually low", "changed"),
    ],
)
def test_only_the_unusual_is_judged(
    side: Literal["high", "low"], polarity: fmt.Polarity, text: str, tone: str
) -> None:
    chip = fmt.unusual(side, polarity)
    assert (chip.text, chip.tone) == (text, tone)


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_no_share_is_said_that_is_not_strictly_so(below: int, same: int, above: int) -> None:
    peers = below + same + above
    if not peers:
        return
    place = fmt.Place(
        100 * (below + same / 2) / peers, 100 * below / peers, 100 * above / peers, same, peers
    )
    for words in (fmt.position(place).text, fmt.position_phrase(place)):
        assert not {"rank", "best", "worst", "better", "worse"} & set(words.casefold().split())
        claimed = re.search(r"(higher|lower) than (\d+) of (?:the )?(\d+)", words, re.IGNORECASE)
        if claimed:
            strictly = below if claimed[1].casefold() == "higher" else above
            assert int(claimed[2]) / int(claimed[3]) <= strictly / peers + 0.005
            assert strictly
        else:
            assert words.casefold().endswith(f"same as {same} others") or f"{same} other" in words


def test_many_with_the_same_value_are_counted() -> None:
    tied = fmt.Place(16.0, 10.6, 78.5, 674, 6199)
    assert fmt.position(tied) == fmt.Position("Same as 674 others", "similar", "equal")
    assert fmt.position_phrase(tied) == "the same as 674 others among practices in England"


def test_a_small_group_is_counted_one_by_one() -> None:
    assert fmt.position_phrase(placed(82)) == "higher than 82 of 100 practices in England"
    few = placed(500 / 7, 7)
    assert fmt.position_phrase(few, peers="ICBs in England") == (
        "higher than 5 of the 7 other ICBs in England"
    )


def test_dates() -> None:
    day = date(2026, 9, 1)
    assert (fmt.month(day), fmt.month_short(day)) == ("September 2026", "Sep 2026")
    assert fmt.full_date(date(2026, 10, 29)) == "29 October 2026"
    assert fmt.months_between(date(2023, 10, 1), day) == "October 2023 to September 2026"
    assert fmt.months_between(day, day) == "September 2026"


def test_an_interval_that_says_nothing_is_not_said() -> None:
    assert fmt.interval(18.21, 18.24, "percent") == ""
    assert fmt.interval(None, None, "percent") == ""
    assert fmt.interval(18.1, 18.3, "percent") == "18.1% to 18.3%"
    assert fmt.moved_between(-0.4, 0.8, "percent") == "−0.4 to +0.8 points"


def test_ranges_margins_and_coverage() -> None:
    assert fmt.between(3.94, 4.31, "percent") == "3.9% to 4.3%"
    assert fmt.margin(4.8) == "±4.8 points"
    assert (
        fmt.coverage(4, 5, 87, subject="PCN figures")
        == "PCN figures cover 4 of 5 practices (87% of patients)."
    )


def test_axis_labels_are_short() -> None:
    assert fmt.axis(10_000_000, "count") == "10m"
    assert fmt.axis(2_500_000, "count") == "2.5m"
    assert fmt.axis(40, "percent") == "40%"
    assert fmt.axis(0.25, "percent") == "0.25%"
    assert fmt.large(63_707_358) == "63.7\N{NO-BREAK SPACE}million"
    assert fmt.large(1_283_881) == "1.28\N{NO-BREAK SPACE}million"


def test_signs() -> None:
    assert fmt.signed(3.1, "percent") == "+3.1%"
    assert fmt.signed(-12, "count") == "−12"
    assert fmt.signed(0.01, "percent") == "0.0%"


def test_neighbouring_ticks_read_differently() -> None:
    assert [fmt.axis(tick, "count") for tick in (3_000_000, 3_050_000, 3_100_000)] == [
        "3m",
        "3.05m",
        "3.1m",
    ]
    assert fmt.axis(2.25, "percent") == "2.25%"
