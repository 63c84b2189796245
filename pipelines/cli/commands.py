"""`flask data …`: refresh, demonstration data, status and verification."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from data import periods
from data.registry import UnknownDataset, all_datasets, dataset
from data.settings import Settings
from data.spec import Dataset
from data.versions.manifest import Manifest
from data.versions.snapshot import LAYOUT
from data.versions.store import Store, active_store, store
from pipelines.cli import accept_cli, service_cli, undo_cli
from pipelines.cli.terminal import progress_bar
from pipelines.engine.runner import Refresh, publish_landed
from pipelines.engine.series import all_series, series
from pipelines.engine.units import Series
from pipelines.fetch.http import POLITE
from pipelines.locking.locks import AlreadyRunning
from pipelines.schedule.refreshing import dependents, refresh_dataset, tidy
from pipelines.schedule.reporting import reported

data = AppGroup("data")
for _command in (*service_cli.COMMANDS, *undo_cli.COMMANDS, accept_cli.accept):
    data.add_command(_command)


def _settings() -> Settings:
    return current_app.config["SETTINGS"]


def _chosen(names: tuple[str, ...]) -> list[Series]:
    try:
        return [series(name) for name in names] if names else list(all_series())
    except UnknownDataset as error:
        raise click.UsageError(str(error.args[0])) from error


@data.command()
@click.argument("datasets", nargs=-1)
@click.option(
    "--from",
    "paths",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="A file or folder already downloaded (CSV, CSV.gz, ZIP, XLSX or ODS). May be repeated.",
)
@click.option("--releases", type=int, help="How many releases to look at, newest first.")
def refresh(datasets: tuple[str, ...], paths: tuple[Path, ...], releases: int | None) -> None:
    """Fetch what is new on the publishers' pages, or load local files, and publish it."""
    chosen = _chosen(datasets)
    if paths and len(datasets) != 1:
        raise click.UsageError("Name one dataset with --from, such as: list-sizes --from PATH")
    real = store(_settings().home, "real")
    results = [_refresh_one(real, one, paths, releases) for one in chosen]
    _republish_dependents(real, results)  # printed; the exit status is that of what was asked for
    if any(result.is_trouble for result in results):
        sys.exit(1)


def _refresh_one(
    real: Store, one: Series, paths: tuple[Path, ...], releases: int | None
) -> Refresh:
    """Land and publish one dataset; whatever goes wrong becomes a printed reason."""
    with progress_bar(one.dataset.id) as progress:
        try:
            result = refresh_dataset(
                real,
                one,
                _settings(),
                paths=paths,
                releases=releases,
                manners=current_app.config.get("MANNERS", POLITE),
                progress=progress,
                say=lambda line: click.echo(line, err=True),
            )
        except (AlreadyRunning, OSError) as error:
            result = Refresh(one.dataset.id, "failed", str(error))
    for line in result.files:
        click.echo(f"{one.dataset.id}: {line}")
    click.echo(f"{one.dataset.id}: {result.message}", err=result.outcome == "failed")
    return result


def _republish_dependents(target: Store, results: list[Refresh]) -> None:
    """Datasets that use a version just replaced get their rates from the new one."""
    for one in dependents(target, results):
        result = _publish_again(target, one)
        click.echo(f"{one.dataset.id}: {result.message}")


@data.command()
@click.option("--scale", type=click.Choice(["small", "england"]), default="small")
@click.option("--seed", type=int, default=1948, show_default=True)
def demo(scale: str, seed: int) -> None:
    """Make fictional publications in the publishers' formats and load them."""
    home = _settings().home
    _finish(_load_demonstration(scale, seed))
    if not active_store(home).demo:
        click.echo("Real data is published here, so the site goes on showing that.")


@data.command()
def prepare() -> None:
    """Make ready to serve: demonstration data if there is no data, new file layouts if there are.

    Versions that an earlier Haresign wrote in another layout are built again from the landed
    files, without fetching anything. What killed processes left behind is removed.
    """
    tidy(_settings().home)
    held = active_store(_settings().home)
    if not held.published():
        _finish(_load_demonstration("small", 1948))
        return
    outdated = [
        one
        for one in all_series()
        if (manifest := held.manifest(one.dataset.id)) and manifest.layout != LAYOUT
    ]
    _finish([_publish_again(held, one) for one in outdated])


def _load_demonstration(scale: str, seed: int) -> list[Refresh]:
    from pipelines.demo.load import load_demonstration
    from pipelines.demo.publications import SIZES

    settings = _settings()
    practices, months = SIZES[scale]
    with progress_bar("demonstration data") as progress:
        return load_demonstration(
            store(settings.home, "demo"),
            settings,
            practices=practices,
            months=months,
            seed=seed,
            progress=progress,
        )


def _publish_again(target: Store, one: Series) -> Refresh:
    with progress_bar(one.dataset.id) as progress:
        memory = _settings().pipeline_memory_mb
        with reported(target, one.dataset.id, progress) as told:
            return publish_landed(target, one, memory_mb=memory, progress=told)


def _finish(results: list[Refresh]) -> None:
    for result in results:
        click.echo(f"{result.dataset}: {result.message}")
    if any(result.outcome == "failed" for result in results):
        sys.exit(1)


@data.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable, with control totals.")
def status(as_json: bool) -> None:
    """What is published, from which release, and how the last refresh ended."""
    held = active_store(_settings().home)
    if as_json:
        described = {d.id: _described(held, d.id) for d in all_datasets()}
        click.echo(json.dumps(described, indent=1))
        return
    if held.demo:
        click.echo("Demonstration data: every organisation and figure is fictional.")
    for declared in all_datasets():
        manifest = held.manifest(declared.id)
        last = held.status(declared.id)
        click.echo(f"\n{declared.id}: {declared.title}")
        if manifest is None:
            click.echo("  nothing published")
        else:
            _print_version(declared, manifest)
        if last:
            click.echo(f"  last refresh {last.checked_at:%Y-%m-%d %H:%M} {last.outcome}")
            click.echo(f"    {last.message}")
        for line in service_cli.outlook_lines(_settings(), held, declared):
            click.echo(f"  {line}")


def _print_version(declared: Dataset, manifest: Manifest) -> None:
    newest = manifest.periods[manifest.latest]
    click.echo(f"  version  {manifest.version}")
    click.echo(f"  release  {manifest.release.title} {manifest.release.url}".rstrip())
    first, last = (
        periods.key(declared.period, period) for period in (min(manifest.periods), manifest.latest)
    )
    control = declared.control
    click.echo(f"  periods  {first} to {last}: {len(manifest.periods)}")
    for period, record in manifest.periods.items():
        if record.partial:
            click.echo(f"  {periods.key(declared.period, period)}  {record.incompleteness}")
    click.echo(f"  newest   {newest.practices:,} practices, {newest.totals[control]:,} {control}")
    failed = [check for check in manifest.checks if not check.passed]
    click.echo(f"  checks   {len(manifest.checks) - len(failed)} of {len(manifest.checks)} passed")


def _described(held: Store, dataset_id: str) -> dict[str, object]:
    manifest = held.manifest(dataset_id)
    last = held.status(dataset_id)
    kind = dataset(dataset_id).period
    described: dict[str, object] = {
        "demo": held.demo,
        "version": manifest.version if manifest else None,
        "last_refresh": None,
        "next": service_cli.outlook(_settings(), held, dataset(dataset_id)),
        "periods": {},
    }
    if last:
        described["last_refresh"] = {
            "checked_at": last.checked_at.isoformat(),
            "succeeded_at": last.succeeded_at.isoformat() if last.succeeded_at else None,
            "outcome": last.outcome,
            "message": last.message,
            "failed_checks": [f"{c.name}: {c.found}" for c in last.checks if not c.passed],
        }
    if manifest:
        described |= {
            "made_at": manifest.made_at.isoformat(),
            "release": {
                "slug": manifest.release.slug,
                "title": manifest.release.title,
                "url": manifest.release.url,
                "published": str(manifest.release.published or "") or None,
            },
            "versions": list(held.versions(dataset_id)),
            "inputs": manifest.inputs,
            "checks": [
                {"name": c.name, "passed": c.passed, "found": c.found} for c in manifest.checks
            ],
            "notes": list(manifest.notes),
            "periods": {
                periods.written(kind, period): {
                    "practices": record.practices,
                    **record.totals,
                    "release": record.release,
                    **({"partial": record.incompleteness} if record.partial else {}),
                }
                for period, record in manifest.periods.items()
            },
        }
    return described


@data.command()
@click.option("--sample", type=int, default=200, show_default=True, help="Figures to recompute.")
def verify(sample: int) -> None:
    """Re-hash and recount every live version, and recompute figures from the landed files."""
    from pipelines.cli.verify import verify_store

    held = active_store(_settings().home)
    sound = True
    for line in verify_store(held, sample=sample):
        sound = sound and line.passed
        click.echo(f"{'ok    ' if line.passed else 'FAILED'} {line.name}: {line.found}")
    if not sound:
        sys.exit(1)
