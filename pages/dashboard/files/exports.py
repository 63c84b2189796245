"""A page as a file: what it says about itself, and the sections that it shows, in its order."""

from __future__ import annotations

from datetime import UTC, datetime

from components.blocks import Section
from components.render.as_files import Cover
from data import format as fmt
from data import periods
from data.questions import provenance
from pages.dashboard import contents, peers
from pages.dashboard.context import View
from pages.dashboard.declaration import Dashboard
from pages.dashboard.standard import shown

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def cover(view: View, *, link: str) -> Cover:
    """What the file says about itself; `link` is the address of its page."""
    snapshot = view.snapshot
    declared = snapshot.dataset
    release = provenance.release(snapshot, view.period)
    published = ""
    if release and release.published:
        published = f", published {fmt.full_date(release.published)}"
    about = provenance.notes_of(snapshot, view.period)
    group = peers.peers(view)
    return Cover(
        title=f"{view.tool.title}: {view.org.label}",
        organisation=view.org.label,
        period=view.when,
        comparator=group.among if view.org.level != "england" else "none",
        source=f"{declared.publisher}, {declared.series}{published}",
        licence=declared.licence,
        link=link,
        version=snapshot.version,
        retrieved=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        caveats=(*declared.caveats, *about),
        demo=snapshot.manifest.demo,
    )


def sections(view: View, dashboard: Dashboard) -> list[Section]:
    """Every section of the page, in its order."""
    return [one.draw() for one in shown(view, dashboard, contents.steps_of)]


def file_name(view: View, ending: str) -> str:
    period = periods.key(view.snapshot.dataset.period, view.period)
    return f"haresign-{view.tool.slug}-{view.org.code.lower()}-{period}.{ending}"
