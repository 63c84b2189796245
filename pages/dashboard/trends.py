"""Charts over periods: decile band, control chart, months with bank holidays marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from components import charts
from components.charts.specs import Values, Variation
from components.charts.specs.trends import MOST_LINES, Axis
from data import format as fmt
from data.absence import Absence
from data.questions import history, queries
from data.questions.coverage import coverage_of
from data.questions.deciles import Deciles, deciles_among
from data.questions.history import History
from data.questions.peers import Peers
from data.questions.queries import Figure
from data.questions.stats import Spc, SpcMark
from data.remembered import remembered
from data.spec import ENGLAND, LEVEL_NAMES, Measure, Polarity, Unit
from data.versions.orgs import Org
from data.versions.snapshot import Snapshot
from pages.dashboard import peers
from pages.dashboard.context import View, months
from pages.dashboard.words import brief

MOST_AREAS = 2  # beside the organisation and the median
FLAT = 1 / 3  # of the axis, which percentages that start at zero would have to fill


def series(
    view: View, measure: Measure, when: Sequence[date], org: Org | None = None
) -> list[Figure | None]:
    """A figure for every month; None for months that the version does not hold."""
    found = {
        figure.period: figure
        for figure in queries.trend(
            view.snapshot, measure, org or view.org, months=when, membership=view.membership
        )
    }
    return [found.get(month) for month in when]


def values(
    view: View, measure: Measure, when: Sequence[date], org: Org | None = None
) -> tuple[float | None, ...]:
    """The values alone of `series`."""
    return queries.values(
        view.snapshot, measure, org or view.org, months=when, membership=view.membership
    )


def own_series(view: View, measure: Measure, when: Sequence[date]) -> charts.Series:
    """The organisation's own line, which says of each gap why it is there."""
    (own,) = lines_of(view, (), lambda org: values(view, measure, when, org))
    return replace(own, statuses=statuses(view, measure, when, own.values))


def statuses(
    view: View, measure: Measure, when: Sequence[date], found: Sequence[float | None]
) -> tuple[Absence | None, ...]:
    """Why periods have no value, or none to compare."""
    subject = peers.subject(view)
    rates = bool(measure.den)
    return tuple(
        peers.status(replace(subject, period=month), measure) if value is None or rates else None
        for month, value in zip(when, found, strict=True)
    )


def band(view: View, group: Peers, measure: Measure) -> tuple[dict[date, Deciles], str]:
    """(the distribution over the peers in each period, who they are): those of the comparison.

    Of the practices of a whole area as it was in each period, else of the same organisations
    throughout.
    """
    level = peers.spread_level(view)
    area = group.area
    if level != view.org.level or group.codes is None:
        return peers.deciles(view.snapshot, measure, level), f"all {LEVEL_NAMES[level][1]}"
    if area and level == "practice" and area.level != "pcn" and view.membership == "dated":
        return peers.deciles(view.snapshot, measure, level, area.code), group.among
    among = deciles_among(view.snapshot, measure, level, group.codes)
    return {one.period: one for one in among}, group.among


def decile_chart(view: View, group: Peers, measure: Measure) -> charts.Deciles:
    """The organisation and its areas over the decile band of those it is compared with."""
    when = months(view)
    found, _ = band(view, group, measure)
    cuts = tuple(
        tuple(
            found[month].deciles[percentile // 10 - 1] if month in found else None for month in when
        )
        for percentile in charts.PERCENTILES
    )
    areas = () if measure.is_total else [a for a in view.comparators if a.level != "england"]
    _, *others = lines_of(view, areas, lambda org: values(view, measure, when, org))
    lines = (own_series(view, measure, when), *others[:MOST_AREAS])
    edges = (cuts[0], cuts[-1])
    return charts.Deciles(
        periods=axis(view, when, measure),
        cuts=cuts,
        unit=measure.unit,
        lines=lines,
        listed=tuple(others[MOST_AREAS:]),
        median=f"Median {LEVEL_NAMES[peers.spread_level(view)][0]}",
        axis=start(measure.unit, *edges, *(line.values for line in lines)),
    )


def lines_of(
    view: View, areas: Sequence[Org], worth: Callable[[Org], Values]
) -> list[charts.Series]:
    """The organisation's own line, then those of areas, by what each is `worth`."""
    own = charts.Series(brief(view.org), "you", worth(view.org), hollow=partial(view, view.org))
    return [
        own,
        *(
            charts.Series(brief(area), peers.role(area), worth(area), hollow=partial(view, area))
            for area in areas
        ),
    ]


def partial(view: View, org: Org) -> tuple[charts.Mark, ...]:
    """Periods of a trend of which a part is not loaded that an area's figures would need."""
    records = view.snapshot.manifest.periods
    lacking = (
        at
        for at, month in enumerate(months(view))
        if month in records and records[month].partial and _lacks(view, org, month)
    )
    return tuple(charts.Mark(at, "partial") for at in lacking)


def _lacks(view: View, org: Org, month: date) -> bool:
    share = coverage_of(view.snapshot, view.directory, org, month=month, membership=view.membership)
    return org.level == "england" if share is None else not share.is_whole


def compared(
    periods: charts.Periods, lines: Sequence[charts.Series], unit: Unit, *, axis: Axis
) -> charts.Lines:
    """As many of the lines as can be read, England's among them; the table has the others too."""
    own, *areas = lines
    kept = sorted(areas, key=lambda line: line.role != "england")[: MOST_LINES - 1]
    return charts.Lines(
        periods=periods,
        series=(own, *(line for line in areas if line in kept)),
        listed=tuple(line for line in areas if line not in kept),
        unit=unit,
        axis=axis,
    )


def start(unit: Unit, *lines: Values) -> Axis:
    """Where the axis of values begins: counts at their range, and percentages far from zero, whose
    range would be a flat line; all else at zero.
    """
    if unit == "count":
        return "fit"
    known = [value for line in lines for value in line if value is not None]
    if unit != "percent" or not known or min(known) <= 0:
        return "zero"
    return "fit" if max(known) - min(known) < FLAT * max(known) else "zero"


def line_chart(view: View, measure: Measure, when: Sequence[date]) -> charts.Lines:
    """The organisation's own line, for totals whose size cannot be compared."""
    own = own_series(view, measure, when)
    return charts.Lines(
        periods=axis(view, when, measure), series=(own,), unit=measure.unit, axis="fit"
    )


def axis(view: View, when: Sequence[date], measure: Measure | None = None) -> charts.Periods:
    """The periods of a chart, with the breaks that its measure declares."""
    breaks = measure.breaks if measure else ()
    inside = [one for one in breaks if when[0] < one.period <= when[-1]]
    return charts.Periods(
        kind=view.snapshot.dataset.period,
        days=tuple(when),
        breaks=tuple(charts.Mark(when.index(one.period), one.why) for one in inside),
    )


def control(view: View, measure: Measure) -> Spc | None:
    """Mean, limits and signals of the months shown; None below twelve."""
    return history.control(
        view.snapshot, measure, view.org, months=months(view), membership=view.membership
    )


def variation(mark: SpcMark | None, polarity: Polarity) -> Variation:
    """What a signal means beside its own earlier periods, where a direction is agreed."""
    if mark in (None, "common"):
        return "usual"
    if polarity == "neutral":
        return "changed"
    return "better" if (mark in ("high", "rising")) == (polarity == "higher_better") else "worse"


def control_chart(view: View, measure: Measure, spc: Spc, past: History | None) -> charts.Spc:
    """The control chart, with what it says of the last period in words."""
    when = months(view)
    found = values(view, measure, when)
    return charts.Spc(
        periods=axis(view, when, measure),
        values=found,
        name=measure.name,
        unit=measure.unit,
        mean=spc.mean,
        lower=tuple(None if limit is None else max(limit, 0.0) for limit in spc.lowers),
        upper=tuple(
            min(limit, 100.0) if limit is not None and measure.unit == "percent" else limit
            for limit in spc.uppers
        ),
        kinds=tuple(variation(mark, measure.polarity) for mark in spc.marks),
        statuses=statuses(view, measure, when, found),
        finding=past.words if past is not None else "",
    )


def weekdays(month: date) -> int:
    """Mondays to Fridays of a month."""
    day, count = month, 0
    while day.month == month.month:
        count += day.weekday() < 5
        day += timedelta(days=1)
    return count


@remembered
def _holidays(snapshot: Snapshot) -> dict[date, int]:
    found = {}
    for month in snapshot.months:
        parts = snapshot.parts_at("england", ENGLAND, month=month)
        working_days = parts.get("working_days")
        if working_days is not None and weekdays(month) > working_days:
            found[month] = weekdays(month) - int(working_days)
    return found


def with_holidays(view: View, periods: charts.Periods) -> charts.Periods:
    """The months, marked where some weekdays were bank holidays and we hold the working days."""
    every = _holidays(view.snapshot)
    flags = tuple(
        charts.Mark(at, fmt.plural(every[month], "bank holiday", "bank holidays"))
        for at, month in enumerate(periods.days)
        if month in every
    )
    return replace(
        periods, flags=flags, flag=("Month with bank holidays", "Months with bank holidays")
    )
