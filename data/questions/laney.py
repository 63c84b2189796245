"""Control charts of shares and rates whose limits account for size: Laney's p' and u' charts.

The denominators of a large population are so large that limits of chance alone would call every
month special, and those of an XmR chart forget that months differ in size. Laney (2002, "Improved
control charts for attributes", Quality Engineering 14:531-537) multiplies each period's own
standard error by how much more than chance the periods vary from one to the next. With one size
throughout they are the limits of the XmR chart; NHSRplotthedots and the NHS "Making Data Count"
guide do not draw them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from data.questions.stats import FIRM_LIMITS, XMR_FACTOR, Spc, SpcMark, special_causes


@dataclass(frozen=True, slots=True)
class Counted:
    """A period's figure as it was counted: how many, of how many."""

    events: float
    size: float


def laney(periods: Sequence[Counted | None], *, scale: float, share: bool) -> Spc | None:
    """The p' chart of shares, the u' chart of rates, in units of 1 / `scale`.

    None with fewer than two periods, or where nothing or everything happened throughout.
    """
    known = [(at, one) for at, one in enumerate(periods) if one is not None and one.size > 0]
    if len(known) < 2:
        return None
    middle = sum(one.events for _, one in known) / sum(one.size for _, one in known)
    spread = middle * (1 - middle) if share else middle
    if spread <= 0:
        return None
    numbers = [one.events / one.size for _, one in known]
    errors = [math.sqrt(spread / one.size) for _, one in known]
    scores = [(value - middle) / error for value, error in zip(numbers, errors, strict=True)]
    moves = [abs(b - a) for a, b in zip(scores, scores[1:], strict=False)]
    factor = XMR_FACTOR * sum(moves) / len(moves)
    reaches = [factor * error for error in errors]
    lowers: list[float | None] = [None] * len(periods)
    uppers: list[float | None] = [None] * len(periods)
    marks: list[SpcMark | None] = [None] * len(periods)
    causes = special_causes(numbers, middle, reaches)
    for (at, _), reach, cause in zip(known, reaches, causes, strict=True):
        lowers[at], uppers[at] = scale * (middle - reach), scale * (middle + reach)
        marks[at] = cause
    return Spc(
        scale * middle, tuple(lowers), tuple(uppers), tuple(marks), len(known) >= FIRM_LIMITS
    )
