"""A page drawn in steps: what fits the first screen at once, then each other section as asked for.

The browser (assets/rest.js) begins to ask as soon as the first chart is on the screen, which would
otherwise wait for everything to be drawn and put into the page, and asks for one section after the
other. Every step follows from the address and from nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from typing import ParamSpec

import orjson
from dash import MATCH
from dash.dependencies import Wildcard
from dash.exceptions import PreventUpdate
from flask import g, has_request_context

from components import shell
from components.blocks import Section
from components.figure import note
from components.markup import Node, attrs, dcc, html
from components.render import as_dash

FIRST = 2  # sections: the summary and the trend
RENEWED = "Newer data were published while this page was drawn. Reload it to see them."

Values = Mapping[str, str | None]
Of = ParamSpec("Of")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the browser asks for: a section of an address, drawn from these versions."""

    section: str
    values: Values
    versions: tuple[str, ...]


def read(data: object) -> Asked:
    """The question that `first` wrote; a browser may send anything, and all else is dropped."""
    told = data if isinstance(data, dict) else {}
    section, values, versions = told.get("section"), told.get("values"), told.get("versions")
    return Asked(
        section if isinstance(section, str) else "",
        {k: v for k, v in values.items() if isinstance(v, str)} if isinstance(values, dict) else {},
        tuple(v for v in versions if isinstance(v, str)) if isinstance(versions, list) else (),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """A section that is drawn when it is needed: its anchor and words in the rail, and how."""

    slug: str
    label: str
    draw: Callable[[], Section]


def step(slug: str, label: str) -> Callable[[Callable[Of, Section]], Callable[Of, Step]]:
    """For a function that draws a section: calling it gives a `Step`, which draws it later."""

    def of(draw: Callable[Of, Section]) -> Callable[Of, Step]:
        @wraps(draw)
        def named(*args: Of.args, **kwargs: Of.kwargs) -> Step:
            return Step(slug, label, partial(draw, *args, **kwargs))

        return named

    return of


def _drawn(section: Section) -> Node:
    return as_dash.section(section)


Id = dict[str, str | Wildcard]


def drawn_from_data() -> None:
    """Mark this answer as one that depends on the request and the published data alone.

    It is then kept, and sent again until the data change.
    """
    if has_request_context():
        g.drawn = True


def place(page: str, section: str | Wildcard = MATCH, view: str | Wildcard = MATCH) -> Id:
    """The id of the element into which a section is put.

    It names the view, so that an answer that comes when another view is shown has no place.
    """
    return {"page": page, "part": "place", "section": section, "view": view}


def asking(page: str, section: str | Wildcard = MATCH, view: str | Wildcard = MATCH) -> Id:
    """The id of the store by which the browser asks for a section."""
    return {"page": page, "part": "asking", "section": section, "view": view}


def first(
    page: str,
    steps: Sequence[Step],
    sections: Sequence[Section] | None,
    *,
    values: Values,
    versions: Sequence[str],
) -> list[Node]:
    """The first sections, a place for each of the others, and how to ask for these.

    `sections` are the first ones where they are drawn already, `values` are those of the address,
    `versions` of the data that the page is drawn from.
    """
    later = steps[FIRST:]
    drawn = [_drawn(one) for one in sections or [step.draw() for step in steps[:FIRST]]]
    if not later:
        return drawn
    asked = orjson.dumps({"values": dict(values), "versions": list(versions)})
    view = hashlib.sha256(asked).hexdigest()[:12]
    places = [
        html.Div(
            shell.waiting(one.slug, one.label),
            id=place(page, one.slug, view),
            className="later",
            **attrs(
                {
                    "data-section": one.slug,
                    "data-asking": orjson.dumps(asking(page, one.slug, view)).decode(),
                }
            ),
        )
        for one in later
    ]
    return [
        *drawn,
        html.Div(places, className="rest", **attrs({"data-asked": asked.decode()})),
        *(dcc.Store(id=asking(page, one.slug, view)) for one in later),
    ]


def later(steps: Sequence[Step], *, asked: Asked, versions: Sequence[str]) -> list[Node]:
    """The section asked for, from the same versions as the first; else why it is not shown.

    Raises `PreventUpdate` where none is asked for: Dash also calls it when the view that asked
    is gone.
    """
    if not asked.section:
        raise PreventUpdate
    if tuple(versions) != asked.versions:
        return [html.Div(note(RENEWED, kind="warn"), className="renewed")]
    return [_drawn(one.draw()) for one in steps[FIRST:] if one.slug == asked.section]
