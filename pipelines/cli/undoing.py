"""Taking back what was published: an earlier version made live, or a file used no more.

A rollback replaces one pointer. A withdrawal marks the file, builds the dataset from the others and
publishes that; where nothing can be built it goes back to the newest version that was made without
the file, and where there is none it is refused, so that a dataset never vanishes unasked.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches

from data import logs
from data.registry import all_datasets
from data.versions import changes, undone
from data.versions.landed import (
    Landed,
    Withdrawn,
    files_of,
    landed,
    mark_withdrawn,
    take_back,
    withdrawn,
)
from data.versions.manifest import Manifest
from data.versions.snapshot import LAYOUT
from data.versions.store import Store
from data.versions.undone import Undo, ended
from pipelines.engine.runner import Refresh, publish_landed, quiet, record
from pipelines.engine.units import Progress, Series
from pipelines.locking.locks import refresh_lock

log = logging.getLogger(__name__)

LONGEST_REASON = 300  # characters
_SHA256 = re.compile(r"[0-9a-f]{6,64}", re.IGNORECASE)


class CannotUndo(ValueError):
    """What was asked for cannot be done; the message says why and what can."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Landed files of one dataset with the same bytes."""

    dataset_id: str
    files: tuple[Landed, ...]

    @property
    def named(self) -> str:
        return ", ".join(sorted({file.path.name for file in self.files}))


def reason(text: str) -> str:
    """A reason on one line. Raises `CannotUndo` where there is none, or a long one."""
    words = " ".join(text.split())
    if not words:
        raise CannotUndo("Say why: the reason is shown on the page of changes.")
    if len(words) > LONGEST_REASON:
        raise CannotUndo(f"Give the reason in at most {LONGEST_REASON} characters.")
    return words


def roll_back(store: Store, dataset_id: str, version: str, *, why: str, by: str) -> Refresh:
    """Make an earlier version live again. Raises `CannotUndo` and `AlreadyRunning`."""
    with (
        refresh_lock(store.root / "locks", f"{dataset_id}-check"),
        refresh_lock(store.root / "locks", dataset_id),
    ):
        undone.finish(store, dataset_id)
        target = _target(store, dataset_id, version)
        undo = undone.rollback(store, dataset_id, target, why=why, by=by)
        told = _tell(store, dataset_id, undo)
        result = Refresh(dataset_id, "published", told, target.version)
        changes.record(store, dataset_id, undo.name)
        record(store, result)
    return result


def _target(store: Store, dataset_id: str, version: str) -> Manifest:
    kept = store.versions(dataset_id)
    matches = [name for name in kept if name == version] or [
        name for name in kept if version and name.startswith(version)
    ]
    if len(matches) != 1:
        what = "is not one" if not matches else f"begins {len(matches)} of them"
        raise CannotUndo(
            f"{version or 'Nothing'} {what} of the versions kept of {dataset_id}: "
            f"{', '.join(kept) or 'none'}."
        )
    if matches[0] == store.current_version(dataset_id):
        raise CannotUndo(f"{matches[0]} is the live version of {dataset_id} already.")
    manifest = store.manifest(dataset_id, matches[0])
    if manifest is None:
        raise CannotUndo(f"The manifest of {matches[0]} cannot be read.")
    if manifest.layout != LAYOUT:
        raise CannotUndo(f"{matches[0]} was written by another Haresign and cannot be served.")
    if damage := store.damage(manifest):
        raise CannotUndo(f"{matches[0]} is damaged and cannot be served: {damage}.")
    return manifest


def _tell(store: Store, dataset_id: str, undo: Undo) -> str:
    """The log's event, and a sentence for whoever asked."""
    logs.event(
        log,
        "undone",
        dataset=dataset_id,
        kind=undo.kind,
        before=undo.before,
        after=undo.after,
        files=len(undo.files),
        by=undo.by,
        why=undo.why,
    )
    lines = [undo.words]
    if undo.after is not None:
        lines.append(f"The live version is {undo.after}.")
    if undo.files:
        names = sorted({name for _, name in undo.files})
        shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        lines.append(f"Not used until handed in again or issued with other bytes: {shown}.")
    elif undo.kind == "rollback":
        lines.append(
            "No file tells the versions apart: what was left is not published again unless a "
            "file or its way of reading changes."
        )
    return " ".join(lines)


def choose(store: Store, text: str, *, dataset_id: str | None = None) -> Chosen:
    """The landed file of a name, or of the beginning of a SHA-256. Raises `CannotUndo`.

    A name means the bytes under that name, a SHA-256 the bytes under whichever names they came.
    """
    name = text.strip().rpartition("/")[2]
    ids = [dataset_id] if dataset_id else [declared.id for declared in all_datasets()]
    files = [(one, file) for one in ids for file in landed(store.landing, one)]
    matches = [(one, file) for one, file in files if file.path.name == name]
    if not matches and _SHA256.fullmatch(name):
        matches = [(o, f) for o, f in files if f.receipt.sha256.startswith(name.lower())]
    if not matches:
        near = get_close_matches(name, sorted({file.path.name for _, file in files}), 3, 0.5)
        hint = f" Names like it: {', '.join(near)}." if near else ""
        raise CannotUndo(
            f"No landed file has the name {name or '(empty)'} or a SHA-256 that begins so "
            f"(give at least 6 characters).{hint}"
        )
    if len({one for one, _ in matches}) > 1:
        names = ", ".join(sorted({one for one, _ in matches}))
        raise CannotUndo(f"{name} is landed for {names}: say which with --dataset.")
    if len({file.receipt.sha256 for _, file in matches}) > 1:
        listed = "; ".join(
            f"{file.receipt.sha256[:12]} {file.path.name}, landed "
            f"{file.receipt.fetched_at:%Y-%m-%d %H:%M}, {file.receipt.bytes:,} bytes"
            for _, file in matches
        )
        raise CannotUndo(
            f"{name} may mean several files: give the beginning of the SHA-256. {listed}."
        )
    return Chosen(matches[0][0], tuple(file for _, file in matches))


def choose_all(store: Store, texts: Sequence[str], *, dataset_id: str | None = None) -> Chosen:
    """Several files of one dataset. Raises `CannotUndo`."""
    every = [choose(store, text, dataset_id=dataset_id) for text in texts]
    if len({chosen.dataset_id for chosen in every}) > 1:
        names = ", ".join(f"{chosen.named} of {chosen.dataset_id}" for chosen in every)
        raise CannotUndo(f"Withdraw the files of one dataset at a time: {names}.")
    return Chosen(every[0].dataset_id, tuple(file for one in every for file in one.files))


def withdraw(
    store: Store,
    series: Series,
    chosen: Chosen,
    *,
    why: str,
    by: str,
    memory_mb: int,
    progress: Progress = quiet,
) -> Refresh:
    """Use a file no more, and publish the dataset without it at once.

    Raises `CannotUndo` and `AlreadyRunning`.
    """
    dataset_id = series.dataset.id
    with refresh_lock(store.root / "locks", f"{dataset_id}-check"):
        known = {mark.identity for mark in withdrawn(store.landing, dataset_id)}
        files = [file for file in chosen.files if file.identity not in known]
        if not files:
            raise CannotUndo(f"{chosen.named} is withdrawn already.")
        before = store.manifest(dataset_id)
        marks = _marks(files, why)
        undo = Undo(
            kind="withdrawal",
            at=marks[0].at,
            before=before.version if before else None,
            after=None,
            why=why,
            words=f"{chosen.named} was withdrawn: {ended(why)}",
            by=by,
            files=tuple(mark.identity for mark in marks),
            undone=_made_with(store, dataset_id, marks),
        )
        mark_withdrawn(store.landing, dataset_id, marks)
        undone.write(store, dataset_id, undo)
        result = publish_landed(
            store, series, memory_mb=memory_mb, progress=progress, because=undo.words
        )
        live = store.manifest(dataset_id)
        if live is not None and before is not None and live.version == before.version:
            undo = _without_rebuilding(store, dataset_id, undo, marks, before, result)
            result = replace(result, outcome="published", version=undo.after)
        elif live is not None:
            undo = replace(undo, after=live.version)  # as told; the version itself says why
        return replace(result, message=f"{_tell(store, dataset_id, undo)} {result.message}")


def _marks(files: Sequence[Landed], why: str) -> list[Withdrawn]:
    now = datetime.now(UTC)
    unique = {
        file.identity: Withdrawn(file.path.name, file.receipt.sha256, why, now) for file in files
    }
    return list(unique.values())


def _made_with(store: Store, dataset_id: str, marks: Sequence[Withdrawn]) -> tuple[str, ...]:
    """The versions that are undone so far, and those made with the files."""
    gone = {mark.identity for mark in marks}
    versions = set(store.undone(dataset_id))
    for version in store.versions(dataset_id):
        manifest = store.manifest(dataset_id, version)
        if manifest is not None and files_of(manifest) & gone:
            versions.add(version)
    return tuple(sorted(versions))


def _without_rebuilding(
    store: Store,
    dataset_id: str,
    undo: Undo,
    marks: Sequence[Withdrawn],
    before: Manifest,
    result: Refresh,
) -> Undo:
    """The live version was not replaced: it does without the file, or an earlier one does."""
    if result.outcome == "unchanged" or undone.without(before, marks).periods == before.periods:
        undo = replace(
            undo,
            after=before.version,
            undone=tuple(name for name in undo.undone if name != before.version),
            words=f"{undo.words} The live version was not made of it.",
        )
        undone.write(store, dataset_id, undo)
        changes.record(store, dataset_id, undo.name)
        return undo
    for version in store.versions(dataset_id):
        manifest = store.manifest(dataset_id, version)
        if version in undo.undone or version >= before.version or manifest is None:
            continue
        if manifest.layout != LAYOUT or store.damage(manifest):
            continue
        undo = replace(undo, after=version)
        with refresh_lock(store.root / "locks", dataset_id):
            undone.write(store, dataset_id, undo)
            undone.apply(store, dataset_id, undo)
        changes.record(store, dataset_id, undo.name)
        return undo
    undone.forget(store, dataset_id, undo)
    take_back(store.landing, dataset_id, [mark.identity for mark in marks])
    names = ", ".join(mark.name for mark in marks)
    raise CannotUndo(
        f"{dataset_id} would have nothing left without {names}, so it was not withdrawn. Load the "
        f"right file first. ({result.message})"
    )


def use_again(
    store: Store,
    series: Series,
    chosen: Chosen,
    *,
    why: str,
    memory_mb: int,
    progress: Progress = quiet,
) -> Refresh:
    """Take a withdrawal back, and publish the dataset with the file at once."""
    dataset_id = series.dataset.id
    with refresh_lock(store.root / "locks", f"{dataset_id}-check"):
        back = take_back(store.landing, dataset_id, [file.identity for file in chosen.files])
        if not back:
            raise CannotUndo(f"{chosen.named} is not withdrawn.")
        for mark in back:
            logs.event(log, "withdrawal-taken-back", dataset=dataset_id, file=mark.name, why=why)
        words = f"{', '.join(mark.name for mark in back)} is used again: {ended(why)}"
        result = publish_landed(
            store, series, memory_mb=memory_mb, progress=progress, because=words
        )
        return replace(result, message=f"{words} {result.message}")
