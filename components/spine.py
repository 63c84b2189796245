"""The comparison table: one measure a row, every one on the same percentile scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from components.charts.palette import Role
from components.explain import explain
from components.figure import Frame, boxed
from components.kpi import chip
from components.markup import Node, attrs, html, link
from components.strip import strip
from components.table import raw
from data import format as fmt
from data.format import Position
from data.provenance import Working
from data.spec import Unit

MEDIAN = "Median"


@dataclass(frozen=True, slots=True)
class Peer:
    """A column of the table: the organisation or a comparator."""

    role: Role | Literal["median"]
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measure. `values` follow the peers; `percentiles` place their dots on the strip."""

    label: str
    detail: str  # unit and denominator in words: % of known status
    unit: Unit
    values: tuple[float | None, ...]
    percentiles: dict[Role, float | None] = field(default_factory=dict)
    middle: float | None = None  # the median of those among whom the strip places it
    spread: str = ""  # words in place of the strip
    position: Position | None = None
    href: str = ""
    group: str = ""  # heading put above the first row of a group
    interval: str = ""  # 95% interval 3.9% to 4.3%
    moved: str = ""  # 0.4 points lower than Sep 2025
    greyed: bool = False  # less than 80% of patients covered
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


def _cells(row: Row, peers: Sequence[Peer]) -> list[Node]:
    return [
        html.Td(
            fmt.value(value, row.unit),
            className="num you" if peer.role == "you" else "num",
            **attrs({"data-l": peer.name, "data-v": raw(value)}),
        )
        for value, peer in zip(row.values, peers, strict=True)
    ]


def _row(row: Row, peers: Sequence[Peer]) -> Node:
    name = link(row.label, row.href) if row.href else row.label
    detail = ", ".join(part for part in (row.detail, row.interval) if part)
    detail = ". ".join(part for part in (detail, row.moved) if part)
    said = ", ".join(
        f"{peer.name} {fmt.value(value, row.unit)}"
        for value, peer in zip(row.values, peers, strict=True)
    )
    bar = strip(
        None if row.greyed else row.percentiles.get("you"),
        alt=f"{row.label}: {said}",
        others=row.percentiles,
    )
    working = explain(row.explain, label="Explain") if row.explain else None
    word = chip(row.position) if row.position is not None and not row.greyed else None
    return html.Tr(
        [
            html.Th(
                [name, html.Span(detail, className="sub"), working],
                scope="row",
                **attrs({"data-v": f"{row.label}, {row.detail}"}),
            ),
            *_cells(row, peers),
            html.Td(
                fmt.value(row.middle, row.unit),
                className="num",
                **attrs({"data-l": MEDIAN, "data-v": raw(row.middle)}),
            ),
            html.Td(row.spread or bar, className="sp", **attrs({"data-v": row.spread})),
            html.Td(
                word,
                className="pos",
                **attrs({"data-v": row.position.text if word is not None and row.position else ""}),
            ),
        ],
        className="greyed" if row.greyed else None,
    )


def spine(
    frame: Frame, rows: Sequence[Row], peers: Sequence[Peer], *, among: str = "practices in England"
) -> Node:
    """The table with its caption, strips, position words, source and toolbar."""
    body: list[Node] = []
    group = ""
    for row in rows:
        if row.group and row.group != group:
            group = row.group
            body.append(
                html.Tr(
                    html.Th(group, colSpan=len(peers) + 4, scope="colgroup"),
                    className="grp",
                )
            )
        body.append(_row(row, peers))
    head = [
        html.Th("Measure", scope="col"),
        *(html.Th(peer.name, scope="col", className="num") for peer in peers),
        html.Th(MEDIAN, scope="col", className="num"),
        html.Th(f"Among {among}", scope="col", **attrs({"data-skip": "1"})),
        html.Th("Position", scope="col"),
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
    shown = Frame(
        id=frame.id,
        title=frame.title,
        subtitle=frame.subtitle,
        source=frame.source,
        coverage=f"{grey} {frame.coverage}".strip(),
    )
    return boxed(shown, table)
