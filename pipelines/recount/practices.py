"""Active GP practices, counted again from the Organisation Data Service reports."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.recount.areas import Home, Parts, Recounted
from pipelines.recount.evidence import Evidence
from pipelines.recount.files import LandedFile, Row, Source, cells, sheet_rows

_ENGLAND = {"Y56", "Y58", "Y59", "Y60", "Y61", "Y62", "Y63"}
_STATUSES = {"A", "C", "D", "P", "ACTIVE", "INACTIVE", "DORMANT", "PROPOSED"}
_PARTNER = "PARTNER ORGANISATION CODE"
_START = "PRACTICE TO PCN RELATIONSHIP START DATE"
_END = "PRACTICE TO PCN RELATIONSHIP END DATE"


def recount(evidence: Evidence) -> Recounted:
    """Practices of one report; sub-ICBs and PCNs from the newest files that give them."""
    areas = _areas(evidence.landed)
    known = {icb for icb, _ in areas.values()}
    pcns = _pcns(evidence.files, f"{evidence.month:%Y%m%d}")
    parts: dict[str, Parts] = {}
    homes: dict[str, Home] = {}
    for row in cells(evidence.used["epraccur"][0]):
        settings = row[25].split("|")
        if not {"4", "RO76"} & set(settings) or row[2] not in _ENGLAND:
            continue
        if row[12] in ("A", "ACTIVE"):
            icb, region = areas.get(row[14], (row[3], row[2]))
            icb = icb if row[3] in known else row[3]
            parts[row[0]] = {"practices": 1}
            homes[row[0]] = Home(pcns.get(row[0], ""), row[14], icb, region)
    return Recounted(parts, homes)


def _areas(landed: Sequence[Source]) -> dict[str, tuple[str, str]]:
    """(ICB, region) of each open sub-ICB location, from the newest eccg."""
    found: dict[str, tuple[str, str]] = {}
    for source in landed:
        first = next(cells(source), [])
        if len(first) == 27 and first[12] not in _STATUSES:
            found = {row[0]: (row[3], row[2]) for row in cells(source) if not row[11]}
    return found


def _pcns(files: Sequence[LandedFile], day: str) -> dict[str, str]:
    """The PCN of each practice on a day, from the newest workbook."""
    books = [
        list(sheet_rows(file.path, _PARTNER))
        for file in files
        if file.path.name.lower().endswith(".xlsx")
    ]
    newest = max((book for book in books if book), key=_last_change, default=[])
    latest: dict[str, tuple[str, str]] = {}
    for row in newest:
        start, end = row[_START], row[_END]
        if start <= day and (not end or end >= day):
            candidate = (start, row["PCN CODE"])
            latest[row[_PARTNER]] = max(latest.get(row[_PARTNER], ("", "")), candidate)
    return {practice: pcn for practice, (_, pcn) in latest.items()}


def _last_change(book: Sequence[Row]) -> str:
    return max(row[_START] for row in book)
