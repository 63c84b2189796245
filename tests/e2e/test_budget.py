"""The page budget: where the lead chart begins and how long pages are, for every dashboard.

Positions and lengths in px of the demonstration's pages, never times.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from pages.catalogue import Tool
from pages.dashboard.registry import dashboards
from tests.e2e.conftest import Cast
from tests.e2e.watching import FITS, opened

pytestmark = pytest.mark.browser

LEAD_CHART = 900  # above which it begins at 1440 px
LONGEST = {  # by level and width of the window
    "practice": {1440: 4500, 390: 9000},
    "pcn": {1440: 4500, 390: 9000},
    "icb": {1440: 6000, 390: 12_000},
    "england": {1440: 6000, 390: 12_000},
}
MOST_WORDS, MOST_NUMBERS, MOST_CARDS, MOST_LINES = 45, 2, 6, 3
COVERED = 0.12  # of the window, at most, by what stays in sight
# Windows as they are, and a window of 1440 × 900 at 200 % and 400 %.
WINDOWS = ((1440, 900), (1280, 720), (910, 512), (720, 450), (360, 225))

MEASURE = """() => {
  const top = (one) => one.getBoundingClientRect().top + scrollY;
  const cards = [...document.querySelectorAll(".kpi")];
  return {
    length: document.documentElement.scrollHeight,
    lead: top(document.querySelector("#trend .plot")),
    words: document.querySelector(".sum p").textContent.trim().split(/\\s+/).length,
    numbers: document.querySelectorAll(".sum b").length,
    said: document.querySelector(".sum p").textContent,
    cards: cards.length,
    lines: Math.max(...cards.map((one) => one.querySelectorAll(":scope > dd:not(.why)").length)),
    boxes: document.querySelectorAll("main [role=combobox]").length,
    feet: [...document.querySelectorAll(".foot-line .src")].filter((one) => one.offsetParent)
      .map((one) => one.getClientRects().length),
    wide: document.documentElement.scrollWidth - innerWidth,
  };
}"""
STUCK = """() => {
  scrollTo(0, document.documentElement.scrollHeight / 2);
  return [...document.querySelectorAll("body *")]
    .filter((one) => ["sticky", "fixed"].includes(getComputedStyle(one).position))
    .map((one) => one.getBoundingClientRect())
    .filter((box) => box.width > innerWidth / 2 && box.top < innerHeight && box.bottom > 0)
    .reduce((most, box) => Math.max(most, box.height), 0) / innerHeight;
}"""


@pytest.mark.parametrize("level", LONGEST)
@pytest.mark.parametrize("tool", dashboards(), ids=lambda tool: tool.slug)
def test_a_page_keeps_to_its_budget(
    chromium: Browser, site: str, cast: Cast, tool: Tool, level: str
) -> None:
    org = getattr(cast, level, None)
    with opened(chromium, site) as window:
        page = window.go(f"{tool.path}?org={org.code}" if org else tool.path)
        for width, longest in LONGEST[level].items():
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_function(FITS)
            now = page.evaluate(MEASURE)
            assert now["length"] <= longest, (width, now)
            if width == 1440:
                assert now["lead"] < LEAD_CHART, now
            assert now["words"] <= MOST_WORDS and now["numbers"] <= MOST_NUMBERS, now
            assert "interval" not in now["said"]
            assert 0 < now["cards"] <= MOST_CARDS and now["lines"] <= MOST_LINES, now
            assert now["boxes"] == 1 and set(now["feet"]) == {1}, now


@pytest.mark.parametrize("tool", dashboards(), ids=lambda tool: tool.slug)
def test_what_stays_in_sight_covers_little_of_any_window(
    chromium: Browser, site: str, cast: Cast, tool: Tool
) -> None:
    with opened(chromium, site) as window:
        page = window.go(f"{tool.path}?org={cast.practice.code}")
        for width, height in WINDOWS:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_function(FITS)
            assert page.evaluate(STUCK) <= COVERED, (width, height)
            bar, button = page.locator("div.selbar"), page.locator(".view-sum")
            page.evaluate("scrollTo(0, 0)")
            if height < 700:
                assert button.is_visible()
                button.click()
                assert page.locator(".f-month").is_visible()
                assert page.evaluate(STUCK) <= COVERED, (width, height)
                page.evaluate("scrollTo(0, 0)")
                button.click()
            else:
                box = bar.bounding_box()
                assert box and box["height"] <= COVERED * height and not button.is_visible()
