"""From another month or organisation chosen by a reader to the chart that belongs to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from playwright.sync_api import Browser, Page

from tests.bench.charts import opened, shown_after_act, visit, watch_for_another
from tests.bench.counts import Counts
from tests.bench.report import Row, Spread

MONTH, ORGANISATION = "month", "organisation"
NAMED = "Practice, PCN or area"
SET = """([id, value]) => {
  window.actedAt = performance.now();
  dash_clientside.set_props(id, {value: value});
}"""

Act = Callable[[Page, int], None]  # the number is another one each time


def rows(
    browser: Browser, usual: str, dashboards: Sequence[str], codes: Sequence[str], counts: Counts
) -> list[Row]:
    """`codes` are practices that all pages know."""
    result = []
    for what, act, plain in (
        (MONTH, _choose_month, _set_month),
        (ORGANISATION, partial(_choose_organisation, codes), partial(_set_practice, codes)),
    ):
        least = _times(browser, usual, plain, counts)
        result += [
            _changed(url, what, _times(browser, url, act, counts), least) for url in dashboards
        ]
    return result


def _times(browser: Browser, url: str, act: Act, counts: Counts) -> Spread:
    """Of views that nobody has asked for before, one after the other on one page."""
    taken = []
    with opened(browser) as page:
        visit(page, url)
        page.wait_for_load_state("networkidle")
        for number in range(1, counts.visits + 1):
            watch_for_another(page)
            act(page, number)
            taken.append(shown_after_act(page))
            page.wait_for_load_state("networkidle")
    return Spread.of(taken)


def _changed(url: str, what: str, taken: Spread, usual: Spread) -> Row:
    tool = url.split("/tools/")[1].split("/")[0]
    return Row(
        what=f"{tool} dashboard, another {what} chosen, until its chart is on the screen",
        measured=taken,
        reference=f"plain Dash page, {usual}",
        ratio=taken.median / usual.median,
        quoted=tool == "gp-appointments" and what == ORGANISATION,
    )


def _choose_month(page: Page, number: int) -> None:
    """An earlier one than the newest, which is the first that can be chosen."""
    menu = page.get_by_label("Month", exact=True)
    months = menu.evaluate("menu => [...menu.options].map(option => option.value).filter(Boolean)")
    menu.select_option(months[number])


def _choose_organisation(codes: Sequence[str], page: Page, number: int) -> None:
    code = codes[number]
    box = page.get_by_role("combobox", name=NAMED)
    box.fill(code)
    page.get_by_role("option").filter(has_text=code).wait_for()
    box.press("Enter")


def _set_month(page: Page, number: int) -> None:
    """From the layout, as the menu of the plain page keeps its months there."""
    layout = page.evaluate("fetch('_dash-layout').then(answer => answer.json())")
    menus = [part["props"] for part in layout["props"]["children"]]
    months = next(menu["options"] for menu in menus if menu.get("id") == "month")
    page.evaluate(SET, ["month", months[-1 - number]])


def _set_practice(codes: Sequence[str], page: Page, number: int) -> None:
    page.evaluate(SET, ["practice", codes[number]])
