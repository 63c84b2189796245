"""What a page says when there is something to know first: gaps, closures, old codes, coverage."""

from __future__ import annotations

from components.blocks import Remark, Words, sentence
from data import format as fmt
from data.absence import WORDS, loading
from data.questions import areas
from data.questions.coverage import coverage_of
from data.spec import ENGLAND, LEVEL_NAMES
from data.versions.db import library
from pages import links
from pages.dashboard import peers
from pages.dashboard.context import View, href, nearest_period, written
from pages.dashboard.words import lower_first, short_name

Remarks = list[Remark]


def before(view: View) -> Remarks:
    """Every remark that belongs above the figures of a view."""
    return [
        *_pinned(view),
        *_refused(view),
        *_closed(view),
        *_replaced(view),
        *_asked(view),
        *_no_data(view),
        *_outside_pcn(view),
        *_coverage(view),
    ]


def _warning(*pieces: str | Words) -> Remark:
    return Remark(sentence(*pieces), "warn")


def _pinned(view: View) -> Remarks:
    if not view.version:
        return []
    published = view.snapshot.manifest.release.published
    when = f" published {fmt.full_date(published)}" if published else ""
    live = library().current(view.tool.dataset)
    if live is not None and live.version == view.version:
        return [Remark(sentence(f"Pinned to the data{when}, which are still the current ones."))]
    words = f"Pinned to the data{when}. Later releases and corrections are not in these figures. "
    return [_warning(words, Words("Show the current data", href=href(view, version="")))]


def _refused(view: View) -> Remarks:
    status = library().store.status(view.tool.dataset)
    if status is None or status.outcome != "failed":
        return []
    words = (
        f"The latest refresh on {fmt.full_date(status.checked_at.date())} failed our checks. "
        "Showing what was published before it. "
    )
    return [_warning(words, Words("See data status", href=links.path("/status/")))]


def _closed(view: View) -> Remarks:
    org = view.org
    if org.level != "practice" or (org.closed is None and org.status == "active"):
        return []
    name = org.label
    if org.status == "dormant":
        return [_warning(f"{name} is dormant. Its history stays here.")]
    if org.closed is None:
        return [_warning(f"{name} is {org.status}. Its history stays here.")]
    words = (
        f"{name} closed on {fmt.full_date(org.closed)}. Its history stays here, in the totals of "
        "the months in which it was open. It is left out of benchmarks from then on."
    )
    return [_warning(words)]


def _replaced(view: View) -> Remarks:
    found = areas.successors(view.snapshot, view.directory, view.org)
    if not found:
        return []
    last = fmt.month(view.org.last_month) if view.org.last_month else ""
    parts: list[str | Words] = [
        f"{view.org.label} was last used in {last}. Its practices now belong to "
    ]
    for index, one in enumerate(found):
        parts += [" and "] if index else []
        share = f" ({one.percent:.0f}% of them)" if len(found) > 1 else ""
        target = href(view, org=one.org.code, month=written(view, view.snapshot.latest))
        parts += [Words(one.org.label, href=target), share]
    return [_warning(*parts, ". Its history stays here.")]


def _asked(view: View) -> Remarks:
    if not view.asked:
        return []
    first, last = view.snapshot.months[0], view.snapshot.latest
    words = (
        f"There are no figures for {view.asked}. "
        f"{view.snapshot.dataset.title} run from {view.label(first)} to {view.label(last)}; "
        f"not every {view.noun} may be loaded. Showing {view.when}, the nearest."
    )
    return [_warning(words)]


def _no_data(view: View) -> Remarks:
    if view.has_data:
        return []
    words = _nothing(view)
    months = view.snapshot.published(view.org.level, view.org.code, membership=view.membership)
    if not months:
        words += f" There are none in any {view.noun} that is loaded. "
        england = links.page(view.tool.path, {"org": ENGLAND})
        return [_warning(words, Words("Show England", href=england))]
    nearest = nearest_period(months, view.period)
    link = Words(
        f"Show {view.label(nearest)}, the nearest {view.noun}",
        href=href(view, month=written(view, nearest)),
    )
    return [_warning(f"{words} ", link)]


def _nothing(view: View) -> str:
    """That a part of the period is not loaded is not said to be the publisher's doing."""
    declared = view.snapshot.dataset
    if peers.status(peers.subject(view), declared.measure(declared.headline)) != "not_held":
        title = lower_first(declared.title)
        return f"No {title} were published for {view.org.label} in {view.when}."
    missing = ", ".join(view.snapshot.manifest.periods[view.period].missing)
    part = f" The file of {missing} is not loaded." if missing else ""
    words = f"{declared.title} of {view.org.label} in {view.when}: {WORDS['not_held']}."
    return f"{words}{part} {loading(declared.id)}."


def _outside_pcn(view: View) -> Remarks:
    inside = any(area.level == "pcn" for area in view.areas)
    if view.org.level != "practice" or inside or not view.has_data:
        return []
    words = f"{short_name(view.org)} was in no PCN in {view.when} (Unallocated)."
    return [Remark(sentence(words))]


def _coverage(view: View) -> Remarks:
    covered = coverage_of(
        view.snapshot, view.directory, view.org, month=view.period, membership=view.membership
    )
    if covered is None or not covered.missing:
        return []
    subject = f"{LEVEL_NAMES[view.org.level][0]} figures"
    return [Remark(sentence(covered.sentence(fmt.sentence_case(subject))), tag="Partial")]
