"""A page drawn in two steps: what fits the first screen at once, the rest when it is asked for.

The browser (assets/rest.js) asks for the rest as soon as the first chart is on the screen, which
would otherwise wait for the rest to be drawn and put into the page. Both steps follow from the
address and from nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from typing import ParamSpec

import orjson
from dash.development.base_component import Component

from components import shell
from components.attrs import attrs
from components.elements import dcc, html
from components.figure import note

FIRST = 2  # sections: the summary and the trend
RENEWED = "Newer data were published while this page was drawn. Reload it to see them."

Values = Mapping[str, str | None]
Of = ParamSpec("Of")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the browser asks for the rest of a page with: values of its address, and versions."""

    values: Values
    versions: tuple[str, ...]


def read(data: object) -> Asked:
    """What `first` wrote, from a browser that may send anything; the rest is left out."""
    told = data if isinstance(data, dict) else {}
    values, versions = told.get("values"), told.get("versions")
    return Asked(
        {k: v for k, v in values.items() if isinstance(v, str)} if isinstance(values, dict) else {},
        tuple(v for v in versions if isinstance(v, str)) if isinstance(versions, list) else (),
    )


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page: the anchor and words of the rail, and how to draw it."""

    slug: str
    label: str
    draw: Callable[[], Component]


def section(slug: str, label: str) -> Callable[[Callable[Of, Component]], Callable[Of, Section]]:
    """Make of a function that draws a section one that says which, and draws it when needed."""

    def of(draw: Callable[Of, Component]) -> Callable[Of, Section]:
        @wraps(draw)
        def named(*args: Of.args, **kwargs: Of.kwargs) -> Section:
            return Section(slug, label, partial(draw, *args, **kwargs))

        return named

    return of


def place(page: str) -> str:
    """The id of what the rest of a page is put into."""
    return f"{page}-rest"


def asking(page: str) -> str:
    """The id of what the browser asks for the rest with."""
    return f"{page}-asking"


def first(
    page: str, sections: Sequence[Section], *, values: Values, versions: Sequence[str]
) -> list[Component]:
    """The first sections, a place for each of the others, and how to ask for them.

    `values` are those of the address, `versions` of the data that the page is drawn from.
    """
    later = sections[FIRST:]
    drawn = [one.draw() for one in sections[:FIRST]]
    if not later:
        return drawn
    waiting = [shell.waiting(one.slug, one.label) for one in later]
    asked = {"values": dict(values), "versions": list(versions)}
    return [
        *drawn,
        html.Div(
            waiting,
            id=place(page),
            className="rest",
            **attrs({"data-asking": asking(page), "data-asked": orjson.dumps(asked).decode()}),
        ),
        dcc.Store(id=asking(page)),
    ]


def rest(sections: Sequence[Section], *, asked: Asked, versions: Sequence[str]) -> list[Component]:
    """The sections after the first, of the same versions as these; else why they are not shown."""
    if tuple(versions) != asked.versions:
        return [note(RENEWED, kind="warn")]
    return [one.draw() for one in sections[FIRST:]]
