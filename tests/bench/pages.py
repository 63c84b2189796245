"""What a reader's browser sees: time to the first chart, bytes, and how much the page jumps."""

from __future__ import annotations

import json
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
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
# holds it up. Two frames, because the chart is on the screen once the frame that draws it ends.
_WATCH = """chart => {
  const seen = () => {
    const found = document.querySelector(chart);
    if (!found || !found.getBoundingClientRect().height) return;
    watcher.disconnect();
    const note = () => { window.chartShown = performance.now(); };
    requestAnimationFrame(() => requestAnimationFrame(note));
  };
  const watcher = new MutationObserver(seen);
  watcher.observe(document, {childList: true, subtree: true});
}"""
TOOLS = ("list-size", "gp-appointments")
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
    for path in (f"organisations/{PRACTICE}/", *(f"tools/{tool}/" for tool in TOOLS)):
        with _opened(browser) as page:
            page.goto(f"{site.url}/{path}")
            page.wait_for_load_state("networkidle")
    before = -1
    while (made := len(list(cache.glob("*.br")))) != before:
        before = made
        time.sleep(SETTLED)


def _rows(browser: Browser, site: Served) -> list[Row]:
    url = f"{site.url}/organisations/{PRACTICE}/"
    floor, found = _page_rows(browser, "organisation page", url, "svg", cold="300 ms")
    for tool in TOOLS:
        url = f"{site.url}/tools/{tool}/?org={PRACTICE}"
        reference = f"organisation page without Dash, {floor:.0f} ms"
        _, rows_of = _page_rows(
            browser, f"{tool} dashboard", url, CHART,
            cold="1,800 ms", again="700 ms", weight="750 KB", reference=(reference, floor),
        )  # fmt: skip
        found += rows_of
    return found


def _page_rows(
    browser: Browser,
    what: str,
    url: str,
    chart: str,
    *,
    cold: str,
    again: str = "",
    weight: str = "",
    reference: tuple[str, float] | None = None,
) -> tuple[float, list[Row]]:
    """Milliseconds of a first visit, and the rows of a page with their budgets."""
    weighed = _weigh(browser, url)  # the server has drawn the page once when times are taken
    taken = [_times(browser, url, chart) for _ in range(RUNS)]
    first = statistics.median(run[0] for run in taken)
    second = statistics.median(run[1] for run in taken)
    beside = (reference[0], first / reference[1]) if reference else ("", None)
    sizes = sorted(weighed.sizes.items(), key=lambda pair: -pair[1])
    told = ", ".join(f"{kind} {size / 1000:.0f}" for kind, size in sizes)
    return first, [
        Row(f"{what}, first chart, cold", f"{first:.0f} ms", *beside, budget=cold),
        Row(
            f"{what}, first chart, reload", f"{second:.0f} ms",
            f"cold, {first:.0f} ms", second / first, again,
        ),
        Row(
            f"{what}, weight cold, compressed", f"{weighed.bytes / 1000:.0f} KB",
            f"of which {told}", budget=weight,
        ),
        Row(f"{what}, layout shift", f"{weighed.shift:.3f}", budget="0.05"),
    ]  # fmt: skip
