"""What people come for, from the first visit to the file they take away."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from data import format as fmt
from data import periods
from data.questions import queries
from data.versions.db import LiveVersions
from tests.e2e.conftest import Cast
from tests.e2e.watching import at, drawn, opened, redraw_held, redrawn

pytestmark = pytest.mark.browser

GP, LISTS = "/tools/gp-appointments/", "/tools/list-size/"
MEASURE = "per_1000"
ASKS = '"part":"asking"'  # in the question for a section that was left for later

WATCH_IDS = """() => {
  window.changes = 0;
  window.twice = [];
  new MutationObserver(() => {
    window.changes += 1;
    const ids = [...document.querySelectorAll("[id]:not(svg *)")].map((one) => one.id);
    window.twice.push(...ids.filter((id, place) => ids.indexOf(id) !== place));
  }).observe(document, { childList: true, subtree: true, attributes: true });
}"""

MOST_WAITS = 400  # of 50 ms


def card(page: Page, label: str) -> str:
    """The value of a headline card."""
    place = page.locator(".kpi").filter(has=page.get_by_text(label, exact=True))
    return place.locator(".v").inner_text().replace("\n", "")


def per_1000(library: LiveVersions, cast: Cast, back: int = 0) -> str:
    """What the card must show, `back` months before the newest."""
    snapshot = library.current("gp-appointments")
    assert snapshot is not None
    measure, month = snapshot.dataset.measure(MEASURE), snapshot.months[-1 - back]
    return fmt.value(
        queries.figure(snapshot, measure, cast.practice, month=month).value or 0, measure.unit
    )


def months(library: LiveVersions) -> list[str]:
    snapshot = library.current("gp-appointments")
    assert snapshot is not None
    return [periods.key("month", month) for month in snapshot.months]


def misspelt(name: str) -> str:
    """The longest word of a name without its third letter."""
    word = max(re.findall(r"[A-Za-z]+", name), key=len)
    return word[:2] + word[3:]


def test_a_first_visit_finds_the_organisation_in_every_way(
    chromium: Browser, site: str, cast: Cast
) -> None:
    with opened(chromium, site) as window:
        page = window.go("/")
        box = page.get_by_role("combobox", name="Find a practice, PCN or area")
        for words in (cast.practice.code.lower(), cast.practice.postcode, cast.practice.name):
            box.fill(words)
            found = page.get_by_role("option").filter(has_text=cast.practice.code)
            expect(found).to_be_visible()
            box.press("Escape")
        box.fill(misspelt(cast.pcn.name))
        expect(page.get_by_role("option").first).to_be_visible()
        box.fill(cast.practice.code)
        expect(page.get_by_role("option")).to_have_count(1)
        box.press("Enter")
        at(page, f"/organisations/{cast.practice.code}/")
        expect(page.locator("h1")).to_have_text(cast.practice.name)
        page.get_by_role("link", name="GP appointments", exact=True).click()
        at(page, f"{GP}?org={cast.practice.code}")
        drawn(page)
        expect(page.get_by_role("combobox", name="Practice, PCN or area")).to_have_value(
            cast.practice.label
        )


def test_changes_are_in_the_address_and_back_undoes_them(
    chromium: Browser, site: str, cast: Cast, library: LiveVersions
) -> None:
    with opened(chromium, site) as window:
        page = window.go(f"{GP}?org={cast.practice.code}")
        assert card(page, "Per 1,000 patients") == per_1000(library, cast)
        earlier = months(library)[-3]
        page.get_by_label("Month", exact=True).select_option(earlier)
        at(page, f"month={earlier}")
        expect(page.locator(".kpi .v").nth(1)).to_have_text(per_1000(library, cast, back=2))
        page.get_by_text("More options").click()
        page.get_by_label("Peer group").select_option("icb")
        at(page, "group=icb")
        head = page.locator("#comparison .spine thead").first
        expect(head).to_contain_text("Among practices in")
        page.get_by_label("PCN", exact=True).uncheck()
        expect(head).not_to_contain_text("PCN")
        page.go_back()
        expect(page.get_by_label("PCN", exact=True)).to_be_checked()
        expect(head).to_contain_text("PCN")
        page.go_back()
        expect(page.get_by_label("Peer group")).to_have_value("england")
        page.go_back()
        expect(page.get_by_label("Month", exact=True)).to_have_value(months(library)[-1])
        expect(page.locator(".kpi .v").nth(1)).to_have_text(per_1000(library, cast))


def test_a_shared_link_shows_someone_else_exactly_the_same_page(
    chromium: Browser, site: str, cast: Cast, library: LiveVersions
) -> None:
    with opened(chromium, site) as window:
        page = window.go(f"{GP}?org={cast.pcn.code}")
        with redrawn(page):
            page.get_by_label("Month", exact=True).select_option(months(library)[-2])
        at(page, "month=")
        with redrawn(page):
            page.get_by_text("More options").click()
            page.locator(".seg-l", has_text="Counts").click()
        at(page, "unit=count")
        page.get_by_label("Measure").select_option("dna_rate")
        at(page, "measure=dna_rate")
        expect(page.locator("#trend .fig h3").first).to_contain_text("Did not attend")
        drawn(page)
        page.locator(".fig .fmenu > summary").first.click()
        page.locator(".fig [data-do=table]").first.click()
        at(page, "table=")
        shown = page.locator("#main").inner_text()
        page.get_by_role("button", name="Copy link").first.click()
        expect(page.get_by_role("button", name="Link copied")).to_be_visible()
        link = page.evaluate("navigator.clipboard.readText()")
        assert parse_qs(urlsplit(link).query) == parse_qs(urlsplit(page.url).query)
    with opened(chromium, site) as other:
        page = other.go(link.removeprefix(site))
        expect(page.locator(".twin").first).to_be_visible()
        page.wait_for_function(
            "shown => document.getElementById('main').innerText === shown", arg=shown
        )


def test_the_way_on_is_there_before_the_page_is(chromium: Browser, site: str) -> None:
    held: list[Route] = []
    with opened(chromium, site) as window:
        page = window.page
        page.route("**/_dash-layout", lambda route: held.append(route))
        with page.expect_request("**/_dash-layout"):
            page.goto(site + LISTS)
        expect(page.get_by_role("status")).to_have_text("Loading")
        links = page.locator(".nav-main a:visible").all_inner_texts()
        assert "State of the Nation" in links
        mark = page.locator(".wordmark:visible").bounding_box()
        held.pop().continue_()
        drawn(page)
        assert page.locator(".nav-main a:visible").all_inner_texts() == links
        assert page.locator(".wordmark:visible").bounding_box() == mark
        expect(page.locator(".meanwhile")).to_be_hidden()


def until(page: Page, met: Callable[[], object]) -> None:
    """Let the page go on until something of its requests is true, for 20 seconds at most."""
    for _ in range(1000):
        if met():
            return
        page.wait_for_timeout(20)
    raise AssertionError("what the page should have asked for was not asked")


@contextmanager
def sections_held(page: Page) -> Iterator[list[Route]]:
    """Questions for later sections, which wait for the test to send them on."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if ASKS in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route("**/_dash-update-component*", hold)
    yield held
    page.unroute("**/_dash-update-component*")


def test_a_section_of_the_view_before_stays_until_its_own_has_come(
    chromium: Browser, site: str, cast: Cast, library: LiveVersions
) -> None:
    with opened(chromium, site) as window:
        page = window.go(f"{GP}?org={cast.practice.code}")
        former, remark = page.locator(".rest > .former"), page.locator("#comparison .sh p")
        before = remark.inner_text()
        with sections_held(page) as held:
            with redrawn(page):
                page.get_by_label("Month", exact=True).select_option(months(library)[-3])
            every = page.locator(".rest > .later").count()
            expect(former).to_have_count(every)
            assert former.evaluate_all("all => all.every(one => one.inert)")
            expect(former.first.locator(".sh p")).to_have_text(before)
            expect(page.locator(".waiting:visible")).to_have_count(0)
            for left in range(every - 1, -1, -1):
                until(page, lambda: held)
                held.pop().continue_()
                expect(former).to_have_count(left)
        expect(remark).not_to_have_text(before)


def test_an_id_is_in_the_page_once_at_every_moment(
    chromium: Browser, site: str, cast: Cast, library: LiveVersions
) -> None:
    """Watched at every change of the document, while one view after the other is drawn."""
    with opened(chromium, site) as window:
        page = window.go(f"{GP}?org={cast.practice.code}")
        page.evaluate(WATCH_IDS)
        with sections_held(page) as held:
            for place in (-3, -4):  # the second comes while the first is waited for
                with redrawn(page):
                    page.get_by_label("Month", exact=True).select_option(months(library)[place])
                expect(page.locator(".former")).to_have_count(page.locator(".later").count())
            page.locator(".rail-full a", has_text="Comparison").click()
            expect(page.locator(".former .sh:has-text('Comparison')")).to_be_in_viewport()
            former = page.locator(".former")
            for _ in range(MOST_WAITS):  # an answer that is on its way is not held any more
                if not former.count():
                    break
                if held:
                    held.pop().continue_()
                page.wait_for_timeout(50)
            expect(former).to_have_count(0)
        with redrawn(page):
            page.locator(".selbar [role=combobox]").fill(cast.pcn.code)
            page.locator(".selbar").get_by_role("option").filter(has_text=cast.pcn.code).click()
        drawn(page)
        assert page.evaluate("window.changes") > 10
        assert page.evaluate("window.twice") == []


def test_a_page_whose_data_were_renewed_while_it_was_drawn_says_so_once(
    chromium: Browser, site: str, cast: Cast
) -> None:
    def older(route: Route) -> None:
        asked = route.request.post_data or ""
        route.continue_(post_data=re.sub(r'"versions":\[[^]]*\]', '"versions":["older"]', asked))

    with opened(chromium, site) as window:
        page = window.page
        page.route("**/_dash-update-component*", older)
        page.goto(f"{site}{GP}?org={cast.practice.code}")
        expect(page.get_by_text("Newer data were published")).to_have_count(1)
        expect(page.locator(".waiting:visible")).to_have_count(0)


def saved(page: Page, name: str) -> Path:
    page.locator("summary", has_text="Download").first.click()
    with page.expect_download() as found:
        page.get_by_role("link", name=name).click()
    return Path(found.value.path())


def test_downloads_open_with_the_numbers_of_the_page(
    chromium: Browser, site: str, cast: Cast, library: LiveVersions
) -> None:
    snapshot = library.current("gp-appointments")
    assert snapshot is not None
    measure = snapshot.dataset.measure(MEASURE)
    value = queries.figure(snapshot, measure, cast.practice, month=snapshot.latest).value
    with opened(chromium, site) as window:
        page = window.go(f"{GP}?org={cast.practice.code}")
        with zipfile.ZipFile(saved(page, "CSV of every table")) as archive:
            (name,) = (name for name in archive.namelist() if name.endswith("summary.csv"))
            text = archive.read(name).decode("utf-8-sig")
        rows = {row["Measure"]: row["Value"] for row in csv.DictReader(io.StringIO(text))}
        assert rows[measure.name] == str(value)
        page.locator("h1").click()
        with zipfile.ZipFile(saved(page, "XLSX workbook")) as book:
            sheets = "".join(
                book.read(name).decode() for name in book.namelist() if "worksheets" in name
            )
        assert re.search(rf"<v>{re.escape(str(value))[:12]}", sheets)
        figure = page.locator("#gp-appointments-mode")
        figure.locator(".fmenu > summary").click()
        with page.expect_download() as found:
            figure.get_by_role("link", name="CSV").click()
        own = Path(found.value.path()).read_text(encoding="utf-8-sig")
        assert own.splitlines()[0].startswith("Source,Licence,Organisation,Period,Link,")
        code = cast.practice.code.lower()
        assert code in found.value.suggested_filename
        figure.locator(".fmenu > summary").click()
        with page.expect_download() as found:
            figure.get_by_role("link", name="PNG").click()
        assert Path(found.value.path()).read_bytes().startswith(b"\x89PNG")


def test_a_chart_has_a_table_and_its_number_an_explanation_and_a_citation(
    chromium: Browser, site: str, cast: Cast, library: LiveVersions
) -> None:
    snapshot = library.current("gp-appointments")
    assert snapshot is not None
    measure = snapshot.dataset.measure(MEASURE)
    now = queries.figure(snapshot, measure, cast.practice, month=snapshot.latest)
    with opened(chromium, site) as window:
        page = window.go(f"{GP}?org={cast.practice.code}")
        figure = page.locator("#gp-appointments-trend-deciles")
        figure.locator(".fmenu > summary").click()
        figure.get_by_role("button", name="Table").click()
        newest = figure.locator("tbody tr").first
        expect(newest).to_contain_text(fmt.month_short(snapshot.latest))
        expect(newest).to_contain_text(fmt.value(now.value, measure.unit))
        expect(figure.locator(".plot")).to_be_hidden()
        page.reload()
        drawn(page)
        expect(figure.locator("tbody tr").last).to_be_visible()
        figure.locator(".fmenu > summary").click()
        figure.locator(".fmenu .explain > summary").click()
        working = figure.locator(".working")
        for words in (
            f"{fmt.value(now.numerator, 'count')} ÷ {fmt.value(now.denominator, 'count')}",
            "Byar",
            snapshot.version,
            "/api/v1/gp-appointments/?org=",
        ):
            expect(working).to_contain_text(words)
        working.get_by_role("button", name="Copy").first.click()
        quoted = page.evaluate("navigator.clipboard.readText()")
        assert cast.practice.label in quoted and "Open Government Licence" in quoted
        figure.locator("[data-cites]").click()
        cited = page.evaluate("navigator.clipboard.readText()")
        address = re.search(r"http\S+#gp-appointments-trend-deciles", cited)
        assert address and "Accessed" in cited
        page.goto(address.group().rstrip(","))
        drawn(page)
        expect(newest).to_contain_text(fmt.value(now.value, measure.unit))


def test_a_theme_that_was_chosen_stays_on_every_page(
    chromium: Browser, site: str, cast: Cast
) -> None:
    with opened(chromium, site) as window:
        page = window.go("/")
        button = page.locator("[data-theme-toggle]")
        button.click()
        button.click()
        dark = page.locator("html[data-bs-theme=dark]")
        expect(dark).to_be_attached()
        for path in (GP, "/status/", f"/organisations/{cast.practice.code}/"):
            window.go(path)
            expect(dark).to_be_attached()


def test_state_of_the_nation_follows_its_controls(chromium: Browser, site: str, cast: Cast) -> None:
    with opened(chromium, site) as window:
        page = window.go("/state-of-the-nation/")
        page.get_by_role("link", name="GP appointments in England").click()
        at(page, "/state-of-the-nation/gp-appointments/")
        drawn(page)
        page.get_by_label("Measure").select_option("dna_rate")
        at(page, "measure=dna_rate")
        expect(
            page.locator("#areas, section").filter(has_text="Did not attend").first
        ).to_be_visible()
        box = page.locator("main .combo input")
        with redraw_held(page):  # until somebody types
            page.locator(".seg-l", has_text="Regions").click()
            at(page, "areas=region")
            box.fill(cast.practice.code)
        expect(page.locator("main .combo [role=option]")).to_have_count(1)
        expect(box).to_have_value(cast.practice.code)
        box.press("Enter")
        at(page, f"org={cast.practice.code}")
        expect(page.locator("tr.me")).to_contain_text(cast.region.name)


def test_a_rest_that_does_not_come_leaves_no_figures_of_the_view_before(
    chromium: Browser, site: str, cast: Cast
) -> None:
    with opened(chromium, site) as window:
        page = window.go(f"/tools/gp-appointments/?org={cast.practice.code}")
        page.route(
            "**/_dash-update-component*",
            lambda route: (
                route.fulfill(status=204)
                if ASKS in (route.request.post_data or "")
                else route.continue_()
            ),
        )
        page.get_by_label("Month", exact=True).select_option(index=2)
        at(page, "month=")
        expect(page.locator(".former")).to_have_count(page.locator(".later").count())
        expect(page.locator(".late")).to_contain_text("could not be loaded", timeout=25_000)
        expect(page.locator(".former")).to_have_count(0)
        page.unroute("**/_dash-update-component*")
        page.get_by_role("link", name="Load the page again").click()
        drawn(page)
        expect(page.locator(".late")).to_have_count(0)
        page.locator(".rail-full a", has_text="Breakdown").click()
        expect(page.locator(".rail-full a[aria-current]")).to_have_text("Breakdown")
        assert "month=" in page.url


def test_a_page_that_is_not_there_leads_on(chromium: Browser, site: str, cast: Cast) -> None:
    path = f"/tools/nothing/{cast.practice.code}/"
    with opened(chromium, site) as window:
        window.missing.add(site + path)
        page = window.go(path)
        expect(page.locator("h1")).to_have_text("There is no page at this address")
        expect(page.locator("main")).to_contain_text(cast.practice.name)
        page.locator("main").get_by_role("link", name="All tools").click()
        at(page, "/tools/")
        expect(page.locator("h1")).to_have_text("Tools")


def test_without_scripts_an_organisation_still_has_its_figures(
    chromium: Browser, site: str, cast: Cast, library: LiveVersions
) -> None:
    with opened(chromium, site, java_script_enabled=False) as window:
        window.page.goto(f"{site}/organisations/{cast.practice.code}/")
        expect(window.page.locator(".picture svg.chart:visible").first).to_be_visible()
        window.page.locator("summary").nth(1).click()
        expect(window.page.locator("table").nth(1)).to_contain_text(per_1000(library, cast))
