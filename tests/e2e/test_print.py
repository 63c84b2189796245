"""Pages on paper: complete, within their pages, and saying what they are at the foot of each."""

from __future__ import annotations

from io import BytesIO

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from pages.catalogue import Tool
from pages.dashboard.registry import dashboards
from tests.e2e.conftest import Cast
from tests.e2e.watching import opened

pytestmark = pytest.mark.browser

MOST_PAGES = 4  # of a practice
LONGER = {"list-size": 5}  # until its landscape is shorter on paper
TOOLS = pytest.mark.parametrize("tool", dashboards(), ids=lambda tool: tool.slug)


def texts(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


@TOOLS
def test_a_practice_prints_whole_on_four_pages(
    chromium: Browser, site: str, cast: Cast, tool: Tool
) -> None:
    with opened(chromium, site) as window:
        page = window.go(f"{tool.path}?org={cast.practice.code}")
        headings = page.locator("main section:not(#related) h2:not(.vh)").all_inner_texts()
        pages = texts(page.pdf(prefer_css_page_size=True))
    assert len(headings) >= 5 and 1 < len(pages) <= LONGER.get(tool.slug, MOST_PAGES)
    whole = " ".join(pages)
    assert all(heading in whole for heading in headings)
    assert f"{cast.practice.label}, " in pages[0].split(tool.title)[1]
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text
        assert cast.practice.label in text and tool.title in text and "printed " in text
        assert f"?org={cast.practice.code}&month=" in text.replace(" ", "")


@TOOLS
def test_sections_that_have_not_come_are_on_paper(
    chromium: Browser, site: str, cast: Cast, tool: Tool
) -> None:
    """The browser's own print cannot wait: the missing sections are fetched while it stands."""
    with opened(chromium, site) as window:
        page = window.page
        page.route(
            "**/_dash-update-component",
            lambda route: (
                None if "asking" in (route.request.post_data or "") else route.continue_()
            ),
        )
        page.goto(f"{site}{tool.path}?org={cast.practice.code}")
        page.locator("#main .waiting").first.wait_for(state="attached")
        pages = texts(page.pdf(prefer_css_page_size=True))
        page.unroute_all(behavior="ignoreErrors")
    assert "What to keep in mind" in " ".join(pages)
