"""Online consultations of an average day, from the workbook's Table 3: read, compared, refused."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from data.datasets.online_consultations import BANDS, WEEKDAYS
from data.versions.store import store
from pipelines.cli.verify import verify_store
from tests.access_files import ONLINE, online_files, online_total
from tests.pipelines.test_access_refresh import FEBRUARY, JANUARY, MARCH, Desk, running
from tests.published_files import SITES

BOOK = "Submissions via OC Systems in General Practice - {}.xlsx"
SUNDAYS = 10 * (len(SITES) - 1)  # every practice with submissions has ten on Sunday nights
DAYS_OF = {FEBRUARY: 4, MARCH: 5}  # Mondays, and as many Sundays


def averages_book(
    month: date,
    *,
    titled: date | None = None,
    heads: Sequence[str] = tuple(BANDS.values()),
    busiest: str = "Monday",
    more: float = 0,
    days: int = 7,
) -> dict[str, bytes]:
    """A workbook with Table 3 as the publisher lays it out; `more` goes to the busiest morning."""
    packed = io.BytesIO()
    often = DAYS_OF[month]
    cells = {
        (busiest, "08:00 - 09:59"): (online_total(month) - SUNDAYS) / often + more,
        ("Sunday", "18:00 - 23:59"): SUNDAYS / often,
    }
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        book.add_worksheet("Title sheet").write(1, 1, "Fictional")
        sheet = book.add_worksheet("Table 3")
        sheet.write(7, 0, "Return to Contents")
        title = "Table 3: Average number of submissions via online consultation systems"
        sheet.write(9, 0, f"{title}, per weekday, England, {titled or month:%B %Y}")
        sheet.write(10, 1, "Submission time")
        sheet.write_row(11, 0, ("Day", *heads))
        for row, day in enumerate(list(WEEKDAYS.values())[:days], start=12):
            known = [cells.get((day, head.partition(" [")[0]), 0) for head in heads]
            sheet.write_row(row, 0, (day, *known))
        sheet.write_row(21, 0, ("Notes:", "1 Suppliers may send updates."))
    return {BOOK.format(f"{month:%B %Y}"): packed.getvalue()}


@pytest.fixture()
def online(tmp_path: Path) -> Iterator[Desk]:
    for desk in running(tmp_path, "online-consultations", ONLINE):
        desk.publish(FEBRUARY, online_files(FEBRUARY, [JANUARY, FEBRUARY]))
        assert desk.refresh().exit_code == 0
        yield desk


def averages(desk: Desk, month: date) -> dict[tuple[str, str], float]:
    path = Path(desk.snapshot().fact_path(month, "averages"))
    if not path.exists():
        return {}
    found = duckdb.execute(
        "SELECT weekday, band, average::DOUBLE FROM read_parquet(?)", [str(path)]
    ).fetchall()
    return {(day, band): average for day, band, average in found}


@pytest.mark.parametrize(
    "heads",
    [
        (*list(BANDS.values())[:-1], "Unknown [2]"),
        tuple(band for band in BANDS.values() if band != "Unknown"),
    ],
    ids=["2025", "2026"],
)
def test_averages_are_kept_as_they_are_printed(online: Desk, heads: tuple[str, ...]) -> None:
    online.publish(
        MARCH, online_files(MARCH, [FEBRUARY, MARCH]) | averages_book(MARCH, heads=heads)
    )
    done = online.refresh()
    assert done.exit_code == 0, done.output
    found = averages(online, MARCH)
    assert len(found) == 7 * len(heads)
    assert found["Monday", "08:00 - 09:59"] == (online_total(MARCH) - SUNDAYS) / 5
    assert found["Sunday", "18:00 - 23:59"] == SUNDAYS / 5
    assert averages(online, FEBRUARY) == {}
    agreed = {c.name for c in online.manifest().checks if c.name.startswith("averages")}
    assert len(agreed) == 3
    assert online.flask("verify").exit_code == 0


def test_averages_of_a_restated_month_stay_those_of_its_own_release(online: Desk) -> None:
    online.publish(FEBRUARY, online_files(FEBRUARY, [FEBRUARY]) | averages_book(FEBRUARY))
    assert online.refresh().exit_code == 0
    before = averages(online, FEBRUARY)
    total = b"OC_TOTAL_SUBMISSIONS,102"
    split = b"OC_SUBMISSION_TYPE_CLINICAL,77"
    restated = online_files(
        MARCH,
        [FEBRUARY, MARCH],
        lambda csv: csv.replace(total, total[:-1] + b"3").replace(split, split[:-1] + b"8"),
    )
    online.publish(MARCH, restated)
    done = online.refresh()
    assert done.exit_code == 0, done.output
    assert averages(online, FEBRUARY) == before != {}
    assert online.manifest().periods[FEBRUARY].release == "march-2026"
    (note,) = (note for note in online.manifest().notes if "averages" in note)
    assert f"averages stand for {online_total(FEBRUARY):,} submissions" in note
    assert f"practices add up to {online_total(FEBRUARY) + 1:,}" in note


@pytest.mark.parametrize(
    ("book", "reason"),
    [
        (averages_book(MARCH, more=0.2), "averages stand for"),
        (averages_book(MARCH, busiest="Tuesday"), "2 of 63 averages differ from the file by day"),
        (averages_book(MARCH, titled=FEBRUARY), "title of February 2026, but .* March 2026"),
        (
            averages_book(MARCH, heads=("08:00 - 09:59", "10:00 - 11:59", "12:00 - 18:29")),
            "not in the specification: 12:00 - 18:29",
        ),
        (averages_book(MARCH, heads=("Morning", "Afternoon")), "has no times of day as headings"),
        (averages_book(MARCH, days=6), "averages of 6 days of the week"),
    ],
    ids=["one", "moved", "title", "band", "headings", "days"],
)
def test_averages_that_are_unlike_keep_the_last_good_version(
    online: Desk, book: dict[str, bytes], reason: str
) -> None:
    online.publish(MARCH, online_files(MARCH, [FEBRUARY, MARCH]) | book)
    online.refused(reason)


def test_verify_notices_a_workbook_that_says_something_else(online: Desk) -> None:
    online.publish(MARCH, online_files(MARCH, [FEBRUARY, MARCH]) | averages_book(MARCH))
    assert online.refresh().exit_code == 0
    (name,) = averages_book(MARCH)
    landed = store(online.home, "real").landing / "online-consultations/march-2026" / name
    landed.write_bytes(averages_book(MARCH, more=0.2)[name])
    said = [check.found for check in verify_store(store(online.home, "real"), sample=10)]
    assert any("averages of ENG, Monday, 08:00 - 09:59 in March 2026 is" in found for found in said)
