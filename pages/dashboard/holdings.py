"""What is held of each dataset and how its last refresh went, for home, status and sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from data import format as fmt
from data.questions import queries
from data.questions.change import change
from data.questions.coverage import Coverage, coverage_of
from data.registry import all_datasets
from data.spec import LEVEL_NAMES, Dataset
from data.versions import freshness, revisions, rhythm, schedule
from data.versions.db import library
from data.versions.manifest import Check, Manifest, RefreshStatus
from data.versions.orgs import ENGLAND_ORG
from data.versions.revisions import Revision
from data.versions.snapshot import Snapshot
from data.versions.store import store
from pages.catalogue import Tool
from pages.dashboard import registry
from pages.dashboard.words import lower_first, period, span

State = Literal["Up to date", "Late", "Held", "Behind", "No newer release", "Not loaded"]
TONES: dict[State, str] = {
    "Up to date": "ok",
    "Late": "wait",
    "Held": "bad",
    "Behind": "wait",
    "No newer release": "",
    "Not loaded": "",
}
WORDS: dict[freshness.State, State] = {
    "current": "Up to date",
    "late": "Late",
    "behind": "Behind",
    "ended": "No newer release",
}


@dataclass(frozen=True, slots=True)
class Holding:
    """A declared dataset, its live version if there is one, and its last refresh."""

    declared: Dataset
    snapshot: Snapshot | None
    status: RefreshStatus | None
    versions: tuple[str, ...]  # kept, newest first

    @property
    def manifest(self) -> Manifest | None:
        return self.snapshot.manifest if self.snapshot else None

    @property
    def api(self) -> str:
        return f"/api/v1/{self.declared.id}/"


def holdings() -> list[Holding]:
    """Every declared dataset, those with a dashboard first."""
    current = library()
    shelf = current.store
    found = [
        Holding(
            declared,
            current.current(declared.id),
            shelf.status(declared.id),
            shelf.versions(declared.id),
        )
        for declared in all_datasets()
    ]
    return sorted(found, key=lambda one: (not one.declared.tool, one.declared.title))


def state(holding: Holding, today: date) -> State:
    """How a dataset is doing, in the words of the status page."""
    if holding.status and holding.status.outcome == "failed":
        return "Held"
    if holding.snapshot is None:
        return "Not loaded"
    return WORDS[freshness.freshness(holding.declared, holding.snapshot.manifest, today).state]


def published(holding: Holding) -> date | None:
    """When the newest release held was published, where the publisher's page said so."""
    return holding.manifest.release.published if holding.manifest else None


def next_due(holding: Holding, today: date) -> str:
    """When the next release should come, by the publisher's rhythm and the last one."""
    if holding.manifest is None:
        due = rhythm.expected(holding.declared, None, today)
        return _between(due)
    how_old = freshness.freshness(holding.declared, holding.manifest, today)
    if how_old.state == "ended":
        return "Not known: the series may have ended"
    if how_old.is_current:
        return _between(how_old.due)
    return f"Expected since {fmt.full_date(how_old.due.last)}"


def _between(due: rhythm.Expected) -> str:
    if due.first == due.last:
        return f"About {fmt.full_date(due.first)}"
    return f"{due.first.day} to {fmt.full_date(due.last)}"


def next_check(holding: Holding, now: datetime) -> str:
    """When the publisher's page is looked at next, or that nobody does so by plan."""
    real = store(library().home, "real")
    plan = schedule.read(real, holding.declared.id)
    if plan is None or not schedule.is_alive(real, now):
        return "When somebody asks for a refresh"
    words = moment(plan.next_check)
    if plan.failures:
        return f"{words}, after {fmt.plural(plan.failures, 'failure', 'failures')} in a row"
    return words


def moment(at: datetime | None) -> str:
    """29 October 2026, 09:45 UTC."""
    if at is None:
        return "Not recorded"
    return f"{fmt.full_date(at.date())}, {at:%H:%M} UTC"


def failed_words(holding: Holding) -> str:
    """How many checks failed for the last release that was looked at and not published."""
    status = holding.status
    if status is None:
        return "Not recorded"
    if status.outcome != "failed":
        return "None"
    failed = [check for check in status.checks if not check.passed]
    if not failed:
        return status.message
    return "; ".join(f"{check.name}: {check.found}" for check in failed)


def checks(holding: Holding) -> tuple[Check, ...]:
    """Every check that the live version's periods passed or failed."""
    if holding.manifest is None:
        return ()
    return revisions.checks(library().store, holding.declared.id, holding.manifest.version)


def periods_words(holding: Holding) -> str:
    """October 2024 to September 2026, 24 periods."""
    if holding.manifest is None:
        return "None yet"
    months = sorted(holding.manifest.periods)
    count = fmt.plural(len(months), "period", "periods")
    return f"{span(holding.declared, months[0], months[-1])}, {count}"


def partial_words(holding: Holding) -> str:
    """October 2025: partial: London; missing the North. Empty where all periods are whole."""
    held = sorted(holding.manifest.periods.items()) if holding.manifest else ()
    return "; ".join(
        f"{period(holding.declared, one)} is {record.incompleteness}"
        for one, record in held
        if record.partial
    )


def release_words(holding: Holding) -> str:
    """The title of the newest release and its date."""
    if holding.manifest is None:
        return "None yet"
    release = holding.manifest.release
    if release.published is None:
        return release.title
    return f"{release.title}, published {fmt.full_date(release.published)}"


def changed(holding: Holding) -> list[Revision] | None:
    """What the live version changed; None where no earlier version is kept."""
    manifest = holding.manifest
    if manifest is None:
        return None
    before = revisions.previous(library().store, manifest)
    if before is None:
        return None
    return revisions.revisions(manifest, before, control=holding.declared.control)


def restated(manifest: Manifest) -> list[date]:
    """Periods before the newest that its release gives again.

    Files loaded by hand count as one release without a date, so none of their periods
    can be called restated.
    """
    release = manifest.release
    if release.published is None:
        return []
    return sorted(
        period
        for period, record in manifest.periods.items()
        if record.release == release.slug and period != manifest.latest
    )


def restated_words(holding: Holding) -> str:
    """Adds September 2026 and revises July 2026 to August 2026."""
    manifest = holding.manifest
    if manifest is None:
        return ""
    words = f"Adds {period(holding.declared, manifest.latest)}"
    older = restated(manifest)
    if not older:
        return f"{words}."
    return f"{words} and revises {span(holding.declared, older[0], older[-1])}."


def headline_words(holding: Holding) -> str:
    """The England total of the newest period, and against a year before."""
    snapshot = holding.snapshot
    if snapshot is None:
        return ""
    measure = snapshot.dataset.measure(snapshot.dataset.headline)
    now = queries.figure(snapshot, measure, ENGLAND_ORG, month=snapshot.latest)
    if now.value is None:
        return ""
    words = f"{fmt.large(now.value)} {lower_first(measure.label)}"
    covered = coverage(holding)
    if covered is not None and not covered.is_whole:
        words += f" ({covered.share})"
    year = change(snapshot, library().directory(), now, months=12)
    return f"{words}, {year.words}." if year.words and not year.why else f"{words}."


def coverage(holding: Holding) -> Coverage | None:
    """How much of England the newest period covers, where list sizes can tell."""
    snapshot = holding.snapshot
    if snapshot is None:
        return None
    return coverage_of(snapshot, library().directory(), ENGLAND_ORG, month=snapshot.latest)


def coverage_words(holding: Holding) -> str:
    """How many practices the newest period holds, of how many there are; else of its areas."""
    snapshot = holding.snapshot
    if snapshot is None:
        return fmt.MISSING
    if not holding.declared.has_practices:
        lowest = holding.declared.levels[0]
        return fmt.plural(len(snapshot.codes(lowest)), *LEVEL_NAMES[lowest])
    covered = coverage(holding)
    if covered is None:
        return fmt.plural(
            snapshot.manifest.periods[snapshot.latest].practices, "practice", "practices"
        )
    return (
        f"{fmt.value(covered.published, 'count')} of "
        f"{fmt.plural(covered.expected, 'practice', 'practices')}, "
        f"{covered.share}"
    )


def tool_of(declared: Dataset) -> Tool | None:
    """The dashboard of a dataset."""
    return next((tool for tool in registry.dashboards() if tool.slug == declared.tool), None)
