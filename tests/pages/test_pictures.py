"""Figures of pages as files: what a toolbar links to is the figure, drawn without a browser."""

from __future__ import annotations

import csv
import io
from datetime import date
from xml.etree import ElementTree

import pytest
from flask import Flask

from components import charts
from components.blocks import Absent, Figure
from components.charts import svg
from pages.dashboard import registry
from pages.dashboard.files import pictures
from pages.nation import standard as nation
from tests.pictures.drawing import figures_of, page_of

SVG = "{http://www.w3.org/2000/svg}"
FOLDERS = [
    folder
    for tool in registry.dashboards()
    for folder in (tool.slug, f"{nation.FOLDER}/{tool.slug}")
]


def figures(folder: str, values: dict[str, str]) -> list[Figure]:
    return figures_of(page_of(folder, values)[0])


def texts(body: bytes) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(body).iter(f"{SVG}text")]


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_figure_of_a_page_is_at_the_address_in_its_toolbar(asked: Flask, folder: str) -> None:
    client = asked.test_client()
    found = figures(folder, {"org": "A81001"})
    assert len(found) >= 4
    for figure in found:
        answer = client.get(figure.frame.file("svg"))
        if isinstance(figure.chart, Absent):
            assert answer.status_code == 404
            continue
        assert answer.status_code == 200
        assert answer.content_type == "image/svg+xml; charset=utf-8"
        drawing, words = charts.draw(figure.chart), charts.describe(figure.chart)
        root = ElementTree.fromstring(answer.data)
        assert root.findtext(f"{SVG}title") == figure.frame.title
        assert root.findtext(f"{SVG}desc") == words.alt
        shown = " ".join(texts(answer.data))
        for word in drawing.wide.words:
            assert word.text.split("\n")[0] in shown
        assert figure.frame.source.publisher in shown


def test_a_png_is_the_same_picture_and_both_are_named_after_what_they_show(asked: Flask) -> None:
    client = asked.test_client()
    address = "/download/list-size/pyramid.{}?org=A81001&month=2026-03"
    vector, png = (client.get(address.format(ending)) for ending in ("svg", "png"))
    assert png.data == svg.png(vector.get_data(as_text=True))
    assert (
        png.headers["Content-Disposition"]
        == 'attachment; filename="haresign-list-size-a81001-2026-03-pyramid.png"'
    )
    assert "/tools/list-size/?org=A81001&month=2026-03#list-size-pyramid" in "".join(
        texts(vector.data)
    )


def test_a_table_is_a_file_that_says_whom_when_and_whence(asked: Flask) -> None:
    client = asked.test_client()
    address = "/download/list-size/{}.{}?org=A81001&month=2026-03"
    for name in ("members", "comparison", "pyramid"):
        answer = client.get(address.format(name, "csv"))
        assert answer.content_type == "text/csv; charset=utf-8"
        named = f'filename="haresign-list-size-a81001-2026-03-{name}.csv"'
        assert named in answer.headers["Content-Disposition"]
        head, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
        assert head[:5] == ["Source", "Licence", "Organisation", "Period", "Link"] and rows
        for row in rows:
            assert row[1] == "Open Government Licence v3.0"
            assert row[2:4] == ["The Park Surgery (A81001)", "March 2026"]
            assert row[4].endswith(f"/tools/list-size/?org=A81001&month=2026-03#list-size-{name}")
        assert client.get(address.format(name, "xlsx")).data.startswith(b"PK")
    assert client.get(address.format("members", "png")).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/download/nothing/pyramid.svg",
        "/download/list-size/nothing.svg",
        "/download/list-size/pyramid.pdf?org=A81001",
        "/download/list-size/pyramid.svg?org=NOBODY",
        "/download/state-of-the-nation/nothing/dots.svg",
    ],
)
def test_what_is_no_figure_is_not_found(asked: Flask, address: str) -> None:
    assert asked.test_client().get(address).status_code == 404


def test_a_picture_holds_no_script_whatever_an_organisation_is_called(asked: Flask) -> None:
    frame = figures("list-size", {"org": "A81001"})[0].frame
    hostile = '<script>alert("x")</script>'
    labels = pictures.labels(frame, hostile)
    series = charts.Series(hostile, "you", (1.0,))
    periods = charts.Periods(kind="month", days=(date(2026, 3, 1),))
    spec = charts.Lines(periods=periods, series=(series,), unit="count")
    text = svg.file(charts.draw(spec), charts.describe(spec), labels)
    assert [one.tag for one in ElementTree.fromstring(text).iter() if "script" in one.tag] == []
    page = svg.inline(charts.draw(spec), hostile)
    assert "<script" not in page
