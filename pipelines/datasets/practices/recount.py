"""Active GP practices, counted again from the Organisation Data Service reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from pipelines.recount.areas import Cells, Home, Parts, Recounted
from pipelines.recount.evidence import Evidence
from pipelines.recount.files import LandedFile, Row, Source, cells, sheet_rows

_ENGLAND = {"Y56", "Y58", "Y59", "Y60", "Y61", "Y62", "Y63"}
_FORMER = {"Y54", "Y55", "Y57"}  # regions of practices that closed before 2019
_STATUSES = {"A", "C", "D", "P", "ACTIVE", "INACTIVE", "DORMANT", "PROPOSED"}
_PARTNER = "PARTNER ORGANISATION CODE"
_START = "PRACTICE TO PCN RELATIONSHIP START DATE"
_END = "PRACTICE TO PCN RELATIONSHIP END DATE"


def recount(evidence: Evidence) -> Recounted:
    """Practices of one report; sub-ICBs and PCNs from the newest files that give them."""
    areas = _areas(evidence.landed)
    known = {icb for icb, _ in areas.values()}
    book = _newest_book(evidence.files)
    pcns = _pcns(book, f"{evidence.month:%Y%m%d}")
    listed: set[str] = set()
    parts: dict[str, Parts] = {}
    homes: dict[str, Home] = {}
    for row in cells(evidence.used["epraccur"][0]):
        settings = row[25].split("|")
        abroad = row[2] not in _ENGLAND and not (row[11] and row[2] in _FORMER)
        if not {"4", "RO76"} & set(settings) or abroad:
            continue
        listed.add(row[0])
        if row[12] in ("A", "ACTIVE") and row[2] in _ENGLAND:
            icb, region = areas.get(row[14], (row[3], row[2]))
            icb = icb if row[3] in known else row[3]
            parts[row[0]] = {"practices": 1}
            homes[row[0]] = Home(pcns.get(row[0], ""), row[14], icb, region)
    return Recounted(parts, homes, cells={"memberships": _memberships(evidence, book, listed)})


def _areas(landed: Sequence[Source]) -> dict[str, tuple[str, str]]:
    """(ICB, region) of each open sub-ICB location, from the newest eccg."""
    found: dict[str, tuple[str, str]] = {}
    for source in landed:
        first = next(cells(source), [])
        if len(first) == 27 and first[12] not in _STATUSES:
            found = {row[0]: (row[3], row[2]) for row in cells(source) if not row[11]}
    return found


def _newest_book(files: Sequence[LandedFile]) -> list[Row]:
    """Rows of the workbook of PCNs with the latest change."""
    books = [
        list(sheet_rows(file.path, _PARTNER))
        for file in files
        if file.path.name.lower().endswith(".xlsx")
    ]
    return max((book for book in books if book), key=_last_change, default=[])


def _memberships(evidence: Evidence, book: Sequence[Row], listed: set[str]) -> Cells:
    """Every membership of the practices in the register, by practice, kind, area and days."""
    histories = [
        list(cells(source)) for source in evidence.landed if len(next(cells(source), [])) == 6
    ]
    newest = max(
        reversed(histories),
        key=lambda every: max(_dashed(day) for r in every for day in r[3:5]),
        default=[],
    )
    found: list[tuple[str, ...]] = [
        ("commissioner", row[0], row[1], row[3], row[4]) for row in newest
    ]
    found += [("pcn", r[_PARTNER], r["PCN CODE"], r[_START], r[_END]) for r in book]
    return {
        (practice, kind, parent, _dashed(start), _dashed(end)): Decimal(1)
        for kind, practice, parent, start, end in found
        if practice in listed
    }


def _dashed(day: str) -> str:
    try:
        return f"{datetime.strptime(day.strip(), '%Y%m%d'):%Y-%m-%d}"
    except ValueError:
        return day.strip()


def _pcns(book: Sequence[Row], day: str) -> dict[str, str]:
    """The PCN of each practice on a day."""
    latest: dict[str, tuple[str, str]] = {}
    for row in book:
        start, end = row[_START], row[_END]
        if start <= day and (not end or end >= day):
            candidate = (start, row["PCN CODE"])
            latest[row[_PARTNER]] = max(latest.get(row[_PARTNER], ("", "")), candidate)
    return {practice: pcn for practice, (_, pcn) in latest.items()}


def _last_change(book: Sequence[Row]) -> str:
    return max(row[_START] for row in book)
