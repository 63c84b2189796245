"""The maps of the register, ePCN and epcmem, are judged as other maps are."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import xlsxwriter

from data.versions.db import LiveVersions
from tests.pipelines.desk import MARCH
from tests.pipelines.test_memberships import Row, practice, quoted
from tests.pipelines.test_replacing import Home
from tests.published_files import SITES

CODES = [site.code for site in SITES]
PCN_DETAILS = ("PCN Code", "PCN Name", "Current Sub ICB Loc Code", "Open Date", "Close Date")
PARTNERS = (  # as the publisher breaks its headings
    *("Partner\nOrganisation\nCode", "Partner\nName", "PCN Code", "PCN Name"),
    *("Practice to PCN\nRelationship\nStart Date", "Practice to PCN\nRelationship\nEnd Date"),
)
IN_PCNS = [site for site in SITES if site.pcn != "U"]
NETWORKS: list[Row] = [
    (site.code, f"THE {site.code} SURGERY", site.pcn, f"{site.pcn} PCN", "20190701", "")
    for site in IN_PCNS
]
COMMISSIONERS: list[Row] = [
    row
    for code in CODES
    for row in (
        (code, "5E1", "W", "20010401", "20130331", "0"),
        (code, "16C", "W", "20130401", "", "0"),
    )
]


def workbook(rows: Sequence[Row]) -> bytes:
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed) as book:
        book.add_worksheet("PCNDetails").write_row(0, 0, PCN_DETAILS)
        sheet = book.add_worksheet("PCN Core Partner Details")
        for at, row in enumerate((PARTNERS, *rows)):
            sheet.write_row(at, 0, row)
    return packed.getvalue()


def history(rows: Sequence[Row]) -> bytes:
    return quoted(rows).encode()


@pytest.fixture()
def register(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home", "practices")
    files = {
        "epraccur_2026-03-01.csv": history([practice(code) for code in CODES]),
        "ePCN.xlsx": workbook(NETWORKS),
        "epcmem.csv": history(COMMISSIONERS),
    }
    done = home.load_all(files)
    assert done.exit_code == 0, done.output
    return home


def placed(home: Home) -> dict[str, str]:
    snapshot = LiveVersions(home.home).current("practices")
    assert snapshot is not None
    return {code: snapshot.home(code, MARCH)["pcn"] for code in CODES}


def test_practices_are_where_the_workbook_puts_them(register: Home) -> None:
    assert placed(register) == {s.code: "" if s.pcn == "U" else s.pcn for s in SITES}
    assert register.flask("verify").exit_code == 0


HALF = [row for row in NETWORKS if row[2] != NETWORKS[0][2]]
LEFT = [(*row[:5], "20250331" if row not in HALF else "") for row in NETWORKS]


@pytest.mark.parametrize("rows", [HALF, LEFT], ids=["rows missing", "memberships ended"])
def test_a_workbook_that_places_fewer_does_not_replace_the_one_before(
    register: Home, rows: list[Row]
) -> None:
    before, places = register.manifest, placed(register)
    done = register.load(workbook(rows), "ePCN-later.xlsx")
    assert done.exit_code == 1
    reason = f"of {len(NETWORKS)} practices that were in a PCN, {len(HALF)} are in one"
    assert f"March 2026: {reason}" in done.output and "ePCN-later.xlsx" in done.output
    assert (register.manifest, placed(register)) == (before, places)
    done = register.flask("accept", "practices", "2026-03", "--why", "They left")
    assert done.exit_code == 0, done.output
    assert sum(pcn != "" for pcn in placed(register).values()) == len(HALF)


def test_a_workbook_whose_columns_changed_places_is_refused(register: Home) -> None:
    before = register.manifest
    odd = [(*row[:2], row[3], row[2], *row[4:]) for row in NETWORKS]
    done = register.load(workbook(odd), "ePCN-later.xlsx")
    assert done.exit_code == 1 and f"'{NETWORKS[0][3]}'" in done.output
    assert "is not the code of a PCN" in done.output
    assert register.manifest == before


Change = Callable[[list[Row]], list[Row]]


@pytest.mark.parametrize(
    "change",
    [lambda rows: rows[: len(rows) // 2], lambda rows: rows[1::2]],
    ids=["half of the practices", "half of the memberships"],
)
def test_a_history_that_lacks_much_does_not_replace_the_one_before(
    register: Home, change: Change
) -> None:
    before = register.manifest
    done = register.load(history(change(COMMISSIONERS)), "epcmem-later.csv")
    assert done.exit_code == 1, done.output
    assert "March 2026: 2.8 rows for each practice → 1.8" in done.output
    assert "epcmem-later.csv" in done.output
    assert register.manifest == before
