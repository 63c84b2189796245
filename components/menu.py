"""The foot of a figure: its source in a line, and one menu of all that can be had of it.

Every entry is a link or a native disclosure, so it works with the keyboard and without scripts;
assets/toolbar.js lets Table stand in place of the chart, and copies links and citations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from components.markup import Child, Node, html
from components.speed.short import built, copyable, menu_node
from data.provenance import Source

Kind = Literal["csv", "xlsx", "png", "svg"]
TABLES: tuple[Kind, ...] = ("csv", "xlsx")
EVERY: tuple[Kind, ...] = ("csv", "xlsx", "png", "svg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a figure keeps whatever its state. `id` is unique on the page, in kebab case."""

    id: str
    title: str
    subtitle: str
    source: Source
    coverage: str = ""  # a sentence put above the source
    about: str = ""  # whom and when it is of: Millbrook Surgery (Y99001), September 2026
    name: str = ""  # of its files
    files: str = ""  # where these are, {name} and {kind} to be filled in
    link: str = ""  # the permanent address of its page

    def file(self, kind: Kind) -> str:
        """The address of the figure as a file."""
        return self.files.replace("{name}", self.name).replace("{kind}", kind)

    @property
    def address(self) -> str:
        """The permanent address of the figure."""
        return f"{self.link}#{self.id}"

    @property
    def citation(self) -> str:
        said = (self.source.citation, f"{self.title}.", f"{self.about}." if self.about else "")
        return " ".join([*filter(None, said), f"Haresign, {self.address}."])


def foot(
    frame: Frame, *, table: bool = False, kinds: Sequence[Kind] = (), explain: Node | None = None
) -> Node:
    """The last line of a figure; above it what its coverage is, where that is to be said.

    `table` is whether the table stands behind the chart, `kinds` are its files.
    """
    source = frame.source
    words = f"{source.period}, {source.publisher}, {source.series}"
    named: Child = html.A(words, href=source.url) if source.url else words
    inside = [
        *([html.Span(frame.coverage, className="covers")] if frame.coverage else []),
        html.Span(named, className="src", title=words),
        menu_node(
            frame.title,
            table=f"#{frame.id}-table" if table else "",
            files=[(kind.upper(), frame.file(kind)) for kind in kinds if frame.files],
            link=frame.address,
            cite=copyable(frame.citation),
            explain=explain,
        ),
    ]
    return built(inside, className="foot-line")
