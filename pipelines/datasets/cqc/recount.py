"""Ratings of GP practices, counted again from the landed workbooks and CSVs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipelines.recount.areas import Home, Parts, Recounted
from pipelines.recount.evidence import Evidence
from pipelines.recount.files import LandedFile, cells, sources, workbook_sheets
from pipelines.recount.open_document import document_sheets

_RATINGS = ("Outstanding", "Good", "Requires improvement", "Inadequate")
_IDS = ("outstanding", "good", "requires_improvement", "inadequate", "none")
_QUESTIONS = ("overall", "safe", "effective", "caring", "responsive", "well_led")
_DAY = re.compile(r"(?:as at|as of|produced on|updated on) (\d{1,2} \w+ 20\d\d)", re.IGNORECASE)
_NAMED = re.compile(r"20\d\d-\d\d-\d\d|\d{1,2}[_ -][A-Za-z]{3,9}[_ -]20\d\d")
_FORMS = (("%Y-%m-%d", 10), ("%d/%m/%Y", 10), ("%d-%b-%Y", 11), ("%d %B %Y", 20))
_HEADING_WITHIN = 60  # rows

Row = dict[str, str]
_ID, _RATED_BY = "LOCATION ID", "SERVICE / POPULATION GROUP"


@dataclass(frozen=True, slots=True)
class _Found:
    """A table of one kind: of which day, and its rows by heading."""

    kind: str
    day: date
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class _Place:
    id: str
    practice: str
    order: tuple[int, bool, int, str]  # of those that may speak for the practice
    own: bool
    ratings: dict[str, str | None]
    reported: date | None


def recount(evidence: Evidence) -> Recounted:
    month = evidence.month
    tables = [(n, table) for n, file in enumerate(evidence.files) for table in _tables(file)]
    own = [(n, table) for n, table in tables if table.day.replace(day=1) == month]

    def newest(kind: str) -> list[Row]:
        """Of the latest file; its locations twice registered are a smaller sheet of that form."""
        found = [(t.day, n, len(t.rows), at) for at, (n, t) in enumerate(own) if t.kind == kind]
        return own[max(found)[3]][1].rows if found else []

    locations, export = newest("locations"), newest("export")
    asked = _asked(newest("ratings"), export)
    placed: dict[str, list[_Place]] = {}
    names = _names(evidence.named(month))
    for row in _gp_rows(locations) or _export_rows(export):
        place = _place(row, names, asked)
        placed.setdefault(place.practice, []).append(place)
    homes = evidence.homes(month)
    parts = {practice: _parts(found, month, bool(asked)) for practice, found in placed.items()}
    return Recounted(parts, {practice: homes.get(practice, Home()) for practice in parts})


def _tables(file: LandedFile) -> Iterator[_Found]:
    name = file.path.name.lower()
    sheets: list[list[list[str]]] = []
    if name.endswith(".xlsx"):
        sheets = [
            [[row.get(at, "") for at in _letters(row)] for row in sheet]
            for sheet in workbook_sheets(file.path)
        ]
    elif name.endswith(".ods"):
        sheets = list(document_sheets(file.path))
    else:
        sheets = [list(cells(source)) for source in sources([file])]
    day = _day_of(sheets, file.path.name)
    for sheet in sheets:
        for number, row in enumerate(sheet[:_HEADING_WITHIN]):
            headings = [" ".join(cell.split()).upper() for cell in row]
            kind = _kind(set(headings))
            if kind and day:
                below = [
                    dict(zip(headings, values, strict=False)) for values in sheet[number + 1 :]
                ]
                yield _Found(kind, day, below)
                break


def _letters(row: Row) -> Iterator[str]:
    """Columns A, B, … up to the last one of a row."""
    last = max((_number(at) for at in row), default=0)
    for number in range(1, last + 1):
        letters, left = "", number
        while left:
            left, digit = divmod(left - 1, 26)
            letters = chr(65 + digit) + letters
        yield letters


def _number(letters: str) -> int:
    value = 0
    for letter in letters:
        value = value * 26 + ord(letter) - 64
    return value


def _kind(headings: set[str]) -> str:
    if {_ID, "LOCATION LATEST OVERALL RATING", "LOCATION ODS CODE"} <= headings:
        return "locations"
    if {_ID, _RATED_BY, "LATEST RATING"} <= headings:
        return "ratings"
    return "export" if {"LOCATIONID", "OVERALLRATING"} <= headings else ""


def _day_of(sheets: Sequence[Sequence[Sequence[str]]], name: str) -> date | None:
    for sheet in sheets:
        for row in sheet[:20]:
            if said := _DAY.search(" ".join(row)):
                return datetime.strptime(said[1], "%d %B %Y").date()
    named = _NAMED.search(name)
    return _day(re.sub("[_ -]", "-" if named[0][:2] == "20" else " ", named[0])) if named else None


def _day(text: str) -> date | None:
    text = text.strip()
    if re.fullmatch(r"\d{5}(\.0)?", text):  # as Excel stores a day
        return date(1899, 12, 30) + timedelta(days=int(float(text)))
    for form, length in _FORMS:
        try:
            return datetime.strptime(text[:length], form).date()
        except ValueError:
            continue
    return None


def _gp_rows(rows: Sequence[Row]) -> list[Row]:
    return [
        row
        for row in rows
        if row.get("LOCATION PRIMARY INSPECTION CATEGORY", "").strip().upper() == "GP PRACTICES"
    ]


def _export_rows(rows: Sequence[Row]) -> list[Row]:
    """Registered locations of an export, under the headings of the publisher's workbook."""
    return [
        {
            _ID: row["LOCATIONID"],
            "LOCATION ODS CODE": row["ODSCODE"],
            "LOCATION NAME": row["NAME"],
            "LOCATION POSTAL CODE": row["POSTALCODE"],
            "LOCATION LATEST OVERALL RATING": row["OVERALLRATING"],
            "PUBLICATION DATE": row["OVERALLREPORTDATE"],
        }
        for row in rows
        if row["REGISTRATIONSTATUS"].strip().upper() in ("REGISTERED", "")
    ]


def _asked(ratings: Sequence[Row], export: Sequence[Row]) -> dict[str, dict[str, str]]:
    """Ratings of key questions by location; the newest report where there are several."""
    found: dict[str, dict[str, str]] = {}
    dated: dict[tuple[str, str], date] = {}
    for row in ratings:
        question = row["DOMAIN"].strip().lower().replace("-", "_").replace(" ", "_")
        rating = _rating(row["LATEST RATING"])
        if row[_RATED_BY].strip() != "Overall" or question not in _QUESTIONS[1:] or not rating:
            continue
        day, location = _day(row["PUBLICATION DATE"]) or date.min, row[_ID].strip()
        if day >= dated.get((location, question), date.min):
            dated[location, question] = day
            found.setdefault(location, {})[question] = rating
    if not ratings:
        for row in export:
            own = {q: row[f"{q.replace('_', '-').upper()}RATING"] for q in _QUESTIONS[1:]}
            found[row["LOCATIONID"].strip()] = {q: _rating(text) for q, text in own.items()}
    return found


def _rating(text: str) -> str:
    return next((name for name in _RATINGS if name.lower() == text.strip().lower()), text.strip())


def _names(known: dict[str, tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The practice of each name and postcode that only one has."""
    found: dict[tuple[str, str], list[str]] = {}
    for practice, (name, postcode) in known.items():
        if name and postcode:
            found.setdefault(_plain(name, postcode), []).append(practice)
    return {key: practices[0] for key, practices in found.items() if len(practices) == 1}


def _plain(name: str, postcode: str) -> tuple[str, str]:
    plain = re.sub("[^A-Z0-9]", "", name.upper().replace("&", "AND"))
    return plain, postcode.upper().replace(" ", "")


def _place(row: Row, names: dict[tuple[str, str], str], asked: dict[str, dict[str, str]]) -> _Place:
    location, code = row[_ID].strip(), row["LOCATION ODS CODE"].strip().upper()
    named = names.get(_plain(row["LOCATION NAME"], row["LOCATION POSTAL CODE"]))
    if re.fullmatch(r"[A-Z]\d{5}(\d{3})?", code):
        practice, rank = code[:6], 0 if len(code) == 6 else 9
    else:
        practice, rank = named or f"~{location}", 1 if named else 9
    reported = _day(row["PUBLICATION DATE"])
    answers = asked.get(location, {})
    ratings: dict[str, str | None] = {q: answers.get(q, "") for q in _QUESTIONS[1:]}
    ratings["overall"] = _rating(row["LOCATION LATEST OVERALL RATING"])
    dormant = row.get("DORMANT (Y/N)", "").strip().upper() == "Y"
    order = (rank, dormant, -(reported.toordinal() if reported else 0), location)
    return _Place(location, practice, order, rank < 9, ratings, reported)


def _parts(places: Sequence[_Place], month: date, has_questions: bool) -> Parts:
    own = sorted((place for place in places if place.own), key=lambda place: place.order)[:1]
    parts: Parts = {
        "locations": len(places),
        "unmatched": len(places) if places[0].practice.startswith("~") else 0,
        "practices": len(own),
        "dated_reports": 0,
        "old_reports": 0,
    }
    for question in _QUESTIONS:
        known = question == "overall" or has_questions
        for rating in _IDS:
            parts[f"{question}_{rating}"] = 0 if known else None
        for place in own if known else ():
            text = place.ratings[question]
            at = _IDS[_RATINGS.index(text)] if text in _RATINGS else "none"
            parts[f"{question}_{at}"] = 1
    for place in own:
        if place.ratings["overall"] in _RATINGS and place.reported:
            parts["dated_reports"] = 1
            parts["old_reports"] = int(place.reported < month.replace(year=month.year - 5))
    return parts
