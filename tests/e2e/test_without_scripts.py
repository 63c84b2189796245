"""Pages before JavaScript runs, and where it never does."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import Cast
from tests.e2e.watching import FITS, at, drawn, opened

pytestmark = pytest.mark.browser

DASHBOARDS = ("/tools/gp-appointments/", "/tools/list-size/")
NATION = ("/state-of-the-nation/gp-appointments/", "/state-of-the-nation/list-size/")
AT_ONCE = ("/", "/tools/", "/status/", "/changes/", "/data-sources/", "/state-of-the-nation/")
WIDTHS = (1440, 390)  # px
# Where everything is that stands in the first answer and in the page that Dash draws.
PLACES = """() => [...document.querySelectorAll(
  ":is(.meanwhile, #react-entry-point) :is(.wordmark, h1, .prov, .acts, .selbar, .f, .sum, .kpi," +
  " h2:not(.vh), .big-find, .qs, .ti-find, .ti-side, .ti-count, .tl li, .fig, .fig h3," +
  " .fig .legend):not(.later *)"
)].filter(one => one.checkVisibility()).map(one => [one, one.getBoundingClientRect()])
  .filter(([, box]) => box.width).map(([one, box]) =>
  [one.tagName + "." + one.className, ...[box.x, box.y, box.width, box.height].map(Math.round)])"""
PLOTS = """plots => plots.filter(one => one.checkVisibility())
  .map(one => one.getBoundingClientRect()).map(box =>
  [box.x, box.y, box.width, box.height].map(Math.round))"""


def is_whole(page: Page) -> None:
    """Every section of the rail is on the page, with charts and tables that can be read."""
    slugs = page.locator(".rail-full a").evaluate_all("all => all.map(one => one.hash.slice(1))")
    assert len(slugs) >= 6
    for slug in slugs:
        expect(page.locator(f"#{slug}-h")).to_have_count(1)
    for fold in page.locator("main .fold > summary").all():
        fold.click()
    figures = page.locator("figure.fig:has(.picture)")
    assert figures.count() >= 4
    for figure in figures.all():
        expect(figure.locator("svg.chart:visible")).to_have_count(1)
    figures.first.locator(".fmenu > summary").click()
    figures.first.get_by_role("link", name="Table", exact=True).click()
    expect(figures.first.locator("table")).to_be_visible()
    expect(page.locator("main :is(.copy, [data-do], [data-copy-link], .sortb)")).to_have_count(0)


@pytest.mark.parametrize("path", DASHBOARDS)
def test_without_scripts_a_dashboard_is_whole_and_leads_on(
    chromium: Browser, site: str, cast: Cast, path: str
) -> None:
    with opened(chromium, site, java_script_enabled=False) as window:
        page = window.page
        page.goto(f"{site}{path}?org={cast.practice.code}")
        at(page, "plain=1")
        expect(page.locator(".near p")).to_contain_text(cast.practice.name)
        is_whole(page)
        page.locator(".near li a", has_text=cast.pcn.code).click()
        at(page, f"org={cast.pcn.code}", "plain=1")
        expect(page.locator(".near p")).to_contain_text(cast.pcn.name)
        earlier = page.locator(".near li a").first
        month = earlier.inner_text()
        earlier.click()
        at(page, "month=", "plain=1")
        expect(page.locator(".near p")).to_contain_text(month)
        expect(page.locator(".prov")).to_contain_text(f"Data to {month}")


def test_without_scripts_every_control_can_be_used(
    chromium: Browser, site: str, cast: Cast
) -> None:
    with opened(chromium, site, width=390, java_script_enabled=False) as window:
        page = window.page
        page.goto(site + DASHBOARDS[0])
        at(page, "plain=1")
        page.locator("#show-org").fill(cast.practice.name)
        page.locator("#show-month").select_option(index=1)
        page.locator(".options-d > summary").click()
        page.locator("label", has_text="Counts").click()
        page.locator("#show-measure").select_option("dna_rate")
        page.locator("#trend .picks").get_by_role("button", name="Show").click()
        page.locator("section a", has_text=cast.practice.code).first.click()
        at(page, f"org={cast.practice.code}", "unit=count", "measure=dna_rate", "plain=1")
        expect(page.locator("#show-unit-count")).to_be_checked()
        expect(page.locator("#trend .fig h3").first).to_contain_text("Did not attend")
        columns = page.locator(".spine").first.locator("thead th.num").count()
        for level in ("pcn", "icb", "england"):
            page.locator(f"label[for=show-vs-{level}]").click()
        page.locator("#show").get_by_role("button", name="Show").click()
        expect(page.locator("input[name=vs]:checked")).to_have_count(0)
        expect(page.locator(".spine").first.locator("thead th.num")).to_have_count(columns - 3)


@pytest.mark.parametrize("path", NATION)
def test_without_scripts_the_state_of_the_nation_is_whole(
    chromium: Browser, site: str, cast: Cast, path: str
) -> None:
    with opened(chromium, site, java_script_enabled=False) as window:
        page = window.page
        page.goto(site + path)
        at(page, "plain=1")
        is_whole(page)
        page.locator("#show-org").fill(cast.icb.code)
        page.locator("label", has_text="Regions").click()
        page.locator("#show").get_by_role("button", name="Show").click()
        at(page, "areas=region", f"org={cast.icb.code}")
        expect(page.locator("#show-org")).to_have_value(cast.icb.code)


def test_without_scripts_tools_are_chosen_with_a_form(chromium: Browser, site: str) -> None:
    with opened(chromium, site, width=390, java_script_enabled=False) as window:
        page = window.page
        page.goto(f"{site}/tools/")
        at(page, "plain=1")
        rows = page.locator(".tl li:visible")
        everything = rows.count()
        for kind in ("Calculator", "Checklist"):
            page.locator("label.tick", has_text=kind).click()
        page.get_by_role("button", name="Show").click()
        at(page, "kind=calculator&kind=checklist")
        expect(page.locator("input[name=kind]:checked")).to_have_count(2)
        fewer = rows.count()
        assert 0 < fewer < everything
        page.locator("#tool-words").fill("salary")
        page.locator("#tool-words").press("Enter")
        at(page, "q=salary")
        assert 0 < rows.count() < fewer
        page.get_by_role("link", name="Clear").click()
        expect(rows).to_have_count(everything)
        expect(page.locator("input:checked")).to_have_count(0)


def test_without_scripts_home_leads_to_an_organisation(
    chromium: Browser, site: str, cast: Cast
) -> None:
    with opened(chromium, site, java_script_enabled=False) as window:
        page = window.page
        page.goto(f"{site}/")
        at(page, "plain=1")
        page.get_by_label("Find a practice, PCN or area").fill(cast.practice.name)
        page.get_by_role("button", name="Show").click()
        page.locator("main a", has_text=cast.practice.code).first.click()
        at(page, f"/organisations/{cast.practice.code}/")
        page.go_back()
        page.get_by_role("link", name="Data status").first.click()
        at(page, "/status/?plain=1")
        expect(page.locator("main table").first).to_be_visible()
        page.locator("main .more summary").first.click()
        expect(page.locator("main .more[open] table").first).to_be_visible()


@pytest.mark.parametrize(
    "path", [*DASHBOARDS, NATION[1], f"{DASHBOARDS[1]}?org=Surgery", *AT_ONCE, "/?org=Surgery"]
)
def test_pages_without_scripts_are_accessible(chromium: Browser, site: str, path: str) -> None:
    with opened(chromium, site) as window:
        window.page.goto(f"{site}{path}{'&' if '?' in path else '?'}plain=1")
        for width in WIDTHS:
            window.page.set_viewport_size({"width": width, "height": 900})
            assert window.page.evaluate(FITS)
            assert window.axe() == [], width


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "path",
    [
        f"{DASHBOARDS[0]}?org={{}}",
        DASHBOARDS[1],
        NATION[1],
        "/",
        "/tools/",
        "/state-of-the-nation/",
    ],
)
def test_nothing_moves_when_dash_takes_over(
    chromium: Browser, site: str, cast: Cast, path: str, width: int
) -> None:
    held: list[Route] = []
    with opened(chromium, site, width=width) as window:
        page = window.page
        page.route("**/_dash-layout", lambda route: held.append(route))
        with page.expect_request("**/_dash-layout"):
            page.goto(site + path.format(cast.practice.code))
        expect(page.locator(".meanwhile h1")).to_be_visible()
        page.wait_for_function("document.fonts.status === 'loaded'")
        places = page.evaluate(PLACES)
        plots = page.locator(".meanwhile .picture").evaluate_all(PLOTS)
        has_chart = path not in AT_ONCE
        assert len(places) > (15 if has_chart else 4) and bool(plots) is has_chart
        held.pop().continue_()
        drawn(page)
        then = page.evaluate(PLACES)
        assert places == then[: len(places)]
        assert plots == page.locator("#main .plot").evaluate_all(PLOTS)[: len(plots)]
        expect(page.locator(".stand-in")).to_have_count(0)
