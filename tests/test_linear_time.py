"""What reads text from outside takes time that grows with its length, and no faster.

Each is given a text and one four times as long: four times the work is expected, sixteen times
would be a square. Only the ratio counts, and only where there is enough work to be measured.
"""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from auth.uploads import markup, patients
from auth.uploads.refusal import RefusedFile
from tests.patterns import Use, attacks, uses

SHORT, TIMES = 2_000, 4
MEASURABLE = 0.004  # seconds of processor time
MOST = 9.0  # of the ratio, which is 16 for a square
ALL = list(uses())
USES = [use for use in ALL if use.pattern is not None]
ELSEWHERE = {  # modules with patterns that come from a table or are put together, and why they may
    "api.parameters": "each is anchored and of a few characters",
    "pipelines.engine.reading.area_codes": "forms of codes, whose repeats are counted",
    "pipelines.datasets.nhs_app.columns": "a heading is cut to 200 characters before",
    "pipelines.datasets.fingertips.source": "names of a publisher's API, of a few words",
    "pipelines.datasets.fingertips.recount": "words without repeats",
    "pipelines.datasets.online_consultations.recount": "a cell of a workbook, which Excel cuts",
}


def spent(work: Callable[[], object], *, times: int = 1) -> float:
    """The least processor time of several tries, without collecting the garbage of other tests."""
    tries = []
    gc.disable()
    try:
        for _ in range(times):
            begun = time.process_time()
            work()
            tries.append(time.process_time() - begun)
    finally:
        gc.enable()
    return min(tries)


def grows_too_fast(small: Callable[[], object], large: Callable[[], object]) -> float | None:
    """The ratio of their times where it is too large."""
    if spent(large) < MEASURABLE:
        return None
    ratio = spent(large, times=3) / max(spent(small, times=5), 1e-6)
    return ratio if ratio > MOST else None


def slow_text(pattern: re.Pattern[str], method: str) -> str | None:
    """The beginning of a text on which a pattern takes too long, and by how much."""
    run = getattr(pattern, method)
    for short in (SHORT // 10, SHORT):  # the shorter first: a cube would never end on the longer
        pairs = zip(attacks(pattern, short), attacks(pattern, short * TIMES), strict=False)
        for small, large in pairs:
            if ratio := grows_too_fast(lambda s=small: run(s), lambda s=large: run(s)):
                return f"{small[:60]!r}… takes {ratio:.0f} times as long when 4 times as long"
    return None


def test_the_patterns_are_found() -> None:
    assert {use.where.partition(":")[0] for use in ALL if use.pattern is None} == set(ELSEWHERE)
    assert len(USES) > 100
    assert {use.where.partition(".")[0] for use in USES} >= {"auth", "data", "pages", "pipelines"}


@pytest.mark.parametrize("use", USES, ids=lambda use: use.where)
def test_a_pattern_is_linear(use: Use) -> None:
    assert slow_text(use.pattern, use.method) is None, use.pattern.pattern


@pytest.mark.parametrize(
    "pattern",
    [r"<tr\b.*?</tr>", r"\s*\[\d+\]", r"[A-Z][A-Za-z'-]+, +[A-Z]", r"\W*\d\d$"],
)
def test_a_pattern_that_is_not_linear_is_noticed(pattern: str) -> None:
    assert slow_text(re.compile(pattern), "search")


@pytest.mark.parametrize(
    "piece",
    [
        "<w:tr",
        "<w:tr>",
        "<w:tr><w:tc>",
        "<w:tr/>",
        "<w:tc>x",
        "<w:br",
        "<",
        "&",
        "<!--",
        "<![CDATA[",
    ],
)
def test_markup_is_read_in_linear_time(piece: str) -> None:
    def read(times: int) -> None:
        with suppress(RefusedFile):
            markup.read(b"<w:document>" + piece.encode() * times + b"</w:document>")

    assert grows_too_fast(lambda: read(8_000), lambda: read(32_000)) is None


def wide_above_narrow(size: int) -> patients.Table:
    return [[""] * size, *([["a"]] * size)]


def fields_of_pivot_tables(size: int) -> patients.Table:
    ends = b"<cacheFields/>" * size
    return markup.read(b"<x>" + b'<cacheField name="a"/>' * size + ends + b"</x>")[1]


def sentences(size: int) -> patients.Table:
    return [["It is the date of birth of this patient"] * size]


@pytest.mark.parametrize("table", [wide_above_narrow, fields_of_pivot_tables, sentences])
def test_a_table_is_searched_in_linear_time(table: Callable[[int], patients.Table]) -> None:
    def search(size: int) -> None:
        patients.objection("", [table(size)])

    assert grows_too_fast(lambda: search(300), lambda: search(1_200)) is None
