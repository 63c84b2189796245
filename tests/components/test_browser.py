"""The component kit in a real Chromium: accessibility, width, keyboard, URL state, exports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

GALLERY, TOOLS, DASHBOARD = "/", "/tools/", "/tools/dashboard/"


@contextmanager
def opened(
    browser: Browser, url: str, *, width: int = 1440, theme: str = "light"
) -> Iterator[tuple[Page, list[str], list[str]]]:
    """A page, its console problems, and the paths of its POST requests."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=theme,  # type: ignore[arg-type]
        accept_downloads=True,
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = context.new_page()
    problems: list[str] = []
    posts: list[str] = []
    page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda r: posts.append(r.url) if r.method == "POST" else None)
    page.goto(url)
    expect(page.locator("h1")).to_be_visible()
    plots = page.locator(".plot .gr")
    if plots.count():
        expect(page.locator(".plot .main-svg").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    yield page, problems, posts
    context.close()


@pytest.mark.parametrize("path", [GALLERY, TOOLS, DASHBOARD + "?org=Y99001"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(
    chromium: Browser, gallery_url: str, path: str, width: int, theme: str
) -> None:
    with opened(chromium, gallery_url + path, width=width, theme=theme) as (page, problems, _):
        violations = Axe().run(page).response["violations"]
    said = [(v["id"], [node["html"][:160] for node in v["nodes"][:4]]) for v in violations]
    assert said == []
    assert problems == []


@pytest.mark.parametrize("path", [GALLERY, TOOLS, DASHBOARD + "?org=Y99001"])
@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_no_page_scrolls_sideways(
    chromium: Browser, gallery_url: str, path: str, width: int
) -> None:
    with opened(chromium, gallery_url + path, width=width) as (page, _, _):
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert over <= 0


def test_nothing_is_fetched_from_another_host(chromium: Browser, gallery_url: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.goto(gallery_url)
    expect(page.locator(".plot .main-svg").first).to_be_visible()
    context.close()
    assert [url for url in seen if not url.startswith((gallery_url, "data:", "blob:"))] == []
    assert [url for url in seen if "plotly.min" in url] == []
    assert len([url for url in seen if ".woff2?v=" in url]) == 1


def test_a_control_changes_the_address_with_one_post(chromium: Browser, gallery_url: str) -> None:
    with opened(chromium, gallery_url + DASHBOARD + "?org=Y99001") as (page, problems, posts):
        posts.clear()
        page.get_by_label("Month", exact=True).select_option("2026-03")
        expect(page.locator("#echo")).to_contain_text("2026-03")
        assert page.url.endswith("?org=Y99001&month=2026-03")
        assert len(posts) == 1
        page.get_by_text("Count", exact=True).click()
        expect(page.locator("#echo")).to_contain_text("count")
        assert len(posts) == 2
        page.get_by_label("PCN", exact=True).uncheck()
        page.get_by_label("England", exact=True).uncheck()
        expect(page.locator("#echo")).to_contain_text("none")
        assert "vs=none" in page.url
        assert page.evaluate("document.activeElement.type") == "checkbox"
        assert page.title() == "Dashboard, Millbrook Surgery | Haresign"
        expect(page.locator("#live")).to_contain_text("none")
        assert problems == []


def test_back_restores_controls_and_content(chromium: Browser, gallery_url: str) -> None:
    with opened(chromium, gallery_url + DASHBOARD + "?org=Y99001") as (page, problems, _):
        month = page.get_by_label("Month", exact=True)
        month.select_option("2026-03")
        expect(page.locator("#echo")).to_contain_text("2026-03")
        page.get_by_label("Sub-ICB").check()
        expect(page.locator("#echo")).to_contain_text("sub_icb")
        page.go_back()
        expect(page.locator("#echo")).not_to_contain_text("sub_icb")
        expect(page.get_by_label("Sub-ICB")).not_to_be_checked()
        expect(month).to_have_value("2026-03")
        page.go_back()
        expect(month).to_have_value("2026-09")
        expect(page.locator("#echo")).to_contain_text("2026-09")
        page.go_forward()
        expect(page.locator("#echo")).to_contain_text("2026-03")
        assert problems == []


def test_default_values_leave_the_address(chromium: Browser, gallery_url: str) -> None:
    with opened(chromium, gallery_url + DASHBOARD + "?month=2026-03") as (page, _, _):
        expect(page.get_by_label("Month", exact=True)).to_have_value("2026-03")
        page.get_by_label("Month", exact=True).select_option("2026-09")
        expect(page.locator("#echo")).to_contain_text("2026-09")
        assert page.url.endswith(DASHBOARD)


def test_the_search_box_works_from_the_keyboard(chromium: Browser, gallery_url: str) -> None:
    with opened(chromium, gallery_url + DASHBOARD) as (page, problems, posts):
        box = page.get_by_role("combobox", name="Practice, PCN or area")
        box.focus()
        box.press_sequentially("weir")
        option = page.get_by_role("option", name="The Weir Practice")
        expect(option).to_be_visible()
        expect(page.locator("#live")).to_have_text("1 practice")
        posts.clear()
        box.press("ArrowDown")
        assert box.get_attribute("aria-activedescendant") == option.get_attribute("id")
        box.press("Enter")
        expect(page.locator("#echo")).to_contain_text("The Weir Practice")
        assert page.url.endswith("?org=Y99007")
        assert len(posts) == 1
        expect(page.get_by_role("button", name="The Weir Practice")).to_be_visible()
        page.go_back()
        expect(page.locator("#echo")).to_contain_text("England")
        expect(box).to_have_value("England")
        assert problems == []


def test_escape_closes_the_list_and_restores_the_name(chromium: Browser, gallery_url: str) -> None:
    with opened(chromium, gallery_url + DASHBOARD + "?org=Y99001") as (page, _, _):
        box = page.get_by_role("combobox", name="Practice, PCN or area")
        box.fill("weir")
        options = page.get_by_role("listbox").get_by_role("option")
        expect(options).to_have_count(1)
        box.press("Escape")
        expect(options).to_have_count(0)
        expect(box).to_have_value("Millbrook Surgery (Y99001)")


def test_slash_focuses_the_site_search_and_an_item_is_followed(
    chromium: Browser, gallery_url: str
) -> None:
    with opened(chromium, gallery_url + TOOLS) as (page, problems, _):
        page.keyboard.press("/")
        page.keyboard.type("Y99004")
        page.keyboard.press("Enter")
        expect(page.locator("#echo")).to_contain_text("Hartley Road Medical Centre")
        assert page.evaluate("document.activeElement.id") == "main"
        assert problems == []


def test_the_table_twin_replaces_the_plot_and_stays_in_the_link(
    chromium: Browser, gallery_url: str
) -> None:
    with opened(chromium, gallery_url + DASHBOARD) as (page, problems, posts):
        posts.clear()
        menu = page.locator(".fmenu > summary")
        button = page.locator("[data-do=table]")
        menu.press("Enter")
        button.press("Enter")
        expect(menu).to_be_focused()
        expect(page.locator(".twin")).to_be_visible()
        expect(page.locator(".plot")).to_be_hidden()
        expect(button).to_have_attribute("aria-pressed", "true")
        assert page.url.endswith("?table=deciles")
        assert posts == []
        page.get_by_label("Month", exact=True).select_option("2026-03")
        expect(page.locator("#echo")).to_contain_text("2026-03")
        expect(page.locator(".twin")).to_be_visible()
        page.reload()
        expect(page.locator(".twin")).to_be_visible()
        assert problems == []


def test_png_is_the_picture_that_the_server_draws(chromium: Browser, gallery_url: str) -> None:
    with opened(chromium, gallery_url, theme="dark") as (page, problems, _):
        page.locator("#spc .fmenu > summary").click()
        with page.expect_download() as caught:
            page.locator("#spc").get_by_role("link", name="PNG").click()
        picture = caught.value.path().read_bytes()
        assert problems == []
    width, height = (int.from_bytes(picture[i : i + 4], "big") for i in (16, 20))
    assert picture.startswith(b"\x89PNG")
    assert width == 1720 and height > 600


def test_citations_and_links_say_whom_and_when_they_are_of(
    chromium: Browser, gallery_url: str
) -> None:
    with opened(chromium, gallery_url) as (page, _, _):
        page.locator("#mode .fmenu > summary").click()
        page.locator("#mode [data-cites]").click()
        expect(page.locator("#live")).to_have_text("Citation copied")
        text = page.evaluate("navigator.clipboard.readText()")
        expect(page.locator("#mode .cite code")).to_contain_text("/?org=Y99001&month=2026-09#mode")
        page.locator("#mode [data-do=link]").click()
        expect(page.locator("#live")).to_have_text("Link copied")
        link = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("NHS England. Appointments in General Practice, Sep 2026.")
    assert "Millbrook Surgery (Y99001), September 2026." in text
    assert "/?org=Y99001&month=2026-09#mode. Accessed " in text
    assert link == f"{gallery_url}/?org=Y99001&month=2026-09#mode"


def test_the_menu_works_from_the_keyboard_and_closes(chromium: Browser, gallery_url: str) -> None:
    with opened(chromium, gallery_url) as (page, problems, _):
        menu = page.locator("#deciles .fmenu > summary")
        menu.press("Enter")
        entries = page.locator("#deciles .fmenu > .pop > li")
        names = ["Table", "CSV", "XLSX", "PNG", "SVG", "Copy link", "Cite", "Explain"]
        shown = [one.inner_text().split(":")[0].strip() for one in entries.all()]
        assert shown == names
        page.locator("#deciles .explain > summary").press("Enter")
        expect(page.locator("#deciles .working")).to_be_visible()
        box = page.locator("#deciles .working").bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 1440 and box["width"] > 500
        page.keyboard.press("Escape")
        expect(page.locator("#deciles .working")).to_be_hidden()
        page.keyboard.press("Escape")
        expect(entries.first).to_be_hidden()
        expect(menu).to_be_focused()
        assert problems == []


def test_sorting_keeps_missing_values_last(chromium: Browser, gallery_url: str) -> None:
    with opened(chromium, gallery_url) as (page, _, _):
        names = page.locator("#members tbody th a")
        head = page.locator("#members th", has_text="Did not attend")
        for order in ("descending", "ascending"):
            head.get_by_role("button").click()
            expect(head).to_have_attribute("aria-sort", order)
            assert names.last.inner_text() == "St Anne’s Lane Surgery"
        assert names.first.inner_text() == "Millbrook Surgery"


def test_labels_move_above_a_narrow_plot(chromium: Browser, gallery_url: str) -> None:
    at = "() => document.querySelector('#deciles .js-plotly-plot').layout.meta.at"
    with opened(chromium, gallery_url, width=390) as (page, _, _):
        page.wait_for_function(f"({at})() === 'narrow'")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.wait_for_function(f"({at})() === 'wide'")


def test_the_theme_button_goes_round_and_is_kept(chromium: Browser, gallery_url: str) -> None:
    theme = "document.documentElement.dataset.bsTheme"
    with opened(chromium, gallery_url + TOOLS, theme="dark") as (page, _, _):
        assert page.evaluate(theme) == "dark"
        page.get_by_role("button", name="Theme: system").click()
        assert page.evaluate(theme) == "light"
        page.reload()
        expect(page.get_by_role("button", name="Theme: light")).to_be_visible()
        assert page.evaluate(theme) == "light"


def test_the_phone_menu_opens_and_closes_with_the_keyboard(
    chromium: Browser, gallery_url: str
) -> None:
    with opened(chromium, gallery_url + TOOLS, width=390) as (page, _, _):
        button = page.get_by_role("button", name="Menu")
        button.press("Enter")
        expect(page.locator("#menu").get_by_role("link", name="Data status")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#menu")).to_be_hidden()
        expect(button).to_be_focused()


def test_explain_shows_the_counts(chromium: Browser, gallery_url: str) -> None:
    with opened(chromium, gallery_url) as (page, _, _):
        page.locator("#deciles .fmenu > summary").click()
        page.locator("#deciles .explain > summary").click()
        expect(page.locator("#deciles .working")).to_contain_text("246 ÷ 6,001 × 100 = 4.1%")


def test_a_year_that_is_pointed_at_is_named_as_a_year(chromium: Browser, gallery_url: str) -> None:
    with opened(chromium, gallery_url) as (page, _, _):
        plot = page.locator("#years .js-plotly-plot")
        plot.scroll_into_view_if_needed()
        box = plot.bounding_box()
        assert box
        place = {"x": box["width"] * 0.46, "y": box["height"] * 0.5}
        plot.hover(position=place, force=True)
        expect(page.locator(".reading")).to_contain_text("2019/20")
        expect(page.locator(".reading")).to_contain_text("England 63.0%")
