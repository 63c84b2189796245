"""Blocks as nodes, for the pages that people look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from components import blocks as b
from components import figure, kpi, notes, selector, shell, spine, table
from components.explain import explain
from components.markup import Node, html, icon, link


def section(content: b.Section) -> Node:
    """A section with its heading."""
    return framed(content, map(block, content.blocks), map(control, content.controls))


def framed(content: b.Section, inside: Iterable[Node], controls: Iterable[Node]) -> Node:
    """The heading of a section, with its controls, above what is inside it."""
    if content.quiet:
        return shell.quiet_section(content.slug, content.title, *inside)
    right = [spine.legend(content.key)] if content.key else []
    fields = list(controls)
    right += [html.Div(fields, className="picks")] if fields else []
    return shell.section(content.slug, content.title, *inside, remark=content.remark, right=right)


def block(content: b.Block) -> Node:
    """One block of a section."""
    if isinstance(content, b.Beside):
        return shell.side_by_side(*map(block, content.blocks), lead=content.leads)
    if isinstance(content, b.Fold):
        return fold(content, map(block, content.blocks))
    draw = cast("Callable[[Any], Node]", _DRAW[type(content)])
    return draw(content)


def spoken(sentence: b.Sentence) -> Node:
    """A sentence with its strong pieces in bold and its links."""
    return html.Span([_piece(one) for one in sentence])


def _piece(piece: b.Words) -> Node | str:
    if piece.href:
        return link(piece.text, piece.href)
    return html.B(piece.text) if piece.strong else piece.text


def fold(content: b.Fold, inside: Iterable[Node]) -> Node:
    """What stands behind a line that opens it, without any script."""
    return html.Details(
        [html.Summary([icon("chevron"), content.title]), html.Div(list(inside), className="in")],
        className="fold",
    )


def _sentences(content: b.Sentences) -> Node:
    return kpi.summary(
        [spoken(one) for one in content.sentences],
        name=content.name,
        disclaimer=content.disclaimer,
    )


def _reading(content: b.Reading) -> Node:
    return kpi.how_to_read(among=content.among)


def _ways(content: b.Ways) -> Node:
    listed = [
        html.Li([link(name, href), html.Span(answers)]) for name, answers, href in content.links
    ]
    return html.Ul(listed, className="org-tools")


def _cards(content: b.Cards) -> Node:
    return kpi.kpis(content.cards)


def _figure(content: b.Figure) -> Node:
    chart = content.chart
    if isinstance(chart, b.Absent):
        if chart.kind == "empty":
            return figure.empty(content.frame, chart.sentence, height=chart.height)
        return figure.absent(content.frame, chart.sentence, chart.kind, height=chart.height)
    working = explain(content.explain) if content.explain else None
    return figure.draw(content.frame, chart, explain=working)


def _comparison(content: b.Comparison) -> Node:
    return spine.spine(content.frame, content.rows, content.peers, among=content.among)


def _members(content: b.Members) -> Node:
    inner = table.members(
        content.rows,
        content.columns,
        caption=content.frame.title,
        first=content.first,
        remark=content.remark,
        sorted_by=content.sorted_by,
    )
    return figure.boxed(content.frame, inner)


def _table(content: b.Table) -> Node:
    frame = content.frame
    head = html.Div(
        [html.H3(frame.title), html.P(frame.subtitle, className="sub")], className="fig-head"
    )
    inner = html.Div([head, table.twin(content.table)], className="fig flat")
    return figure.boxed(frame, inner)


def _listing(content: b.Listing) -> Node:
    lines = [html.Li(spoken(one)) for one in content.items]
    body = html.Ul(lines) if lines else html.P(content.nothing)
    return html.Div([html.H3(content.title), body], className="panel")


def remark(content: b.Remark) -> Node:
    """A remark with its icon, or its tag."""
    words = spoken(content.sentence)
    if content.tag:
        return html.Div([html.Span(content.tag, className="tag"), words], className="note")
    return figure.note(words, kind=content.kind)


def remarks(content: Sequence[b.Remark]) -> list[Node]:
    """The remarks above the figures of a page."""
    return [html.Div([remark(one) for one in content], className="stack-notes")] if content else []


def _notes(content: b.Notes) -> Node:
    return notes.notes(content.keep, [(name, spoken(what)) for name, what in content.sources])


def control(content: b.Control) -> Node:
    """A control that follows and sets the address."""
    if isinstance(content, b.Ticks):
        return selector.comparators(
            content.name,
            label=content.label,
            options=content.options,
            values=content.values,
            default=content.default,
        )
    draw = selector.choice if content.look == "list" else selector.segments
    return draw(
        content.name,
        label=content.label,
        options=content.options,
        value=content.value,
        default=content.default,
    )


def bar(content: b.Bar, *, search_url: str) -> Node:
    """The controls above a page."""
    organisation = selector.organisation(
        search_url=search_url, code=content.code, text=content.text, label=content.label
    )
    return selector.bar(
        [organisation, *map(control, content.controls)],
        more=[*map(control, content.more)],
        changed=content.changed,
        summary=content.summary,
    )


_DRAW: dict[type, Callable[[Any], Node]] = {
    b.Sentences: _sentences,
    b.Cards: _cards,
    b.Figure: _figure,
    b.Comparison: _comparison,
    b.Members: _members,
    b.Table: _table,
    b.Listing: _listing,
    b.Remark: remark,
    b.Notes: _notes,
    b.Reading: _reading,
    b.Ways: _ways,
}
