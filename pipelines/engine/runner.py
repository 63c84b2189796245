"""A refresh: landed files in, a new version out, or the old one kept with the reason."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from data import logs
from data.formula import quoted
from data.month_block import CUBE
from data.versions import array_cache, changes, undone
from data.versions.accepted import Accepted, accepted, record_refused
from data.versions.landed import withdrawn
from data.versions.manifest import Check, Manifest, Outcome, Outlier, Release
from data.versions.snapshot import LAYOUT, VersionFiles, month_folder
from data.versions.store import Store, describe_files, new_version
from pipelines.engine import alone, outliers
from pipelines.engine.assemble import assemble
from pipelines.engine.building import Build, Builder
from pipelines.engine.geography import patients
from pipelines.engine.sizes import number
from pipelines.engine.tables import Tables
from pipelines.engine.units import BadRelease, Progress, Series
from pipelines.engine.uses import Reading
from pipelines.files.unpacking import Unpacker
from pipelines.locking.locks import refresh_lock

log = logging.getLogger(__name__)

_LISTS = "list-sizes"
_PARTIAL = " is not whole; "  # in notes that are written anew with every version


@dataclass(frozen=True, slots=True)
class Refresh:
    """How a refresh ended, for the terminal and the status file.

    `refusals` is why files and releases are not used, None where none was read. `is_known` says
    of a failure that an earlier refresh has reported all of it.
    """

    dataset: str
    outcome: Outcome
    message: str
    version: str | None = None
    failed: tuple[Check, ...] = ()
    files: tuple[str, ...] = ()  # what became of each file that was handed in
    refusals: tuple[str, ...] | None = None
    is_known: bool = False

    @property
    def is_trouble(self) -> bool:
        """Whether somebody has to be told, who has not been told already."""
        return self.outcome == "failed" and not self.is_known


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
            refresh = replace(refresh, is_known=_is_known(store, refresh))
        except (BadRelease, duckdb.Error, OSError) as error:
            refresh = Refresh(dataset_id, "failed", _in_words(error))
        if refresh.version and refresh.outcome != "unchanged":
            _record_changes(store, dataset_id, refresh.version)
        record(store, refresh, seconds=time.monotonic() - started)
        return refresh


def _is_known(store: Store, refresh: Refresh) -> bool:
    """Whether what is live was kept or made anew, and each refusal was reported before."""
    before = store.status(refresh.dataset)
    if refresh.version is None or before is None:
        return False
    return bool(refresh.refusals) and {*(refresh.refusals or ())} <= {*before.refusals}


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
    if "No space left on device" in str(error):  # the system's words, which DuckDB passes on
        return "The disk has no space left, so nothing was published. Make room and run it again."
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
            refresh.dataset,
            refresh.outcome,
            message=refresh.message,
            checks=refresh.failed,
            refusals=refresh.refusals,
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
        needed: VersionFiles(store.version_folder(dataset_id=needed, version=m.version), m)
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
            old = store.version_folder(dataset_id, before.version) if before else None
            let_through = accepted(store, dataset_id)
            periods = frozenset((one.period, one.files) for one in let_through)
            damaged = _damaged(old, before) if old and before else frozenset()
            builder = Builder(
                con,
                series,
                tables,
                needs,
                trusted,
                old,
                periods,
                progress,
                damaged,
                _lists(store, series),
            )
            build = builder.build(staged)
            record_refused(store, dataset_id, [one.refused() for one in build.failed if one.judged])
            if before and trusted is not before:
                earlier, trusted = undone.earlier(store, before, marks, build.months)
                build.go_back(earlier)
            look(_reading(series, tables, build))
            if not build.months:
                return _nothing(series, build, tables)
            is_sound = before and before.layout == LAYOUT and not damaged
            if before and is_sound and _same_months(build, before):
                return _unchanged(series, build, before, tables)
            if back := undone.held_back(store, dataset_id, _keys(build)):
                return Refresh(dataset_id, "unchanged", back)
            progress("adding up areas and benchmarks", 0.9)
            lists = patients(needs, {month: series.placed(month) for month in build.months})
            rows = assemble(con, staged, series.dataset, lists=lists)
            _require_control_totals(con, series, build)
            found = _outliers(con, series, build, trusted)
        like = (old, before) if old and before else None
        manifest = _manifest(store, series, build, needs, rows, tables, trusted, let_through, like)
        manifest = replace(
            manifest,
            outliers=found,
            notes=(
                *(n for n in manifest.notes if outliers.WORDS not in n and alone.UNSEEN not in n),
                *alone.notes(series, build.months),
                *outliers.notes(series, found),
            ),
        )
        manifest = replace(manifest, because=because)
        array_cache.prepare(staged, store.version_folder(dataset_id, manifest.version), manifest)
        progress("publishing", 0.97)
        store.publish(staged, manifest)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    progress("done", 1.0)
    said = _said(series, build, tables)
    newest = series.named(manifest.latest)
    if said:
        return Refresh(
            dataset_id,
            "failed",
            f"Published up to {newest}, but not everything could be used. {said}",
            manifest.version,
            _failed(build),
            refusals=_refusals(series, build, tables),
        )
    return Refresh(
        dataset_id, "published", f"Published up to {newest}.", manifest.version, refusals=()
    )


def _lists(store: Store, series: Series) -> VersionFiles | None:
    """The live list sizes, which say of other datasets' first periods who is missing."""
    live = store.manifest(_LISTS) if series.dataset.id != _LISTS else None
    if live is None or live.layout != LAYOUT:
        return None
    return VersionFiles(store.version_folder(dataset_id=_LISTS, version=live.version), live)


def _outliers(
    con: duckdb.DuckDBPyConnection, series: Series, build: Build, before: Manifest | None
) -> tuple[Outlier, ...]:
    """Those of the periods built now and of their neighbours, and those known of the others."""
    held = sorted(build.months)
    built = {month for month, (_, _, done) in build.months.items() if done is not None}
    again = outliers.affected(held, built)
    known = before.outliers if before else ()
    kept = [one for one in known if one.period in build.months and one.period not in again]
    return (*kept, *outliers.find(con, build.staged, series.dataset, held=held, built=built))


def _reading(series: Series, tables: Tables, build: Build) -> Reading:
    plans = {month: plan for month, (plan, _, _) in build.months.items()}
    return Reading(series, tables, plans, [(one.issue, one.check) for one in build.failed])


def _damaged(version: Path, manifest: Manifest) -> frozenset[date]:
    """Months of a version of which a file is not what it was: they are read anew."""
    if manifest.layout != LAYOUT:
        return frozenset()
    wrong = {path.parent.name for path in array_cache.wrong(version, manifest)}
    return frozenset(month for month in manifest.periods if f"{month:%Y-%m}" in wrong)


def _same_months(build: Build, before: Manifest) -> bool:
    held = {month: (record.key, record.missing) for month, record in before.periods.items()}
    now = {month: (record.key, record.missing) for month, (_, record, _) in build.months.items()}
    return now == held


def _keys(build: Build) -> dict[date, str]:
    return {month: record.key for month, (_, record, _) in build.months.items()}


def _failed(build: Build) -> tuple[Check, ...]:
    return tuple(failure.check for failure in build.failed)


def _require_control_totals(con: duckdb.DuckDBPyConnection, series: Series, build: Build) -> None:
    """England in the finished cube must be what was counted while the months were read."""
    dataset = series.dataset
    parts = " + ".join(quoted(part) for part in dataset.measure(dataset.headline).num_parts)
    cubes = [str(month_folder(build.staged, month) / CUBE) for month in build.months]
    england = f"SELECT month, {parts} FROM read_parquet(?) WHERE level = 'england'"
    shown = dict(con.execute(england, [cubes]).fetchall())
    for month, (_, record, _) in build.months.items():
        counted, found = record.totals[dataset.control], shown.get(month)
        if found is None or number(found) != counted:
            raise BadRelease(
                f"{dataset.control} of England in {series.named(month)} came out as {found}, but "
                f"the files add up to {counted:,}. Nothing was published; "
                "this is a mistake in Haresign. Please report it."
            )


def _refusals(series: Series, build: Build, tables: Tables) -> tuple[str, ...]:
    """Why each file and release is not used, in sentences."""
    files = (f"{name} was refused: {reason}" for name, reason in tables.refused)
    return (*files, *(failure.said(series) for failure in build.failed))


def _said(series: Series, build: Build, tables: Tables) -> str:
    """What went wrong, in sentences; empty when nothing did."""
    sentences = list(_refusals(series, build, tables))
    reasons = [reason for _, reason in tables.refused]
    if reasons and not any("flask data withdraw" in reason for reason in reasons):
        first = tables.refused[0][0]
        advice = f'To set it aside for good: flask data withdraw "{first}" --why "…".'
        sentences.insert(len(reasons), advice)
    return " ".join(sentences)


def _nothing(series: Series, build: Build, tables: Tables) -> Refresh:
    unknown = (
        f"No file was recognised as {series.dataset.series}. "
        f"Looked at: {', '.join(tables.names) or 'nothing'}."
    )
    if waiting := sorted({table.name for table in tables.all}):
        unknown = (
            f"{', '.join(waiting)} can be shown only beside a release of {series.dataset.series}, "
            "and none of the same period is loaded. It is kept until then."
        )
    reason = _said(series, build, tables) or unknown
    refusals = _refusals(series, build, tables)
    return Refresh(series.dataset.id, "failed", reason, None, _failed(build), refusals=refusals)


def _unchanged(series: Series, build: Build, before: Manifest, tables: Tables) -> Refresh:
    said = _said(series, build, tables)
    if said:
        return Refresh(
            series.dataset.id,
            "failed",
            f"Kept {series.named(before.latest)}. {said}",
            before.version,
            _failed(build),
            refusals=_refusals(series, build, tables),
        )
    return Refresh(
        series.dataset.id,
        "unchanged",
        "Nothing new since the live version.",
        before.version,
        refusals=(),
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


def _judged_notes(series: Series, build: Build, let_through: Sequence[Accepted]) -> Iterator[str]:
    """What is not whole, and what a person let through."""
    for month, (plan, record, built) in sorted(build.months.items()):
        if record.partial:
            yield f"{series.named(month)}{_PARTIAL}{record.incompleteness}."
        for one in let_through if built else ():
            if one.period == month and one.files in (record.files, plan.every_file):
                yield (
                    f"{one.who} let {series.named(month)} through on {one.at:%-d %B %Y} "
                    f"({one.why}), although it had been refused: {one.reason}."
                )


def _manifest(
    store: Store,
    series: Series,
    build: Build,
    needs: dict[str, VersionFiles],
    rows: dict[str, int],
    tables: Tables,
    before: Manifest | None,
    let_through: Sequence[Accepted],
    like: tuple[Path, Manifest] | None,
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
        notes += [
            note
            for note in before.notes
            if note not in notes and _PARTIAL not in note and not any(r in note for r in rebuilt)
        ]
    notes += _judged_notes(series, build, let_through)
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
        files=describe_files(build.staged, rows, like=like),
    )
