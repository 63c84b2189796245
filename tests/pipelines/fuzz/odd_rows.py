"""Rows, columns and totals that are missing, repeated, renamed or in another order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from tests.pipelines.fuzz.grids import Grid, is_number, written
from tests.pipelines.fuzz.registry import Change, mutation

# Rows


def _without(rng: Random, grid: Grid, least: float, most: float) -> Grid | None:
    body = grid.body
    gone = round(len(body) * rng.uniform(least, most))
    if not gone:
        return None
    lost = set(rng.sample(range(len(body)), gone))
    return grid.with_body([row for place, row in enumerate(body) if place not in lost])


@mutation("rows", told=False)
def a_few_rows_are_missing(rng: Random, grid: Grid) -> Grid | None:
    return _without(rng, grid, 0.01, 0.1)


@mutation("rows")
def many_rows_are_missing(rng: Random, grid: Grid) -> Grid | None:
    return _without(rng, grid, 0.3, 0.4)


@mutation("rows")
def a_quarter_of_practices_is_missing(rng: Random, grid: Grid) -> Grid | None:
    for column in grid.columns("code"):
        codes = sorted({written(row[column]) for row in grid.body if column < len(row)})
        lost = set(rng.sample(codes, round(len(codes) * rng.uniform(0.25, 0.4))))
        if len(codes) > 20:
            return grid.with_body(
                [row for row in grid.body if column >= len(row) or written(row[column]) not in lost]
            )
    return None


@mutation("rows")
def rows_are_there_twice(rng: Random, grid: Grid) -> Grid | None:
    body = grid.body
    if not body:
        return None
    again = rng.sample(body, max(1, len(body) // 20))
    return grid.with_body([*body, *again])


@mutation("rows")
def the_table_is_there_twice(rng: Random, grid: Grid) -> Grid | None:
    return grid.with_body([*grid.body, *grid.body]) if grid.body else None


@mutation("rows")
def only_headings_are_left(rng: Random, grid: Grid) -> Grid | None:
    return grid.with_body([]) if grid.head >= 0 else None


# Order


@mutation("order")
def sorted_the_other_way(rng: Random, grid: Grid) -> Grid:
    return grid.with_body(grid.body[::-1])


@mutation("order")
def shuffled(rng: Random, grid: Grid) -> Grid:
    return grid.with_body(rng.sample(grid.body, len(grid.body)))


# Columns


def _every_row(grid: Grid, change: Callable[[list[object]], list[object]]) -> Grid:
    top = max(grid.head, 0)
    return replace(grid, rows=[*grid.rows[:top], *(change(row) for row in grid.rows[top:])])


def _width(grid: Grid) -> int:
    return len(grid.rows[max(grid.head, 0)]) if grid.rows else 0


@mutation("columns")
def a_column_is_missing(rng: Random, grid: Grid) -> Grid | None:
    if _width(grid) < 2:
        return None
    gone = rng.randrange(_width(grid))
    return _every_row(grid, lambda row: row[:gone] + row[gone + 1 :])


@mutation("columns")
def a_number_column_is_missing(rng: Random, grid: Grid) -> Grid | None:
    places = [place for place in grid.columns("number") if _has_more_than_zeros(grid, place)]
    if not places:
        return None
    gone = rng.choice(places)
    return _every_row(grid, lambda row: row[:gone] + row[gone + 1 :])


def _has_more_than_zeros(grid: Grid, place: int) -> bool:
    """Where a payment of nothing has ended, the next year has no column of it."""
    return any(written(row[place]).strip("0.") for row in grid.body if place < len(row))


@mutation("columns")
def a_column_is_renamed(rng: Random, grid: Grid) -> Grid | None:
    if grid.head < 0:
        return None
    rows = [list(row) for row in grid.rows]
    rows[grid.head][rng.randrange(len(rows[grid.head]))] = "SOMETHING NEW"
    return replace(grid, rows=rows)


@mutation("columns")
def a_heading_is_blank(rng: Random, grid: Grid) -> Grid | None:
    if grid.head < 0:
        return None
    rows = [list(row) for row in grid.rows]
    rows[grid.head][rng.randrange(len(rows[grid.head]))] = ""
    return replace(grid, rows=rows)


@mutation("columns")
def columns_in_another_order(rng: Random, grid: Grid) -> Grid | None:
    order = rng.sample(range(_width(grid)), _width(grid))
    return _every_row(
        grid, lambda row: [row[n] if n < len(row) else "" for n in order] if row else row
    )


@mutation("columns")
def a_column_twice(rng: Random, grid: Grid) -> Grid | None:
    if not _width(grid):
        return None
    place = rng.randrange(_width(grid))
    return _every_row(grid, lambda row: [*row, row[place] if place < len(row) else ""])


@mutation("columns")
def a_column_more(rng: Random, grid: Grid) -> Grid | None:
    place = rng.randrange(_width(grid) + 1)
    return _every_row(grid, lambda row: [*row[:place], "EXTRA", *row[place:]])


@mutation("columns")
def two_columns_have_changed_places_but_not_headings(rng: Random, grid: Grid) -> Grid | None:
    if _width(grid) < 2 or grid.head < 0:
        return None
    codes, numbers = grid.columns("code"), grid.columns("number")
    if not codes or not numbers:
        return None
    one, other = rng.choice(codes), rng.choice(numbers)

    def swapped(row: list[object]) -> list[object]:
        if max(one, other) >= len(row):
            return row
        row = list(row)
        row[one], row[other] = row[other], row[one]
        return row

    return grid.with_body([swapped(row) for row in grid.body])


# Rows of totals


def _with_total(rng: Random, grid: Grid, name: str) -> Grid | None:
    codes = grid.columns("code")
    if not codes or len(grid.body) < 2:
        return None
    numbers = [place for place in grid.columns("number") if place not in codes]
    row: list[object] = list(rng.choice(grid.body))
    for place in codes:
        if place < len(row):
            row[place] = name
    for place in numbers:
        cells = [one[place] for one in grid.body if place < len(one)]
        if place < len(row):
            row[place] = round(sum(float(written(cell)) for cell in cells if is_number(cell)))
    return grid.with_body([*grid.body, row])


def _total(name: str) -> Change:
    def change(rng: Random, grid: Grid) -> Grid | None:
        return _with_total(rng, grid, name)

    change.__name__ = f"a row of totals called {name or 'nothing'}"
    return change


for name in ("All", "England", "TOTAL", "Grand total", "ENG", ""):
    mutation("totals")(_total(name))


def _first_label(label: str) -> Change:
    """A row again under a label of all, such as SEX of ALL or All."""

    def change(rng: Random, grid: Grid) -> Grid | None:
        skipped = {*grid.columns("code"), *grid.columns("number"), *grid.columns("date")}
        body = grid.body
        labels = [
            place
            for place in range(_width(grid))
            if place not in skipped
            and 1 < len({written(row[place]) for row in body if place < len(row)}) <= 60
        ]
        if not labels or not body:
            return None
        place = rng.choice(labels)
        row = list(rng.choice([row for row in body if place < len(row)]))
        row[place] = label
        return grid.with_body([*body, row])

    change.__name__ = f"a label is {label!r}"
    return change


for label in ("ALL", "All", "Something new", ""):
    mutation("totals", told=False)(_first_label(label))


@mutation("totals", told=False)
def every_label_all_is_written_All(rng: Random, grid: Grid) -> Grid | None:
    rows = [["All" if written(cell) == "ALL" else cell for cell in row] for row in grid.body]
    return grid.with_body(rows) if rows != grid.body else None
