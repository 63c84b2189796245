"""What leaves the page as a file is what the page shows, and says where it comes from."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from flask import Flask

from components import blocks
from components.charts import describe
from components.render import as_dash
from components.table import raw
from data.questions import queries
from data.spec import LEVELS
from pages.catalogue import Tool
from pages.dashboard import contents
from pages.dashboard.registry import dashboards
from pages.dashboard.standard import shown
from tests.pages.tools import dashboard, downloaded, published, snapshot_of, view_of
from tests.tree import walk

EVERY_TOOL = pytest.mark.parametrize("tool", dashboards(), ids=lambda tool: tool.slug)
FILE = "/download/{}.zip?org={}"


def archive(site: Flask, address: str) -> zipfile.ZipFile:
    answer = site.test_client().get(address)
    assert answer.status_code == 200 and answer.content_type == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.data))


@EVERY_TOOL
@pytest.mark.parametrize("level", LEVELS)
def test_every_table_of_the_page_is_a_file_in_its_order(
    england: Flask, tool: Tool, level: str
) -> None:
    """The frames that the page draws, in order, are the names of the files."""
    org = published(snapshot_of(dashboard(tool.slug)), level)[0].code
    view = view_of(tool, org=org)
    drawn = [one.draw() for one in shown(view, dashboard(tool.slug), contents.steps_of)]
    framed = [
        node.id
        for section in drawn
        for node in walk(as_dash.section(section))
        if getattr(node, "data-fig", None) and "state" not in str(node.children[1].className)
    ]
    names = archive(england, FILE.format(tool.slug, org)).namelist()
    assert names[0] == "about.txt"
    files = [name.split("-", 1)[1].removesuffix(".csv") for name in names[1:]]
    assert [name for name in files if name.startswith(tool.slug)] == framed != []
    assert [name[:2] for name in names[1:]] == [f"{at:02}" for at in range(1, len(names))]


@EVERY_TOOL
def test_a_file_holds_the_numbers_of_its_chart(england: Flask, tool: Tool) -> None:
    org = published(snapshot_of(dashboard(tool.slug)), "practice")[0].code
    view = view_of(tool, org=org)
    checked = 0
    for step in shown(view, dashboard(tool.slug), contents.steps_of):
        for block in blocks.flat(step.draw().blocks):
            if not isinstance(block, blocks.Figure) or isinstance(block.chart, blocks.Absent):
                continue
            (rows,) = downloaded(england, FILE.format(tool.slug, org), ending=block.frame.id)
            table = describe(block.chart).table
            assert len(rows) == len(table.rows) + 1
            for row, cells in zip(rows[1:], table.rows, strict=True):
                for written, cell in zip(row, cells, strict=True):
                    same = written == raw(cell) or float(written) == cell
                    assert same or written == f"'{cell}", (block.frame.id, written, cell)
            checked += 1
    assert checked >= 3


@EVERY_TOOL
def test_headline_numbers_have_their_counts(england: Flask, tool: Tool) -> None:
    org = published(snapshot_of(dashboard(tool.slug)), "practice")[0].code
    view = view_of(tool, org=org)
    (rows,) = downloaded(england, FILE.format(tool.slug, org), ending="summary")
    held = {row[0]: row for row in rows}
    declared = dashboard(tool.slug)
    for measure_id in filter(lambda card: isinstance(card, str), declared.cards):
        measure = declared.measure(view, measure_id)
        now = queries.figure(view.snapshot, measure, view.org, month=view.period)
        row = held[measure.name]
        assert row[2] == "" if now.value is None else float(row[2]) == now.value
        assert row[3] == ("" if now.numerator is None else f"{now.numerator:.0f}")
        assert row[4] == ("" if now.denominator is None else f"{now.denominator:.0f}")


def test_a_download_says_source_licence_period_link_and_caveats_once(asked: Flask) -> None:
    held = archive(asked, FILE.format("gp-appointments", "A81001"))
    about = held.read("about.txt").decode()
    assert "Source: NHS England, Appointments in General Practice" in about
    assert "Licence: Open Government Licence v3.0" in about
    assert "Period: April 2026" in about and "coding" in about
    assert "/tools/gp-appointments/?org=A81001&month=2026-04" in about
    for name in held.namelist()[1:]:
        assert name in about and b"Open Government" not in held.read(name)


def test_the_workbook_opens_with_its_cover(asked: Flask) -> None:
    answer = asked.test_client().get("/download/list-size.xlsx?org=A81001")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        names = book.read("xl/workbook.xml").decode()
        everything = "".join(
            book.read(name).decode() for name in book.namelist() if name.endswith(".xml")
        )
    assert names.index("About") < names.index("1 Summary") < names.index("2 ")
    assert "The Park Surgery (A81001)" in everything and "Permanent link" in everything


def test_the_file_is_named_after_tool_organisation_and_month(asked: Flask) -> None:
    answer = asked.test_client().get("/download/list-size.zip?org=A81001&month=2026-03")
    assert "haresign-list-size-a81001-2026-03.zip" in answer.headers["Content-Disposition"]


def test_the_address_of_the_one_csv_of_old_leads_on(asked: Flask) -> None:
    answer = asked.test_client().get("/download/list-size.csv?org=A81001&month=2026-03")
    assert answer.status_code == 301
    assert answer.location.endswith("/download/list-size.zip?org=A81001&month=2026-03")


@pytest.mark.parametrize(
    "address",
    [
        "/download/nothing.csv",
        "/download/nothing.zip",
        "/download/list-size.pdf",
        "/download/list-size.zip?org=NOPE1",
    ],
)
def test_what_does_not_exist_is_404(asked: Flask, address: str) -> None:
    assert asked.test_client().get(address).status_code == 404


def test_missing_values_stay_empty(asked: Flask) -> None:
    address = "/download/list-size.zip?org=A81001&month=2025-12"
    (rows,) = downloaded(asked, address, ending="summary")
    held = {row[0]: row[2] for row in rows}
    assert held["Aged 65 and over"] == ""


@EVERY_TOOL
@pytest.mark.parametrize("org", ["A81001", "QK1", ""])
def test_the_json_of_a_page_is_all_of_its_blocks(asked: Flask, tool: Tool, org: str) -> None:
    view = view_of(tool, org=org)
    answer = asked.test_client().get(f"/download/{tool.slug}.json?org={org}")
    assert answer.status_code == 200 and answer.content_type == "application/json"
    given = answer.get_json()
    assert given["about"]["version"] == view.snapshot.version
    drawn = [one.draw() for one in shown(view, dashboard(tool.slug), contents.steps_of)]
    assert [one["slug"] for one in given["sections"]] == [one.slug for one in drawn]
    for section, sent in zip(drawn, given["sections"], strict=True):
        pairs = list(zip(blocks.flat(section.blocks), _flat(sent["blocks"]), strict=True))
        assert [type(block).__name__ for block, _ in pairs] == [one["type"] for _, one in pairs]
        for block, one in pairs:
            if isinstance(block, blocks.Cards):
                assert [card["value"] for card in one["cards"]] == [c.value for c in block.cards]
            if isinstance(block, blocks.Figure) and not isinstance(block.chart, blocks.Absent):
                description = describe(block.chart)
                rows = [[raw(cell) for cell in row] for row in description.table.rows]
                assert one["chart"]["type"] == type(block.chart).__name__
                assert one["alt"] == description.alt
                assert [[raw(cell) for cell in row] for row in one["table"]["rows"]] == rows


def _flat(sent: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Blocks of a file in the order of the page, those inside others one after the other."""
    return [
        inner
        for one in sent
        for inner in (_flat(one["blocks"]) if one["type"] in ("Beside", "Fold") else [one])
    ]
