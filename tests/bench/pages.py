"""What a reader's browser sees: time to the first chart, bytes, and how much the page jumps."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.bench import changes, charts
from tests.bench.budgets import ENGINEERING, Budget
from tests.bench.charts import CHART, PATIENCE, opened, visit
from tests.bench.counts import Counts
from tests.bench.references.figures import FILE, Figures
from tests.bench.report import Row, Spread, not_measured
from tests.browser import chromium_path
from tests.serving import Served, served, served_application

PRACTICE = "Y99001"  # Millbrook Surgery is in every demonstration England
PLAIN = "tests.bench.references.plain_dash:server"
SETTLED = 10.0  # seconds: longer than compressing any one of the scripts takes
_KINDS = {
    "Document": "document",
    "Script": "scripts",
    "Stylesheet": "styles",
    "Font": "font",
    "Fetch": "data",
    "XHR": "data",
    "Image": "images",
}
_SHIFT = """() => new Promise(done => {
  let total = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) total += entry.value;
  }).observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(total), 500);
})"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A page, what its first chart is, and its budgets."""

    what: str
    url: str
    chart: str = CHART
    cold: Budget | None = None
    reload: Budget | None = None
    weight: Budget | None = None
    shift: Budget | None = None
    quoted: bool = False


def rows(home: Path, counts: Counts) -> list[Row]:
    path = chromium_path()
    if path is None:
        return [not_measured("pages in Chromium", "Chromium is not installed")]
    figures = Figures.of_site(home)
    with sync_playwright() as playwright, _both(home, figures) as (site, plain):
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            usual, *ours = _pages(site, plain)
            _settle(browser, ours, home / "cache")
            return [
                *_visits(browser, usual, ours, counts),
                *_slow(browser, usual, ours, counts),
                *changes.rows(
                    browser,
                    usual.url,
                    [page.url for page in ours[1:]],
                    [code for code in figures.codes if code != PRACTICE],
                    counts,
                ),
            ]
        finally:
            browser.close()


@contextmanager
def _both(home: Path, figures: Figures) -> Iterator[tuple[Served, Served]]:
    with tempfile.TemporaryDirectory() as scratch:
        path = str(Path(scratch) / "figures.npz")
        figures.write(Path(path))
        with served(home) as site, served_application(PLAIN, **{FILE: path}) as plain:
            yield site, plain


def _pages(site: Served, plain: Served) -> list[Asked]:
    return [
        Asked("plain Dash page", f"{plain.url}/"),
        Asked(
            "organisation page",
            f"{site.url}/organisations/{PRACTICE}/",
            chart="svg",
            cold=ENGINEERING["organisation"],
            shift=ENGINEERING["shift"],
        ),
        *(
            Asked(
                f"{tool} dashboard",
                f"{site.url}/tools/{tool}/?org={PRACTICE}",
                cold=ENGINEERING["cold"],
                reload=ENGINEERING["reload"],
                weight=ENGINEERING["weight"],
                shift=ENGINEERING["shift"],
                quoted=tool == "gp-appointments",
            )
            for tool in ("list-size", "gp-appointments")
        ),
    ]


def _settle(browser: Browser, pages: Sequence[Asked], cache: Path) -> None:
    """Have the scripts and styles of every page compressed for good, once for each home.

    Until then pages are heavier by a tenth, and one of the processors is busy.
    """
    for asked in pages:
        with opened(browser) as page:
            page.goto(asked.url)
            page.wait_for_load_state("networkidle")
    before = -1
    while (made := len(list(cache.glob("*.br")))) != before:
        before = made
        time.sleep(SETTLED)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A first visit: how much the page jumps, and bytes as they were sent, by kind."""

    shift: float
    sizes: dict[str, int]

    @property
    def kilobytes(self) -> float:
        return sum(self.sizes.values()) / 1000


def _weigh(browser: Browser, asked: Asked) -> _Weighed:
    kinds: dict[str, str] = {}
    sizes: dict[str, int] = defaultdict(int)

    def note_kind(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"]

    def note_size(event: dict[str, Any]) -> None:
        kind = kinds.get(event["requestId"], "Other")
        sizes[_KINDS.get(kind, "other")] += int(event["encodedDataLength"])

    with opened(browser) as page:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.responseReceived", note_kind)
        session.on("Network.loadingFinished", note_size)
        page.goto(asked.url)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(1000 * PATIENCE)
        return _Weighed(page.evaluate(_SHIFT), dict(sizes))


def _visits(browser: Browser, usual: Asked, ours: Sequence[Asked], counts: Counts) -> list[Row]:
    """Pages take turns, so that a machine that is busy for a while slows all of them."""
    pages = [usual, *ours]
    weighed = [_weigh(browser, page) for page in pages]
    taken: list[list[tuple[float, float]]] = [[] for _ in pages]
    for _ in range(counts.visits):
        for times, asked in zip(taken, pages, strict=True):
            with opened(browser, asked.chart) as page:
                times.append((visit(page, asked.url), visit(page, asked.url)))
    result: list[Row] = []
    for asked, times, weight in zip(pages, taken, weighed, strict=True):
        cold, again = Spread.of(t[0] for t in times), Spread.of(t[1] for t in times)
        result += [
            _first_chart(asked, "cold", cold, Spread.of(t[0] for t in taken[0]), asked.cold),
            _first_chart(asked, "reload", again, Spread.of(t[1] for t in taken[0]), asked.reload),
            _weight(asked, weight, weighed[0]),
            _layout_shift(asked, weight),
        ]
    return result


def _first_chart(
    asked: Asked, when: str, taken: Spread, usual: Spread, budget: Budget | None
) -> Row:
    return Row(
        what=f"{asked.what}, first chart on the screen, {when}",
        measured=taken,
        reference=f"plain Dash page, {usual}",
        ratio=taken.median / usual.median,
        budget=budget,
        against=(taken.median,) if budget else (),
        quoted=asked.quoted and when == "cold",
    )


def _weight(asked: Asked, weighed: _Weighed, usual: _Weighed) -> Row:
    sizes = sorted(weighed.sizes.items(), key=lambda pair: -pair[1])
    kinds = ", ".join(f"{kind} {size / 1000:.0f}" for kind, size in sizes)
    return Row(
        what=f"{asked.what}, bytes cold, as sent",
        measured=f"{weighed.kilobytes:,.0f} KB, of which {kinds}",
        reference=f"plain Dash page, {usual.kilobytes:,.0f} KB",
        ratio=weighed.kilobytes / usual.kilobytes,
        budget=asked.weight,
        against=(weighed.kilobytes,) if asked.weight else (),
    )


def _layout_shift(asked: Asked, weighed: _Weighed) -> Row:
    return Row(
        what=f"{asked.what}, layout shift",
        measured=f"{weighed.shift:.3f}",
        budget=asked.shift,
        against=(weighed.shift,) if asked.shift else (),
    )


def _slow(browser: Browser, usual: Asked, ours: Sequence[Asked], counts: Counts) -> list[Row]:
    pages = [usual, *ours]
    result: list[Row] = []
    for name, slow in (
        ("a slow network (150 ms, 1.6 Mbit/s)", charts.NETWORK),
        ("a processor four times slower", charts.PROCESSOR),
    ):
        taken: list[list[float]] = [[] for _ in pages]
        for _ in range(max(1, counts.visits // 2)):
            for times, asked in zip(taken, pages, strict=True):
                with opened(browser, asked.chart, slow) as page:
                    times.append(visit(page, asked.url))
        spreads = [Spread.of(times) for times in taken]
        result += [
            _first_chart(asked, f"cold, with {name}", spread, spreads[0], None)
            for asked, spread in zip(pages, spreads, strict=True)
        ]
    return result
