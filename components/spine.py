"""The comparison table: one measure a row, every one on the same percentile scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from components.charts.palette import Role
from components.explain import explain_icon
from components.figure import Frame, boxed
from components.kpi import chip
from components.markup import Node, attrs, html, link
from components.strip import strip
from components.table import raw
from data import format as fmt
from data.absence import Absence
from data.format import Position
from data.provenance import Working
from data.spec import Unit

MEDIAN = "Median"
SPREAD = ("10th percentile", MEDIAN, "90th percentile")  # in place of strips


@dataclass(frozen=True, slots=True)
class Peer:
    """A column of the table: the organisation or a comparator."""

    role: Role | Literal["median"]
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measure. `values` follow the peers; `percentiles` place their dots on the strip.

    Without any there is no strip.

    Where there are no strips, `ends` are the 10th and the 90th percentile beside the median.
    """

    label: str
    detail: str  # unit and denominator in words: % of known status
    unit: Unit
    values: tuple[float | None, ...]
    percentiles: dict[Role, float | None] = field(default_factory=dict)
    middle: float | None = None  # the median of those among whom the strip places it
    ends: tuple[float | None, float | None] | None = None
    position: Position | None = None
    href: str = ""
    group: str = ""  # heading put above the first row of a group
    interval: str = ""  # 3.9% to 4.3%
    moved: str = ""  # 0.4 points lower than Sep 2025
    greyed: bool = False  # less than 80% of patients covered, or a value on fewer than ten
    status: Absence | None = None
    note: str = ""  # why there is no value, or none to compare
    history: str = ""  # its own earlier periods: below its own usual level since May 2026
    explain: Working | None = None


def legend(peers: Sequence[Peer]) -> Node:
    """The marks of the strips, for the right of a section heading."""
    marks = {
        "you": "m-you",
        "pcn": "m-pcn",
        "similar": "m-pcn",
        "england": "m-eng",
        "median": "m-med",
    }
    return html.Ul(
        [
            html.Li([html.Span(className=f"mk {marks.get(peer.role, 'm-icb')}"), peer.name])
            for peer in peers
        ],
        className="legend r",
    )


def _number(value: float | None, row: Row, name: str, *, interval: str = "") -> Node:
    """A cell; the interval stands below the number that it belongs to."""
    below = html.Span(interval, className="sub") if interval and value is not None else None
    return html.Td(
        [fmt.value(value, row.unit), below],
        className="num",
        **attrs({"data-l": name, "data-v": raw(value)}),
    )


def _cells(row: Row, peers: Sequence[Peer]) -> list[Node]:
    cells = []
    for value, peer in zip(row.values, peers, strict=True):
        own = peer.role == "you"
        cell = _number(value, row, peer.name, interval=row.interval if own else "")
        cells.append(
            replace(cell, attributes={**cell.attributes, "className": "num you"}) if own else cell
        )
    return cells


def _row(row: Row, peers: Sequence[Peer]) -> Node:
    name = link(row.label, row.href) if row.href else row.label
    detail = ". ".join(part for part in (row.detail, row.moved) if part)
    working = explain_icon(row.explain) if row.explain else None
    return html.Tr(
        [
            html.Th(
                [name, html.Span(detail, className="sub") if detail else None, working],
                scope="row",
                **attrs({"data-v": f"{row.label}, {row.detail}"}),
            ),
            *_cells(row, peers),
            *(_placed(row, peers) if row.ends is None else _spread(row, row.ends)),
        ],
        className="greyed" if row.greyed else None,
    )


def _placed(row: Row, peers: Sequence[Peer]) -> list[Node]:
    """The median, the strip and the verdict."""
    said = ", ".join(
        f"{peer.name} {fmt.value(value, row.unit)}"
        for value, peer in zip(row.values, peers, strict=True)
    ) + (f". {row.note}" if row.note else "")
    bar = None
    if row.middle is not None and row.percentiles:
        own = None if row.greyed else row.percentiles.get("you")
        bar = strip(own, alt=f"{row.label}: {said}", others=row.percentiles)
    word = chip(row.position) if row.position is not None and not row.greyed else None
    saved = row.position.text if word is not None and row.position else row.note
    told = html.Span(row.note, className="muted") if row.note else None
    return [
        _number(row.middle, row, MEDIAN),
        html.Td(bar, className="sp", **attrs({"data-v": ""})),
        html.Td(word or told, className="pos", **attrs({"data-v": saved})),
    ]


def _spread(row: Row, ends: tuple[float | None, float | None]) -> list[Node]:
    """How those below are spread, in numbers."""
    named = zip(SPREAD, (ends[0], row.middle, ends[1]), strict=True)
    return [_number(value, row, name) for name, value in named]


def spine(
    frame: Frame, rows: Sequence[Row], peers: Sequence[Peer], *, among: str = "practices in England"
) -> Node:
    """The table with its caption, its strips and verdicts or its spread, source and menu."""
    placed = any(row.ends is None for row in rows)
    after = (MEDIAN, f"Among {among}", "Position") if placed else SPREAD
    body: list[Node] = []
    group = ""
    for row in rows:
        if row.group and row.group != group:
            group = row.group
            body.append(
                html.Tr(
                    html.Th(group, colSpan=len(peers) + 1 + len(after), scope="colgroup"),
                    className="grp",
                )
            )
        body.append(_row(row, peers))
    head = [
        html.Th("Measure", scope="col"),
        *(html.Th(peer.name, scope="col", className="num") for peer in peers),
        *(_heading(name, among) for name in after),
    ]
    table = html.Table(
        [
            html.Caption(frame.title, className="vh"),
            html.Thead(html.Tr(head)),
            html.Tbody(body),
        ],
        className="bt stack spine",
    )
    grey = "Grey bar, dark to light: middle 50%, 80% and 96% of practices."
    words = grey if placed else f"10th, median and 90th of {among}."
    return boxed(replace(frame, coverage=f"{words} {frame.coverage}".strip()), table)


def _heading(name: str, among: str) -> Node:
    numbers = {"className": "num"} if name in (MEDIAN, *SPREAD) else {}
    skipped = attrs({"data-skip": "1"}) if name == f"Among {among}" else {}
    return html.Th(name, scope="col", **numbers, **skipped)
