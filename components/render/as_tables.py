"""Blocks as tables, for downloads: the numbers of a page in the order of the page, unrounded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from components import blocks as b
from components.charts import describe
from components.figure import Frame
from components.kpi import Kpi
from components.spine import Row
from components.table import Cell, Column, Member, Table, heading
from data import format as fmt
from data.provenance import Working


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a page: `slug` is unique on the page, `about` says what and from where."""

    slug: str
    title: str
    about: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def sheets(sections: Sequence[b.Section]) -> list[Sheet]:
    """Every table of these sections; charts are the tables that they are drawn from."""
    return [sheet for section in sections for sheet in _of_section(section)]


def _of_section(section: b.Section) -> Iterator[Sheet]:
    blocks = list(b.flat(section.blocks))
    cards = [card for one in blocks if isinstance(one, b.Cards) for card in one.cards]
    if cards:
        yield _sheet(section.slug, section.title, "Headline numbers", _cards(cards))
    for one in blocks:
        if isinstance(one, b.Figure):
            chart = one.chart
            drawn = chart.table if isinstance(chart, b.Absent) else describe(chart).table
            if drawn is not None:
                yield _framed(one.frame, drawn)
        elif isinstance(one, b.Comparison):
            yield _framed(one.frame, _comparison(one))
        elif isinstance(one, b.Members):
            yield _framed(one.frame, _members(one))
        elif isinstance(one, b.Table):
            yield _framed(one.frame, one.table)
        elif isinstance(one, b.Listing) and one.items:
            lines = tuple((b.plain(item),) for item in one.items)
            table = Table(one.title, (Column(one.title),), lines)
            yield _sheet(f"{section.slug}-list", one.title, section.title, table)


def _framed(frame: Frame, table: Table) -> Sheet:
    about = f"{frame.subtitle}. {frame.coverage} {frame.source.line}".replace("  ", " ")
    return _sheet(frame.id, frame.title, about, table)


def _sheet(slug: str, title: str, about: str, table: Table) -> Sheet:
    rows = tuple(
        tuple(_whole(cell, column) for cell, column in zip(row, table.columns, strict=True))
        for row in table.rows
    )
    return Sheet(slug, title, about, tuple(heading(column) for column in table.columns), rows)


def _whole(cell: Cell, column: Column) -> Cell:
    """A count that is whole as an integer."""
    if column.unit == "count" and isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell


def _cards(cards: Sequence[Kpi]) -> Table:
    columns = (
        Column("Measure"),
        Column("Unit"),
        Column("Value"),
        Column("Numerator", "count"),
        Column("Denominator", "count"),
        Column("Low 95%"),
        Column("High 95%"),
        Column("Status"),
        *_MOVED,
        Column("In words"),
    )
    rows = []
    for card in cards:
        working = card.explain
        value = card.value
        whole = value is not None and card.unit == "count" and float(value).is_integer()
        rows.append(
            (
                card.label,
                _unit(card),
                int(value) if whole and value is not None else value,
                working.numerator if working else None,
                working.denominator if working else None,
                working.low if working else None,
                working.high if working else None,
                card.status or "",
                *_moved(working),
                "; ".join(filter(None, (card.change, card.beside)))
                if value is not None
                else card.missing,
            )
        )
    return Table("Headline numbers", columns, tuple(rows))


_MOVED = (
    Column("Change since"),
    Column("Change"),
    Column("Change low 95%"),
    Column("Change high 95%"),
    Column("Change in words"),
)


def _moved(working: Working | None) -> tuple[Cell, ...]:
    """The change behind a number, with its interval; percentages change by points."""
    moved = working.moved if working else None
    if moved is None:
        return (None,) * len(_MOVED)
    return (moved.since, moved.value, moved.low, moved.high, moved.words)


def _unit(card: Kpi) -> str:
    return fmt.UNIT_WORDS[card.unit] or "count"


def _comparison(block: b.Comparison) -> Table:
    spread = any(row.ends is not None for row in block.rows)
    placed = ("Percentile", "Position") if not spread else ("10th percentile", "90th percentile")
    columns = (
        Column("Measure"),
        Column("Unit"),
        *(Column(peer.name) for peer in block.peers),
        Column(f"Median of {block.among}"),
        *map(Column, placed),
        Column("Status"),
        Column("Own history"),
        Column("95% interval"),
        *_MOVED,
    )
    rows = tuple(
        (
            row.label,
            fmt.UNIT_WORDS[row.unit] or "count",
            *row.values,
            row.middle,
            *(_place(row) if row.ends is None else row.ends),
            row.status or "",
            row.history,
            row.interval,
            *_moved(row.explain),
        )
        for row in block.rows
    )
    return Table(block.frame.title, columns, rows)


def _place(row: Row) -> tuple[Cell, Cell]:
    if row.greyed:
        return None, ""
    return row.percentiles.get("you"), row.position.text if row.position else ""


def _members(block: b.Members) -> Table:
    columns = (
        Column("Code"),
        Column(block.first),
        *block.columns,
        Column("Status"),
        Column(block.remark),
    )
    rows = tuple(
        (row.code, row.name, *row.values, _statuses(row, block.columns), row.note)
        for row in block.rows
    )
    return Table(block.frame.title, columns, rows)


def _statuses(row: Member, columns: Sequence[Column]) -> str:
    """Why values of a row are missing: the kind, or the kind of each column that has one."""
    kinds = [
        (column.label, kind)
        for column, kind in zip(columns, row.statuses, strict=False)
        if kind is not None
    ]
    alone = {kind for _, kind in kinds}
    if len(alone) == 1 and len(kinds) == len(columns):
        return alone.pop()
    return "; ".join(f"{label}: {kind}" for label, kind in kinds)
