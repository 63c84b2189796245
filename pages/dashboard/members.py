"""The organisations inside an area, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from components import blocks
from components.table import Column, Member
from data import format as fmt
from data.questions import areas, queries
from data.questions.coverage import coverage_of
from data.spec import LEVEL_NAMES, Level, Measure
from data.versions.orgs import Org
from pages.dashboard import figures
from pages.dashboard.context import View, href
from pages.dashboard.steps import Step
from pages.dashboard.words import short_name

_ANY = "ORGANISATION"
MOST_ROWS = 200  # of practices in one table; a larger area lists its own areas instead
MEMBER_LEVELS: dict[Level, Level] = {"region": "icb", "england": "icb"}


@dataclass(frozen=True, slots=True)
class Extra:
    """A column that is not a measure of the month, put after the first: values by code."""

    column: Column
    values: Mapping[str, float | None]


def parent_for_members(view: View) -> Org | None:
    """The area whose members are listed: an area itself; the PCN or sub-ICB of a practice."""
    if view.org.level != "practice":
        return view.org
    return next((a for a in view.areas if a.level in ("pcn", "sub_icb")), None)


def member_orgs(view: View, parent: Org) -> tuple[Sequence[Org], Level]:
    """Practices of an area, or the ICBs of a region and of England."""
    child = MEMBER_LEVELS.get(parent.level)
    if child is None:
        found = queries.members(
            view.snapshot, view.directory, parent, month=view.period, membership=view.membership
        )
        return found, "practice"
    known = (view.directory.at(child, code) for code in view.snapshot.codes(child))
    every = [
        org
        for org in known
        if org is not None
        and (parent.level == "england" or _region(view, org) == parent.code)
        and view.snapshot.published_in(child, org.code, view.period, membership=view.membership)
    ]
    return sorted(every, key=lambda org: (org.name.casefold(), org.code)), child


def _region(view: View, org: Org) -> str:
    home = areas.above(
        view.snapshot, view.directory, org, month=view.period, membership=view.membership
    )
    return home.get("region", "")


def members(
    view: View,
    columns: Sequence[Measure],
    *,
    extra: Callable[[View, Sequence[Org]], Extra] | None = None,
) -> Step | None:
    """The member organisations side by side, those without figures named."""
    parent = parent_for_members(view)
    if parent is None or parent.level == "practice":
        return None
    orgs, level = member_orgs(view, parent)
    orgs = [*orgs, *_missing(view, parent, orgs)]
    if not orgs:
        return None
    plural = LEVEL_NAMES[level][1]
    title = f"{plural[:1].upper() + plural[1:]} in {short_name(parent)}"

    def draw() -> blocks.Section:
        added = extra(view, orgs) if extra else None
        return _drawn(view, parent, columns, added, orgs=orgs, level=level, title=title)

    return Step("members", title, draw)


def _drawn(
    view: View,
    parent: Org,
    columns: Sequence[Measure],
    extra: Extra | None,
    *,
    orgs: Sequence[Org],
    level: Level,
    title: str,
) -> blocks.Section:
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
            note=_member_note(view, org, values),
            selected=org.code == view.org.code,
        )
        for org, values in largest_first[:MOST_ROWS]
    ]
    frame = figures.frame(view, "members", title, view.when, coverage=_coverage_words(view, parent))
    table = blocks.Members(
        frame=frame,
        rows=tuple(rows),
        columns=tuple(_columns(columns, extra)),
        first=LEVEL_NAMES[level][0].capitalize() if level == "practice" else "ICB",
    )
    remark = f"{view.when}, largest first"
    return blocks.Section(slug="members", title=title, blocks=(table,), remark=remark)


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
    if view.lists is None or view.lists is view.snapshot or parent.level in MEMBER_LEVELS:
        return []
    covered = coverage_of(
        view.snapshot, view.directory, parent, month=view.period, membership=view.membership
    )
    known = {org.code for org in orgs}
    codes = covered.missing if covered else ()
    found = [view.directory.at("practice", code) for code in codes if code not in known]
    return [org for org in found if org is not None]


def _member_note(view: View, org: Org, values: tuple[float | None, ...]) -> str:
    if values[0] is None:
        return f"Not published in {view.when}"
    if org.closed is not None and org.level == "practice":
        return f"Closed {fmt.full_date(org.closed)}"
    supplier = ""
    if org.level == "practice":
        supplier = view.snapshot.home(org.code, view.period).get("supplier", "")
    return supplier


def _coverage_words(view: View, parent: Org) -> str:
    if view.lists is None or view.lists is view.snapshot:
        return ""
    covered = coverage_of(
        view.snapshot, view.directory, parent, month=view.period, membership=view.membership
    )
    if covered is None or not covered.missing or covered.patients_percent is None:
        return ""
    subject = f"{LEVEL_NAMES[parent.level][0]} figures"
    return fmt.coverage(
        covered.published,
        covered.expected,
        covered.patients_percent,
        subject=subject[:1].upper() + subject[1:],
    )
