"""`flask data …` for the refresh as a service: schedule, changes, collect."""

from __future__ import annotations

import click
from flask import current_app

from data import retention
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


COMMANDS = (schedule, collect)
