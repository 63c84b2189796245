"""The KPI strip, the summary sentences above it, and how to read a bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.explain import explain_icon
from components.markup import Child, Node, attrs, html, icon
from components.speed.short import built
from components.strip import strip
from data import format as fmt
from data.absence import Absence
from data.format import Position
from data.provenance import Working
from data.spec import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """One headline number.

    Under its name stand three lines: `value` in `unit`, `change` since an earlier period, and
    `beside`, the comparator with its value. `position` is the verdict, which has a colour only
    where it is unusual.
    """

    label: str
    value: float | None
    unit: Unit
    change: str = ""
    beside: str = ""  # above England (43.6%)
    position: Position | None = None
    status: Absence | None = None
    missing: str = ""  # why there is no value, or none to compare, in words
    greyed: bool = False  # on too few to compare, or of an area of which too little is covered
    href: str = ""
    explain: Working | None = None


def chip(position: Position) -> Node:
    """A verdict in icon, word and colour; only what is unusual has a colour."""
    tones = {"better": "b", "worse": "w", "changed": "v", "neutral": "n", "similar": "n"}
    tone = tones[position.tone]
    mark = [icon(position.icon)] if position.icon else []
    return html.Span([*mark, position.text], className=f"pol {tone}")


def change_chip(now: float | None, before: float | None, unit: Unit) -> Node:
    """A change without direction: 3.1% more."""
    text = fmt.change(now, before, unit)
    mark = fmt.change_icon(now, before) if text != "No change" else "equal"
    return chip(Position(text, "neutral", mark))


def _card(kpi: Kpi) -> Node:
    label = html.A(kpi.label, href=kpi.href) if kpi.href else kpi.label
    value: list[Child]
    if kpi.value is None:
        value = [fmt.MISSING]
    else:
        sign = fmt.suffix(kpi.unit)
        digits = fmt.value(kpi.value, kpi.unit).removesuffix(sign)
        value = [digits, *([html.Small(sign)] if sign else [])]
    if kpi.value is None:
        lines = [html.Dd(kpi.missing, className="c")] if kpi.missing else []
    else:
        lines = [html.Dd(kpi.change, className="c")] if kpi.change else []
        lines += [html.Dd(part, className="c") for part in [_beside(kpi)] if part is not None]
    if kpi.explain is not None:
        lines.append(html.Dd(explain_icon(kpi.explain), className="why"))
    look = "kpi greyed" if kpi.greyed else "kpi"
    return html.Div([html.Dt(label), html.Dd(value, className="v"), *lines], className=look)


def _beside(kpi: Kpi) -> Child | None:
    """The comparator in one line: coloured where the value is unusual, else grey words."""
    position, words = kpi.position, kpi.beside
    if position is None or position.tone in ("neutral", "similar"):
        return words or (position.text if position else None)
    return html.Span([chip(position), f" {words}" if words else None])


def kpis(cards: Sequence[Kpi]) -> Node:
    """One ruled band of headline numbers: six across, three on a tablet, two on a phone."""
    return built(
        html.Dl([_card(kpi) for kpi in cards], className=f"kpis n{min(6, len(cards))}"),
        className="kpi-box",
    )


def summary(
    sentences: Sequence[Node | str],
    *,
    name: str = "",
    disclaimer: str = "",
) -> Node:
    """The answer in sentences, above the figures. `disclaimer` is what they say nothing about."""
    rules = "Written automatically from the figures below."
    text = html.Div(
        [
            html.P([part for sentence in sentences for part in (sentence, " ")]),
            html.P(f"{rules} {disclaimer}".strip(), className="small"),
        ]
    )
    label = f"Summary for {name}" if name else "Summary"
    return html.Div(text, className="sum", role="group", **attrs({"aria-label": label}))


def how_to_read(*, among: str = "practices in England") -> Node:
    """A worked strip with its three parts named. The practice on it is invented."""
    node = html.Div(
        [
            html.B("How to read a bar"),
            html.Div(
                [
                    html.Span("median practice", className="k-med"),
                    strip(
                        72,
                        alt=(
                            f"A grey bar shows all {among}: darkest, the middle half; "
                            f"lightest, the middle 96%. The green dot is an "
                            "example, the black line the median practice."
                        ),
                    ),
                    html.Span("half of practices", className="k-half"),
                    html.Span("an example", className="k-you"),
                ],
                className="k",
            ),
        ],
        className="howto",
    )
    return built(node, className="howto-box")
