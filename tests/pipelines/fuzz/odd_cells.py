"""Cells that hold what nobody expects: numbers, dates and codes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from tests.pipelines.fuzz.grids import Grid, day_of, is_number, written
from tests.pipelines.fuzz.registry import Change, mutation

# Cells of numbers

ODD_NUMBERS = (
    "",
    "NULL",
    "*",
    "-",
    "..",
    "1,234",
    "1234.7",
    "-5",
    "1e3",
    "1E+03",
    "nan",
    "inf",
    "-0",
    "+12",
    " 12 ",
    "12.0",
    "007",
    "0x1F",
    "1_000",
    "\u0661\u0662",
    "99999999999",
    "9" * 40,
    "N/A",
    "#REF!",
    "£12",
    "12%",
    "1 234",
    "TRUE",
    "null",
    "12,",
    "1.2.3",
    "\u22125",
    "c",
    "suppressed",
)


def _with_cell(rng: Random, grid: Grid, kind: str, value: str, share: float = 0.0) -> Grid | None:
    places = grid.columns(kind)
    if not places or not grid.body:
        return None
    column = rng.choice(places)
    body = [list(row) for row in grid.body]
    rows = [n for n, row in enumerate(body) if column < len(row) and _KIND[kind](row[column])]
    if not rows:
        return None
    for place in rng.sample(rows, max(1, round(share * len(rows)))):
        body[place][column] = value
    return grid.with_body(body)


_KIND: dict[str, Callable[[object], bool]] = {
    "number": is_number,
    "date": lambda cell: day_of(cell) is not None,
    "code": lambda cell: bool(written(cell)),
}


def _odd_number(value: str) -> Change:
    def change(rng: Random, grid: Grid) -> Grid | None:
        return _with_cell(rng, grid, "number", value)

    change.__name__ = f"a number cell is {value!r}"
    return change


for one in ODD_NUMBERS:
    mutation("cells", told=False)(_odd_number(one))


@mutation("cells")
def a_number_column_is_blank(rng: Random, grid: Grid) -> Grid | None:
    places = grid.columns("number")
    if not places:
        return None
    column = rng.choice(places)
    body = [[*row[:column], "", *row[column + 1 :]] for row in grid.body]
    return grid.with_body(body)


# Dates

_FORMS = (
    "%d/%m/%Y",
    "%d-%b-%y",
    "%Y%m%d",
    "%d%b%Y",
    "%Y-%m-%d 00:00:00",
    "%Y-%m-%dT00:00:00",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d %B %Y",
    "%b-%y",
    "%d-%m-%Y",
    "%Y/%m/%d",
)


def _dated(grid: Grid, column: int, change: Callable[[date, int], str]) -> Grid:
    body = [list(row) for row in grid.body]
    for place, row in enumerate(body):
        if column < len(row) and (day := day_of(row[column])):
            row[column] = change(day, place)
    return grid.with_body(body)


def _period_column(rng: Random, grid: Grid) -> int | None:
    """A column of dates that mostly hold one month; others are of birth, opening or inspection."""
    found = [
        column
        for column in grid.columns("date")
        if len({written(row[column])[-20:] for row in grid.body if column < len(row)}) <= 31
    ]
    return rng.choice(found) if found else None


def _other_form(form: str) -> Change:
    def change(rng: Random, grid: Grid) -> Grid | None:
        column = _period_column(rng, grid)
        if column is None:
            return None
        return _dated(grid, column, lambda day, place: day.strftime(form))

    change.__name__ = f"dates as {form}"
    return change


for one in _FORMS:
    mutation("dates")(_other_form(one))


def _moved(day: date, months: int) -> date:
    first = day.year * 12 + day.month - 1 + months
    return date(first // 12, first % 12 + 1, min(day.day, 28))


def _of_another_month(months: int, share: float) -> Change:
    def change(rng: Random, grid: Grid) -> Grid | None:
        column = _period_column(rng, grid)
        if column is None:
            return None
        form = next((f for f in _FORMS if _is_form(written(grid.body[0][column]), f)), "%Y-%m-%d")
        chosen = {n for n in range(len(grid.body)) if rng.random() < share}
        return _dated(
            grid,
            column,
            lambda day, place: (_moved(day, months) if place in chosen else day).strftime(form),
        )

    where = "every date" if share == 1 else "some dates"
    change.__name__ = f"{where} {abs(months)} months {'later' if months > 0 else 'earlier'}"
    return change


def _is_form(cell: str, form: str) -> bool:
    day = day_of(cell)
    return day is not None and day.strftime(form).upper() == cell.upper()


for months, share in ((-1, 0.5), (1, 0.3), (-12, 0.1)):
    mutation("dates")(_of_another_month(months, share))
for months in (-1, 1, -12, 600):
    mutation("dates", told=False)(_of_another_month(months, 1))


@mutation("dates")
def a_date_is_blank(rng: Random, grid: Grid) -> Grid | None:
    column = _period_column(rng, grid)
    if column is None:
        return None
    body = [list(row) for row in grid.body]
    rng.choice(body)[column] = ""
    return grid.with_body(body)


@mutation("dates")
def a_date_is_no_date(rng: Random, grid: Grid) -> Grid | None:
    column = _period_column(rng, grid)
    if column is None:
        return None
    body = [list(row) for row in grid.body]
    rng.choice(body)[column] = rng.choice(["the first", "2026-13-01", "31/02/2026", "0", "46266"])
    return grid.with_body(body)


# Codes


def _odd_code(value: str) -> Change:
    def change(rng: Random, grid: Grid) -> Grid | None:
        return _with_cell(rng, grid, "code", value)

    change.__name__ = f"a code is {value!r}"
    return change


for value in ("", "ZZZ99", "A8100", "Q99999", "=A1", "NULL", "A81001;A81002", "~QHM", "<b>A81001"):
    mutation("codes", told=False)(_odd_code(value))


@mutation("codes", told=False)
def codes_in_small_letters(rng: Random, grid: Grid) -> Grid | None:
    places = grid.columns("code")
    body = [
        [written(cell).lower() if place in places else cell for place, cell in enumerate(row)]
        for row in grid.body
    ]
    return grid.with_body(body) if places else None


@mutation("codes")
def codes_with_spaces(rng: Random, grid: Grid) -> Grid | None:
    places = grid.columns("code")
    body = [
        [f" {written(cell)} " if place in places else cell for place, cell in enumerate(row)]
        for row in grid.body
    ]
    return grid.with_body(body) if places else None


@mutation("codes")
def a_practice_under_the_code_of_another(rng: Random, grid: Grid) -> Grid | None:
    places = grid.columns("code")
    codes = sorted({written(row[places[0]]) for row in grid.body}) if places else []
    if len(codes) < 2:
        return None
    one, other = rng.sample(codes, 2)
    body = [
        [
            other if place in places and written(cell) == one else cell
            for place, cell in enumerate(row)
        ]
        for row in grid.body
    ]
    return grid.with_body(body)
