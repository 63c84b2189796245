"""The participation list of the fictional practices, in the publisher's workbook."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import numpy as np
import xlsxwriter

from pipelines.datasets.cloud_telephony.demo_calls import Telephones
from pipelines.demo.places import Place, places
from pipelines.demo.release import last_thursday
from pipelines.demo.world import World, add_months

_HEAD = (
    *("Month", "GP Code", "GP Name", "PCN Code", "PCN Name", "Sub ICB Code", "Sub ICB Name"),
    *("ICB Code", "ICB Name", "Region Code", "Region Name", "Agreed to Participate [1]"),
    "Data received / Passed data quality checks [2]",
    "Practice Code has been unassigned in this publication [3]",
    "List of open and active practices on the account",
)
_RECEIVED = _HEAD.index("Data received / Passed data quality checks [2]")
_BLANK = date(2025, 11, 1)  # the edition in which that heading is left blank
_UNKNOWN = "TBC"  # of the last practice that is not covered


def write(path: Path, world: World, telephones: Telephones, number: int) -> Path:
    """A row for every open practice; those without data have agreed or not."""
    month, here = world.months[number], places(world, number)
    covered, agreed = telephones.covered(number), telephones.agreed(number)
    shared = covered & telephones.on_shared_account(number)
    accounts = _accounts(world, telephones, number, here)
    is_open = np.flatnonzero(world.history.registered(number) > 0)
    missing = [int(practice) for practice in is_open if not covered[practice]]
    head = list(_HEAD)
    if month == _BLANK:
        head[_RECEIVED] = ""
    with xlsxwriter.Workbook(path, {"default_date_format": "mmm-yy"}) as book:
        published = last_thursday(add_months(month, 1))
        book.set_properties({"created": datetime.combine(published, time())})
        book.add_worksheet("Title sheet").write(1, 1, "Demonstration data: fictional practices")
        sheet = book.add_worksheet("Table 1")
        sheet.write(4, 0, f"Table 1: Participation and submission by practice, {month:%B %Y}")
        sheet.write_row(7, 0, head)
        for row, practice in enumerate(is_open, start=8):
            flags = [_word(agreed[practice]), _word(covered[practice]), _word(shared[practice])]
            if missing and practice == missing[-1]:
                flags[2] = _UNKNOWN
            sheet.write_datetime(row, 0, datetime.combine(month, time()))
            account = accounts[int(world.history.pcn[practice, number])] if shared[practice] else ""
            sheet.write_row(row, 1, (*here[practice].columns, *flags, account))
        sheet.write(len(is_open) + 9, 0, "1 - Practices are fictional, and so are their answers")
    return path


def _accounts(
    world: World, telephones: Telephones, number: int, here: list[Place]
) -> dict[int, str]:
    """Codes of the covered practices of each PCN whose practices share an account."""
    covered, pcns = telephones.covered(number), world.history.pcn[:, number]
    return {
        int(pcn): ",".join(
            here[practice].code for practice in np.flatnonzero(covered & (pcns == pcn))
        )
        for pcn in telephones.shared_pcns
    }


def _word(answer: np.bool_) -> str:
    return "Yes" if answer else "No"
