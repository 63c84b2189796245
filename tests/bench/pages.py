"""What a reader's browser sees: time to the first chart, bytes, and how much the page jumps."""

from __future__ import annotations

import json
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.report import Row
from tests.browser import chromium_path
from tests.serving import Served, served

RUNS = 5
PRACTICE = "Y99001"  # Millbrook Surgery is in every demonstration England
_KINDS = {
    "Document": "document",
    "Script": "scripts",
    "Stylesheet": "styles",
    "Font": "font",
    "Fetch": "data",
    "XHR": "data",
    "Image": "images",
}
CHART = ".js-plotly-plot .main-svg"
_SHIFT = """() => new Promise(done => {
  let total = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) total += entry.value;
  }).observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(total), 500);
})"""


# Kept by the page itself, and asked for when it is at rest: whoever asks a page that is loading
# holds it up. The chart is on the screen when the frame that paints it ends; a message sent in that
# frame is read next, while a second frame may wait for the next chart to be drawn.
_WATCH = """chart => {
  const seen = () => {
    const found = document.querySelector(chart);
    if (!found || !found.getBoundingClientRect().height) return;
    watcher.disconnect();
    const painted = new MessageChannel();
    painted.port1.onmessage = () => { window.chartShown = performance.now(); };
    requestAnimationFrame(() => painted.port2.postMessage(null));
  };
  const watcher = new MutationObserver(seen);
  watcher.observe(document, {childList: true, subtree: true});
}"""
SETTLED = 10.0  # seconds: longer than compressing any one of the scripts takes
PATIENCE = 2.0  # seconds between two looks at a page
LOOKS = 15


def _visit(page: Page, url: str) -> float:
    """Milliseconds from the start of the navigation until the first chart is on the screen."""
    page.goto(url, wait_until="commit")
    for _ in range(LOOKS):
        page.wait_for_timeout(1000 * PATIENCE)
        if shown := page.evaluate("window.chartShown"):
            return float(shown)
    raise RuntimeError(f"{url} shows no chart")


@contextmanager
def _opened(browser: Browser) -> Iterator[Page]:
    """A page of a browser that has seen nothing yet."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        yield context.new_page()
    finally:
        context.close()


def _times(browser: Browser, url: str, chart: str) -> tuple[float, float]:
    """Milliseconds to the first chart at the first visit and at the second."""
    with _opened(browser) as page:
        page.add_init_script(f"({_WATCH})({json.dumps(chart)})")
        return _visit(page, url), _visit(page, url)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A first visit: how much the page jumps, and bytes as they were sent, by kind."""

    shift: float
    sizes: dict[str, int]

    @property
    def bytes(self) -> int:
        return sum(self.sizes.values())


def _weigh(browser: Browser, url: str) -> _Weighed:
    kinds: dict[str, str] = {}
    sizes: dict[str, int] = defaultdict(int)

    def note_kind(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"]

    def note_size(event: dict[str, Any]) -> None:
        kind = kinds.get(event["requestId"], "Other")
        sizes[_KINDS.get(kind, "other")] += int(event["encodedDataLength"])

    with _opened(browser) as page:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.responseReceived", note_kind)
        session.on("Network.loadingFinished", note_size)
        page.goto(url)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(1000 * PATIENCE)
        return _Weighed(page.evaluate(_SHIFT), dict(sizes))


def rows(home: Path) -> list[Row]:
    path = chromium_path()
    if path is None:
        return [Row("pages in Chromium", "not measured: Chromium is not installed")]
    with sync_playwright() as playwright, served(home) as site:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            _settle(browser, site, home / "cache")
            return _rows(browser, site)
        finally:
            browser.close()


def _settle(browser: Browser, site: Served, cache: Path) -> None:
    """Have the scripts and styles of every page compressed for good, once for each home.

    Until then pages are heavier by a tenth, and one of the processors is busy.
    """
    for asked in PAGES:
        with _opened(browser) as page:
            page.goto(f"{site.url}/{asked.path}")
            page.wait_for_load_state("networkidle")
    before = -1
    while (made := len(list(cache.glob("*.br")))) != before:
        before = made
        time.sleep(SETTLED)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A page, what its first chart is, and its budgets."""

    what: str
    path: str
    chart: str
    cold: str
    again: str = ""
    weight: str = ""


PAGES = (
    _Asked("organisation page", f"organisations/{PRACTICE}/", "svg", cold="300 ms"),
    *(
        _Asked(
            f"{tool} dashboard", f"tools/{tool}/?org={PRACTICE}", CHART,
            cold="1,800 ms", again="700 ms", weight="750 KB",
        )
        for tool in ("list-size", "gp-appointments")
    ),
)  # fmt: skip


def _rows(browser: Browser, site: Served) -> list[Row]:
    """Pages take turns, so that a machine that is busy for a while slows all of them."""
    weighed = [_weigh(browser, f"{site.url}/{page.path}") for page in PAGES]  # each is drawn once
    taken: list[list[tuple[float, float]]] = [[] for _ in PAGES]
    for _ in range(RUNS):
        for found, page in zip(taken, PAGES, strict=True):
            found.append(_times(browser, f"{site.url}/{page.path}", page.chart))
    floor = statistics.median(cold for cold, _ in taken[0])
    rows_of_pages: list[Row] = []
    for page, found, weight in zip(PAGES, taken, weighed, strict=True):
        rows_of_pages += _page_rows(page, found, weight, floor)
    return rows_of_pages


def _page_rows(
    page: _Asked, taken: Sequence[tuple[float, float]], weighed: _Weighed, floor: float
) -> list[Row]:
    """`taken` are milliseconds of first and second visits, `floor` those of a page without Dash."""
    first = statistics.median(cold for cold, _ in taken)
    second = statistics.median(again for _, again in taken)
    least = f"organisation page without Dash, {floor:.0f} ms"
    sizes = sorted(weighed.sizes.items(), key=lambda pair: -pair[1])
    told = ", ".join(f"{kind} {size / 1000:.0f}" for kind, size in sizes)
    return [
        Row(
            f"{page.what}, first chart, cold", f"{first:.0f} ms",
            *((least, first / floor) if page is not PAGES[0] else ("", None)), budget=page.cold,
        ),
        Row(
            f"{page.what}, first chart, reload", f"{second:.0f} ms",
            f"cold, {first:.0f} ms", second / first, page.again,
        ),
        Row(
            f"{page.what}, weight cold, compressed", f"{weighed.bytes / 1000:.0f} KB",
            f"of which {told}", budget=page.weight,
        ),
        Row(f"{page.what}, layout shift", f"{weighed.shift:.3f}", budget="0.05"),
    ]  # fmt: skip
