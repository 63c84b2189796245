"""Charts under the pointer, on a phone, in forced colours and with the keyboard, in Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.components.test_browser import DASHBOARD, GALLERY, opened

pytestmark = pytest.mark.browser

# Boxes of two elements that lie on each other, in px.
OVERLAP = """([one, two]) => {
  const a = one.getBoundingClientRect(), b = two.getBoundingClientRect();
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return Math.min(across, down);
}"""
# Numbers of axes that leave their figure or touch each other, by figure.
CLIPPED = """() => [...document.querySelectorAll(".fig .js-plotly-plot")].flatMap((plot) => {
  const frame = plot.getBoundingClientRect(), name = plot.closest(".fig").id;
  const faults = [];
  for (const axis of ["xtick", "x2tick", "ytick"]) {
    const boxes = [...plot.querySelectorAll(`.${axis} text`)].map((t) => t.getBoundingClientRect());
    for (const box of boxes) {
      const inside = box.left >= frame.left - 1 && box.right <= frame.right + 1;
      if (!inside) faults.push(`${name}: ${axis} cut`);
    }
    if (axis !== "ytick") {
      boxes.sort((a, b) => a.left - b.left);
      boxes.slice(1).forEach((box, at) => {
        if (box.left < boxes[at].right) faults.push(`${name}: ${axis} touch`);
      });
    }
  }
  return faults;
})"""


def pointed_at(page: Page, name: str, across: float, down: float) -> None:
    plot = page.locator(f"#{name} .js-plotly-plot")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box
    plot.hover(position={"x": box["width"] * across, "y": box["height"] * down}, force=True)


@pytest.mark.parametrize("width", [1440, 390])
def test_what_a_plot_says_covers_none_of_it(
    chromium: Browser, gallery_url: str, width: int
) -> None:
    with opened(chromium, gallery_url, width=width) as (page, problems, _):
        for name in ("deciles", "lines", "spc", "days"):
            pointed_at(page, name, 0.4, 0.6)
            reading = page.locator(".reading")
            expect(reading).to_be_visible()
            expect(page.locator(f"#{name} .hoverlayer .legend")).to_be_hidden()
            plot = page.locator(f"#{name} .plot").element_handle()
            assert page.evaluate(OVERLAP, [reading.element_handle(), plot]) <= 0.5
        page.mouse.move(2, 2)
        expect(page.locator(".reading")).to_have_count(0)
        assert problems == []


def test_the_smallest_part_of_a_bar_says_what_it_is(chromium: Browser, gallery_url: str) -> None:
    with opened(chromium, gallery_url) as (page, _, _):
        page.locator("#mode").scroll_into_view_if_needed()
        part = page.locator("#mode .barlayer .trace").nth(3).locator("path").first
        box = part.bounding_box()
        assert box and box["width"] < 20
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(page.locator(".reading")).to_have_text("MillbrookHome visit 1.1%")


def test_a_point_of_a_scatter_that_is_pointed_at_is_named(
    chromium: Browser, gallery_url: str
) -> None:
    with opened(chromium, gallery_url) as (page, _, _):
        page.locator("#landscape").scroll_into_view_if_needed()
        box = page.locator("#landscape .scatterlayer .point").nth(4).bounding_box()
        assert box
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(page.locator(".reading")).to_contain_text("Practice 4")
        expect(page.locator(".reading")).to_contain_text("Registered patients")


@pytest.mark.parametrize("width", [1440, 390, 320])
def test_numbers_of_axes_are_whole_and_apart(
    chromium: Browser, gallery_url: str, width: int
) -> None:
    with opened(chromium, gallery_url, width=width) as (page, _, _):
        plots = page.locator(".fig .js-plotly-plot")
        expect(plots).to_have_count(page.locator(".fig .plot .gr").count())
        assert plots.count() > 15
        page.wait_for_timeout(300)  # until the narrow arrangements are drawn
        assert page.evaluate(CLIPPED) == []


def test_a_table_wider_than_a_phone_says_that_it_scrolls(
    chromium: Browser, gallery_url: str
) -> None:
    shown = "(box) => getComputedStyle(box, '::before').content"
    with opened(chromium, gallery_url, width=390) as (page, _, _):
        page.locator("#deciles .fmenu > summary").click()
        page.locator("#deciles [data-do=table]").click()
        box = page.locator("#deciles .twin-box")
        expect(box).to_have_attribute("data-wide", "")
        assert "Scrolls sideways" in box.evaluate(shown)
    with opened(chromium, gallery_url) as (page, _, _):
        page.locator("#list .fmenu > summary").click()
        page.locator("#list [data-do=table]").click()
        box = page.locator("#list .twin-box")
        expect(box).to_be_visible()
        expect(box).not_to_have_attribute("data-wide", "")
        assert box.evaluate(shown) == "none"


def test_choices_side_by_side_are_one_stop_of_the_tab_key(
    chromium: Browser, gallery_url: str
) -> None:
    with opened(chromium, gallery_url + DASHBOARD + "?org=Y99001") as (page, _, _):
        group = page.locator(".seg").first
        radios = group.get_by_role("radio")
        assert radios.count() >= 2
        group.locator("input:checked").focus()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('.seg')") is None
        page.keyboard.press("Shift+Tab")
        assert group.locator("input:focus").count() == 1


def painted(page: Page, selector: str) -> str:
    """What an element is painted with, by the styles that the browser arrived at."""
    return page.locator(selector).first.evaluate(
        "(e) => { const s = getComputedStyle(e);"
        " return [s.backgroundColor, s.borderTopColor, s.appearance].join(' ') }"
    )


@pytest.mark.parametrize("path", [GALLERY])
def test_forced_colours_show_ticks_and_strips(
    chromium: Browser, gallery_url: str, path: str
) -> None:
    context = chromium.new_context(
        viewport={"width": 1440, "height": 900}, forced_colors="active", color_scheme="dark"
    )
    page = context.new_page()
    page.goto(gallery_url + path)
    expect(page.locator(".strip").first).to_be_visible()
    ground = page.evaluate(
        "() => { const e = document.createElement('i'); e.style.background = 'Canvas';"
        " document.body.append(e); return getComputedStyle(e).backgroundColor }"
    )
    for mark in (".strip .m-you", ".strip .m-med", ".strip .band3"):
        assert not painted(page, mark).startswith(ground), mark
    assert ground not in painted(page, ".strip .band1").removeprefix(ground)
    page.goto(gallery_url + DASHBOARD + "?org=Y99001")
    expect(page.locator(".ticks").first).to_be_visible()
    # The browser draws the tick itself, in colours that it knows to be seen.
    assert painted(page, ".ticks .form-check-input").endswith(" auto")
    chosen, other = ".seg input:checked + .seg-l", ".seg input:not(:checked) + .seg-l"
    assert painted(page, chosen) != painted(page, other)
    context.close()
