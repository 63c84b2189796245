"""`flask data …` for the refresh as a service: schedule, changes, collect."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from data.registry import UnknownDataset, all_datasets, dataset
from data.settings import Settings
from data.spec import Dataset
from data.versions import changes as recorded
from data.versions import retention, rhythm
from data.versions import schedule as plans
from data.versions.changes import PeriodChange
from data.versions.manifest import plain
from data.versions.running import running
from data.versions.store import Store, active_store, store


def _settings() -> Settings:
    return current_app.config["SETTINGS"]


@click.command()
@with_appcontext
@click.argument("datasets", nargs=-1)
@click.option("--every", type=float, help="Seconds, instead of the publishers' rhythms.")
def schedule(datasets: tuple[str, ...], every: float | None) -> None:
    """Look at every dataset, or those named, on its publisher's rhythm, until stopped."""
    from pipelines.schedule import scheduler  # the site's own processes have no use for it

    try:
        scheduler.serve(_settings(), datasets, every=every, beside=None)
    except UnknownDataset as error:
        raise click.UsageError(str(error.args[0])) from error


@click.command()
@with_appcontext
@click.argument("datasets", nargs=-1)
def collect(datasets: tuple[str, ...]) -> None:
    """Remove old versions that the settings no longer keep and nothing cites."""
    try:
        chosen = [dataset(name) for name in datasets] or list(all_datasets())
    except UnknownDataset as error:
        raise click.UsageError(str(error.args[0])) from error
    settings = _settings()
    held = active_store(settings.home)
    for declared in chosen:
        gone = retention.collect(
            held, declared.id, keep=settings.keep_versions, days=settings.keep_days
        )
        left = len(held.versions(declared.id))
        click.echo(f"{declared.id}: {len(gone)} removed, {left} kept")


@click.command()
@with_appcontext
@click.argument("dataset_id", metavar="DATASET")
@click.option("--json", "as_json", is_flag=True, help="Everything that is recorded.")
@click.option("--versions", type=int, default=12, show_default=True, help="How many, newest first.")
def changes(dataset_id: str, as_json: bool, versions: int) -> None:
    """What each version of a dataset changed against the one before it."""
    try:
        declared = dataset(dataset_id)
    except UnknownDataset as error:
        raise click.UsageError(str(error.args[0])) from error
    held = active_store(_settings().home)
    found = recorded.recent(held, declared.id, versions)
    if as_json:
        told = [
            plain(one) | {"totals": plain(recorded.totals(held, declared.id, one.version))}
            for one in found
        ]
        click.echo(json.dumps(told, indent=1))
        return
    if not found:
        click.echo(f"{declared.id}: nothing published")
    for one in found:
        click.echo(f"{one.entry}  {one.why or one.release}")
        if one.previous is None:
            click.echo(f"  the first version held: {len(one.periods)} periods")
            continue
        for period in one.periods:
            click.echo(f"  {period.period} {period.kind:<9} {_moved(period, declared.control)}")
        for movement in one.largest[:3]:
            click.echo(
                f"    {movement.code} {movement.measure} {movement.period}: "
                f"{_number(movement.before)} to {_number(movement.now)}"
            )


def _moved(period: PeriodChange, control: str) -> str:
    if period.total_before is None or period.total_now is None:
        total = period.total_now if period.total_before is None else period.total_before
        return f"{total:,} {control}" if total is not None else ""
    return f"{period.total_before:,} to {period.total_now:,} {control}"


def _number(value: float | None) -> str:
    return "nothing" if value is None else f"{value:,.10g}"


def outlook(settings: Settings, held: Store, declared: Dataset) -> dict[str, object]:
    """When the next release should come and when the publisher is looked at next, as ISO text."""
    manifest = held.manifest(declared.id)
    due = rhythm.expected(declared, manifest.release.published if manifest else None, date.today())
    real = store(settings.home, "real")
    plan = plans.read(real, declared.id)
    alive = plans.is_alive(real, datetime.now(UTC))
    return {
        "release_from": due.first.isoformat(),
        "release_by": due.last.isoformat(),
        "check_at": plan.next_check.isoformat() if plan and alive else None,
        "failures_in_a_row": plan.failures if plan else 0,
    }


def outlook_lines(settings: Settings, held: Store, declared: Dataset) -> list[str]:
    """The same for people, and what runs just now."""
    told = outlook(settings, held, declared)
    lines = [f"expected {told['release_from']} to {told['release_by']}"]
    if told["check_at"]:
        lines.append(f"looked at next {told['check_at']}, failures {told['failures_in_a_row']}")
    for one in running(store(settings.home, "real"), store(settings.home, "demo")):
        if one.dataset == declared.id:
            lines.append(f"running: {one.step}, {100 * one.done:.0f}%")
    return lines


COMMANDS = (schedule, collect, changes)
