"""Tables: the twin of a chart, and the sortable table of member organisations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from components.markup import Node
from components.speed.short import members_node, rows_node
from data import format as fmt
from data import periods
from data.absence import Absence
from data.spec import PeriodKind, Unit

Cell = str | float | int | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of numbers in `unit`, of `period`s, or of words when it has neither."""

    label: str
    unit: Unit | None = None
    period: PeriodKind | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as they are shown and exported: the first column names the row."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One organisation in the member table. `values` follow the table's measure columns."""

    code: str
    name: str
    values: tuple[float | None, ...]
    href: str = ""  # of a page of the site
    note: str = ""  # why values are missing, or what to know
    statuses: tuple[Absence | None, ...] = ()  # of the values, in their order
    selected: bool = False


def heading(column: Column) -> str:
    """The column's name with its unit: Millbrook, per 1,000 patients."""
    words = fmt.UNIT_WORDS[column.unit] if column.unit else ""
    label = column.label.casefold()
    if not words or words in label or label in words:
        return column.label
    return f"{column.label}, {words}"


def raw(cell: Cell) -> str:
    """A cell as it is exported: unrounded, empty when missing."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    return cell if isinstance(cell, str) else repr(cell)


def _amount(cell: Cell, unit: Unit) -> tuple[str, str]:
    if isinstance(cell, str):
        return cell, cell
    if isinstance(cell, date):
        return fmt.full_date(cell), cell.isoformat()
    return (fmt.MISSING, "") if cell is None else (fmt.value(cell, unit), repr(cell))


def _written(cells: Iterable[Cell], column: Column) -> list[tuple[str, str]]:
    """Each cell of a column as it is read, a dash for a missing number, and as it is exported."""
    unit = column.unit or "count"
    kind = column.period
    if kind is None:
        return [_amount(cell, unit) for cell in cells]
    return [
        (periods.short(kind, cell), cell.isoformat())
        if isinstance(cell, date)
        else (str(cell or ""), str(cell or ""))
        for cell in cells
    ]


def _rows(
    rows: Sequence[Sequence[Cell]], columns: Sequence[Column]
) -> list[tuple[tuple[str, str], ...]]:
    """Rows of cells as `_written`, which reads them column by column."""
    if not rows:
        return []
    written = [
        _written(cells, column)
        for cells, column in zip(zip(*rows, strict=True), columns, strict=True)
    ]
    return list(zip(*written, strict=True))


def twin(table: Table) -> Node:
    """The chart's values as a real table. Cells hold what is read and what the CSV writes."""
    return rows_node(
        table.caption,
        [(heading(column), column.unit is not None) for column in table.columns],
        _rows(table.rows, table.columns),
    )


def members(
    rows: Sequence[Member],
    columns: Sequence[Column],
    *,
    caption: str,
    first: str = "Practice",
    remark: str = "Remark",
    sorted_by: int | None = None,
    order: Literal["ascending", "descending"] = "descending",
) -> Node:
    """The sortable table of member organisations; blocks of rows on a phone.

    `rows` come sorted; `sorted_by` is the index in `columns` of the column that sorts them.
    Missing values are dashes and `Member.note` says why. Put it in `figure.boxed`.
    """
    names = [fmt.organisation(one.name, one.code) for one in rows]
    written = _rows([one.values for one in rows], columns)
    sort: dict[int, str] = {} if sorted_by is None else {sorted_by: order}
    return members_node(
        caption,
        first,
        remark,
        [
            (column.label, heading(column), sort.get(index, "none"))
            for index, column in enumerate(columns)
        ],
        [
            (one.name, one.code, saved, one.href, one.note, one.selected, cells)
            for one, saved, cells in zip(rows, names, written, strict=True)
        ],
    )
