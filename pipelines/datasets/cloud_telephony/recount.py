"""Telephony, counted again from the workbook of the month and the CSVs by day and time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from pipelines.datasets.cloud_telephony.recount_participation import participation
from pipelines.recount.areas import Home, Parts, Recounted
from pipelines.recount.evidence import Evidence
from pipelines.recount.files import count_in, excel_month, rows, workbook_sheets

Cells = dict[str, str]
Sheet = list[Cells]

_COUNTS = {
    "COUNT OF INBOUND": "inbound",
    "ENDED DURING": "ended_in_menu",
    "ANSWERED": "answered",
    "MISSED": "missed",
    "CALL BACK REQ": "callback_requested",
    "CALL BACK MADE": "callback_made",
}
_MINUTES = {"LESS THAN 1": "under_1", "1 - 2": "1_to_2", "2 - 5": "2_to_5", "LONGER": "over_5"}
_BANDS = {
    "00:00": "band_00_06",
    "06:00": "band_06_08",
    "08:00": "band_08_10",
    "10:00": "band_10_12",
    "12:00": "band_12_14",
    "14:00": "band_14_16",
    "16:00": "band_16_18",
    "18:00": "band_1800",
    "18:30": "band_1830",
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_COVERAGE = {
    "OPEN ACTIVE PRACTICES": "open_practices",
    "COUNT OF PRACTICES INCLUDED": "included_practices",
    "REGISTERED PATIENTS AT OPEN ACTIVE PRACTICES": "open_patients",
    "REGISTERED PATIENTS AT INCLUDED PRACTICES": "included_patients",
}
_NOTE = re.compile(r"(?<!\s)\s*\[[^\[\]]*\]")
_TIMES = ("timed", *_BANDS.values(), *(f"day_{day}" for day in _DAYS))


def recount(evidence: Evidence) -> Recounted:
    """Rows by practice and shared account; England's coverage and times from the summary."""
    books = [file.path for file in evidence.files if file.path.name.lower().endswith(".xlsx")]
    sheets = _own_sheets(books, evidence.month)
    parts: dict[str, Parts] = {}
    homes: dict[str, Home] = {}
    for sheet in sheets:
        _read_sheet(sheet, evidence.month, parts, homes)
    timed = _times(evidence, homes)
    lists = evidence.again("list-sizes", evidence.month)
    for code, found in parts.items():
        shared = code.startswith("~")
        patients = lists.parts.get(code, {}).get("registered") if lists else None
        found |= {
            "practices": None if shared else 1,
            "unassigned": found["inbound"] if shared else 0,
            "patients": patients,
            "inbound_listed": None if patients is None else found["inbound"],
            **dict.fromkeys(_TIMES),
        }
    for code, counts in timed.items():
        parts.setdefault(code, {}).update(counts)
    for code, (home, answers) in participation(books, evidence.month).items():
        homes.setdefault(code, home)
        parts.setdefault(code, {}).update(answers)
    england: Parts = {**_coverage(books, evidence.month), **_england_times(sheets, evidence.month)}
    published = {("england", "ENG"): england}
    return Recounted(parts, homes, published, never_added=frozenset(_COVERAGE.values()))


def _tidy(text: str) -> str:
    return " ".join(_NOTE.sub("", text).split()).upper()


def _own_sheets(books: Sequence[Path], month: date) -> list[Sheet]:
    """Sheets of the last workbook of the month; its name is only where to look first."""
    named = f"{month:%B %Y}".lower()
    last_first = list(reversed(books))
    for book in sorted(last_first, key=lambda path: named not in path.name.lower()):
        sheets = list(workbook_sheets(book))
        for sheet in sheets:
            head = _head(sheet, "GP NAME", "COUNT OF INBOUND")
            months = {excel_month(row.get("A", "")) for row in sheet[head + 1 :]} if head else set()
            if month in months:
                return sheets
    return []


def _head(sheet: Sheet, *texts: str) -> int:
    """Number of the first row with cells that begin with every text; 0 where none does."""
    for number, row in enumerate(sheet[:60]):
        cells = [_tidy(cell) for cell in row.values()]
        if all(any(cell.startswith(text) for cell in cells) for text in texts):
            return number
    return 0


def _read_sheet(sheet: Sheet, month: date, parts: dict[str, Parts], homes: dict[str, Home]) -> None:
    summary = _head(sheet, "GP NAME", "COUNT OF INBOUND")
    bands = _head(sheet, "GP NAME", "TOTAL INBOUND", "LESS THAN 1")
    head = summary or bands
    months = {excel_month(row.get("A", "")) for row in sheet[head + 1 :]} - {None}
    if not head or (months and month not in months):
        return
    columns = _summary_columns(sheet[head]) if summary else _band_columns(sheet, head)
    places = {
        word: next(at for at, cell in sheet[head].items() if _tidy(cell).startswith(word))
        for word in ("GP PRACTICE", "PCN CODE", "SUB ICB CODE", "ICB CODE", "REGION CODE")
    }
    for row in sheet[head + 1 :]:
        texts = [row.get(at, "").strip() for at in places.values()]
        practice, *areas = ("" if text == "Unmapped" else text for text in texts)
        if not texts[-1]:
            continue  # totals and notes have no region
        code = practice if practice not in ("", "Unassigned") else f"~{'/'.join(areas)}"
        homes.setdefault(code, Home(*areas))
        found = parts.setdefault(code, {})
        for at, part in columns.items():
            text = row.get(at, "").strip()
            before = found.get(part)
            number = None if text in ("", "*", "-") else count_in(text)
            found[part] = number if before is None else before + (number or 0)


def _summary_columns(head: Cells) -> dict[str, str]:
    return {
        at: part
        for at, cell in head.items()
        for beginning, part in _COUNTS.items()
        if _tidy(cell).startswith(beginning)
    }


def _band_columns(sheet: Sheet, head: int) -> dict[str, str]:
    """The first four bands are waits and the next durations, unless titles say otherwise."""
    titles = " ".join(cell.upper() for row in sheet[:head] for cell in row.values())
    missed = any(_tidy(cell).startswith("MISSED") for cell in sheet[head].values())
    prefixes = ["missed_wait"] if missed else ["wait", "duration"]
    found: dict[str, str] = {}
    seen: dict[str, int] = {}
    for at, cell in sheet[head].items():
        for beginning, bucket in _MINUTES.items():
            if _tidy(cell).startswith(beginning):
                number = seen.get(bucket, 0)
                alone = not missed and "WAIT TIME" not in titles
                found[at] = f"{prefixes[-1] if alone else prefixes[number]}_{bucket}"
                seen[bucket] = number + 1
    return found


def _times(evidence: Evidence, homes: dict[str, Home]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for kind in ("times", "durations", "answered"):
        for source in evidence.used.get(kind, ()):
            for row in rows(source):
                codes = [
                    row[name]
                    for name in ("PCN_CODE", "SUB_ICB_LOCATION_CODE", "ICB_CODE", "REGION_CODE")
                ]
                areas = ["" if code == "Unmapped" else code for code in codes]
                practice = row["PRACTICE_CODE"].strip()
                code = f"~{'/'.join(areas)}" if practice in ("Unassigned", "Unmapped") else practice
                homes.setdefault(code, Home(*areas))
                tally = found.setdefault(code, dict.fromkeys(_TIMES, 0))
                if kind == "times" and row["INDICATOR"] == "CBT001":
                    day = datetime.fromisoformat(row["DATE"].strip()[:10])
                    count = count_in(row["VALUE"])
                    band = _BANDS[row["TIME_CATEGORY"].strip()[:5]]
                    for part in ("timed", band, f"day_{_DAYS[day.weekday()]}"):
                        tally[part] += count
    return found


def _coverage(books: Sequence[Path], month: date) -> Parts:
    """From the workbook with the newest months of those that show the month."""
    best: tuple[date, Parts] = (date.min, {})
    for book in books:
        for sheet in workbook_sheets(book):
            head = _head(sheet, "OPEN ACTIVE PRACTICES")
            if not head:
                continue
            months, column = _months(sheet[:head], month)
            if column and max(months) >= best[0]:
                best = (max(months), dict(_column_of(sheet, column)))
            break
    return best[1]


def _months(above: Sheet, month: date) -> tuple[list[date], str]:
    for row in above:
        found = {at: _month(cell) for at, cell in row.items()}
        known = {at: one for at, one in found.items() if one}
        if len(known) > 1:
            return list(known.values()), next((at for at, m in known.items() if m == month), "")
    return [], ""


def _month(cell: str) -> date | None:
    text = _NOTE.sub("", cell).strip()
    try:
        return datetime.strptime(text, "%b-%y").date()
    except ValueError:
        return excel_month(text) if len(text) > 4 else None


def _column_of(sheet: Sheet, column: str) -> Iterator[tuple[str, int | None]]:
    seen = set()
    for row in sheet:
        for cell in row.values():
            part = _COVERAGE.get(_tidy(cell))
            if part and part not in seen:
                seen.add(part)
                yield part, round(float(row[column])) if row.get(column) else None


def _england_times(sheets: Sequence[Sheet], month: date) -> Parts:
    tally: dict[str, int] = {}
    for sheet in sheets:
        head = _head(sheet, "DATE", "TOTAL COUNT", "08:00")
        if not head:
            continue
        names = {at: _tidy(cell) for at, cell in sheet[head].items()}
        day_at = next(at for at, name in names.items() if name == "DATE")
        for row in sheet[head + 1 :]:
            if excel_month(row.get(day_at, "")) != month:
                continue
            weekday = (int(float(row[day_at])) - 2) % 7  # day 2 was Monday 1 January 1900
            for at, name in names.items():
                if name[:5] in _BANDS and row.get(at):
                    part = _BANDS[name[:5]]
                    tally[part] = tally.get(part, 0) + int(float(row[at]))
                elif name.startswith("TOTAL COUNT"):
                    for part in ("timed", f"day_{_DAYS[weekday]}"):
                        tally[part] = tally.get(part, 0) + int(float(row[at]))
    return dict(tally)
