"""The only place where a number or a date becomes text.

Values arrive unrounded in the unit they are shown in (46.2 for 46.2%) and are rounded once, here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from data.spec import Polarity, Unit

MISSING = "–"
MINUS = "−"
FEWEST_FOR_SHARES = 100  # peers: fewer are counted one by one
TIED = (5, 5.0)  # peers, and % of them, from which those with the same value are what is said
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
UNIT_WORDS: dict[Unit, str] = {
    "count": "",
    "percent": "%",
    "per_1000": "per 1,000 patients",
    "per_100": "per 100",
    "per_day": "per working day",
    "mean": "mean",
    "per_10000": "per 10,000 patients",
    "fte": "FTE",
    "pounds": "£",
    "points": "points",
}
_PLACES: dict[Unit, int] = {"count": 0, "percent": 1, "per_100": 1, "fte": 1, "points": 1}
_TENS = (1, 10, 100)
_FIXED = (",.0f", ",.1f", ",.2f")

Tone = Literal["better", "worse", "changed", "neutral", "similar"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value lies among its peers. Shares are % of the peers, strictly below or above."""

    percentile: float  # 0 to 100, peers with the same value counted half: where to draw the mark
    higher_than: float
    lower_than: float
    same: int  # peers with the same value
    peers: int


@dataclass(frozen=True, slots=True)
class Position:
    """Where a value lies among its peers, in words, and how the words may be coloured."""

    text: str
    tone: Tone
    icon: str


def decimal(number: float, places: int) -> str:
    """A number with thousands separators, a true minus and `places` decimals, half rounded up."""
    size = abs(number)
    scaled = size * _TENS[places]
    if abs(scaled % 1 - 0.5) > 1e-6:  # no tie to break, which Decimal does at ten times the cost
        text = format(size, _FIXED[places])
        return MINUS + text if number < 0 and round(scaled) else text
    rounded = Decimal(repr(float(number))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = format(abs(rounded), _FIXED[places])
    return MINUS + text if rounded < 0 else text


def _places(number: float, unit: Unit) -> int:
    places = _PLACES.get(unit)
    if places is not None:
        return places
    if unit == "pounds":
        return 0 if abs(number) >= 1000 else 2
    return 0 if abs(number) >= 100 else 1


def value(amount: float | None, unit: Unit) -> str:
    """The digits with the sign of the unit: 46.2%, 541, 6,412."""
    if amount is None:
        return MISSING
    text = decimal(amount, _places(amount, unit))
    if unit == "percent":
        return text + "%"
    return _in_pounds(text, unit)


def _in_pounds(text: str, unit: Unit) -> str:
    """The digits with the pound sign after their minus, where they are pounds."""
    if unit != "pounds":
        return text
    return f"{MINUS}£{text.removeprefix(MINUS)}" if text.startswith(MINUS) else f"£{text}"


def suffix(unit: Unit) -> str:
    """The sign printed straight after the digits: a percent sign or nothing."""
    return "%" if unit == "percent" else ""


def with_unit(amount: float | None, unit: Unit) -> str:
    """The value as it stands in a sentence: 541 per 1,000 patients, 46.2%, 6,412."""
    if amount is None:
        return MISSING
    if unit in ("count", "percent", "mean", "pounds"):
        return value(amount, unit)
    return f"{value(amount, unit)} {UNIT_WORDS[unit]}"


def axis(amount: float, unit: Unit) -> str:
    """A label on an axis, with the decimals it needs up to two: £3.05m for 3,050,000."""
    millions = abs(amount) >= 1_000_000
    size = amount / 1_000_000 if millions else amount
    text = _in_pounds(decimal(size, _needed(size)), unit)
    return text + ("m" if millions else "") + suffix(unit)


def _needed(amount: float) -> int:
    """Decimals without which neighbouring ticks would read the same, at most two."""
    return next((places for places in (0, 1) if round(amount, places) == round(amount, 6)), 2)


def inside(amount: float, unit: Unit) -> str:
    """A label inside a bar: no decimals."""
    return decimal(amount, 0) + suffix(unit)


def large(amount: float | None) -> str:
    """A count in prose: 63.7 million, 1.28 million below ten million, otherwise in full.

    The space inside does not break, so that a number stays on one line.
    """
    if amount is None:
        return MISSING
    if abs(amount) < 1_000_000:
        return decimal(amount, 0)
    return (
        decimal(amount / 1_000_000, 1 if abs(amount) >= 10_000_000 else 2)
        + "\N{NO-BREAK SPACE}million"
    )


def signed(amount: float | None, unit: Unit) -> str:
    """With a plus or a true minus: +3.1%, −12; no sign on zero."""
    if amount is None:
        return MISSING
    text = value(amount, unit)
    return text if amount < 0 or set(text) <= set("0.,%£") else "+" + text


def points(amount: float | None) -> str:
    """A difference between two percentages: 0.4 points, never 0.4%."""
    if amount is None:
        return MISSING
    text = decimal(abs(amount), 1)
    return f"{text} point" if text == "1.0" else f"{text} points"


def margin(half_width: float) -> str:
    """The half width of an interval on a percentage: ±4.8 points."""
    return "±" + points(half_width)


def between(low: float | None, high: float | None, unit: Unit) -> str:
    """A range with `to`: 3.9% to 4.3%; a dash when either end is missing."""
    if low is None or high is None:
        return MISSING
    return f"{value(low, unit)} to {value(high, unit)}"


def interval(low: float | None, high: float | None, unit: Unit) -> str:
    """The limits of a value; empty where rounding leaves nothing to say, as 18.2% to 18.2%."""
    if low is None or high is None or value(low, unit) == value(high, unit):
        return ""
    return between(low, high, unit)


def moved_between(low: float, high: float, unit: Unit) -> str:
    """The limits of a difference: −0.4 to +0.8 points, +0.7 to +5.5 per 1,000 patients."""
    if unit == "percent":
        unit = "points"
    limits = f"{signed(low, unit)} to {signed(high, unit)}"
    return f"{limits} {UNIT_WORDS[unit]}" if unit != "pounds" else limits


def change(now: float | None, before: float | None, unit: Unit) -> str:
    """How `now` differs from `before`: 3.1% more, 0.4 points lower, about the same, no change."""
    if now is None or before is None:
        return MISSING
    if unit == "percent":
        size = points(now - before)
        up, down, nothing = "higher", "lower", size == "0.0 points"
    else:
        if before == 0:
            return MISSING
        size = decimal(abs(now - before) / abs(before) * 100, 1) + "%"
        up, down = ("more", "fewer") if unit == "count" else ("higher", "lower")
        nothing = size == "0.0%"
    if nothing:
        return "No change" if now == before else "About the same"
    return f"{size} {up if now > before else down}"


def change_icon(now: float | None, before: float | None) -> str:
    """The icon that goes with `change`."""
    if now is None or before is None or now == before:
        return "equal"
    return "up" if now > before else "down"


def sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def plural(amount: int, one: str, many: str) -> str:
    """1 practice, 2 practices."""
    return f"{decimal(amount, 0)} {one if amount == 1 else many}"


def month(day: date) -> str:
    """September 2026, for prose."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def month_short(day: date) -> str:
    """Sep 2026, for tables and axes."""
    return f"{MONTHS[day.month - 1][:3]} {day.year}"


def full_date(day: date) -> str:
    """29 October 2026."""
    return f"{day.day} {month(day)}"


def months_between(first: date, last: date) -> str:
    """October 2023 to September 2026; one month alone when both are the same."""
    if (first.year, first.month) == (last.year, last.month):
        return month(first)
    return f"{month(first)} to {month(last)}"


def organisation(name: str, code: str) -> str:
    """Millbrook Surgery (Y99001)."""
    return f"{name} ({code})"


def direction(polarity: Polarity) -> str:
    """The direction in words, written beside a value."""
    return {
        "higher_better": "higher is usually better",
        "lower_better": "lower is usually better",
        "neutral": "neither higher nor lower is better by itself",
    }[polarity]


def _share(percent: float) -> int:
    """Whole percent of peers, kept from claiming all of them."""
    whole = Decimal(repr(float(percent))).quantize(Decimal(1), ROUND_HALF_UP)
    return min(99, int(whole))


def _is_shared(place: Place) -> bool:
    """Whether so many peers have the same value that it is what there is to say."""
    fewest, share = TIED
    if place.higher_than == place.lower_than == 0:
        return True
    return place.same >= fewest and 100 - place.higher_than - place.lower_than >= share


def _same(place: Place) -> str:
    return f"same as {plural(place.same, 'other', 'others')}"


def _counted(place: Place) -> str:
    """Higher than 82 of 100 of many peers, than 5 of the 7 others of a few."""
    high = place.higher_than >= place.lower_than
    share = place.higher_than if high else place.lower_than
    word = "higher" if high else "lower"
    if place.peers >= FEWEST_FOR_SHARES:
        return f"{word} than {_share(share)} of 100"
    return f"{word} than {round(share * place.peers / 100)} of {place.peers}"


def position(place: Place) -> Position:
    """The position chip: how many peers are strictly below or above. It judges nothing."""
    if _is_shared(place):
        return Position(_same(place).capitalize(), "similar", "equal")
    high = place.higher_than >= place.lower_than
    return Position(_counted(place).capitalize(), "neutral", "up" if high else "down")


def unusual(side: Literal["high", "low"], polarity: Polarity) -> Position:
    """The chip of a value outside the limits of its funnel: the only one that has a colour."""
    text = f"unusually {side}"
    if polarity == "neutral":
        return Position(text.capitalize(), "changed", "up" if side == "high" else "down")
    if (side == "high") == (polarity == "higher_better"):
        return Position(f"Better, {text}", "better", "tick")
    return Position(f"Worse, {text}", "worse", "warn")


def position_phrase(place: Place | None, *, peers: str = "practices in England") -> str:
    """The position in a sentence: higher than 74 of 100 practices in England."""
    if place is None:
        return ""
    if _is_shared(place):
        return f"the {_same(place)} among {peers}"
    if place.peers >= FEWEST_FOR_SHARES:
        return f"{_counted(place)} {peers}"
    words, _, many = _counted(place).rpartition(" ")
    return f"{words} the {many} other {peers}"


def coverage(covered: int, total: int, share: float, *, subject: str = "Figures") -> str:
    """PCN figures cover 4 of 5 practices (87% of patients). `share` is a percentage."""
    return (
        f"{subject} cover {decimal(covered, 0)} of {plural(total, 'practice', 'practices')} "
        f"({decimal(share, 0)}% of patients)."
    )
