"""The arrays of versions, kept on this host and filled from their Parquet when they are first read.

    <home>/cache/<real|demo>/<dataset>/<month>.<key>.<SHA-256>  a block (see `data.month_block`)
    <home>/cache/<real|demo>/<dataset>/<version>.json           what belongs to a version

What lies here can be deleted at any time. A block's key stands for the Parquet that it was filled
from, so versions share the blocks that they have in common, and a new version costs its new months.
Processes that read a version put its months together in one file without a name, which they share
(`data.unnamed`). Nothing is believed unchecked: the name of a block's file holds its digest.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import duckdb

from data import month_block, unnamed
from data.checked import Checked
from data.spec import Dataset
from data.versions import arrays
from data.versions.arrays import Arrays
from data.versions.manifest import Manifest
from data.versions.store import DamagedVersion
from data.versions.watch import Watched, WatchedMemory

log = logging.getLogger(__name__)
FOLDER = "cache"
KEPT = 3  # versions of a dataset: the live one, and those asked for as they were published
_FORM = 3  # of the months; raise it when they change their meaning
_MEMORY = "256MB"
_MAKING = ".making-"
LOCK = ".lock"


@dataclass(slots=True)
class _Note:
    """What is known on this host about a version."""

    months: dict[str, list[str]] = field(default_factory=dict)  # names of the files of each month
    checked: list[list[int | str]] = field(default_factory=list)  # see `data.checked`
    identity: list[int] = field(default_factory=list)  # of the file without a name
    holders: list[list[int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Opened:
    """The arrays of a version, and the files that they are in."""

    arrays: Arrays
    shared: unnamed.Unnamed
    watched: tuple[Watched | WatchedMemory, ...]


def place(version: Path) -> Path:
    """Where what is kept of a dataset lies, for the folder of one of its versions."""
    realm = version.parents[2]
    return realm.parent / FOLDER / realm.name / version.parent.name


def opened(
    version: Path, manifest: Manifest, declared: Dataset, *, months: Sequence[str] | None = None
) -> Opened:
    """A version's arrays, or those of some of its months, made if need be."""
    cache = place(version)
    with _alone(cache):
        note, checked = _read(cache, version.name)
        held = _prepared(version, cache, manifest, checked, months)
        if months is not None:
            file = _together(cache, held, declared)  # nobody else wants just these
        else:
            file = _shared(cache, held, note) or _together(cache, held, declared)
            holders = unnamed.holding(
                file.identity, [(process, number) for process, number in note.holders]
            )
            note.identity = list(file.identity)
            note.holders = [list(holder) for holder in (*holders, file.holder)]
            _write(cache, version, note, held, checked)
    names = [name for blocks in held.values() for name in blocks]
    blocks = [Watched(cache / name, _digest(name), cached=True) for name in names]
    memory = WatchedMemory(file.mapped, cache)
    return Opened(arrays.view(file.mapped), file, (memory, *blocks))


def _shared(cache: Path, held: dict[str, list[str]], note: _Note) -> unnamed.Unnamed | None:
    """The file in which another process has put the same months together."""
    if held != note.months or not note.identity:
        return None
    device, inode, size = note.identity
    identity = device, inode, size
    return unnamed.shared(identity, unnamed.holding(identity, _holders(note)))


def _holders(note: _Note) -> list[unnamed.Holder]:
    return [(process, number) for process, number in note.holders]


def _together(cache: Path, held: dict[str, list[str]], declared: Dataset) -> unnamed.Unnamed:
    blocks = {month: [cache / name for name in names] for month, names in held.items()}
    return unnamed.written(cache, partial(arrays.write, months=blocks, declared=declared))


def prepare(source: Path, version: Path, manifest: Manifest) -> None:
    """Make the months of a version that is about to be published, so that no reader waits.

    Months that are not what they were made as are made again.
    """
    cache = place(version)
    with _alone(cache):
        note, checked = _read(cache, version.name)
        held = _prepared(source, cache, manifest, checked)
        _write(cache, version, note, held, checked)


def wrong(version: Path, manifest: Manifest) -> list[Path]:
    """A version's files that are not what its manifest says; they are read once on a host."""
    cache = place(version)
    with _alone(cache):
        note, checked = _read(cache, version.name)
        found = checked.wrong({version / n: file.sha256 for n, file in manifest.files.items()})
        _write(cache, version, note, note.months, checked)
    return found


def damage(version: Path, manifest: Manifest) -> str | None:
    """What is wrong with a version's files, in words."""
    found = wrong(version, manifest)
    if not found:
        return None
    name = found[0].relative_to(version)
    if not found[0].is_file():
        return f"{name} is missing"
    size, expected = found[0].stat().st_size, manifest.files[str(name)].bytes
    if size != expected:
        return f"{name} has {size} bytes instead of {expected}"
    return f"{name} does not have the SHA-256 that its manifest records"


def forget(version: Path) -> None:
    """Put the months of a version together anew when it is opened next: its memory is wrong."""
    cache = place(version)
    with _alone(cache):
        note, checked = _read(cache, version.name)
        note.holders = []
        _write(cache, version, note, note.months, checked)


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """One process at a time makes or opens the arrays of a dataset."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read(cache: Path, version: str) -> tuple[_Note, Checked]:
    """What is known about a version, and which files were found right, whoever asked."""
    notes = {path.stem: note for path in cache.glob("*.json") if (note := _noted(path))}
    return notes.get(version, _Note()), Checked.of(note.checked for note in notes.values())


def _noted(path: Path) -> _Note | None:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        note = _Note(**raw)
        Checked.of([note.checked])
        _ = [int(n) for n in (*note.identity, *(n for both in note.holders for n in both))]
        _ = [name.partition(".") for names in note.months.values() for name in names]
        return note if len(note.identity) in (0, 3) else None
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def _write(
    cache: Path, version: Path, note: _Note, months: dict[str, list[str]], checked: Checked
) -> None:
    """Keep what is known about a version, and remove what no version needs any more."""
    note.months, note.checked = months, checked.noted()
    fresh = cache / f"{_MAKING}{os.getpid()}"
    try:
        fresh.write_text(json.dumps(asdict(note)), encoding="utf-8")
        fresh.replace(cache / f"{version.name}.json")
    except OSError as error:
        fresh.unlink(missing_ok=True)
        if error.errno not in unnamed.FULL:
            raise
        log.warning("no room for what is known about %s: the next reader finds out", version.name)
    _clear(cache, version)


def _prepared(
    source: Path,
    cache: Path,
    manifest: Manifest,
    checked: Checked,
    months: Sequence[str] | None = None,
) -> dict[str, list[str]]:
    """The names of the files of each month of a version; what is missing or wrong is made."""
    there = {path.name.rpartition(".")[0]: path.name for path in cache.glob("*.*.*")}
    names: dict[str, list[str]] = {}
    missing: list[_Wanted] = []
    for wanted in _wanted(manifest):
        if months is not None and wanted.month not in months:
            continue
        name = there.get(wanted.start, "")
        if not name or not checked.is_right(cache / name, _digest(name)):
            (cache / (name or wanted.start)).unlink(missing_ok=True)
            missing.append(wanted)
        names.setdefault(wanted.month, []).append(name)
    if missing:
        with duckdb.connect(":memory:", config={"threads": 1, "memory_limit": _MEMORY}) as con:
            for wanted in missing:
                folder = source / "months" / wanted.month
                files = {folder / name: sha256 for name, sha256 in wanted.sources}
                if damaged := checked.wrong(files):
                    raise DamagedVersion(f"{damaged[0]} does not have the SHA-256 of its manifest")
                sources = [name for name, _ in wanted.sources]
                name = _make(cache, wanted.start, month_block.fill(con, folder, sources))
                names[wanted.month][wanted.place] = name
                checked.is_right(cache / name, _digest(name))
    return names


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A block that a version needs."""

    month: str
    place: int  # among those of the month
    sources: list[tuple[str, str]]  # the Parquet that it is filled from, with its digests

    @property
    def start(self) -> str:
        """What the name of its file begins with."""
        key = hashlib.sha256(repr((_FORM, self.sources)).encode()).hexdigest()
        return f"{self.month}.{key[:32]}"


def _wanted(manifest: Manifest) -> Iterator[_Wanted]:
    for period in sorted(manifest.periods):
        folder = f"months/{period:%Y-%m}"
        for place, names in enumerate(month_block.BLOCKS):
            known = [(name, manifest.files.get(f"{folder}/{name}")) for name in names]
            sources = [(name, file.sha256) for name, file in known if file is not None]
            if sources and sources[0][0] == names[0]:  # there is no block of a month without it
                yield _Wanted(f"{period:%Y-%m}", place, sources)


def _digest(name: str) -> str:
    return name.rpartition(".")[2]


def _make(cache: Path, start: str, block: month_block.Block) -> str:
    """Write a month's file whole and name it after what it holds."""
    fresh = cache / f"{_MAKING}{os.getpid()}"
    digest = hashlib.sha256()
    with fresh.open("wb") as stream:
        for chunk in month_block.packed(block):
            digest.update(chunk)
            stream.write(chunk)
    name = f"{start}.{digest.hexdigest()}"
    fresh.replace(cache / name)
    return name


def _clear(cache: Path, version: Path) -> None:
    """Remove what a killed process left, notes of versions least recently read, and their months.

    Who has put months together keeps them.
    """
    notes = [path for path in cache.glob("*.json") if path.stem != version.name]
    needed = [path for path in notes if (version.parent / path.stem).exists()]
    needed.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    kept = [cache / f"{version.name}.json", *needed[: KEPT - 1]]
    notes_kept = [note for path in kept if (note := _noted(path))]
    months = {name for note in notes_kept for names in note.months.values() for name in names}
    for path in cache.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != LOCK and path not in kept and path.name not in months:
            path.unlink(missing_ok=True)
