"""What a reader's browser sees: time to the first chart, bytes, and how much the page jumps."""

from __future__ import annotations

import json
import statistics
import time
from collections import defaultdict
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


# Runs in the page itself: whatever else asks a page that is loading holds it up. Two frames,
# because the chart is on the screen once the frame that draws it has ended.
_WATCH = """chart => {
  const seen = () => {
    const found = document.querySelector(chart);
    if (!found || !found.getBoundingClientRect().height) return;
    watcher.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => chartShown(performance.now())));
  };
  const watcher = new MutationObserver(seen);
  watcher.observe(document, {childList: true, subtree: true});
}"""
LONGEST = 30.0  # seconds that a chart may take


def _visit(page: Page, shown: list[float], url: str) -> float:
    """Milliseconds from the start of the navigation until the first chart is on the screen."""
    shown.clear()
    page.goto(url, wait_until="commit")
    deadline = time.perf_counter() + LONGEST
    while not shown:
        if time.perf_counter() > deadline:
            raise RuntimeError(f"{url} shows no chart")
        page.wait_for_timeout(20)
    return shown[0]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A visit in a fresh browser profile and a reload: ms, and bytes as they were sent."""

    cold: float
    again: float
    shift: float
    sizes: dict[str, int]  # by kind of resource

    @property
    def weight(self) -> int:
        return sum(self.sizes.values())


def _see(browser: Browser, url: str, chart: str) -> _Seen:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    kinds: dict[str, str] = {}
    sizes: dict[str, int] = defaultdict(int)

    def note_kind(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"]

    def note_size(event: dict[str, Any]) -> None:
        kind = kinds.get(event["requestId"], "Other")
        sizes[_KINDS.get(kind, "other")] += int(event["encodedDataLength"])

    session.on("Network.responseReceived", note_kind)
    session.on("Network.loadingFinished", note_size)
    shown: list[float] = []
    page.expose_function("chartShown", lambda moment: shown.append(moment))
    page.add_init_script(f"({_WATCH})({json.dumps(chart)})")
    cold = _visit(page, shown, url)
    shift = page.evaluate(_SHIFT)
    page.wait_for_load_state("networkidle")
    received = dict(sizes)
    again = _visit(page, shown, url)
    context.close()
    return _Seen(cold, again, shift, received)


def rows(home: Path) -> list[Row]:
    path = chromium_path()
    if path is None:
        return [Row("pages in Chromium", "not measured: Chromium is not installed")]
    with sync_playwright() as playwright, served(home) as site:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            return _rows(browser, site)
        finally:
            browser.close()


def _rows(browser: Browser, site: Served) -> list[Row]:
    found = []
    url = f"{site.url}/organisations/{PRACTICE}/"
    _see(browser, url, "svg")
    plain = [_see(browser, url, "svg") for _ in range(RUNS)]
    floor = statistics.median(run.cold for run in plain)
    again = statistics.median(run.again for run in plain)
    found += [
        Row("organisation page, first chart, cold", f"{floor:.0f} ms", budget="300 ms"),
        Row(
            "organisation page, first chart, reload",
            f"{again:.0f} ms",
            f"cold, {floor:.0f} ms",
            again / floor,
        ),
        _weight("organisation page", plain[0], ""),
    ]
    for tool in ("list-size", "gp-appointments"):
        url = f"{site.url}/tools/{tool}/?org={PRACTICE}"
        _see(browser, url, CHART)
        runs = [_see(browser, url, CHART) for _ in range(RUNS)]
        cold = statistics.median(run.cold for run in runs)
        again = statistics.median(run.again for run in runs)
        shift = statistics.median(run.shift for run in runs)
        found += [
            Row(
                f"{tool} dashboard, first chart, cold",
                f"{cold:.0f} ms",
                f"organisation page without Dash, {floor:.0f} ms",
                cold / floor,
                "1,800 ms",
            ),
            Row(
                f"{tool} dashboard, first chart, reload",
                f"{again:.0f} ms",
                f"cold, {cold:.0f} ms",
                again / cold,
                "700 ms",
            ),
            _weight(f"{tool} dashboard", runs[0], "750 KB"),
            Row(f"{tool} dashboard, layout shift", f"{shift:.3f}", budget="0.05"),
        ]
    return found


def _weight(what: str, seen: _Seen, budget: str) -> Row:
    kinds = sorted(seen.sizes.items(), key=lambda pair: -pair[1])
    told = ", ".join(f"{kind} {size / 1000:.0f}" for kind, size in kinds)
    return Row(
        f"{what}, weight cold, compressed",
        f"{seen.weight / 1000:.0f} KB",
        f"of which {told}",
        budget=budget,
    )
