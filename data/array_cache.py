"""The arrays of versions, kept on this host and filled from their Parquet when they are first read.

    <home>/cache/<real|demo>/<dataset>/<version>/   what `data.arrays` describes, and `note.json`

A version is its Parquet and its manifest; what lies here can be deleted at any time. Workers share
it. Nothing in it is believed unchecked: the note names the Parquet that it was filled from and the
SHA-256 of every array, and where either is another one the arrays are made again.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from data import arrays
from data.manifest import Manifest
from data.store import sha256_of

FOLDER = "cache"
NOTE = "note.json"
KEPT = 3  # versions of a dataset: the live one, and those asked for as they were published
_FORM = 1  # of the arrays; raise it when they change their meaning
_SOURCES = (arrays.CUBE, arrays.CURRENT, arrays.AREAS, arrays.BENCH)
_MEMORY = "256MB"
_MAKING = ".making-"


def place(version: Path) -> Path:
    """Where the arrays of a version's folder (see `data.store`) lie."""
    realm = version.parents[2]
    return realm.parent / FOLDER / realm.name / version.parent.name / version.name


@contextmanager
def opened(version: Path, manifest: Manifest) -> Iterator[Path]:
    """The folder of a version's arrays, made if need be, to be mapped while nobody replaces it."""
    with _alone(place(version)):
        yield _ready(version, place(version), manifest)


def prepare(staged: Path, version: Path, manifest: Manifest) -> None:
    """Make the arrays of a version that is about to be published, so that no reader waits."""
    with _alone(place(version)):
        _ready(staged, place(version), manifest)


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """One process at a time makes or opens the arrays of a dataset."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def digests(target: Path) -> dict[str, str]:
    """The SHA-256 of the arrays in a folder that has been opened."""
    note = json.loads((target / NOTE).read_text(encoding="utf-8"))
    return {str(name): str(digest) for name, digest in note["files"].items()}


def _ready(source: Path, target: Path, manifest: Manifest) -> Path:
    key = _key(manifest)
    if not _is_sound(target, key):
        _make(source, target, key, manifest)
    os.utime(target)
    return target


def _key(manifest: Manifest) -> str:
    """A digest of the Parquet that the arrays are filled from."""
    told = [(n, f.sha256) for n, f in sorted(manifest.files.items()) if n.endswith(_SOURCES)]
    return hashlib.sha256(repr((_FORM, told)).encode()).hexdigest()


def _is_sound(target: Path, key: str) -> bool:
    try:
        note = json.loads((target / NOTE).read_text(encoding="utf-8"))
        return bool(note["key"] == key) and all(
            sha256_of(target / name) == digest for name, digest in note["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _make(source: Path, target: Path, key: str, manifest: Manifest) -> None:
    """Fill a folder beside the target and put it there whole."""
    _clear(target, source.parent)
    making = target.with_name(f"{_MAKING}{os.getpid()}-{time.time_ns()}")
    making.mkdir()
    try:
        with duckdb.connect(":memory:", config={"threads": 1, "memory_limit": _MEMORY}) as con:
            con.execute("SET preserve_insertion_order = false")
            months = [f"{month:%Y-%m}" for month in sorted(manifest.periods)]
            arrays.fill(con, source, months, making)
        files = {path.name: sha256_of(path) for path in sorted(making.iterdir())}
        note = json.dumps({"key": key, "files": files}, indent=1)
        (making / NOTE).write_text(note, encoding="utf-8")
        making.rename(target)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _clear(target: Path, versions: Path) -> None:
    """Remove what is in the way, what a killed process left, and versions least recently read.

    Who has mapped an array keeps it.
    """
    folders = [path for path in target.parent.iterdir() if path.is_dir() and path != target]
    needed = [path for path in folders if (versions / path.name).exists()]
    needed.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in (target, *(path for path in folders if path not in needed[: KEPT - 1])):
        shutil.rmtree(path, ignore_errors=True)
