"""When a chart is on the screen, as the page itself sees it, and what slows a browser down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

CHART = ".js-plotly-plot .main-svg"
PATIENCE = 2.0  # seconds between two looks at a page
LOOKS = 60

# Kept by the page itself, and asked for when it is at rest: whoever asks a page that is loading
# holds it up. The chart is on the screen when the frame that paints it ends; a message sent in that
# frame is read next, while a second frame may wait for the next chart to be drawn.
_PAINTED = """seen => {
  const painted = new MessageChannel();
  painted.port1.onmessage = () => seen(performance.now());
  requestAnimationFrame(() => painted.port2.postMessage(null));
}"""
_FIRST = """(chart, painted) => {
  const look = () => {
    const found = document.querySelector(chart);
    if (!found || !found.getBoundingClientRect().height) return;
    watcher.disconnect();
    painted(moment => { window.chartShown = moment; });
  };
  const watcher = new MutationObserver(look);
  watcher.observe(document, {childList: true, subtree: true});
}"""

# A reader's act is the last of these events before another chart is there.
_ACTS = """() => {
  const note = () => { window.actedAt = performance.now(); };
  document.addEventListener('change', note, true);
  document.addEventListener('click', note, true);
  document.addEventListener('keydown', act => { if (act.key === 'Enter') note(); }, true);
}"""
_NEXT = """(chart, painted) => {
  const drawn = () => {
    const found = document.querySelector(chart);
    if (!found) return '';
    return [...found.querySelectorAll('path')].map(path => path.getAttribute('d')).join();
  };
  const before = drawn();
  window.nextShown = 0;
  const look = () => {
    const now = drawn();
    if (now && now !== before) painted(moment => { window.nextShown = moment; });
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


@dataclass(frozen=True, slots=True)
class Slow:
    """A processor so many times slower; a network with so much delay (ms) and so many bits/s."""

    times: float = 1
    delay: float = 0
    down: float = -1
    up: float = -1


NOT = Slow()
NETWORK = Slow(delay=150, down=1_600_000, up=750_000)
PROCESSOR = Slow(times=4)


@contextmanager
def opened(browser: Browser, chart: str = CHART, slow: Slow = NOT) -> Iterator[Page]:
    """A page of a browser that has seen nothing yet, which notes when charts are shown."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        page = context.new_page()
        page.add_init_script(f"({_FIRST})({json.dumps(chart)}, {_PAINTED}); ({_ACTS})()")
        if slow is not NOT:
            session = context.new_cdp_session(page)
            session.send("Emulation.setCPUThrottlingRate", {"rate": slow.times})
            session.send("Network.enable")
            session.send(
                "Network.emulateNetworkConditions",
                {
                    "offline": False,
                    "latency": slow.delay,
                    "downloadThroughput": slow.down / 8 if slow.down > 0 else -1,
                    "uploadThroughput": slow.up / 8 if slow.up > 0 else -1,
                },
            )
        yield page
    finally:
        context.close()


def visit(page: Page, url: str) -> float:
    """Milliseconds from the start of the navigation until the first chart is on the screen."""
    page.goto(url, wait_until="commit", timeout=1000 * PATIENCE * LOOKS)
    return _once(page, "window.chartShown")


def watch_for_another(page: Page) -> None:
    """From now on the page notes when its first chart is another one."""
    page.evaluate(f"({_NEXT})({json.dumps(CHART)}, {_PAINTED})")


def shown_after_act(page: Page) -> float:
    """Milliseconds from what the reader did until another chart is on the screen."""
    return _once(page, "window.nextShown") - float(page.evaluate("window.actedAt"))


def _once(page: Page, moment: str) -> float:
    for _ in range(LOOKS):
        page.wait_for_timeout(1000 * PATIENCE)
        if shown := page.evaluate(moment):
            return float(shown)
    raise RuntimeError(f"{page.url} shows no chart")
