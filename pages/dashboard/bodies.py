"""What a page with figures shows, for every surface, and the page that Dash draws of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components import shell
from components.blocks import Bar, Remark
from components.markup import Node
from components.render import as_dash
from components.shell import Crumb, Provenance
from pages import links
from pages.dashboard import steps
from pages.dashboard.steps import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A page around its sections. `name` is that of the window, `spoken` for screen readers.

    `nearby` are (words, address) of views beside this one, for who has no JavaScript.
    """

    title: str
    name: str
    spoken: str
    crumbs: Sequence[Crumb]
    provenance: Provenance
    actions: Sequence[Node]
    remarks: Sequence[Remark]
    bar: Bar
    steps: Sequence[Step]
    versions: Sequence[str]
    nearby: Sequence[tuple[str, str]] = ()


def framed(body: Body, *inside: Node, bar: Node) -> Node:
    """The head of a page, its controls and its rail around what is inside."""
    return shell.frame(
        *as_dash.remarks(body.remarks),
        *inside,
        title=body.title,
        crumbs=body.crumbs,
        under_title=shell.provenance(body.provenance),
        actions=body.actions,
        selector=bar,
        sections=[(one.slug, one.label) for one in body.steps],
    )


def for_dash(page: str, body: Body | Node, values: steps.Values) -> Node:
    """The page as Dash draws it, without the sections that are asked for later."""
    if isinstance(body, Node):
        return body
    bar = body.bar
    return framed(
        body,
        *steps.first(page, body.steps, values=values, versions=body.versions),
        shell.page_state(body.name, body.spoken, code=bar.code, text=bar.text),
        bar=as_dash.bar(bar, search_url=links.path(links.SUGGESTIONS)),
    )
