"""`flask data accept`: a person lets a period through that was refused for its size."""

from __future__ import annotations

import getpass
import logging
import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from data import logs, periods
from data.registry import UnknownDataset
from data.settings import Settings
from data.versions import accepted
from data.versions.store import Store, landed_store
from pipelines.cli.terminal import progress_bar
from pipelines.engine.runner import Refresh, publish_landed
from pipelines.engine.series import series
from pipelines.engine.units import Series
from pipelines.schedule.refreshing import dependents
from pipelines.schedule.reporting import reported

log = logging.getLogger(__name__)


@click.command()
@with_appcontext
@click.argument("dataset")
@click.argument("period")
@click.option("--why", required=True, help="Kept with the period, for whoever asks later.")
def accept(dataset: str, period: str, why: str) -> None:
    """Publish a period that was refused because it does not fit what is held.

    It holds for the files that were refused: another file of the period is judged anew.
    """
    settings: Settings = current_app.config["SETTINGS"]
    held = landed_store(settings.home)
    try:
        one = series(dataset)
    except UnknownDataset as error:
        raise click.UsageError(str(error.args[0])) from error
    if not why.strip():
        raise click.UsageError("Say with --why for what reason the period is right as it is.")
    refused = accepted.refused(held, one.dataset.id)
    asked = periods.parse(one.dataset.period, period)
    chosen = next((found for found in refused if found.period == asked), None)
    if chosen is None:
        waiting = ", ".join(periods.key(one.dataset.period, found.period) for found in refused)
        raise click.UsageError(
            f"{dataset} has no refused period {period}. Refused: {waiting or 'none'}."
        )
    who = getpass.getuser()
    accepted.accept(held, one.dataset.id, chosen, who=who, why=why.strip())
    logs.event(
        log,
        "accepted",
        dataset=one.dataset.id,
        period=period,
        by=who,
        why=why.strip(),
        files=" ".join(chosen.files),
    )
    results = [_publish(held, one, settings)]
    results += [_publish(held, other, settings) for other in dependents(held, results)]
    if any(result.outcome == "failed" for result in results):
        sys.exit(1)


def _publish(held: Store, one: Series, settings: Settings) -> Refresh:
    with progress_bar(one.dataset.id) as shown, reported(held, one.dataset.id, shown) as told:
        result = publish_landed(held, one, memory_mb=settings.pipeline_memory_mb, progress=told)
    click.echo(f"{one.dataset.id}: {result.message}", err=result.outcome == "failed")
    return result
