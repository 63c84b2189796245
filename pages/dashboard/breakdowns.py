"""Figures that split a whole into parts, for the organisation and the areas it is shown with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from components import charts
from components.blocks import Figure
from components.figure import Frame
from data import format as fmt
from data.questions import queries
from data.questions.queries import Share
from data.spec import Breakdown, Measure
from data.versions.orgs import Org
from pages.dashboard import absent, figures, sentences
from pages.dashboard.context import View
from pages.dashboard.words import brief, short_name

MOST_IN_A_BAR = 5  # parts whose colours can be told apart
Bar = tuple[str, Org, Breakdown]  # label, organisation and what is split
Grouping = Sequence[tuple[str, tuple[str, ...]]]  # (label, part ids that it adds up)


def shares(view: View, split: Breakdown, org: Org) -> list[Share]:
    return queries.breakdown(
        view.snapshot, split, org, month=view.period, membership=view.membership
    )


def shown_orgs(view: View) -> list[Org]:
    """The organisation first, then the areas that the reader compares it with."""
    return [view.org, *view.comparators]


def grouped(values: Sequence[Share], grouping: Grouping) -> list[float | None]:
    """Shares (%) of groups of parts; None where any part is missing."""
    by_part = {share.part: share.percent for share in values}
    totals: list[float | None] = []
    for _, parts in grouping:
        known = [by_part[part] for part in parts]
        present = [percent for percent in known if percent is not None]
        totals.append(sum(present) if len(present) == len(known) else None)
    return totals


def any_split(declared: Breakdown, noun: str) -> Callable[[View], Figure]:
    """A breakdown as its number of parts allows: one bar of them all, or a bar for each."""
    if len(declared.parts) - len(declared.unknown) <= MOST_IN_A_BAR:
        return split(declared.id, noun)
    return ranked(declared.id, noun, whole="", what=declared.label)


def split(
    breakdown_id: str,
    noun: str,
    *,
    title: tuple[str, str] = ("", ""),
    groups: Grouping = (),
) -> Callable[[View], Figure]:
    """A breakdown as 100 % bars of `noun`, for the organisation and the areas shown with it.

    `title` is (measure id, words): 72.4% of appointments are face to face. `groups` add parts up;
    without them each part is one.
    """

    def drawn(view: View) -> Figure:
        declared = view.snapshot.dataset.breakdown(breakdown_id)
        parts = [(share.label, (share.part,)) for share in shares(view, declared, view.org)]
        measure_id, words = title
        now = figures.of_measure(view, measure_id) if measure_id else figures.headline(view)
        heading = declared.label
        if measure_id:
            shown = fmt.value(now.value, now.measure.unit)
            heading = f"{shown} {words}" if now.value is not None else words
        return stacked(
            view,
            declared,
            slug=breakdown_id.replace("_", "-"),
            noun=noun,
            title=heading,
            grouping=groups or parts,
            explained=now,
        )

    return drawn


def stacked(
    view: View,
    declared: Breakdown,
    *,
    slug: str,
    noun: str,
    title: str,
    grouping: Grouping,
    explained: queries.Figure,
    rows: Sequence[Bar] = (),
) -> Figure:
    """100 % bars, one for each organisation shown unless `rows` says otherwise.

    `explained` is the figure that the title names.
    """
    bars: Sequence[Bar] = rows or [(brief(org), org, declared) for org in shown_orgs(view)]
    drawn = []
    for label, org, its_split in bars:
        values = grouped(shares(view, its_split, org), _moved(grouping, declared, its_split))
        drawn.append(charts.Row(label, tuple(values), you=org is view.org))
    frame = figures.frame(view, slug, title, f"{declared.label}, % of {noun}, {view.when}")
    if all(share is None for share in drawn[0].shares):
        return Figure(frame, absent.of_parts(view, declared.label, declared.parts))
    unknown = frozenset(
        at for at, (_, parts) in enumerate(grouping) if set(parts) <= set(declared.unknown)
    )
    chart = charts.Stacked(
        rows=tuple(drawn),
        parts=tuple(label for label, _ in grouping),
        what=noun,
        ordered=declared.ordered,
        unknown=unknown,
    )
    return Figure(frame, chart, figures.working(view, explained))


def _moved(grouping: Grouping, split: Breakdown, other: Breakdown) -> Grouping:
    """The same groups over the parts of a breakdown with the same bands."""
    if other is split:
        return grouping
    twin = dict(zip(split.parts, other.parts, strict=True))
    return [(label, tuple(twin[part] for part in parts)) for label, parts in grouping]


def ranked(breakdown_id: str, noun: str, *, whole: str, what: str) -> Callable[[View], Figure]:
    """A breakdown as a bar for each part, with England's mark; counts or shares as chosen.

    `whole` is the measure that the parts add up to (the dataset's headline if empty), `what` names
    the parts in the subtitle.
    """

    def drawn(view: View) -> Figure:
        declared = view.snapshot.dataset.breakdown(breakdown_id)
        against = view.england
        alone = against.code == view.org.code
        as_count = view.unit == "count"
        pairs = list(
            zip(shares(view, declared, view.org), shares(view, declared, against), strict=True)
        )
        title = declared.label
        if not alone:
            known = [pair for pair in pairs if pair[0].part not in declared.unknown]
            of_all = round(sum(mine.count or 0 for mine, _ in pairs))
            found = sentences.largest_difference(known, whole=of_all, name=brief(against))
            title = found or title
        counted = "number" if as_count else f"% of {noun}"
        mark = "" if alone or as_count else f"; line marks {short_name(against)}"
        subtitle = f"{what}, {counted}, {short_name(view.org)}{mark}"
        frame = figures.frame(view, breakdown_id.replace("_", "-"), title, subtitle)
        bars = tuple(
            charts.Bar(
                mine.label,
                _count(mine) if as_count else mine.percent,
                None if as_count or alone else theirs.percent,
                unknown=mine.part in declared.unknown,
            )
            for mine, theirs in pairs
        )
        if all(bar.value is None for bar in bars):
            return Figure(frame, absent.of_parts(view, declared.label, declared.parts))
        explained = figures.of_measure(view, whole) if whole else figures.headline(view)
        chart = charts.Bars(
            bars=bars,
            name=brief(view.org),
            marker=brief(against),
            unit="count" if as_count else "percent",
        )
        return Figure(frame, chart, figures.working(view, explained))

    return drawn


def _count(share: Share) -> float | None:
    return None if share.count is None else float(share.count)


def nothing(view: View, frame: Frame, measure: Measure) -> Figure:
    """The frame of a figure of a measure that has no value in the periods of the trend."""
    return Figure(frame, absent.of_measure(view, measure, when=absent.these(view)))
