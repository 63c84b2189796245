"""The telephony participation list of a month, counted again from its workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from pipelines.recount.areas import Home, Parts
from pipelines.recount.files import excel_month, month_in, workbook_sheets

_Sheet = list[dict[str, str]]
_WORDS = {
    "agreed": ("AGREED TO",),
    "received": ("DATA RECEIVED",),
    "sharing": ("PRACTICE CODE HAS BEEN UN", "SHARED"),
}
_AREAS = ("PCN CODE", "SUB ICB CODE", "ICB CODE", "REGION CODE")
_CODES = ("GP CODE", "GP PRACTICE", "PRACTICE CODE", "ODS CODE")
_ANSWERS = {"YES": 1, "Y": 1, "NO": 0, "N": 0}


def participation(books: Sequence[Path], month: date) -> dict[str, tuple[Home, Parts]]:
    """Home and answers of each practice, from the list of the month that came last."""
    found: dict[str, tuple[Home, Parts]] = {}
    for book in books:
        if book.name.lower().startswith("cbt-participation"):
            for sheet in workbook_sheets(book):
                found = _listed(sheet, month) or found
    return found


def _listed(sheet: _Sheet, month: date) -> dict[str, tuple[Home, Parts]]:
    heads = [number for number, row in enumerate(sheet) if "MONTH" in _tidied(row).values()]
    if not heads:
        return {}
    names, body = _tidied(sheet[heads[0]]), sheet[heads[0] + 1 :]
    at = {name: column for column, name in names.items()}
    columns = _answers(names, body)
    code = next(at[name] for name in at if name.startswith(_CODES) and "BEEN" not in name)
    found = {}
    for row in body:
        if row.get(code, "").strip() and _month(row.get(at["MONTH"], "")) == month:
            areas = [row.get(at[area], "").strip() for area in _AREAS]
            home = Home(*("" if area == "Unmapped" else area for area in areas))
            said = {
                question: _ANSWERS.get(row.get(column, "").strip().upper())
                for question, column in columns.items()
            }
            found[row[code].strip().upper()] = (home, _parts(said))
    return found


def _tidied(row: Mapping[str, str]) -> dict[str, str]:
    return {column: " ".join(text.split("[")[0].split()).upper() for column, text in row.items()}


def _answers(names: Mapping[str, str], body: _Sheet) -> dict[str, str]:
    """Column of each question; a question without a heading has the one of Yes and No left."""
    columns: dict[str, str] = {}
    for question, words in _WORDS.items():
        for column, name in names.items():
            if name.startswith("LIST "):
                continue
            begins = name.startswith(words)
            if begins or (question not in columns and any(word in name for word in words)):
                columns[question] = column
    without = {column for row in body for column in row if not names.get(column)}
    for question in set(_WORDS) - set(columns):
        for column in without:
            texts = {row.get(column, "").strip().upper() for row in body} - {""}
            if texts and texts <= set(_ANSWERS):
                columns[question] = column
    return columns


def _month(cell: str) -> date | None:
    for form in ("%B %Y", "%b %Y", "%b-%y", "%B-%y", "%Y-%m"):
        try:
            return datetime.strptime(cell.strip(), form).date()
        except ValueError:
            continue
    try:
        return month_in(cell)
    except ValueError:
        return excel_month(cell)


def _parts(said: Mapping[str, int | None]) -> Parts:
    agreed, received, sharing = (said[question] for question in _WORDS)
    reason = ""
    if received == 1 and sharing is not None:
        reason = "shared_account" if sharing else "own_account"
    elif received == 0 and agreed is not None:
        reason = "agreed_without_data" if agreed else "not_agreed"
    reasons = ("own_account", "shared_account", "agreed_without_data", "not_agreed")
    return {
        **said,
        **{f"{question}_known": None if n is None else 1 for question, n in said.items()},
        **{one: int(one == reason) if reason else None for one in reasons},
    }
