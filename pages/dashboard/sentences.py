"""Summary sentences and figure titles: fixed rules over numbers. They never state a cause."""

from __future__ import annotations

from components.blocks import Sentence, Words
from data import format as fmt
from data.questions.history import History
from data.questions.queries import Change, Figure
from data.questions.verdict import Verdict

CLEAR_JUMP = 10.0  # % in a month, beyond which a list did not just grow or shrink
STEADY = 2.0  # % (or points / 2 for percentages) within which a year counts as steady


def appointments(now: Figure, rate: Verdict, *, name: str) -> Sentence:
    """How many appointments, for how many patients, and where that lies."""
    total = fmt.large(now.value) if now.org.level == "england" else fmt.value(now.value, "count")
    pieces = [
        Words(f"In {now.when} {name} recorded "),
        Words(f"{total} appointments", strong=True),
    ]
    per_1000 = rate.figure.value
    if per_1000 is not None:
        pieces.append(Words(f", or {fmt.value(per_1000, 'per_1000')} for every 1,000 patients"))
    if rate.where:
        pieces += [Words(": "), Words(rate.where, strong=True)]
    return (*pieces, Words("."))


def daily_change(month: Change | None, year: Change | None, per_day: Figure) -> Sentence:
    """Per working day against last month and against the same month a year earlier."""
    said = []
    for change in (month, year):
        if change is None or change.percent is None:
            continue
        words = fmt.change(per_day.value, change.earlier.value, "per_day")
        than = change.earlier.when
        words = "the same as" if words == "No change" else f"{words} than"
        said.append(f"{words} in {than}")
    if not said:
        return ()
    return (Words(f"Appointments per working day were {' and '.join(said)}."),)


def share(verdict: Verdict, *, what: str, place: bool = True) -> Sentence:
    """A rate with its place, if wanted, and its difference; its interval stands in the table."""
    now = verdict.figure
    if now.value is None:
        return ()
    pieces = [Words(f"{what} "), Words(fmt.value(now.value, now.measure.unit), strong=True)]
    if place and verdict.where:
        pieces.append(Words(f", {verdict.where}"))
    if verdict.against:
        pieces.append(Words(f"; {verdict.against}" if len(pieces) > 2 else f", {verdict.against}"))
    return (*pieces, Words("."))


def own_history(past: History | None, *, what: str) -> Sentence:
    """What is unusual beside the organisation's own earlier periods, such as a run below them."""
    if past is None or past.signal == "usual":
        return ()
    verb = "was" if past.since == past.latest else "has been"
    return (Words(f"{what} {verb} {past.words}."),)


def list_size(now: Figure, *, name: str) -> Sentence:
    patients = fmt.large(now.value) if now.org.level == "england" else fmt.value(now.value, "count")
    return (
        Words(f"On {fmt.full_date(now.period)} {name} had "),
        Words(f"{patients} registered patients", strong=True),
        Words("."),
    )


def growth(changes: list[tuple[str, Change]]) -> Sentence:
    """`changes` are (over what time, change): 52 more (0.4%) than a month before."""
    said = []
    for over, change in changes:
        if change.absolute is None or change.percent is None:
            continue
        if change.absolute == 0:
            said.append(f"the same as {over} before")
            continue
        word = "more" if change.absolute > 0 else "fewer"
        size = fmt.large(abs(change.absolute))
        said.append(f"{size} {word} ({fmt.decimal(abs(change.percent), 1)}%) than {over} before")
    return (Words(f"That is {fmt_list(said)}."),) if said else ()


def jump(change: Change) -> Sentence:
    """What usually explains a change that is too large for growth."""
    if change.percent is None or abs(change.percent) < CLEAR_JUMP:
        return ()
    return (
        Words(
            "A jump this large in a month usually comes from a merger, a closure or a correction "
            "of the practice map."
        ),
    )


def fmt_list(words: list[str]) -> str:
    """One, one and another; one, another and a third."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def direction(now: float | None, before: float | None, *, percent: bool) -> str:
    """Rising, falling or steady over a year."""
    if now is None or before is None or not before:
        return ""
    moved = (now - before) * 2 if percent else 100 * (now - before) / before
    if abs(moved) < STEADY:
        return "steady over the year"
    return "up on a year ago" if moved > 0 else "down on a year ago"


def trend_title(label: str, verdict: Verdict, year_ago: Figure | None) -> str:
    """The finding of a trend: the verdict, and the direction of the year."""
    now = verdict.figure
    said = [verdict.finding] if verdict.finding else []
    moved = direction(
        now.value, year_ago.value if year_ago else None, percent=now.measure.unit == "percent"
    )
    said += [moved] if moved else []
    return f"{label}: {', '.join(said)}" if said else label


def history_title(label: str, past: History | None) -> str:
    """What a control chart says of its last period, as history and not beside others."""
    return f"{label}: {past.words}" if past is not None else label


def largest_difference(
    shares: list[tuple[str, float | None, float | None]], *, name: str, least: float = 2.0
) -> str:
    """The part that differs most from a comparator, in points; empty under `least` points."""
    known = [(label, a - b) for label, a, b in shares if a is not None and b is not None]
    if not known:
        return ""
    label, gap = max(known, key=lambda pair: abs(pair[1]))
    if abs(gap) < least:
        return f"Shares are close to those of {name}"
    return f"{label}: a {'larger' if gap > 0 else 'smaller'} share than in {name}"
