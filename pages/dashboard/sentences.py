"""Summary sentences and figure titles: fixed rules over numbers. They never state a cause."""

from __future__ import annotations

from components.blocks import Sentence, Words
from data import format as fmt
from data.questions.queries import Change, Figure, Position
from data.questions.stats import Spc, SpcMark
from pages.dashboard import peers
from pages.dashboard.words import lower_first

CLEAR_JUMP = 10.0  # % in a month, beyond which a list did not just grow or shrink
STEADY = 2.0  # % (or points / 2 for percentages) within which a year counts as steady


def place(position: Position | None, among: str) -> str:
    """Where a value lies: higher than 74 of 100 practices in England; empty if unknown."""
    return fmt.position_phrase(peers.place(position), peers=among)


def against(now: Figure, benchmark: float | None, name: str) -> str:
    """A difference from a benchmark in words; a clear one only where the interval excludes it."""
    if now.value is None or benchmark is None:
        return ""
    shown = fmt.value(benchmark, now.measure.unit)
    if name.startswith("Median"):
        name = f"the {lower_first(name)}"
    if now.low is None or now.high is None:
        return f"{name} {shown}"
    if now.low <= benchmark <= now.high:
        return f"no clear difference from {name} ({shown})"
    return f"{'above' if now.value > benchmark else 'below'} {name} ({shown})"


def appointments(
    now: Figure, rate: Figure, position: Position | None, among: str, *, name: str
) -> Sentence:
    """How many appointments, for how many patients, and where that lies."""
    total = fmt.large(now.value) if now.org.level == "england" else fmt.value(now.value, "count")
    pieces = [
        Words(f"In {now.when} {name} recorded "),
        Words(f"{total} appointments", strong=True),
    ]
    if rate.value is not None:
        pieces.append(Words(f", or {fmt.value(rate.value, 'per_1000')} for every 1,000 patients"))
    where = place(position, among)
    if where:
        pieces += [Words(": "), Words(where, strong=True)]
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


def share(
    now: Figure, position: Position | None, among: str, *, what: str, benchmark: str
) -> Sentence:
    """A percentage with its interval, its place and its benchmark."""
    if now.value is None:
        return ()
    pieces = [Words(f"{what} "), Words(fmt.value(now.value, now.measure.unit), strong=True)]
    if now.low is not None:
        pieces.append(Words(f" (95% interval {fmt.between(now.low, now.high, now.measure.unit)})"))
    where = place(position, among)
    if where:
        pieces.append(Words(f", {where}"))
    if benchmark:
        pieces.append(Words(f"; {benchmark}"))
    return (*pieces, Words("."))


def run_words(spc: Spc | None, *, what: str) -> Sentence:
    """A run of special-cause months at the end of a series, such as nine months below the mean."""
    if spc is None or not spc.firm:
        return ()
    marks = [mark for mark in spc.marks if mark is not None]
    length = 0
    last: SpcMark | None = marks[-1] if marks else None
    if last in (None, "common"):
        return ()
    for mark in reversed(marks):
        if mark != last:
            break
        length += 1
    if last in ("rising", "falling"):
        moved = "risen" if last == "rising" else "fallen"
        steps = fmt.plural(max(1, length - 1), "month", "months")
        return (Words(f"{what} has {moved} month after month for {steps}."),)
    side = "above" if last == "high" else "below"
    months = fmt.plural(length, "month", "months")
    return (Words(f"{what} has been {side} its usual level for {months}."),)


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


def trend_title(
    label: str, now: Figure, year_ago: Figure | None, position: Position | None, *, median: str
) -> str:
    """The finding of a trend: place against the median, and the direction of the year."""
    said = []
    if position is not None:
        low, high = fmt.SIMILAR
        if position.percentile > high:
            said.append(f"above the {median}")
        elif position.percentile < low:
            said.append(f"below the {median}")
        else:
            said.append(f"close to the {median}")
    moved = direction(
        now.value, year_ago.value if year_ago else None, percent=now.measure.unit == "percent"
    )
    said += [moved] if moved else []
    return f"{label}: {', '.join(said)}" if said else label


def spc_title(label: str, spc: Spc | None) -> str:
    """Whether the latest months of a control chart say anything."""
    known = [mark for mark in spc.marks if mark is not None] if spc else []
    if not known:
        return label
    if known[-1] == "common":
        return f"{label}: usual variation in the latest month"
    if known[-1] in ("rising", "falling"):
        return f"{label}: {known[-1]} month after month"
    return f"{label}: {'above' if known[-1] == 'high' else 'below'} the usual level now"


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
