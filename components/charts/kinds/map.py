"""Areas as tiles, each about where it lies, darker for more."""

from __future__ import annotations

from components.charts import scales
from components.charts.description import Description, Key
from components.charts.drawing import (
    Arrangement,
    Axis,
    Bars,
    Box,
    Drawing,
    Line,
    Margins,
    Panel,
    Words,
)
from components.charts.kinds import cells
from components.charts.kinds.heat import filled
from components.charts.palette import FILL, INK, ON_FILL, SEQUENCES, Stroke
from components.charts.specs import Map, Tile
from components.table import Column, Table
from data import format as fmt

TILE = 40  # px of height
MINE = Stroke(INK, 3, "solid")
INSET = 0.06  # of a tile, inside which lines around it lie
NOTE = "One tile an area, about where it lies; tiles are not its shape or size"


def _steps(spec: Map) -> scales.Ticks:
    return cells.steps(scales.present(tile.value for tile in spec.tiles))


def _empty(tile: Tile) -> Box:
    return Box(
        x=(tile.column + INSET, tile.column + 1 - INSET),
        y=(tile.row - 0.5 + INSET, tile.row + 0.5 - INSET),
        outline=cells.MISSING,
    )


def _around(tile: Tile) -> Line:
    """A dark line around the organisation's own tile, over its colour."""
    left, right = tile.column + INSET / 2, tile.column + 1 - INSET / 2
    top, bottom = tile.row - 0.5 + INSET / 2, tile.row + 0.5 - INSET / 2
    return Line(
        name=f"Around {tile.name}",
        x=(left, right, right, left, left),
        y=(top, top, bottom, bottom, top),
        readings=("",) * 5,
        stroke=MINE,
        silent=True,
    )


def _named(tile: Tile) -> Words:
    return Words(text=tile.short, x=tile.column + 0.5, y=tile.row, side="center")


def draw(spec: Map) -> Drawing:
    """A tile an area with its short name; an outline where there is no value."""
    edges = _steps(spec)
    scale = SEQUENCES[len(edges) - 1]
    tiles = spec.tiles
    fills = [filled(tile.value, edges, scale) for tile in tiles]
    mark = Bars(
        name=spec.measure,
        at=tuple(float(tile.row) for tile in tiles),
        starts=tuple(float(tile.column) for tile in tiles),
        lengths=tuple(None if tile.value is None else 1.0 for tile in tiles),
        colours=tuple(FILL[fill] for fill in fills),
        labels=tuple("" if tile.value is None else tile.short for tile in tiles),
        label_colours=tuple(ON_FILL[fill] for fill in fills),
        always_labelled=True,
        edge=2,
        names=tuple(f"{tile.name} " for tile in tiles),
        readings=tuple(fmt.value(tile.value, spec.unit) for tile in tiles),
    )
    rows, columns = spec.rows, spec.columns
    empty = [tile for tile in tiles if tile.value is None]
    around = [_around(tile) for tile in tiles if tile.mine]
    arrangement = Arrangement(
        margins=Margins(2, 2, 2, 2),
        words=tuple(_named(tile) for tile in empty),
        height=4 + TILE * rows,
    )
    return Drawing(
        panels=(Panel(x=Axis(low=0, high=columns), marks=(mark, *around)),),
        y=scales.row_axis(rows),
        boxes=tuple(_empty(tile) for tile in empty),
        wide=arrangement,
        narrow=arrangement,
    )


def describe(spec: Map) -> Description:
    """One row an area, highest first; those without a value last."""
    ordered = sorted(spec.tiles, key=lambda tile: (tile.value is None, -(tile.value or 0)))
    known = [tile for tile in ordered if tile.value is not None]
    unit, edges = spec.unit, _steps(spec)
    ends = "No values published."
    if known:
        ends = (
            f"Highest: {known[0].name}, {fmt.value(known[0].value, unit)}. "
            f"Lowest: {known[-1].name}, {fmt.value(known[-1].value, unit)}."
        )
    gaps = len(ordered) - len(known)
    missing = f" {fmt.plural(gaps, 'area has', 'areas have')} no value." if gaps else ""
    mine = "".join(f" {t.name}: {fmt.value(t.value, unit)}." for t in known if t.mine)
    return Description(
        table=Table(
            f"{spec.measure} by {spec.what}",
            (Column(spec.what), Column("On the map"), Column(spec.measure, unit)),
            tuple((tile.name, tile.short, tile.value) for tile in ordered),
        ),
        alt=f"Tile map of {spec.measure}, {len(ordered)} areas. {ends}{missing}{mine}",
        key=tuple(
            Key(fmt.between(low, high, unit), fill)
            for low, high, fill in zip(edges, edges[1:], SEQUENCES[len(edges) - 1], strict=False)
        ),
        remark=NOTE,
    )
