"""What leaves the page as a file agrees with the page and says where it comes from."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from flask import Flask

from data import queries
from pages.catalogue import DASHBOARDS
from pages.dashboard import context, exports
from pages.dashboard.context import View


def rows(site: Flask, address: str) -> list[dict[str, str]]:
    answer = site.test_client().get(address)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.mark.parametrize("tool", DASHBOARDS, ids=lambda tool: tool.slug)
@pytest.mark.parametrize("org", ["A81001", "U11111", "QNEW", ""])
def test_the_csv_has_the_numbers_of_the_queries(asked: Flask, tool: object, org: str) -> None:
    view = context.read(tool, {"org": org})  # type: ignore[arg-type]
    assert isinstance(view, View)
    found = rows(asked, f"/download/{view.tool.slug}.csv?org={org}")
    by_key = {(row["Table"], row["Code"], row["Month"], row["Item"]): row["Value"] for row in found}
    for measure in view.snapshot.dataset.measures:
        now = queries.figure(view.snapshot, measure, view.org, month=view.month)
        shown = by_key["Measures", view.org.code, view.month.isoformat(), measure.label]
        assert shown == ("" if now.value is None else str(now.value))
    assert {row["Table"] for row in found} >= {"Measures", "Trend", "Breakdowns"}


def test_every_row_says_source_licence_period_link_and_caveats(asked: Flask) -> None:
    for row in rows(asked, "/download/gp-appointments.csv?org=A81001"):
        assert row["Source"].startswith("NHS England, Appointments in General Practice")
        assert row["Licence"] == "Open Government Licence v3.0"
        assert row["Period"] == "April 2026"
        assert "/tools/gp-appointments/?org=A81001&month=2026-04" in row["Link"]
        assert "coding" in row["Caveats"]


def test_the_workbook_opens_with_its_cover(asked: Flask) -> None:
    answer = asked.test_client().get("/download/list-size.xlsx?org=A81001")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        names = book.read("xl/workbook.xml").decode()
        everything = "".join(
            book.read(name).decode() for name in book.namelist() if name.endswith(".xml")
        )
    assert names.index("About") < names.index("Measures") < names.index("Trend")
    assert "The Park Surgery (A81001)" in everything and "Permanent link" in everything


def test_the_file_is_named_after_tool_organisation_and_month(asked: Flask) -> None:
    answer = asked.test_client().get("/download/list-size.csv?org=A81001&month=2026-03")
    assert "haresign-list-size-a81001-2026-03.csv" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    "address",
    ["/download/nothing.csv", "/download/list-size.pdf", "/download/list-size.csv?org=NOPE1"],
)
def test_what_does_not_exist_is_404(asked: Flask, address: str) -> None:
    assert asked.test_client().get(address).status_code == 404


def test_missing_values_stay_empty(asked: Flask) -> None:
    view = context.read(DASHBOARDS[0], {"org": "A81001", "month": "2025-12"})
    assert isinstance(view, View)
    measures = {line.item: line.value for line in exports.sheets(view)[0].lines}
    assert measures["Aged 65 and over"] is None
