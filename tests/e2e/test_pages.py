"""Every page of the site, at every width and in both themes: accessible, narrow enough, silent."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from pages.dashboard.registry import dashboards
from tests.e2e.conftest import Cast
from tests.e2e.watching import opened
from tests.pages.tools import GP_APPOINTMENTS, LIST_SIZE, SITE_PAGES

pytestmark = pytest.mark.browser

LOOKS = ((1440, "light"), (768, "light"), (390, "dark"), (320, "dark"))  # px, theme
MINE = "?org={practice}"
CHECKED = (1440, 390)  # px at which accessibility is checked on every page
CHECKED_EVERYWHERE = {"/", "/tools/", "/organisations/{practice}/", GP_APPOINTMENTS.path + MINE}
# What a reader may choose, each once; the plain addresses are those of the registry.
CHOSEN = (
    "/state-of-the-nation/gp-appointments/?areas=sub_icb&among=pcn",
    "/tools/list-size/?org={pcn}&unit=count",
    "/tools/gp-appointments/?org={practice}&group=supplier",
    "/tools/gp-appointments/?org={pcn}&missed=all",
    "/tools/gp-appointments/?org={icb}&membership=current",
    "/tools/gp-appointments/?org=ENG&unit=count",
    "/tools/gp-appointments/?org=NOPE1",
    "/tools/list-size/?org={practice}&month=2019-01",
)
PAGES = (
    *SITE_PAGES,
    "/organisations/{practice}/",
    "/organisations/{icb}/",
    *(tool.path + query for tool in dashboards() for query in ("", MINE)),
    *(f"{tool.nation_path}?org={{icb}}" for tool in dashboards()),
    *(f"{LIST_SIZE.path}?org={code}" for code in ("{icb}", "ENG")),
    *CHOSEN,
)
MISSING = ("/tools/nothing/", "/organisations/NOPE1/")


def address(template: str, cast: Cast) -> str:
    return template.format(practice=cast.practice.code, pcn=cast.pcn.code, icb=cast.icb.code)


@pytest.mark.parametrize("template", [*PAGES, *MISSING])
def test_every_page_is_accessible_at_every_width_and_in_both_themes(
    chromium: Browser, site: str, cast: Cast, template: str
) -> None:
    path = address(template, cast)
    with opened(chromium, site) as window:
        if template in MISSING:
            window.missing.add(site + path)
        window.go(path)
        for width, theme in LOOKS:
            window.sees(width=width, theme=theme)
            if width in CHECKED or template in CHECKED_EVERYWHERE:
                assert window.axe() == [], f"{width} px, {theme}"


@pytest.mark.parametrize("path", ["/api/docs/", "/api/redoc/"])
def test_the_documentation_of_the_api_is_drawn_from_this_host(
    chromium: Browser, site: str, path: str
) -> None:
    with opened(chromium, site) as window:
        window.page.goto(site + path)
        expect(window.page.get_by_text("/gp-appointments/").first).to_be_visible(timeout=20_000)


def test_documents_that_name_no_icon_find_one(chromium: Browser, site: str) -> None:
    with opened(chromium, site) as window:
        window.page.goto(f"{site}/api/schema/")
        assert window.page.request.get(f"{site}/favicon.ico").status == 200


def test_every_picture_and_icon_that_styles_name_is_served(chromium: Browser, site: str) -> None:
    with opened(chromium, site) as window:
        page = window.go("/")
        broken = page.evaluate(
            """async () => {
                const rules = [...document.styleSheets].flatMap(sheet => [...sheet.cssRules]);
                const named = rules.flatMap(rule => rule.cssText.match(/url\\("[^"]+"\\)/g) || [])
                    .map(found => found.slice(5, -2)).filter(url => !url.startsWith("data:"));
                const linked = [...document.querySelectorAll("link[href], img[src], script[src]")]
                    .map(one => one.href || one.src);
                const bad = [];
                for (const url of new Set([...named, ...linked]))
                    if (!(await fetch(url)).ok) bad.push(url);
                return bad;
            }"""
        )
    assert broken == []
