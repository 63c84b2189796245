"""Summary sentences and titles: fixed rules, checked by hand."""

from dataclasses import replace
from datetime import date

import pytest

from components.blocks import plain
from data.datasets.gp_appointments import DATASET
from data.periods import add_months
from data.questions.change import Change
from data.questions.history import History, history
from data.questions.like_for_like import LeftOut
from data.questions.queries import Figure, Position, Share
from data.questions.stats import xmr
from data.questions.verdict import Verdict, difference
from data.versions.orgs import ENGLAND_ORG, Org
from pages.dashboard import sentences

MILLBROOK = Org("practice", "Y99001", "Millbrook Surgery", None, None)
SEPTEMBER, AUGUST = date(2026, 9, 1), date(2026, 8, 1)


def figure(
    measure: str, value: float | None, *, org: Org = MILLBROOK, of: tuple[int, int] | None = None
) -> Figure:
    numerator, denominator = of or (value, None)
    return Figure(DATASET.measure(measure), org, SEPTEMBER, value, numerator, denominator)


def verdict(now: Figure, percentile: float | None = None, england: float | None = None) -> Verdict:
    """A figure beside practices in England: its percentile, and England's own value."""
    position = None
    if percentile is not None:
        position = Position(percentile, percentile, 100 - percentile, 6000, 489.0, 0)
    return Verdict(
        figure=now,
        comparator="England",
        benchmark=england,
        among="practices in England",
        position=position,
        difference=difference(now, england),
    )


def test_appointments_say_count_rate_and_difference() -> None:
    said = sentences.appointments(
        figure("appointments", 6412),
        verdict(figure("per_1000", 541.2, of=(6412, 11_850)), 74, 489),
        name="Millbrook Surgery",
    )
    assert plain(said) == (
        "In September 2026 Millbrook Surgery recorded 6,412 appointments, or 541 for every 1,000 "
        "patients, above England."
    )


def test_a_page_opens_with_two_numbers_and_few_words() -> None:
    dna = verdict(figure("dna_rate", 4.1, of=(248, 6049)), 29, 5.0)
    soon = verdict(figure("within_14_days", 80.0, of=(4839, 6049)), 29, 80.1)
    said = plain(sentences.lead([dna, soon], name="Millbrook Surgery"))
    assert said == (
        f"In September 2026, Millbrook Surgery: {dna.figure.measure.label} 4.1%, below England; "
        "within 14 days 80.0%, no clear difference from England."
    )
    long = " ".join(["Surgery"] * 40)
    assert plain(sentences.lead([dna, soon], name=long)).endswith("4.1%, below England.")
    assert sentences.lead([verdict(figure("dna_rate", None))], name="x") == ()


def test_england_is_said_in_millions_and_has_no_place() -> None:
    said = sentences.appointments(
        figure("appointments", 31_400_000, org=ENGLAND_ORG),
        verdict(figure("per_1000", None)),
        name="England",
    )
    assert (
        plain(said)
        == "In September 2026 England recorded 31.4\N{NO-BREAK SPACE}million appointments."
    )


def test_a_share_says_its_place_and_its_difference_and_no_interval() -> None:
    missed = verdict(figure("dna_rate", 4.1, of=(248, 6049)), 29, 5.0)
    assert plain(sentences.share(missed, what="Missed:")) == (
        "Missed: 4.1%, lower than 71 of 100 practices in England; below England (5.0%)."
    )
    said = sentences.share(missed, what="Missed:", place=False)
    assert plain(said) == "Missed: 4.1%, below England (5.0%)."


def test_what_differs_from_nobody_clearly_has_no_place() -> None:
    missed = verdict(figure("dna_rate", 4.1, of=(248, 6049)), 61, 4.3)
    assert plain(sentences.share(missed, what="Missed:")) == (
        "Missed: 4.1%, no clear difference from England (4.3%)."
    )
    assert missed.chip is not None and missed.chip.text == "No clear difference"
    title = sentences.trend_title("Missed", missed, None)
    assert title == "Missed: no clear difference from England"


@pytest.mark.parametrize(
    ("benchmark", "words"),
    [
        (4.0, "no clear difference from England (4.0%)"),
        (4.11, "about the same as England (4.1%)"),
        (3.0, "above England (3.0%)"),
        (None, ""),
    ],
)
def test_a_difference_is_only_claimed_outside_the_interval(
    benchmark: float | None, words: str
) -> None:
    missed = figure("dna_rate", 4.1, of=(248, 6049))
    assert verdict(missed, england=benchmark).against == words


def test_missing_values_say_nothing() -> None:
    unknown = verdict(figure("dna_rate", None), england=4.0)
    assert sentences.share(unknown, what="x") == () and unknown.against == ""


def since(now: float, before: float, **about: object) -> Change:
    """A change of appointments since August 2026."""
    earlier = replace(figure("appointments", before), period=AUGUST)
    return Change(now=figure("appointments", now), earlier=earlier, **about)  # type: ignore[arg-type]


def test_growth_names_its_periods_and_the_one_that_is_not_held() -> None:
    more, fewer = since(11_852, 11_800), since(11_590, 11_800)
    unknown = since(11_852, 0, why="Aug 2026 is not loaded here", is_held=False)
    assert plain(sentences.growth([more, fewer, unknown])) == (
        "That is 52 more (0.4%) than in August 2026 and 210 fewer (1.8%) than in August 2026. "
        "August 2026 is not loaded here."
    )


def test_growth_below_the_rounding_is_about_the_same() -> None:
    assert plain(sentences.growth([since(63_701_419, 63_700_000)])) == (
        "That is about the same as in August 2026."
    )
    assert plain(sentences.growth([since(100, 100)])) == "That is the same as in August 2026."


def test_who_is_left_out_is_said_once() -> None:
    silent = LeftOut("P5", "St Anne's", "silent", "August 2026")
    partly = since(104, 100, kept=4, of=5, left_out=(silent,), left_percent=12.0)
    assert plain(sentences.growth([partly, partly])) == (
        "That is 4 more (4.0%) than in August 2026 and 4 more (4.0%) than in August 2026 "
        "(4 of 5 practices; St Anne's published nothing in August 2026)."
    )
    assert partly.card == "4.0% more than Aug 2026 (4 of 5 practices)"


@pytest.mark.parametrize(("percent", "speaks"), [(9.9, False), (10.0, True), (-40.0, True)])
def test_a_jump_is_explained_from_ten_per_cent(percent: float, speaks: bool) -> None:
    assert bool(sentences.jump(since(1_000 + 10 * percent, 1_000))) is speaks


MONTHS = [date(2024, 10, 1)]
while len(MONTHS) < 24:
    MONTHS.append(add_months(MONTHS[-1], 1))


def past(values: list[float | None]) -> History | None:
    """What the control chart of some months, the last September 2026, says of the last."""
    return history(xmr(values), MONTHS[-len(values) :], "month")


def own(values: list[float | None]) -> str:
    return plain(sentences.own_history(past(values), what="The missed share"))


def test_own_history_says_since_when() -> None:
    calm = [5.0, 5.2, 4.8, 5.1, 4.9, 5.0, 5.1, 4.9, 5.2]
    low = [4.0, 4.0, 4.1, 4.0, 4.1, 4.0, 4.0]
    below = "The missed share has been below its own usual level since March 2026."
    assert own([*calm, *low]) == below
    gap: list[float | None] = [*calm, *low[:3], None, *low[3:]]
    assert own(gap) == below.replace("March", "February")  # a month without a value breaks nothing
    assert own([5.0, 5.1] * 8) == ""
    assert past([5.0, 5.1] * 8) is not None
    assert past([*calm, *low, None]) is None  # nothing is said of a month without a value
    title = sentences.history_title("Missed", past([*calm, *low]))
    assert title == "Missed: below its own usual level since March 2026"
    assert sentences.history_title("Missed", None) == "Missed"


def test_one_month_outside_its_limits_is_one_month() -> None:
    wobble = [5.0, 5.1, 4.9, 5.1, 5.0, 4.9] * 3
    assert own([*wobble, 9.0]) == (
        "The missed share was above its own usual level in September 2026."
    )


def test_a_run_of_direction_is_not_said_to_be_on_a_side_of_the_mean() -> None:
    low_but_rising: list[float | None] = [9.0, 1.0] * 8
    low_but_rising += [8.0, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6]
    assert own(low_but_rising) == "The missed share has been rising since March 2026."


def test_ties_are_said_and_not_counted_as_lower() -> None:
    """675 of 6,200 practices share the lowest value but one: 78% are strictly above it."""
    now = figure("dna_rate", 0.4)
    tied = Position(16.0, 10.6, 78.5, 6199, 489.0, 674)
    said = Verdict(figure=now, among="practices in England", position=tied).where
    assert said == "the same as 674 others among practices in England"
    few = Position(16.0, 14.0, 82.0, 50, 489.0, 2)
    assert Verdict(figure=now, among="PCNs", position=few).where == (
        "lower than 41 of the 50 other PCNs"
    )


def test_the_trend_title_says_place_and_direction() -> None:
    now = figure("per_1000", 541)
    year = Change(now=now, earlier=figure("per_1000", 500))
    title = sentences.trend_title("Appointments", verdict(now, 74), year)
    assert title == "Appointments: higher than 74 of 100 practices in England, up on a year ago"
    clear = figure("per_1000", 541, of=(6412, 11_850))
    alike = Change(now=clear, earlier=figure("per_1000", 538, of=(6375, 11_850)))
    steady = sentences.trend_title("X", verdict(clear, 74, 489), alike)
    assert steady == "X: above England, no clear change over the year"
    assert sentences.trend_title("X", verdict(now), None) == "X"


def against(whole: int, *shares: tuple[str, float | None, float]) -> list[tuple[Share, Share]]:
    """Parts of ours, of so many in all, beside the shares of England."""
    return [
        (
            Share(label, label, None if p is None else round(whole * p / 100), p),
            Share(label, label, 1000, theirs),
        )
        for label, p, theirs in shares
    ]


def test_the_largest_difference_is_named_from_two_points() -> None:
    shares = against(6000, ("Routine", 34.8, 30.1), ("Acute", 21.6, 24.4), ("Other", None, 1.0))
    assert sentences.largest_difference(shares, whole=6000, name="England") == (
        "Routine: a larger share than in England"
    )
    near = against(6000, ("Routine", 31.0, 30.1))
    assert "close" in sentences.largest_difference(near, whole=6000, name="England")
    assert sentences.largest_difference([], whole=0, name="England") == ""


def test_a_title_is_led_by_what_is_clear_not_by_what_is_largest() -> None:
    # Eight of ten against 75%: five points that chance makes; none of 40,000 does not.
    few = against(10, ("Routine", 80.0, 75.0), ("Acute", 20.0, 25.0))
    assert sentences.largest_difference(few, whole=10, name="England") == (
        "No clear difference in shares from England"
    )
    mixed = against(400, ("Routine", 53.0, 50.0), ("Video", 0.0, 2.5))
    assert sentences.largest_difference(mixed, whole=400, name="England") == (
        "Video: a smaller share than in England"
    )
