"""`flask data …` for the refresh as a service: schedule, changes, collect."""

from __future__ import annotations

import json

import click
from flask import current_app

from data import changes as recorded
from data import retention
from data.changes import PeriodChange
from data.manifest import plain
from data.registry import UnknownDataset, all_datasets, dataset
from data.settings import Settings
from data.store import active_store
from pipelines import scheduler


def _settings() -> Settings:
    return current_app.config["SETTINGS"]


@click.command()
@click.option("--every", type=float, help="Seconds, instead of the publishers' rhythms.")
def schedule(every: float | None) -> None:
    """Look at every dataset on its publisher's rhythm, until stopped."""
    scheduler.serve(_settings(), every=every, beside=None)


@click.command()
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
        click.echo(json.dumps([plain(one) for one in found], indent=1))
        return
    if not found:
        click.echo(f"{declared.id}: nothing published")
    for one in found:
        click.echo(f"{one.version}  {one.release}")
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


COMMANDS = (schedule, collect, changes)
