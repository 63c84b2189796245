"""A refresh: landed files in, a new version out, or the old one kept with the reason."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from data import array_cache, changes, logs, undone
from data.arrays import CUBE
from data.formula import quoted
from data.landed import withdrawn
from data.manifest import Check, Manifest, Outcome, Outlier, PeriodRecord, Release
from data.snapshot import LAYOUT, Snapshot, month_folder
from data.store import Store, describe_files, new_version
from pipelines import outliers, unplaced
from pipelines.assemble import assemble
from pipelines.checks import against_other_months, known_organisations
from pipelines.errors import UNREADABLE, why_unreadable
from pipelines.geography import patients
from pipelines.locks import refresh_lock
from pipelines.plan import MonthPlan, plan_months
from pipelines.tables import Tables
from pipelines.units import BadRelease, Month, Progress, Series, Sources
from pipelines.unpacking import Unpacker
from pipelines.uses import Reading

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refresh:
    """How a refresh ended, for the terminal and the status file."""

    dataset: str
    outcome: Outcome
    message: str
    version: str | None = None
    failed: tuple[Check, ...] = ()
    files: tuple[str, ...] = ()  # what became of each file that was handed in


@dataclass(slots=True)
class _Build:
    """Month folders of a version in the making."""

    staged: Path
    months: dict[date, tuple[MonthPlan, PeriodRecord, Month | None]] = field(default_factory=dict)
    failed: list[tuple[str, Check]] = field(default_factory=list)  # (release slug, check)
    rows: int = 0  # of the months built now, for progress


def quiet(step: str, done: float, *, rows: int | None = None, size: int | None = None) -> None:
    """Progress for callers that show none."""


def unseen(reading: Reading) -> None:
    """For callers that do not ask what became of each file."""


def publish_landed(
    store: Store,
    series: Series,
    *,
    memory_mb: int,
    progress: Progress = quiet,
    look: Callable[[Reading], None] = unseen,
    because: str = "",
) -> Refresh:
    """Build what changed from every landed file of a dataset and make it the live version.

    Only one refresh of a dataset runs at a time on a shared folder; a second one raises
    `AlreadyRunning`. A release that fails a check is left out whole, and its months stay as they
    were. Raises nothing for a bad release: the outcome says what was wrong. `look` is shown
    what was read and made, before it is published. `because` says why a version is made that no
    release asks for.
    """
    dataset_id = series.dataset.id
    with refresh_lock(store.root / "locks", dataset_id):
        started = time.monotonic()
        try:
            undone.finish(store, dataset_id)
            refresh = _publish(
                store, series, memory_mb=memory_mb, progress=progress, look=look, because=because
            )
        except (BadRelease, duckdb.Error, OSError) as error:
            refresh = Refresh(dataset_id, "failed", _in_words(error))
        if refresh.version and refresh.outcome != "unchanged":
            _record_changes(store, dataset_id, refresh.version)
        record(store, refresh, seconds=time.monotonic() - started)
        return refresh


def _record_changes(store: Store, dataset_id: str, version: str) -> None:
    """Keep what the version changed; a disk too full for that does not unpublish it."""
    try:
        found = changes.record(store, dataset_id, version)
    except OSError as error:
        log.error("the changes of %s could not be recorded: %s", dataset_id, error)
        return
    if found is not None:
        kinds = ("new", "revised", "reissued", "withdrawn")
        counts = {kind: len(found.kinds(kind)) for kind in kinds}  # type: ignore[arg-type]
        logs.event(log, "changes", dataset=dataset_id, version=version, **counts)


def _in_words(error: BadRelease | duckdb.Error | OSError) -> str:
    if isinstance(error, OSError) and error.errno is None:  # numpy says only how far it came
        return f"A file could not be written whole; the disk may have no space left ({error})."
    return str(error) if isinstance(error, BadRelease) else f"{type(error).__name__}: {error}"


def record(store: Store, refresh: Refresh, *, seconds: float = 0.0) -> None:
    """Keep how a refresh ended for the log and `flask data status`.

    A disk that is too full for the status must not hide the reason.
    """
    logs.event(
        log,
        "refresh",
        dataset=refresh.dataset,
        outcome=refresh.outcome,
        version=refresh.version,
        seconds=round(seconds, 1),
        message=refresh.message,
    )
    try:
        store.record_status(
            refresh.dataset, refresh.outcome, message=refresh.message, checks=refresh.failed
        )
    except OSError as error:
        log.error("the outcome of %s could not be recorded: %s", refresh.dataset, error)


def _publish(
    store: Store,
    series: Series,
    *,
    memory_mb: int,
    progress: Progress,
    look: Callable[[Reading], None],
    because: str,
) -> Refresh:
    dataset_id = series.dataset.id
    before = store.manifest(dataset_id)
    marks = withdrawn(store.landing, dataset_id)
    trusted = undone.without(before, marks) if before else None
    needs = {
        needed: Snapshot(store.version_folder(dataset_id=needed, version=m.version), m)
        for needed in series.dataset.needs
        if (m := store.manifest(needed)) is not None and m.layout == LAYOUT
    }
    staged = store.stage(dataset_id)
    try:
        with (
            tempfile.TemporaryDirectory(dir=staged, prefix=".scratch-") as scratch,
            _database(Path(scratch), memory_mb) as con,
            Unpacker() as unpacker,
        ):
            tables = Tables(
                store.landing, series, Path(scratch), unpacker=unpacker, progress=progress
            )
            build = _build_months(con, store, series, tables, needs, staged, trusted, progress)
            if before and trusted is not before:
                earlier, trusted = undone.earlier(store, before, marks, build.months)
                _go_back(build, earlier)
            look(_reading(series, tables, build))
            if not build.months:
                return _nothing(series, build, tables)
            if before and before.layout == LAYOUT and _same_months(build, before):
                return _unchanged(series, build, before, tables)
            if back := undone.held_back(store, dataset_id, _keys(build)):
                return Refresh(dataset_id, "unchanged", back)
            progress("adding up areas and benchmarks", 0.9)
            lists = patients(needs, {month: series.placed(month) for month in build.months})
            rows = assemble(con, staged, series.dataset, lists=lists)
            _require_control_totals(con, series, build)
            found = _outliers(con, series, build, trusted)
        manifest = _manifest(store, series, build, needs, rows, tables, trusted)
        manifest = replace(
            manifest,
            outliers=found,
            notes=(*(n for n in manifest.notes if outliers.WORDS not in n),
                   *outliers.notes(series, found)),
        )  # fmt: skip
        manifest = replace(manifest, because=because)
        array_cache.prepare(staged, store.version_folder(dataset_id, manifest.version), manifest)
        progress("publishing", 0.97)
        store.publish(staged, manifest)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    progress("done", 1.0)
    said = _said(build, tables)
    newest = series.named(manifest.latest)
    if said:
        return Refresh(
            dataset_id, "failed",
            f"Published up to {newest}, but not everything could be used. {said}",
            manifest.version, tuple(check for _, check in build.failed),
        )  # fmt: skip
    return Refresh(dataset_id, "published", f"Published up to {newest}.", manifest.version)


def _outliers(
    con: duckdb.DuckDBPyConnection, series: Series, build: _Build, before: Manifest | None
) -> tuple[Outlier, ...]:
    """Those of the periods built now and of their neighbours, and those known of the others."""
    held = sorted(build.months)
    built = {month for month, (_, _, done) in build.months.items() if done is not None}
    again = outliers.affected(held, built)
    known = before.outliers if before else ()
    kept = [one for one in known if one.period in build.months and one.period not in again]
    return (*kept, *outliers.find(con, build.staged, series.dataset, held=held, built=built))


def _reading(series: Series, tables: Tables, build: _Build) -> Reading:
    plans = {month: plan for month, (plan, _, _) in build.months.items()}
    return Reading(series, tables, plans, build.failed)


def _same_months(build: _Build, before: Manifest) -> bool:
    return _keys(build) == {month: record.key for month, record in before.periods.items()}


def _keys(build: _Build) -> dict[date, str]:
    return {month: record.key for month, (_, record, _) in build.months.items()}


def _require_control_totals(con: duckdb.DuckDBPyConnection, series: Series, build: _Build) -> None:
    """England in the finished cube must be what was counted while the months were read."""
    dataset = series.dataset
    parts = " + ".join(quoted(part) for part in dataset.measure(dataset.headline).num_parts)
    cubes = [str(month_folder(build.staged, month) / CUBE) for month in build.months]
    england = f"SELECT month, {parts} FROM read_parquet(?) WHERE level = 'england'"
    shown = dict(con.execute(england, [cubes]).fetchall())
    for month, (_, record, _) in build.months.items():
        counted, found = record.totals[dataset.control], shown.get(month)
        if found is None or _number(found) != counted:
            raise BadRelease(
                f"{dataset.control} of England in {series.named(month)} came out as {found}, but "
                f"the files add up to {counted:,}. Nothing was published; "
                "this is a mistake in Haresign. Please report it."
            )


def _number(total: int | float | Decimal) -> int | float:
    """A control total as the manifest keeps it: counts whole, others to six decimals."""
    return total if isinstance(total, int) else round(float(total), 6)


def _said(build: _Build, tables: Tables) -> str:
    """What went wrong, in sentences; empty when nothing did."""
    refusals = [f"{name} was refused: {reason}" for name, reason in tables.refused]
    failures = [f"{slug} failed the check “{c.name}”: {c.found}." for slug, c in build.failed]
    return " ".join([*refusals, *failures])


def _nothing(series: Series, build: _Build, tables: Tables) -> Refresh:
    unknown = (
        f"No file was recognised as {series.dataset.series}. "
        f"Looked at: {', '.join(tables.names) or 'nothing'}."
    )
    if waiting := sorted({table.name for table in tables.all}):
        unknown = (
            f"{', '.join(waiting)} can be shown only beside a release of {series.dataset.series}, "
            "and none of the same period is loaded. It is kept until then."
        )
    reason = _said(build, tables) or unknown
    return Refresh(
        series.dataset.id, "failed", reason, None, tuple(check for _, check in build.failed)
    )


def _unchanged(series: Series, build: _Build, before: Manifest, tables: Tables) -> Refresh:
    said = _said(build, tables)
    if said:
        return Refresh(
            series.dataset.id, "failed", f"Kept {series.named(before.latest)}. {said}",
            before.version,
            tuple(check for _, check in build.failed),
        )  # fmt: skip
    return Refresh(
        series.dataset.id, "unchanged", "Nothing new since the live version.", before.version
    )


@contextmanager
def _database(scratch: Path, memory_mb: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB for one refresh: bounded memory, spilling into the refresh's own scratch folder."""
    con = duckdb.connect(
        ":memory:",
        config={
            "threads": min(2, os.cpu_count() or 1),
            "memory_limit": f"{memory_mb}MB",
            "temp_directory": str(scratch / "spill"),
            "preserve_insertion_order": False,
            # Otherwise a try_cast moves into the CSV reader, where it fails instead of giving NULL.
            "disabled_optimizers": "type_pushdown",
        },
    )
    try:
        yield con
    finally:
        con.close()


def _build_months(
    con: duckdb.DuckDBPyConnection,
    store: Store,
    series: Series,
    tables: Tables,
    needs: dict[str, Snapshot],
    staged: Path,
    before: Manifest | None,
    progress: Progress,
) -> _Build:
    """Build every month whose key is new; start over without each release that fails a check."""
    build = _Build(staged)
    rejected = set(tables.incomplete)
    while True:
        plans = plan_months(series, tables.all, needs=needs, rejected=rejected)
        old = store.version_folder(series.dataset.id, before.version) if before else None
        for done, (month, plan) in enumerate(plans.items()):
            held = build.months.get(month)
            if held and held[1].key == plan.key:
                continue
            kept = before.periods.get(month) if before else None
            if old and kept and kept.key == plan.key:
                _link(month_folder(old, month), month_folder(staged, month))
                build.months[month] = (plan, kept, None)
                continue
            progress(
                f"reading {series.named(month)}", 0.1 + 0.75 * done / len(plans), rows=build.rows
            )
            build.months[month] = _build_month(con, series, plan, staged, tables)
            build.rows += _rows_of(con, month_folder(staged, month))
        for month in build.months.keys() - plans.keys():
            shutil.rmtree(month_folder(staged, month), ignore_errors=True)
            del build.months[month]
        if before and old:
            _keep_older(build, before, old, staged)
        failures = _failures(series, build, con, before)
        if not failures:
            return build
        build.failed += failures
        rejected |= {slug for slug, _ in failures}


def _keep_older(build: _Build, before: Manifest, old: Path, staged: Path) -> None:
    """Months that only a rejected release would give stay as the live version has them."""
    for month, record in before.periods.items():
        if month not in build.months:
            _link(month_folder(old, month), month_folder(staged, month))
            build.months[month] = (_no_plan(record), record, None)


def _go_back(build: _Build, earlier: undone.Earlier) -> None:
    """Months that nothing gives any more but a withdrawn file become what they were before it."""
    for month, (folder, record) in earlier.items():
        _link(month_folder(folder, month), month_folder(build.staged, month))
        build.months[month] = (_no_plan(record), record, None)


def _no_plan(record: PeriodRecord) -> MonthPlan:
    return MonthPlan(Sources(date.min, {}, {}, {}), record.release, record.key)


def _link(source: Path, target: Path) -> None:
    """Share an unchanged month with the version it comes from: same files, no copy."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, copy_function=os.link)


def _build_month(
    con: duckdb.DuckDBPyConnection, series: Series, plan: MonthPlan, staged: Path, tables: Tables
) -> tuple[MonthPlan, PeriodRecord, Month | None]:
    folder = month_folder(staged, plan.sources.month)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    names = {
        kind: tuple(table.name for table in found) for kind, found in plan.sources.tables.items()
    }
    try:
        month = series.build(con, plan.sources, folder)
        if empty := [name for name, total in month.totals.items() if total is None]:
            raise BadRelease(f"no row has a figure from which {empty[0]} could be counted")
        beside = unplaced.note(con, folder, series=series, period=plan.sources.month)
        encodings = _encodings(series, plan, tables)
        month = replace(month, notes=(*month.notes, *beside, *encodings))
    except UNREADABLE as error:
        files = ", ".join(sorted(name for found in names.values() for name in found))
        month = Month(0, {}, (Check("readable", False, f"{files}: {why_unreadable(error)}"),))
    record = PeriodRecord(
        month.practices,
        {name: _number(total) for name, total in month.totals.items()},
        plan.release,
        names,
        plan.key,
    )
    return plan, record, month


def _encodings(series: Series, plan: MonthPlan, tables: Tables) -> list[str]:
    """A note for each table of the month whose text is not UTF-8."""
    used = {table.name for found in plan.sources.tables.values() for table in found}
    undated = (t for found in plan.sources.nearby.values() for t in found if t.period is None)
    used |= {table.name for table in undated}
    return [
        f"{series.named(plan.sources.month)}: {name} is not in UTF-8; it was read as Windows-1252."
        for name in sorted(used & tables.in_windows_1252)
    ]


def _rows_of(con: duckdb.DuckDBPyConnection, folder: Path) -> int:
    """Rows of a month's finest table; 0 where it could not be built."""
    fact = folder / "fact.parquet"
    if not fact.exists():
        return 0
    found = con.execute("SELECT num_rows FROM parquet_file_metadata(?)", [str(fact)]).fetchall()
    return int(found[0][0])


def _failures(
    series: Series,
    build: _Build,
    con: duckdb.DuckDBPyConnection,
    before: Manifest | None,
) -> list[tuple[str, Check]]:
    """Failed checks of the months that were built now, each with the release it came from."""
    failures = []
    for month, (plan, _, built) in sorted(build.months.items()):
        if built is None:
            continue
        failed = [check for check in built.checks if not check.passed]
        if not failed:
            totals = {m: record.totals for m, (_, record, _) in build.months.items()}
            checks = [
                against_other_months(series, month, totals, known=before),
                known_organisations(con, month_folder(build.staged, month), month, series=series),
            ]
            failed = [check for check in checks if not check.passed]
        failures += [
            (slug, replace(check, found=f"{series.named(month)}: {check.found}"))
            for slug, check in (*((plan.release, check) for check in failed), *built.refused)
        ]
    return failures


def _manifest(
    store: Store,
    series: Series,
    build: _Build,
    needs: dict[str, Snapshot],
    rows: dict[str, int],
    tables: Tables,
    before: Manifest | None,
) -> Manifest:
    used = {record.release for _, record, _ in build.months.values()}
    releases: dict[str, Release] = {r.slug: r for r in (before.releases if before else ())}
    releases |= {release.slug: release for release in tables.releases}
    digest = hashlib.sha256("".join(r.key for _, r, _ in build.months.values()).encode())
    built = [month for _, _, month in build.months.values() if month is not None]
    notes = [note for month in built for note in month.notes]
    if before:
        rebuilt = {
            series.named(m) for m, (_, _, month) in build.months.items() if month is not None
        }
        notes += [n for n in before.notes if n not in notes and not any(r in n for r in rebuilt)]
    checks = tuple(
        replace(check, found=f"{series.named(month)}: {check.found}")
        for month, (_, _, done) in sorted(build.months.items())
        if done is not None
        for check in done.checks
    )
    return Manifest(
        dataset=series.dataset.id,
        version=new_version(digest.hexdigest()),
        made_at=datetime.now(UTC).replace(microsecond=0),
        demo=store.demo,
        transform=series.transform,
        layout=LAYOUT,
        releases=tuple(release for slug, release in sorted(releases.items()) if slug in used),
        inputs={needed: snapshot.version for needed, snapshot in needs.items()},
        periods={month: record for month, (_, record, _) in sorted(build.months.items())},
        checks=checks,
        notes=tuple(notes),
        files=describe_files(build.staged, rows),
    )
