"""`flask data versions | rollback | withdraw`: what was published, and taking it back."""

from __future__ import annotations

from collections.abc import Callable

import click
from flask import current_app
from flask.cli import with_appcontext

from data import periods
from data.registry import UnknownDataset, dataset
from data.settings import Settings
from data.spec import Dataset
from data.versions import revisions, undone
from data.versions.landed import withdrawn
from data.versions.manifest import Manifest
from data.versions.store import Store, active_store, landed_store
from pipelines.cli import undoing
from pipelines.cli.terminal import progress_bar
from pipelines.cli.undoing import CannotUndo
from pipelines.engine.runner import Refresh, publish_landed
from pipelines.engine.series import series
from pipelines.locking.locks import AlreadyRunning
from pipelines.schedule.refreshing import dependents
from pipelines.schedule.reporting import reported

COMMAND_LINE = "the command line"


def _settings() -> Settings:
    return current_app.config["SETTINGS"]


def _declared(name: str) -> Dataset:
    try:
        return dataset(name)
    except UnknownDataset as error:
        raise click.UsageError(str(error.args[0])) from error


@click.command()
@with_appcontext
@click.argument("dataset_id", metavar="DATASET")
def versions(dataset_id: str) -> None:
    """Every version kept: when it was made, its periods, what it changed, and what was undone."""
    declared = _declared(dataset_id)
    held = active_store(_settings().home)
    live = held.current_version(declared.id)
    kept = held.versions(declared.id)
    if not kept:
        click.echo(f"{declared.id}: nothing published")
    for version in kept:
        manifest = held.manifest(declared.id, version)
        click.echo(f"{version}{'  live' if version == live else ''}")
        if manifest is None:
            click.echo("  its manifest cannot be read")
            continue
        for line in _about(held, declared, manifest):
            click.echo(f"  {line}")
    for mark in withdrawn(held.landing, declared.id):
        click.echo(f"withdrawn {mark.at:%Y-%m-%d}: {mark.name} ({mark.sha256[:12]}): {mark.why}")


def _about(held: Store, declared: Dataset, manifest: Manifest) -> list[str]:
    lines = [f"made {manifest.made_at:%Y-%m-%d %H:%M} of {manifest.release.title}"]
    if manifest.periods:
        first, last = (
            periods.label(declared.period, one) for one in (min(manifest.periods), manifest.latest)
        )
        lines.append(f"{len(manifest.periods)} periods, {first} to {last}")
    before = revisions.previous(held, manifest)
    if before is not None:
        found = revisions.revisions(manifest, before, control=declared.control)
        kinds = ("new", "revised", "reissued", "withdrawn")
        counts = {kind: sum(one.kind == kind for one in found) for kind in kinds}
        said = [f"{count} {kind}" for kind, count in counts.items() if count]
        lines.append(f"against {before.version}: {', '.join(said) or 'the same periods'}")
    if manifest.because:
        lines.append(manifest.because)
    if taken := undone.reason(held, declared.id, manifest.version):
        lines.append(f"undone {taken.at:%Y-%m-%d %H:%M} by {taken.by}: {taken.words}")
    return lines


_WHY = click.option("--why", required=True, help="The reason, which the page of changes shows.")
_BY = click.option("--by", default=COMMAND_LINE, hidden=True)


@click.command()
@with_appcontext
@click.argument("dataset_id", metavar="DATASET")
@click.argument("version")
@_WHY
@_BY
def rollback(dataset_id: str, version: str, why: str, by: str) -> None:
    """Make an earlier VERSION live again; its name may be shortened.

    Files that only the versions left by it were made from are not used again until they are loaded
    by name or issued with other bytes.
    """
    declared = _declared(dataset_id)
    held = active_store(_settings().home)
    _finish(
        held,
        declared.id,
        lambda: undoing.roll_back(held, declared.id, version, why=undoing.reason(why), by=by),
    )


@click.command()
@with_appcontext
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--dataset", "dataset_id", help="Where files of the name are landed for several.")
@click.option("--undo", is_flag=True, help="Use the file again.")
@_WHY
@_BY
def withdraw(files: tuple[str, ...], dataset_id: str | None, undo: bool, why: str, by: str) -> None:
    """Use landed FILEs no more, by name or the beginning of a SHA-256.

    They stay on the disk. The dataset is built again without them at once.
    """
    settings = _settings()
    held = landed_store(settings.home)
    if dataset_id is not None:
        dataset_id = _declared(dataset_id).id
    memory = settings.pipeline_memory_mb
    try:
        words = undoing.reason(why)
        chosen = undoing.choose_all(held, files, dataset_id=dataset_id)
    except CannotUndo as error:
        raise click.ClickException(str(error)) from error

    def work() -> Refresh:
        one = series(chosen.dataset_id)
        with (
            progress_bar(chosen.dataset_id) as shown,
            reported(held, chosen.dataset_id, shown) as told,
        ):
            if undo:
                return undoing.use_again(
                    held, one, chosen, why=words, memory_mb=memory, progress=told
                )
            return undoing.withdraw(
                held, one, chosen, why=words, by=by, memory_mb=memory, progress=told
            )

    _finish(held, chosen.dataset_id, work)


def _finish(held: Store, dataset_id: str, work: Callable[[], Refresh]) -> None:
    """Do it, say how it ended, and work out again what rests on the dataset."""
    try:
        result = work()
    except (CannotUndo, AlreadyRunning) as error:
        raise click.ClickException(f"{dataset_id}: {error}") from error
    click.echo(f"{dataset_id}: {result.message}")
    for one in dependents(held, [result]):
        with progress_bar(one.dataset.id) as shown, reported(held, one.dataset.id, shown) as told:
            try:
                again = publish_landed(
                    held, one, memory_mb=_settings().pipeline_memory_mb, progress=told
                )
            except AlreadyRunning as error:
                again = Refresh(one.dataset.id, "failed", str(error))
        click.echo(f"{one.dataset.id}: {again.message}")


COMMANDS = (versions, rollback, withdraw)
