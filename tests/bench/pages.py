"""What a reader's browser sees: time to the first chart, bytes, and how much the page jumps."""

from __future__ import annotations

import statistics
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.report import Row
from tests.browser import chromium_path
from tests.serving import Served, served

RUNS = 5
CHART = ".js-plotly-plot .main-svg"
_SHIFT = """() => new Promise(done => {
  let total = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) total += entry.value;
  }).observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(total), 500);
})"""


def _visit(page: Page, url: str, chart: str) -> float:
    """Milliseconds from the start of the navigation until the first chart is on the screen."""
    page.goto(url, wait_until="commit")
    page.wait_for_selector(chart, state="visible", timeout=30_000)
    return page.evaluate("() => performance.now()")


def _cold(browser: Browser, url: str, chart: str) -> tuple[float, float, int, float]:
    """(cold ms, reload ms, bytes received cold, layout shift) in a fresh browser profile."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    received = [0]
    session.on(
        "Network.loadingFinished",
        lambda event: received.__setitem__(0, received[0] + int(event["encodedDataLength"])),
    )
    cold = _visit(page, url, chart)
    shift = page.evaluate(_SHIFT)
    page.wait_for_load_state("networkidle")
    weight = received[0]
    again = _visit(page, url, chart)
    context.close()
    return cold, again, weight, shift


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
    plain = [_cold(browser, f"{site.url}/organisations/Y99001/", "svg") for _ in range(RUNS)]
    floor = statistics.median(run[0] for run in plain)
    found.append(
        Row(
            "organisation page, first chart, cold",
            f"{floor:.0f} ms, {plain[0][2] / 1000:.0f} KB",
            "",
            None,
            "300 ms",
        )
    )
    for tool in ("list-size", "gp-appointments"):
        url = f"{site.url}/tools/{tool}/?org=Y99001"
        _cold(browser, url, CHART)
        runs = [_cold(browser, url, CHART) for _ in range(RUNS)]
        cold, again, weight, shift = (
            statistics.median(run[index] for run in runs) for index in range(4)
        )
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
            Row(f"{tool} dashboard, bytes cold", f"{weight / 1000:.0f} KB", "", None, "750 KB"),
            Row(f"{tool} dashboard, layout shift", f"{shift:.3f}", "", None, "0.05"),
        ]
    return found
