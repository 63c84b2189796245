"""Figures that split a whole into parts, for the organisation and the areas it is shown with."""

from __future__ import annotations

from collections.abc import Sequence

from components import charts
from components.blocks import Absent, Figure
from components.figure import Frame
from data import format as fmt
from data import queries
from data.orgs import Org
from data.queries import Share
from data.spec import Breakdown
from pages.dashboard import figures, sentences
from pages.dashboard.context import View
from pages.dashboard.words import brief, short_name

Bar = tuple[str, Org, Breakdown]  # label, organisation and what is split
Grouping = Sequence[tuple[str, tuple[str, ...]]]  # (label, part ids that it adds up)


def shares(view: View, split: Breakdown, org: Org) -> list[Share]:
    return queries.breakdown(
        view.snapshot, split, org, month=view.month, membership=view.membership
    )


def shown_orgs(view: View) -> list[Org]:
    """The organisation first, then the areas that the reader compares it with."""
    return [view.org, *view.comparators]


def grouped(found: Sequence[Share], grouping: Grouping) -> list[float | None]:
    """Shares (%) of groups of parts; None where any part is missing."""
    by_part = {share.part: share.percent for share in found}
    totals: list[float | None] = []
    for _, parts in grouping:
        known = [by_part[part] for part in parts]
        present = [percent for percent in known if percent is not None]
        totals.append(sum(present) if len(present) == len(known) else None)
    return totals


def stacked(
    view: View,
    split: Breakdown,
    *,
    slug: str,
    title: str,
    grouping: Grouping,
    unknown: frozenset[int],
    explained: queries.Figure,
    rows: Sequence[Bar] = (),
) -> Figure:
    """100 % bars, one for each organisation shown unless `rows` says otherwise.

    `explained` is the figure that the title names.
    """
    bars: Sequence[Bar] = rows or [(brief(org), org, split) for org in shown_orgs(view)]
    drawn = []
    for label, org, its_split in bars:
        values = grouped(shares(view, its_split, org), _moved(grouping, split, its_split))
        drawn.append(charts.Row(label, tuple(values), you=org is view.org))
    frame = figures.frame(
        view, slug, title, f"{split.label}, % of appointments, {fmt.month(view.month)}"
    )
    if all(share is None for share in drawn[0].shares):
        words = f"{split.label}: nothing published for {short_name(view.org)} this month."
        return Figure(frame, Absent(words))
    chart = charts.Stacked(
        rows=tuple(drawn),
        parts=tuple(label for label, _ in grouping),
        what="appointments",
        ordered=split.ordered,
        unknown=unknown,
    )
    return Figure(frame, chart, figures.working(view, explained))


def _moved(grouping: Grouping, split: Breakdown, other: Breakdown) -> Grouping:
    """The same groups over the parts of a breakdown with the same bands."""
    if other is split:
        return grouping
    twin = dict(zip(split.parts, other.parts, strict=True))
    return [(label, tuple(twin[part] for part in parts)) for label, parts in grouping]


def ranked(
    view: View, split: Breakdown, *, slug: str, against: Org, subtitle: str, whole: queries.Figure
) -> Figure:
    """Every part as a bar, with a comparator's mark; counts or shares as the reader chose.

    `whole` is the figure that the parts add up to.
    """
    own = shares(view, split, view.org)
    other = shares(view, split, against)
    name, marker = brief(view.org), brief(against)
    as_count = view.unit == "count"
    bars = tuple(
        charts.Bar(
            mine.label,
            (None if mine.count is None else float(mine.count)) if as_count else mine.percent,
            None if as_count or against is view.org else theirs.percent,
            unknown=mine.part in split.unknown,
        )
        for mine, theirs in zip(own, other, strict=True)
    )
    title = split.label
    if against is not view.org:
        found = [
            (mine.label, mine.percent, theirs.percent)
            for mine, theirs in zip(own, other, strict=True)
            if mine.part not in split.unknown
        ]
        title = sentences.largest_difference(found, name=marker) or split.label
    frame = figures.frame(view, slug, title, subtitle)
    if all(bar.value is None for bar in bars):
        words = f"{split.label}: nothing published for {short_name(view.org)} this month."
        return Figure(frame, Absent(words))
    chart = charts.Bars(
        bars=bars, name=name, marker=marker, unit="count" if as_count else "percent"
    )
    return Figure(frame, chart, figures.working(view, whole))


def nothing(view: View, frame: Frame, what: str) -> Figure:
    """The frame of a figure for which nothing was published."""
    words = f"{what}: nothing published for {short_name(view.org)} in these months."
    return Figure(frame, Absent(words))
