"""The organisations inside an area, side by side: the next level down first, others on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from components import blocks
from components.blocks import Choice, Control
from components.selector import Option
from components.table import Column, Member
from data import format as fmt
from data.absence import Absence
from data.questions import absence, areas, queries
from data.questions.coverage import coverage_of
from data.spec import LEVEL_NAMES, Level, Measure
from data.versions.orgs import Org
from pages.dashboard import figures, peers
from pages.dashboard.context import BELOW, View, href
from pages.dashboard.declaration import Dashboard, Extra
from pages.dashboard.steps import Step
from pages.dashboard.words import short_name

_ANY = "ORGANISATION"
MOST_ROWS = 500  # more than any area has practices


def parent_for_members(view: View) -> Org | None:
    """The area whose members are listed: an area itself; the PCN or sub-ICB of a practice."""
    if view.org.level != "practice":
        return view.org
    return next((a for a in view.areas if a.level in ("pcn", "sub_icb")), None)


def member_orgs(view: View, parent: Org, level: Level) -> Sequence[Org]:
    """The organisations of a level in an area, by name."""
    if level != "practice":
        return areas.below(
            view.snapshot,
            view.directory,
            parent,
            level=level,
            month=view.period,
            membership=view.membership,
        )
    known = queries.members(
        view.snapshot, view.directory, parent, month=view.period, membership=view.membership
    )
    return [*known, *_missing(view, parent, known)]


def member_levels(view: View, parent: Org) -> list[Level]:
    """The levels by which the members of an area can be shown, the next one down first.

    A level of which there is only one there would repeat the area itself.
    """
    held = [level for level in BELOW[parent.level] if level in view.snapshot.dataset.levels]
    telling = [level for level in held[:-1] if len(member_orgs(view, parent, level)) > 1]
    return [*telling, *held[-1:]]


def members(view: View, dashboard: Dashboard) -> Step | None:
    """The member organisations side by side, those without figures named."""
    parent = parent_for_members(view)
    levels = member_levels(view, parent) if parent else []
    levels = levels[-1:] if view.org.level == "practice" else levels  # the practices beside it
    if parent is None or not levels:
        return None
    level = view.by if view.by in levels else levels[0]
    orgs = member_orgs(view, parent, level)
    if not orgs:
        return None
    title = f"{_plural(level)} in {short_name(parent)}"

    def draw() -> blocks.Section:
        columns = [dashboard.measure(view, measure_id) for measure_id in dashboard.members]
        added = dashboard.extra(view, orgs) if dashboard.extra else None
        table = _table(view, parent, columns, added, orgs=orgs, level=level, title=title)
        return blocks.Section(
            slug="members",
            title=title,
            blocks=(table,),
            remark=f"{view.when}, largest first",
            controls=_controls(levels, level),
        )

    return Step("members", title, draw)


def _plural(level: Level) -> str:
    plural = LEVEL_NAMES[level][1]
    return plural[:1].upper() + plural[1:]


def _controls(levels: Sequence[Level], level: Level) -> tuple[Control, ...]:
    if len(levels) < 2:
        return ()
    by = Choice(
        name="by",
        label="Show",
        options=tuple(Option(one, _plural(one)) for one in levels),
        value=level,
        default=levels[0],
        look="segments",
    )
    return (by,)


def _table(
    view: View,
    parent: Org,
    columns: Sequence[Measure],
    extra: Extra | None,
    *,
    orgs: Sequence[Org],
    level: Level,
    title: str,
) -> blocks.Members:
    grid = areas.together(
        view.snapshot, columns, orgs, month=view.period, membership=view.membership
    )
    link = href(view, org=_ANY)  # one address for all rows: building each costs more than the row
    largest_first = sorted(
        zip(orgs, grid, strict=True), key=lambda row: (row[1][0] is None, -(row[1][0] or 0))
    )
    rows = [
        Member(
            code=org.code,
            name=short_name(org),
            values=_with(extra, org, values),
            href=link.replace(_ANY, org.code),
            note=_member_note(view, org, values, kinds),
            statuses=kinds,
            selected=org.code == view.org.code,
        )
        for org, values in largest_first[:MOST_ROWS]
        for kinds in [_statuses(view, org, columns, values, extra)]
    ]
    frame = figures.frame(view, "members", title, view.when, coverage=_coverage_words(view, parent))
    singular = LEVEL_NAMES[level][0]
    return blocks.Members(
        frame=frame,
        rows=tuple(rows),
        columns=tuple(_columns(columns, extra)),
        first=singular[:1].upper() + singular[1:],
        remark="Clinical system or remark" if level == "practice" else "Remark",
    )


def _columns(measures: Sequence[Measure], extra: Extra | None) -> list[Column]:
    found = [Column(measure.name, measure.unit) for measure in measures]
    return [found[0], extra.column, *found[1:]] if extra else found


def _with(
    extra: Extra | None, org: Org, values: tuple[float | None, ...]
) -> tuple[float | None, ...]:
    if extra is None:
        return values
    return (values[0], extra.values.get(org.code), *values[1:])


def _missing(view: View, parent: Org, orgs: Sequence[Org]) -> list[Org]:
    """Practices that have patients that month and no figures: shown with dashes."""
    if view.lists is None or view.lists is view.snapshot:
        return []
    covered = coverage_of(
        view.snapshot, view.directory, parent, month=view.period, membership=view.membership
    )
    known = {org.code for org in orgs}
    codes = covered.missing if covered else ()
    found = [view.directory.at("practice", code) for code in codes if code not in known]
    return [org for org in found if org is not None]


def _statuses(
    view: View,
    org: Org,
    columns: Sequence[Measure],
    values: tuple[float | None, ...],
    extra: Extra | None,
) -> tuple[Absence | None, ...]:
    """Why values of a row are missing, in the order of the table's columns."""
    if None not in values:
        return ()
    subject = replace(peers.subject(view), org=org)
    kinds = [
        peers.status(subject, measure) if value is None else None
        for measure, value in zip(columns, values, strict=True)
    ]
    return (kinds[0], None, *kinds[1:]) if extra else tuple(kinds)


def _member_note(
    view: View,
    org: Org,
    values: tuple[float | None, ...],
    kinds: tuple[Absence | None, ...],
) -> str:
    if values[0] is None and kinds[0] is not None:
        return fmt.sentence_case(absence.words(kinds[0], view.snapshot.dataset, org.level))
    if org.closed is not None and org.level == "practice":
        return f"Closed {fmt.full_date(org.closed)}"
    supplier = ""
    if org.level == "practice":
        supplier = view.snapshot.home(org.code, view.period).get("supplier", "")
    return supplier


def _coverage_words(view: View, parent: Org) -> str:
    covered = coverage_of(
        view.snapshot, view.directory, parent, month=view.period, membership=view.membership
    )
    if covered is None or not covered.missing:
        return ""
    subject = f"{LEVEL_NAMES[parent.level][0]} figures"
    return covered.sentence(fmt.sentence_case(subject))
