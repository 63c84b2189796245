"""A browser window that notes whatever goes wrong in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    Route,
    expect,
)

TALL = 900  # px
FITS = "() => document.documentElement.scrollWidth <= window.innerWidth"  # once charts are redrawn


@dataclass(frozen=True, slots=True)
class Window:
    """A context with one page. `problems` grow while it is open."""

    page: Page
    site: str
    problems: list[str]
    missing: set[str] = field(default_factory=set)  # addresses that may answer 404

    def go(self, path: str) -> Page:
        """Open an address of the site and wait until it is drawn."""
        self.page.goto(self.site + path)
        return drawn(self.page)

    def axe(self) -> list[tuple[str, list[str]]]:
        found = Axe().run(self.page).response["violations"]
        return [(one["id"], [node["html"][:160] for node in one["nodes"][:4]]) for one in found]

    def sees(self, *, width: int, theme: str) -> None:
        """Another width and colour scheme of the same page, which then fits the window."""
        self.page.set_viewport_size({"width": width, "height": TALL})
        self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        expect(self.page.locator("html")).to_have_attribute("data-bs-theme", theme)
        self.page.wait_for_function(FITS, timeout=10_000)


def at(page: Page, *parts: str) -> None:
    """Wait until the address has every part."""
    for part in parts:
        expect(page).to_have_url(re.compile(re.escape(part)), timeout=20_000)


def drawn(page: Page) -> Page:
    """The page once its heading and its charts are there."""
    expect(page.locator(".meanwhile")).to_have_count(0, timeout=20_000)
    expect(page.locator("h1").first).to_be_visible(timeout=20_000)
    expect(page.locator(".waiting")).to_have_count(0, timeout=20_000)
    for plot in page.locator(".plot .gr").all()[:3]:
        expect(plot.locator(".main-svg").first).to_be_attached(timeout=20_000)
    return page


@contextmanager
def redrawn(page: Page) -> Iterator[None]:
    """What the block does brings another view; it has come at the end of the block."""
    page.locator("#main").evaluate("main => { main.dataset.before = 1 }")
    yield
    expect(page.locator("#main[data-before]")).to_have_count(0, timeout=20_000)


@contextmanager
def redraw_held(page: Page) -> Iterator[None]:
    """The next view of a dashboard comes at the end of the block, in place of the one before."""
    held: list[Route] = []
    page.route("**/_dash-update-component*", lambda route: held.append(route))
    with page.expect_request("**/_dash-update-component*"):
        yield
    main = page.locator("#main[data-before]")
    page.locator("#main").evaluate("main => { main.dataset.before = 1 }")
    for redraw in held:
        redraw.continue_()
    page.unroute("**/_dash-update-component*")
    expect(main).to_have_count(0)


def _watch(context: BrowserContext, window: Window) -> None:
    problems, site = window.problems, window.site

    def console(message: ConsoleMessage) -> None:
        about_missing = message.location["url"] in window.missing and "404" in message.text
        if message.type in ("error", "warning") and not about_missing:
            problems.append(f"console: {message.text}")

    def response(answer: Response) -> None:
        if answer.status >= 400 and answer.url not in window.missing:
            problems.append(f"{answer.status}: {answer.url}")

    def request(asked: Any) -> None:
        if not asked.url.startswith((f"{site}/", "data:", "blob:")):
            problems.append(f"another host: {asked.url}")

    context.on("console", console)
    context.on("weberror", lambda error: problems.append(f"page error: {error.error}"))
    context.on("request", request)
    context.on("response", response)


@contextmanager
def opened(
    browser: Browser, site: str, *, width: int = 1440, theme: str = "light", **options: Any
) -> Iterator[Window]:
    """A window that must have met no problem when it closes."""
    context = browser.new_context(
        viewport={"width": width, "height": TALL},
        color_scheme=theme,  # type: ignore[arg-type]
        reduced_motion="reduce",  # colours are as they will stay when they are looked at
        accept_downloads=True,
        permissions=["clipboard-read", "clipboard-write"],
        **options,
    )
    window = Window(context.new_page(), site, [])
    _watch(context, window)
    try:
        yield window
    finally:
        context.close()
    assert window.problems == []
