"""The tables of a dashboard as rows for CSV and XLSX, from the queries that the page uses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from data import format as fmt
from data import queries
from data.export import Cover, Line, Sheet
from data.orgs import Org
from data.queries import Figure
from data.spec import LEVEL_NAMES
from pages.dashboard import figures, members, peers, trends
from pages.dashboard.context import View, permanent


def cover(view: View) -> Cover:
    """What the file says about itself."""
    snapshot = view.snapshot
    declared = snapshot.dataset
    release = figures.release(snapshot, view.month)
    published = ""
    if release and release.published:
        published = f", published {fmt.full_date(release.published)}"
    about = figures.notes_of(snapshot, view.month)
    group = peers.peers(view)
    return Cover(
        title=f"{view.tool.title}: {view.org.label}",
        organisation=view.org.label,
        period=fmt.month(view.month),
        comparator=group.among if view.org.level != "england" else "none",
        source=f"{declared.publisher}, {declared.series}{published}",
        licence=declared.licence,
        link=permanent(view),
        version=snapshot.version,
        retrieved=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        caveats=(*declared.caveats, *about),
        demo=snapshot.manifest.demo,
    )


def _line(now: Figure) -> Line:
    return Line(
        level=LEVEL_NAMES[now.org.level][0],
        code=now.org.code,
        organisation=now.org.name,
        month=now.period.isoformat(),
        item=now.measure.label,
        unit=_unit(now),
        value=now.value,
        numerator=now.numerator,
        denominator=now.denominator,
        low=now.low,
        high=now.high,
    )


def _unit(now: Figure) -> str:
    return fmt.UNIT_WORDS[now.measure.unit] or "count"


def sheets(view: View) -> list[Sheet]:
    """Measures, trend, breakdowns and members of a view."""
    return [_measures(view), _trend(view), _breakdowns(view), _members(view)]


def _orgs(view: View) -> list[Org]:
    return [view.org, *view.areas]


def _measures(view: View) -> Sheet:
    found = [
        _line(peers.figure(view, measure, org))
        for measure in view.snapshot.dataset.measures
        for org in _orgs(view)
    ]
    return Sheet("Measures", tuple(found))


def _trend(view: View) -> Sheet:
    when = trends.months(view)
    found = [
        _line(figure)
        for measure in view.snapshot.dataset.measures
        for figure in trends.series(view, measure, when)
        if figure is not None
    ]
    return Sheet("Trend", tuple(found))


def _breakdowns(view: View) -> Sheet:
    lines = []
    for split in view.snapshot.dataset.breakdowns:
        for org in _orgs(view):
            found = queries.breakdown(
                view.snapshot, split, org, month=view.month, membership=view.membership
            )
            known = [share.count for share in found if share.count is not None]
            whole = sum(known) if len(known) == len(found) else None
            lines += [
                Line(
                    level=LEVEL_NAMES[org.level][0],
                    code=org.code,
                    organisation=org.name,
                    month=view.month.isoformat(),
                    item=f"{split.label}: {share.label}",
                    unit="%",
                    value=share.percent,
                    numerator=share.count,
                    denominator=whole,
                )
                for share in found
            ]
    return Sheet("Breakdowns", tuple(lines))


def _members(view: View) -> Sheet:
    parent = members.parent_for_members(view)
    if parent is None:
        return Sheet("Members", ())
    orgs, _ = members.member_orgs(view, parent)
    found: Sequence[Figure] = [
        peers.figure(view, measure, org)
        for org in orgs
        for measure in view.snapshot.dataset.measures
    ]
    return Sheet("Members", tuple(_line(figure) for figure in found))


def file_name(view: View, ending: str) -> str:
    month: date = view.month
    return f"haresign-{view.tool.slug}-{view.org.code.lower()}-{month:%Y-%m}.{ending}"
