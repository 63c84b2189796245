"""Tables: the twin of a chart, and the sortable table of member organisations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from components import format as fmt
from components.light import Node, members_node, rows_node
from data.spec import Unit

Cell = str | float | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of numbers in `unit`, or of words when it has none."""

    label: str
    unit: Unit | None = None


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
    selected: bool = False


def heading(column: Column) -> str:
    """The column's name with its unit: Millbrook, per 1,000 patients."""
    words = fmt.UNIT_WORDS[column.unit] if column.unit else ""
    label = column.label.casefold()
    if not words or words in label or label in words:
        return column.label
    return f"{column.label}, {words}"


def text(cell: Cell, column: Column) -> str:
    """A cell as it is read; a dash for a missing number."""
    if cell is None:
        return fmt.MISSING
    if isinstance(cell, str):
        return cell
    return fmt.value(cell, column.unit or "count")


def raw(cell: Cell) -> str:
    """A cell as it is exported: unrounded, empty when missing."""
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else repr(cell)


def twin(table: Table) -> Node:
    """The chart's values as a real table. Cells hold what is read and what the CSV writes."""
    return rows_node(
        table.caption,
        [(heading(column), column.unit is not None) for column in table.columns],
        [
            [
                (text(cell, column), raw(cell))
                for cell, column in zip(row, table.columns, strict=True)
            ]
            for row in table.rows
        ],
    )


def _member_row(member: Member, columns: Sequence[Column]) -> tuple[object, ...]:
    saved = fmt.organisation(member.name, member.code)
    cells = [
        (text(cell, column), raw(cell)) for cell, column in zip(member.values, columns, strict=True)
    ]
    return member.name, member.code, saved, member.href, member.note, member.selected, cells


def members(
    rows: Sequence[Member],
    columns: Sequence[Column],
    *,
    caption: str,
    first: str = "Practice",
    sorted_by: int | None = None,
    order: Literal["ascending", "descending"] = "descending",
) -> Node:
    """The sortable table of member organisations; blocks of rows on a phone.

    `rows` come sorted; `sorted_by` is the index in `columns` of the column that sorts them.
    Missing values are dashes and `Member.note` says why. Put it in `figure.boxed`.
    """
    sort: dict[int, str] = {} if sorted_by is None else {sorted_by: order}
    return members_node(
        caption,
        first,
        [
            (column.label, heading(column), sort.get(index, "none"))
            for index, column in enumerate(columns)
        ],
        [_member_row(row, columns) for row in rows],
    )
