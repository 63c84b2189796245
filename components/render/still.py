"""Nodes of a page where no script runs, or none has run yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from components.markup import Child, Node, html
from components.speed.short import written_out

# What only a script answers: buttons of a toolbar, of copying, of printing, of presets.
_SCRIPTED = frozenset(
    {"data-do", "data-copy", "data-copy-link", "data-print", "data-toggle-view", "data-presets"}
)
_NAMING = frozenset(
    {"id", "htmlFor", "aria-labelledby", "aria-describedby", "aria-controls", "data-fig"}
)
_LATER = frozenset(
    {"selbar", "picks", "fmenu", "acts", "ti-find", "ti-side", "ti-bar"}
)  # classes of what answers once scripts run

AS_IT_IS = "alternate"  # the relation of a link to this page as it is with scripts


@dataclass(frozen=True, slots=True)
class Ways:
    """What leads on: `search` makes a form of the place of a search box, `address` an address of
    another, for links to pages that have one of their own for this.
    """

    search: Callable[[Node], Node]
    address: Callable[[str], str]


def without_scripts(node: Node, ways: Ways) -> Node:
    """What works without scripts."""
    attributes = node.attributes
    if node.kind == "a" and "href" in attributes and attributes.get("rel") != AS_IT_IS:
        attributes = {**attributes, "href": ways.address(attributes["href"])}
    return Node(node.kind, attributes, tuple(_kept(node.children, ways)))


def _kept(children: tuple[Child, ...], ways: Ways) -> list[Child]:
    kept: list[Child] = []
    for child in children:
        if isinstance(child, str):
            kept.append(child)
            continue
        whole = written_out(child)
        if "data-search-url" in whole.attributes:
            kept.append(ways.search(whole))
        elif "data-href" in whole.attributes:  # what a script does in place is a link here
            kept.append(html.A(whole.children, href=whole.attributes["data-href"]))
        elif whole.attributes.get("className") == "sortb":
            kept += [part for part in whole.children if isinstance(part, str)]
        elif _SCRIPTED.isdisjoint(whole.attributes):
            inside = without_scripts(whole, ways)
            is_empty_now = bool(whole.children) and not inside.children
            if not is_empty_now:
                kept.append(inside)
    return kept


def until_drawn(node: Node) -> Node:
    """The same for the moment before Dash draws: without ids, and what does not answer yet inert.

    Every id belongs to what Dash draws.
    """
    whole = written_out(node)
    if "data-search-url" in whole.attributes:
        return _box(whole)
    attributes = {name: of for name, of in whole.attributes.items() if name not in _NAMING}
    if not _LATER.isdisjoint(str(attributes.get("className") or "").split()):
        attributes["inert"] = True
    inside = [until_drawn(one) if isinstance(one, Node) else one for one in whole.children]
    return Node(whole.kind, attributes, tuple(inside))


def _box(place: Node) -> Node:
    """What assets/combobox.js will build there."""
    said = place.attributes
    field = html.Input(
        type="text",
        className="form-control",
        value=said["data-chosen"],
        placeholder=said["data-placeholder"],
        **{"aria-label": said["data-label"]},
    )
    mark = html.Span(className="dot" if "data-dot" in said else "i i-search")
    label = html.Label(said["data-label"], className="l")
    return html.Div(
        [label, html.Div([mark, field], className="combo-in")],
        className="combo",
        inert=True,
        **{"data-ready": "1"},
    )
