"""What a section of a page says, as plain frozen data that is the same for every surface.

A section yields blocks; the modules of `components.render` turn them into Dash, HTML, tables and
JSON. Nothing is worked out for one surface only: what a page shows is what its download holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from components import table
from components.charts.specs import HEIGHT, Spec
from components.figure import Frame
from components.kpi import Kpi
from components.selector import Comparator, Option
from components.spine import Peer, Row
from data.absence import Absence
from data.provenance import Working


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of a sentence. `strong` pieces are the numbers that a reader would quote."""

    text: str
    strong: bool = False
    href: str = ""


Sentence = tuple[Words, ...]


def plain(sentence: Sentence) -> str:
    """The sentence without its emphasis and links."""
    return "".join(piece.text for piece in sentence)


def sentence(*pieces: str | Words) -> Sentence:
    """A sentence of plain words with links or strong pieces between them."""
    return tuple(Words(piece) if isinstance(piece, str) else piece for piece in pieces)


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read the bars that place a value among others."""

    among: str = "practices in England"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """The answer in sentences, about the organisation `name`."""

    sentences: tuple[Sentence, ...]
    name: str
    disclaimer: str = ""  # what the sentences say nothing about


@dataclass(frozen=True, slots=True)
class Cards:
    """One band of headline numbers, six at most."""

    cards: tuple[Kpi, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """Why a figure has no chart, of a kind of no value or merely nothing to draw.

    `height` is that of the chart in px, which its place keeps. `table` is what downloads hold of
    it, where there is a value that makes no chart.
    """

    sentence: str
    kind: Literal["empty"] | Absence = "empty"
    height: int = HEIGHT
    table: table.Table | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart in its frame, with the working of the number that it shows last."""

    frame: Frame
    chart: Spec | Absent
    explain: Working | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One measure a row: the organisation, those beside it, and the place among all."""

    frame: Frame
    rows: tuple[Row, ...]
    peers: tuple[Peer, ...]
    among: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """Organisations side by side; `first` names what they are, `remark` what is said of them."""

    frame: Frame
    rows: tuple[table.Member, ...]
    columns: tuple[table.Column, ...]
    first: str
    remark: str = "Remark"  # heading of the last column
    sorted_by: int | None = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table that stands by itself."""

    frame: Frame
    table: table.Table


@dataclass(frozen=True, slots=True)
class Listing:
    """Sentences under a heading, one a line; `nothing` where there are none."""

    title: str
    items: tuple[Sentence, ...]
    nothing: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know first. `tag` is a word before it, such as Partial."""

    sentence: Sentence
    kind: Literal["", "warn", "bad"] = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Notes:
    """What to keep in mind, and where the figures come from as (name, what)."""

    keep: tuple[str, ...]
    sources: tuple[tuple[str, Sentence], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A control: one of `options`. `name` is its key in addresses."""

    name: str
    label: str
    options: tuple[Option, ...]
    value: str
    default: str
    look: Literal["list", "segments"] = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticks:
    """A control: any of the comparators, whose marks are the key of every chart."""

    name: str
    label: str
    options: tuple[Comparator, ...]
    values: tuple[str, ...]
    default: tuple[str, ...]


Control = Choice | Ticks


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The controls above a page: the organisation, then the others; `summary` says what they show.

    `label` names the choice of an organisation, `code` and `text` are the one chosen. `more` stand
    behind a line that names those of them that are not as at first.
    """

    label: str
    code: str
    text: str
    controls: tuple[Control, ...]
    summary: str
    more: tuple[Control, ...] = ()

    @property
    def every(self) -> tuple[Control, ...]:
        return (*self.controls, *self.more)

    @property
    def changed(self) -> tuple[str, ...]:
        """What the controls behind the line say where that is not the standard."""
        return tuple(words for control in self.more if (words := _changed(control)))


def _changed(control: Control) -> str:
    """Peer group: Northshire ICB; empty where the control stands as at first."""
    if isinstance(control, Ticks):
        on = ", ".join(one.label for one in control.options if one.value in control.values)
        return f"{control.label}: {on or 'none'}" if control.values != control.default else ""
    if control.value == control.default:
        return ""
    chosen = next(one.label for one in control.options if one.value == control.value)
    return f"{control.label}: {chosen}"


@dataclass(frozen=True, slots=True)
class Beside:
    """Blocks in a row where there is room; the first is wider when it leads."""

    blocks: tuple[Block, ...]
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Fold:
    """Blocks behind a line that opens them: what fewer readers come for."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Ways:
    """Where else to go, as (name, what it answers, address)."""

    links: tuple[tuple[str, str, str], ...]


Block = (
    Sentences
    | Cards
    | Figure
    | Comparison
    | Members
    | Table
    | Listing
    | Remark
    | Notes
    | Beside
    | Fold
    | Ways
    | Reading
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a page. `slug` is its anchor; a quiet one shows its title to the rail alone."""

    slug: str
    title: str
    blocks: tuple[Block, ...]
    remark: str = ""
    key: tuple[Peer, ...] = ()  # the marks of its strips
    controls: tuple[Control, ...] = ()
    quiet: bool = False


def flat(blocks: Sequence[Block]) -> Iterator[Block]:
    """Every block in the order of the page, those side by side one after the other."""
    for block in blocks:
        if isinstance(block, Beside | Fold):
            yield from flat(block.blocks)
        else:
            yield block
