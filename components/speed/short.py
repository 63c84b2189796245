"""Parts sent as data and built in the browser, and the short forms of those that repeat.

A component of Dash costs a React wrapper to show; a table of twenty rows has four hundred of
them. What only has to be read is sent as one attribute instead: `built(node)` is one component,
and assets/speed/built.js turns its `data-built` into elements. Text is set as text, never parsed
as HTML. A short form says what a part holds; `written_out` and built.js write the same elements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from components.markup import Child, Node, attrs, html, icon, inside, link
from components.speed.serialise import BUILT

Cell = tuple[str, str]  # what is read, what is saved


def built(parts: Node | Iterable[Node], **attributes: Any) -> Node:
    """A Div with these attributes, what is inside it sent as data."""
    return Node(BUILT, attributes, inside(parts))


def rows_node(
    caption: str, columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[Cell]]
) -> Node:
    """A plain table: columns are (heading, whether numbers).

    Written out by the browser; the same as a table of elements at a fifth of the size.
    """
    return Node("#rows", {"caption": caption, "columns": columns, "rows": rows})


def members_node(
    caption: str,
    first: str,
    remark: str,
    columns: Sequence[tuple[str, str, str]],
    rows: Sequence[tuple[object, ...]],
) -> Node:
    """A sortable table of organisations, in short form.

    Columns are (label, heading, `aria-sort`), rows (name, code, both as saved, address, note,
    whether selected, cells).
    """
    inside = {
        "caption": caption,
        "first": first,
        "remark": remark,
        "columns": columns,
        "rows": rows,
    }
    return Node("#members", inside)


def strip_node(alt: str, marks: Sequence[tuple[str, str]]) -> Node:
    """Marks on the bands of a strip, in short form: (class, place in %)."""
    return Node("#strip", {"alt": alt, "marks": marks})


def bullets(texts: Sequence[str]) -> Node:
    """A list of sentences, in short form."""
    return Node("#bullets", {"texts": texts})


def copyable(text: str) -> Node:
    """Words with a button that copies them, in short form."""
    return Node("#copyable", {"text": text})


def disclosure(label: str, *, said: str, rows: Sequence[tuple[str, Sequence[Child]]]) -> Node:
    """Named rows behind a native disclosure, in short form. `said` completes the label for
    screen readers. Only one of a page is open at a time.
    """
    return Node("#disclosure", {"label": label, "said": said, "rows": rows})


def menu_node(
    title: str,
    *,
    table: str,
    files: Sequence[tuple[str, str]],
    link: str,
    cite: Node,
    explain: Node | None,
) -> Node:
    """The menu of a figure, in short form. `table` is the anchor of its table, `files` are (name,
    address); `cite` and `explain` open inside it.
    """
    inside = {"title": title, "table": table, "files": files, "link": link}
    return Node("#menu", {**inside, "cite": [cite], "explain": [explain] if explain else []})


def written_out(node: Node) -> Node:
    """A node of any form as one whose kind is a tag."""
    write = _WRITTEN.get(node.kind)
    return node if write is None else write(node)


def _built(node: Node) -> Node:
    return Node("div", node.attributes, node.children)


def _rows(node: Node) -> Node:
    short = node.attributes
    number = attrs({"className": "num"})
    numbers = [number if is_number else {} for _, is_number in short["columns"]]
    head = [
        html.Th(label, scope="col", **number)
        for (label, _), number in zip(short["columns"], numbers, strict=True)
    ]
    body = [
        html.Tr(
            [
                html.Td(text, **number, **attrs({"data-v": saved}))
                if place
                else html.Th(text, scope="row", **attrs({"data-v": saved}))
                for place, ((text, saved), number) in enumerate(zip(row, numbers, strict=True))
            ]
        )
        for row in short["rows"]
    ]
    return _table(short["caption"], head, body, "bt twin")


def _table(caption: str, head: Sequence[Node], body: Sequence[Node], kind: str) -> Node:
    return html.Table(
        [html.Caption(caption, className="vh"), html.Thead(html.Tr(head)), html.Tbody(body)],
        className=kind,
    )


def _sorting(label: str, **attributes: str) -> Node:
    button = html.Button([label, " ", icon("sort")], type="button", className="sortb")
    return html.Th(button, scope="col", **attributes)


def _members(node: Node) -> Node:
    short = node.attributes
    head = [
        _sorting(short["first"], **{"aria-sort": "none"}),
        *(
            _sorting(heading, **{"className": "num", "aria-sort": order})
            for _, heading, order in short["columns"]
        ),
        html.Th(short["remark"], scope="col"),
    ]
    body = [_member(row, [label for label, _, _ in short["columns"]]) for row in short["rows"]]
    return _table(short["caption"], head, body, "bt stack n3 sortable")


def _member(row: tuple[Any, ...], labels: Sequence[str]) -> Node:
    name, code, saved, href, note, selected, cells = row
    where = html.Span(code, className="sub code")
    return html.Tr(
        [
            html.Th(
                [link(name, href) if href else name, where],
                scope="row",
                **attrs({"data-v": saved}),
            ),
            *(
                html.Td(text, className="num", **attrs({"data-l": label, "data-v": value}))
                for (text, value), label in zip(cells, labels, strict=True)
            ),
            html.Td(
                [
                    html.Span("Selected", className="tag br") if selected else None,
                    html.Span(note, className="tag") if note else None,
                ],
                **attrs({"data-v": note}),
            ),
        ],
        className="me" if selected else None,
    )


def _strip(node: Node) -> Node:
    bands = [html.Span(className=f"band band{band}") for band in (1, 2, 3)]
    marks = [
        html.Span(className=f"m {kind}", style={"--x": place})
        for kind, place in node.attributes["marks"]
    ]
    return html.Div(
        html.Div([*bands, *marks], className="strip-in"),
        className="strip",
        role="img",
        **attrs({"aria-label": node.attributes["alt"]}),
    )


def _bullets(node: Node) -> Node:
    return html.Ul([html.Li(text) for text in node.attributes["texts"]])


def _copyable(node: Node) -> Node:
    text = node.attributes["text"]
    button = html.Button("Copy", type="button", className="copy", **attrs({"data-copy": text}))
    return html.Div([html.Code(text), button], className="copyable")


def _disclosure(node: Node) -> Node:
    short = node.attributes
    rows = [
        html.Div([html.Dt(name), html.Dd(parts)], className="w-row")
        for name, parts in short["rows"]
    ]
    completed = html.Span(short["said"], className="vh")
    return html.Details(
        [
            html.Summary([icon("question"), short["label"], completed]),
            html.Dl(rows, className="working"),
        ],
        className="explain",
        name="working",
    )


def _menu(node: Node) -> Node:
    short = node.attributes
    shows = attrs({"data-do": "table", "aria-pressed": "false", "data-href": short["table"]})
    table = html.Button("Table", type="button", **shows) if short["table"] else None
    copy = html.Button(
        "Copy link", type="button", **attrs({"data-do": "link", "data-href": short["link"]})
    )
    cite = html.Details(
        [html.Summary("Cite", **attrs({"data-cites": "1"})), *short["cite"]], className="cite"
    )
    files = [html.A(name, href=href, download="") for name, href in short["files"]]
    entries = [table, *files, copy, cite, *short["explain"]]
    return html.Details(
        [
            html.Summary(
                ["Options", html.Span(f": {short['title']}", className="vh"), icon("chevron")]
            ),
            html.Ul([html.Li(one) for one in entries if one is not None], className="pop"),
        ],
        className="dropdown-d fmenu",
    )


_WRITTEN: Mapping[str, Callable[[Node], Node]] = {
    BUILT: _built,
    "#rows": _rows,
    "#members": _members,
    "#strip": _strip,
    "#bullets": _bullets,
    "#copyable": _copyable,
    "#disclosure": _disclosure,
    "#menu": _menu,
}
