"""Frames, tables and shell, read as the component tree that Dash sends."""

import re

import pytest

from components import charts, explain, figure, kpi, shell, table
from components.header import Surroundings
from data import format as fmt
from tests.components import gallery, gallery_charts, gallery_parts
from tests.tree import find, walk, words

CHARTS = gallery_charts.every_chart()


@pytest.mark.parametrize("name", CHARTS)
def test_the_twin_shows_each_value_of_the_chart(name: str) -> None:
    spec = CHARTS[name]
    table_of, drawing = charts.describe(spec).table, charts.draw(spec)
    drawn = figure.draw(gallery_parts.frame("one", "Title", "Subtitle"), spec)
    rows = find(find(drawn, "Tbody")[0], "Tr")
    raw = [
        [getattr(cell, "data-v") for cell in [*find(row, "Th"), *find(row, "Td")]] for row in rows
    ]
    assert raw == [[table.raw(cell) for cell in row] for row in table_of.rows]
    assert find(drawn, "Graph")[0].figure == charts.figure(drawing)


def test_missing_values_are_dashes_to_readers_and_empty_in_the_export() -> None:
    columns = (table.Column("Month"), table.Column("Millbrook", "per_1000"))
    twin = table.twin(table.Table("Each month", columns, (("Sep 2026", None), ("Oct 2026", 0.0))))
    cells = find(twin, "Td")
    assert [words(cell) for cell in cells] == ["–", "0.0"]
    assert [getattr(cell, "data-v") for cell in cells] == ["", "0.0"]
    assert words(find(twin, "Thead")) == "MonthMillbrook, per 1,000 patients"


def test_every_figure_offers_its_options_in_order() -> None:
    working = explain.explain(gallery_parts.WORKING)
    shown = gallery_parts.frame("one", "Title", "Subtitle")
    drawn = figure.draw(shown, CHARTS["mode"], explain=working)
    (menu,) = [one for one in walk(drawn) if getattr(one, "className", "") == "dropdown-d fmenu"]
    (entries,) = [one for one in walk(menu) if getattr(one, "className", "") == "pop"]
    names = [re.split(r"(?<=Cite)|:", words(entry))[0] for entry in entries.children]
    assert names == ["Table", "CSV", "XLSX", "PNG", "SVG", "Copy link", "Cite", "Explain"]


def test_states_keep_title_source_and_height() -> None:
    states = gallery_parts.states()
    assert len(states) == 5
    for state in states:
        plot = next(
            one for one in walk(state) if "plot state" in str(getattr(one, "className", ""))
        )
        assert plot.style["--h"] == "300px"
        source = gallery_parts.SOURCE
        line = f"{source.period}, {source.publisher}, {source.series}"
        assert find(state, "H3") and line in words(state)
    assert words(states[2]).count("–") == 1


def test_notes_say_what_the_style_says() -> None:
    assert words(figure.note_stale("October", "September", status_href="/status/")) == (
        "October was published but failed our checks. Showing September. See data status"
    )
    assert words(figure.note_suppressed(2)) == "Total excludes 2 suppressed values."
    assert words(figure.note_suppressed(1)) == "Total excludes 1 suppressed value."


def test_a_kpi_without_a_value_says_why_and_claims_no_position() -> None:
    card = kpi.Kpi(
        label="With a GP",
        value=None,
        unit="percent",
        change="0.4 points lower than Sep 2025",
        beside="Below England (44.9%)",
        position=fmt.position(fmt.Place(20, 20, 80, 0, 6199)),
        missing="Not published this month",
    )
    assert words(kpi.kpis([card])) == "With a GP–Not published this month"


def test_the_working_can_be_checked_by_hand() -> None:
    text = words(explain.explain(gallery_parts.WORKING))
    for part in (
        "Explain: Did not attend, September 2026",
        "246 ÷ 6,001 × 100 = 4.1%",
        "3.6% to 4.6% (Wilson)",
        ".zip",
    ):
        assert part in text
    assert "SHA" not in text  # a checksum says nothing to a reader: the API and the records have it


def test_members_without_data_are_named() -> None:
    text = words(gallery_parts.member_table())
    assert "St Anne’s Lane Surgery" in text and "Not published this month" in text


def test_a_page_has_one_h1_and_one_main() -> None:
    for page in (gallery.gallery(), gallery.tools(), gallery.dashboard()):
        assert len(find(page, "H1")) == len(find(page, "Main")) == 1


def test_the_site_has_one_location_and_says_who_it_is_not() -> None:
    site = shell.layout(
        gallery.gallery(),
        Surroundings(nav=gallery.NAV, links=gallery.LINKS, search_url="/find", demo=True),
    )
    assert [one.id for one in find(site, "Location")] == ["url"]
    assert "Not affiliated with or endorsed by the NHS" in words(site)
    assert "Demonstration data." in words(site)


def test_the_document_carries_prefix_language_and_order() -> None:
    document = shell.index_string(lambda path: f"/haresign/assets/{path}")
    assert '<html lang="en-GB"' in document and "<noscript>" in document
    order = ["theme.js", "styles.css", "{%css%}"]
    order += ["url_state.js", '<script src="/haresign/assets/vendor/plotly', "{%scripts%}"]
    order += ["{%renderer%}", "dash-scripts.js"]
    assert sorted(order, key=document.index) == order
    assert document.count('="/haresign/assets/') == document.count("/haresign/assets/") - 1
