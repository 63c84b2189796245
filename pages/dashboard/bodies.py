"""What a page with figures shows, for every surface, and the page that Dash draws of it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from flask import has_request_context

from components import shell
from components.blocks import Bar, Remark, Section
from components.markup import Node
from components.render import as_dash
from components.shell import Crumb, Provenance
from pages import handover, links
from pages.dashboard import steps
from pages.dashboard.steps import Step
from pages.handover import DOCUMENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A page around its sections. `name` is that of the window, `spoken` for screen readers.

    `page` is the id of what a change of the address draws anew, `values` are those of the address.
    `nearby` are (words, address) of views beside this one, for who has no JavaScript.
    """

    page: str
    values: steps.Values
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
    link: str  # the permanent address of the view
    selection: str  # what is chosen, in a sentence, for paper
    nearby: Sequence[tuple[str, str]] = ()


def framed(body: Body, *inside: Node, bar: Node) -> Node:
    """The head of a page, its controls and its rail around what is inside."""
    return shell.frame(
        *as_dash.remarks(body.remarks),
        *inside,
        title=body.title,
        crumbs=body.crumbs,
        under_title=shell.provenance(body.provenance),
        selection=body.selection,
        actions=body.actions,
        selector=bar,
        sections=[(one.slug, one.label) for one in body.steps],
    )


def for_document(body: Body) -> Sequence[Section]:
    """The first sections of a page, which `for_dash` is about to be asked for as well."""
    sections = [step.draw() for step in body.steps[: steps.FIRST]]
    DOCUMENTS.give(_key(body), sections)
    return sections


def _key(body: Body) -> Hashable:
    return handover.key(body.page, *sorted(body.values.items()), *body.versions)


def for_dash(body: Body | Node) -> Node:
    """The page as Dash draws it, without the sections that are asked for later."""
    if isinstance(body, Node):
        return body
    bar = body.bar
    drawn = DOCUMENTS.take(_key(body)) if has_request_context() else None
    return framed(
        body,
        *steps.first(body.page, body.steps, drawn, values=body.values, versions=body.versions),
        shell.page_state(body.name, body.spoken, code=bar.code, text=bar.text, link=body.link),
        bar=as_dash.bar(bar, search_url=links.path(links.SUGGESTIONS)),
    )
