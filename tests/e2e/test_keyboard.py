"""The site without a mouse, and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Cast
from tests.e2e.watching import at, drawn, opened, redraw_held

pytestmark = pytest.mark.browser

GP = "/tools/gp-appointments/"


def test_keys_alone_find_an_organisation_and_change_its_page(
    chromium: Browser, site: str, cast: Cast
) -> None:
    with opened(chromium, site) as window:
        page = window.go("/tools/")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#main")).to_be_focused()
        page.keyboard.press("/")
        expect(
            page.get_by_role("combobox", name="Find a practice, PCN or tool").first
        ).to_be_focused()
        page.keyboard.type("GP appointments")
        expect(page.get_by_role("option", name="GP appointments").first).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        at(page, f"{GP}")
        drawn(page)
        page.get_by_role("combobox", name="Practice, PCN or area").first.focus()
        page.keyboard.type(cast.practice.code)
        expect(page.locator("main .combo [role=option]")).to_have_count(1)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        at(page, f"org={cast.practice.code}")
        expect(page.locator("#live")).to_contain_text(f"Showing {cast.practice.name}")
        month = page.get_by_label("Month", exact=True)
        with redraw_held(page):
            month.focus()
            page.keyboard.press("ArrowDown")
            at(page, "month=")
        drawn(page)
        expect(month).to_be_focused()
        page.locator("#gp-appointments-mode .fmenu > summary").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.locator("#gp-appointments-mode [data-do=table]")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#gp-appointments-mode .twin")).to_be_visible()
        explain = page.locator(".kpi summary").first
        explain.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".kpi .working").first).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(".kpi .working").first).to_be_hidden()
        expect(explain).to_be_focused()
        page.locator("[data-theme-toggle]").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_a_phone_has_the_menu_the_search_and_every_control(
    chromium: Browser, site: str, cast: Cast
) -> None:
    with opened(chromium, site, width=390, has_touch=True, is_mobile=True) as window:
        page = window.go("/")
        menu = page.get_by_role("button", name="Menu")
        menu.tap()
        page.locator("#menu").get_by_role("combobox").fill(cast.practice.code)
        page.locator("#menu").get_by_role("option").first.tap()
        at(page, f"/organisations/{cast.practice.code}/")
        page.get_by_role("link", name="GP appointments", exact=True).tap()
        at(page, f"{GP}")
        drawn(page)
        month = page.get_by_label("Month", exact=True)
        expect(month).to_be_hidden()
        page.locator("[data-toggle-view]").tap()
        expect(month).to_be_visible()
        with redraw_held(page):
            month.select_option(index=3)
            at(page, "month=")
            page.locator(".jump summary").tap()
        expect(month).to_be_visible()
        drawn(page)
        page.locator(".jump a", has_text="Comparison").tap()
        expect(page.locator("#comparison h2")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
