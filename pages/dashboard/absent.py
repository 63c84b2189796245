"""What stands in the place of a chart that has nothing, or a single value, to draw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from components.blocks import Absent
from components.charts.specs import HEIGHT
from components.table import Column, Table
from data import absence as kinds
from data import format as fmt
from data import periods
from data.questions import absence
from data.spec import Measure
from pages.dashboard import peers
from pages.dashboard.context import View
from pages.dashboard.words import brief, short_name


def of_measure(view: View, measure: Measure, *, when: str = "", height: int = HEIGHT) -> Absent:
    """Why a measure has no value: not loaded here, or what the publisher said of it.

    `when` names the time where it is more than the period of the view.
    """
    kind = peers.status(peers.subject(view), measure) or "not_published"
    words = absence.words(kind, view.snapshot.dataset, view.org.level)
    sentence = f"{measure.label}, {short_name(view.org)}, {when or view.when}: {words}."
    if kind == "not_held":
        sentence += f" {kinds.loading(view.snapshot.dataset.id)}."
    return Absent(sentence, kind, height)


def of_parts(view: View, label: str, parts: Sequence[str], *, when: str = "") -> Absent:
    """Why parts that make up a whole have no values."""
    return of_measure(view, Measure("whole", label, num=" + ".join(parts)), when=when)


def these(view: View) -> str:
    """The periods of a trend: these months."""
    return f"these {periods.NOUNS[view.kind][1]}"


def single(
    view: View,
    measure: Measure,
    when: Sequence[date],
    values: Sequence[float | None],
    *,
    height: int = HEIGHT,
) -> Absent | None:
    """One value as a sentence: there is no trend to draw. None where there are more, or none."""
    known = [(month, value) for month, value in zip(when, values, strict=True) if value is not None]
    if len(known) != 1:
        return None
    month, value = known[0]
    return Absent(
        f"{measure.label}, {short_name(view.org)}: {fmt.with_unit(value, measure.unit)} in "
        f"{view.label(month)}, the only {view.noun} with a value. A trend needs two.",
        height=height,
        table=Table(
            measure.label,
            (Column(view.noun.capitalize()), Column(brief(view.org), measure.unit)),
            ((view.short(month), value),),
        ),
    )
