"""Summary sentences and figure titles: fixed rules over numbers. They never state a cause."""

from __future__ import annotations

from collections.abc import Sequence

from components.blocks import Sentence, Words
from data import format as fmt
from data.questions.change import Change
from data.questions.history import History
from data.questions.queries import Figure, Share
from data.questions.stats import wilson
from data.questions.verdict import Verdict
from pages.dashboard.words import lower_first

MOST_WORDS = 45  # of what a page opens with
CLEAR_JUMP = 10.0  # % in a month, beyond which a list did not just grow or shrink


def lead(verdicts: Sequence[Verdict], *, name: str) -> Sentence:
    """A figure or two with their differences: what a page opens with, no longer than fits."""
    pieces: list[Words] = []
    for verdict in verdicts:
        now = verdict.figure
        if now.value is None:
            continue
        begin = f"In {now.when}, {name}: {now.measure.label} " if not pieces else "; "
        begin += "" if len(pieces) == 0 else f"{lower_first(now.measure.label)} "
        finding = f", {verdict.finding}" if verdict.difference else ""
        more = [
            Words(begin),
            Words(fmt.value(now.value, now.measure.unit), strong=True),
            Words(finding),
        ]
        if pieces and _length([*pieces, *more]) > MOST_WORDS:
            break
        pieces += more
    return (*pieces, Words(".")) if pieces else ()


def _length(pieces: Sequence[Words]) -> int:
    return len("".join(piece.text for piece in pieces).split())


def appointments(now: Figure, rate: Verdict, *, name: str) -> Sentence:
    """How many appointments, for how many patients, and how that differs."""
    total = fmt.large(now.value) if now.org.level == "england" else fmt.value(now.value, "count")
    pieces = [
        Words(f"In {now.when} {name} recorded "),
        Words(f"{total} appointments", strong=True),
    ]
    per_1000 = rate.figure.value
    if per_1000 is not None:
        shown = fmt.value(per_1000, "per_1000")
        pieces += [Words(", or "), Words(f"{shown} for every 1,000 patients", strong=True)]
    if rate.difference:
        pieces.append(Words(f", {rate.finding}"))
    return (*pieces, Words("."))


def _changes(begins: str, changes: Sequence[Change], words: Sequence[str]) -> Sentence:
    """What changed, of whom, and of which earlier period there is no change and why."""
    clear = [text for change, text in zip(changes, words, strict=True) if not change.why]
    if not any(change.now.value is not None for change in changes):
        return ()
    pieces = []
    if clear:
        whom = {change.basis: None for change in changes if change.basis and not change.why}
        basis = f" ({next(iter(whom))})" if whom else ""
        pieces.append(f"{begins}{fmt_list(clear)}{basis}.")
    away = [change.earlier.when for change in changes if not change.is_held]
    if away:
        pieces.append(f"{fmt_list(away)} {'are' if len(away) > 1 else 'is'} not loaded here.")
    others = [change.why for change in changes if change.why and change.is_held]
    pieces += [f"{fmt.sentence_case(why)}." for why in dict.fromkeys(others)]
    return (Words(" ".join(pieces)),)


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


def growth(changes: Sequence[Change]) -> Sentence:
    """52 more (0.4%) than in August 2026 and 210 fewer (1.8%) than in September 2025."""
    return _changes("That is ", changes, [_counted(change) for change in changes])


def _counted(change: Change) -> str:
    """A change of a count with its percentage; only in words where both round to nothing."""
    if change.clear in (None, "alike", "unclear") or change.percent is None:
        return change.words
    word = "more" if change.clear == "up" else "fewer"
    size = f"{fmt.large(abs(change.absolute or 0))} {word}"
    percent = fmt.decimal(abs(change.percent), 1)
    share = f"{percent}%" if float(percent) else "under 0.1%"
    return f"{size} ({share}) than in {change.earlier.when}"


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


def direction(year: Change | None) -> str:
    """Up, down or about the same as a year ago; empty where that is not known."""
    if year is None or year.clear is None:
        return ""
    return _DIRECTIONS[year.clear]


_DIRECTIONS = {
    "up": "up on a year ago",
    "down": "down on a year ago",
    "unclear": "no clear change over the year",
    "alike": "about the same as a year ago",
}


def trend_title(label: str, verdict: Verdict, year: Change | None) -> str:
    """The finding of a trend: the verdict, and the direction of the year."""
    said = [words for words in (verdict.finding, direction(year)) if words]
    return f"{label}: {', '.join(said)}" if said else label


def history_title(label: str, past: History | None) -> str:
    """What a control chart says of its last period, as history and not beside others."""
    return f"{label}: {past.words}" if past is not None else label


def largest_difference(
    pairs: Sequence[tuple[Share, Share]], *, whole: int, name: str, least: float = 2.0
) -> str:
    """The part that leads a title: the largest clear difference from a comparator, in points.

    A difference under `least` points is none, and one that chance could make is not led with.
    `whole` is what our shares are of.
    """
    gaps = [
        (abs(gap), gap > 0, _is_clear(mine, theirs, whole), mine.label)
        for mine, theirs in pairs
        if (gap := _gap(mine, theirs)) is not None
    ]
    notable = [one for one in gaps if one[0] >= least]
    if not notable:
        return f"Shares are close to those of {name}" if gaps else ""
    clear = [one for one in notable if one[2]]
    if not clear:
        return f"No clear difference in shares from {name}"
    _, larger, _, label = max(clear)
    return f"{label}: a {'larger' if larger else 'smaller'} share than in {name}"


def _gap(mine: Share, theirs: Share) -> float | None:
    if mine.percent is None or theirs.percent is None:
        return None
    return mine.percent - theirs.percent


def _is_clear(mine: Share, theirs: Share, whole: int) -> bool:
    """Whether the comparator's share lies outside the interval of ours."""
    if mine.count is None or theirs.percent is None or not whole:
        return False
    low, high = wilson(mine.count, whole)
    return not 100 * low <= theirs.percent <= 100 * high
