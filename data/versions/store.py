"""Published versions on disk: immutable folders, a manifest in each, one pointer to the live one.

    <home>/<real|demo>/landing/<dataset>/...             files as the publisher issued them
    <home>/<real|demo>/snapshots/<dataset>/<version>/    what the site reads
    <home>/<real|demo>/snapshots/<dataset>/current.json  the live version's name
    <home>/<real|demo>/status/<dataset>.json             the outcome of the last refresh
    <home>/<real|demo>/cited/<dataset>/<version>/...     who needs a version to stay
    <home>/<real|demo>/changes/<dataset>/<version>.json  what a version changed
    <home>/<real|demo>/undone/<dataset>/<moment>.json    what was rolled back or withdrawn, and why
    <home>/<real|demo>/running/<dataset>.json            what a refresh is doing now
    <home>/real/schedule/<dataset>.json                  when a dataset is looked at next

Real and demonstration data live in separate trees, so that they cannot mix. The site serves the
real tree as soon as it holds one published dataset.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from data.digests import HASHED_AT_ONCE, sha256_of
from data.versions.manifest import Check, FileRecord, Manifest, Outcome, RefreshStatus, plain

log = logging.getLogger(__name__)

Realm = Literal["real", "demo"]
MANIFEST = "manifest.json"
POINTER = "current.json"
STAGING_PREFIX = ".staging-"
COLLECTED_PREFIX = ".collected-"
STALE_STAGING_SECONDS = 24 * 60 * 60


class DamagedVersion(RuntimeError):
    """A file of a published version is missing or is not what its manifest says."""


def fsync_path(path: Path) -> None:
    """Flush one file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_atomically(path: Path, text: str) -> None:
    """Replace a small file so that a reader sees the old text or the new, never a mixture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with fresh.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)
        fsync_path(path.parent)
    finally:
        fresh.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Store:
    """One tree of landing files and published versions."""

    root: Path
    demo: bool

    @property
    def snapshots(self) -> Path:
        return self.root / "snapshots"

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    def folder(self, dataset_id: str) -> Path:
        return self.snapshots / dataset_id

    def pointer(self, dataset_id: str) -> Path:
        return self.folder(dataset_id) / POINTER

    def current_version(self, dataset_id: str) -> str | None:
        """What the pointer names; the newest version that was not undone if it cannot be read."""
        try:
            text = self.pointer(dataset_id).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError):
            text = ""
        try:
            version = json.loads(text)["version"]
        except (ValueError, KeyError, TypeError):
            version = None
        if isinstance(version, str) and version:
            return version
        log.error("the pointer of %s cannot be read; the newest version is served", dataset_id)
        return next(iter(self._sound_before(dataset_id, None)), None)

    def _sound_before(self, dataset_id: str, version: str | None) -> Iterator[str]:
        """Versions older than one, or all, newest first, whose manifests can be read."""
        undone = self.undone(dataset_id)
        for older in self.versions(dataset_id):
            if older in undone or (version is not None and older >= version):
                continue
            if self._manifest(dataset_id, older) is not None:
                yield older

    def published(self) -> tuple[str, ...]:
        """Ids of the datasets that have a live version."""
        return tuple(sorted(path.parent.name for path in self.snapshots.glob(f"*/{POINTER}")))

    def versions(self, dataset_id: str) -> tuple[str, ...]:
        """Every published version, newest first."""
        found = self.folder(dataset_id).glob(f"[!.]*/{MANIFEST}")
        return tuple(sorted((path.parent.name for path in found), reverse=True))

    def version_folder(self, dataset_id: str, version: str) -> Path:
        return self.folder(dataset_id) / version

    def manifest(self, dataset_id: str, version: str | None = None) -> Manifest | None:
        """The manifest of a version; None where there is none that can be read.

        Without a version that of the live one, or of the newest before it that can be read.
        """
        if version is not None:
            return self._manifest(dataset_id, version)
        live = self.current_version(dataset_id)
        if live is None:
            return None
        found = self._manifest(dataset_id, live)
        if found is None:
            older = next(self._sound_before(dataset_id, live), None)
            found = self._manifest(dataset_id, older) if older is not None else None
        return found

    def _manifest(self, dataset_id: str, version: str) -> Manifest | None:
        path = self.version_folder(dataset_id, version) / MANIFEST
        try:
            return Manifest.from_json(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.error("%s %s has no manifest that can be read: %s", dataset_id, version, error)
            return None

    def stage(self, dataset_id: str) -> Path:
        """A new folder in which to build a version; abandoned ones are removed."""
        folder = self.folder(dataset_id)
        folder.mkdir(parents=True, exist_ok=True)
        for found in folder.glob(f"{STAGING_PREFIX}*"):
            if is_abandoned(found):
                shutil.rmtree(found)
        staged = folder / f"{STAGING_PREFIX}{os.getpid()}-{time.time_ns()}"
        staged.mkdir()
        return staged

    def publish(self, staged: Path, manifest: Manifest) -> Path:
        """Make a staged folder the live version; readers see the old one or this one, whole.

        Files are hashed and flushed first, the folder is renamed into place, and one pointer
        file is replaced last. A crash at any moment leaves the earlier version live.
        """
        for path in _files(staged):
            fsync_path(path)
        (staged / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
        fsync_path(staged / MANIFEST)
        for folder in {path.parent for path in _files(staged)}:
            fsync_path(folder)
        final = self.version_folder(manifest.dataset, manifest.version)
        staged.rename(final)
        fsync_path(final.parent)
        self.point(manifest.dataset, manifest.version)
        return final

    def point(self, dataset_id: str, version: str) -> None:
        """Make a published version the live one, by replacing one small file."""
        write_atomically(self.pointer(dataset_id), json.dumps({"version": version}) + "\n")

    def undo_folder(self, dataset_id: str) -> Path:
        return self.root / "undone" / dataset_id

    def undone(self, dataset_id: str) -> frozenset[str]:
        """Versions that a rollback or withdrawal took off the site. See `data.versions.undone`."""
        for note in sorted(self.undo_folder(dataset_id).glob("[!.]*.json"), reverse=True):
            try:
                return frozenset(json.loads(note.read_text(encoding="utf-8"))["undone"])
            except (OSError, ValueError, KeyError, TypeError):
                log.error("%s cannot be read and is passed over", note.name)
        return frozenset()

    def damage(self, manifest: Manifest) -> str | None:
        """What is wrong with a version's files, in words; None when every hash is right."""
        folder = self.version_folder(manifest.dataset, manifest.version)
        for name, record in manifest.files.items():
            path = folder / name
            if not path.is_file():
                return f"{name} is missing"
            if path.stat().st_size != record.bytes:
                return f"{name} has {path.stat().st_size} bytes instead of {record.bytes}"
        with ThreadPoolExecutor(HASHED_AT_ONCE) as threads:
            found = threads.map(sha256_of, [folder / name for name in manifest.files])
            for (name, record), digest in zip(manifest.files.items(), found, strict=True):
                if digest != record.sha256:
                    return f"{name} does not have the SHA-256 that its manifest records"
        return None

    @property
    def statuses(self) -> Path:
        """The folder that says how the last refresh of each dataset ended."""
        return self.root / "status"

    def status_file(self, dataset_id: str) -> Path:
        return self.statuses / f"{dataset_id}.json"

    def cite(self, dataset_id: str, version: str, *, by: str) -> None:
        """Note that `by`, such as a report, needs a version. See `data.versions.retention.cite`."""
        note = {"by": by, "at": datetime.now(UTC).isoformat(timespec="seconds")}
        write_atomically(self._citation(dataset_id, version, by), json.dumps(note) + "\n")

    def uncite(self, dataset_id: str, version: str, *, by: str) -> None:
        self._citation(dataset_id, version, by).unlink(missing_ok=True)

    def citations(self, dataset_id: str, version: str) -> tuple[str, ...]:
        """Who needs the version to stay; whose note cannot be read needs it too."""
        notes = sorted((self.root / "cited" / dataset_id / version).glob("[!.]*.json"))
        return tuple(sorted(map(_citer, notes)))

    def _citation(self, dataset_id: str, version: str, by: str) -> Path:
        name = hashlib.sha256(by.encode()).hexdigest()[:32]
        return self.root / "cited" / dataset_id / version / f"{name}.json"

    def status(self, dataset_id: str) -> RefreshStatus | None:
        """How the last refresh ended; None where that was not recorded or cannot be read."""
        try:
            raw = json.loads(self.status_file(dataset_id).read_text(encoding="utf-8"))
            succeeded = raw["succeeded_at"]
            return RefreshStatus(
                checked_at=datetime.fromisoformat(raw["checked_at"]),
                succeeded_at=datetime.fromisoformat(succeeded) if succeeded else None,
                outcome=raw["outcome"],
                message=raw["message"],
                checks=tuple(Check(**check) for check in raw["checks"]),
                refusals=tuple(raw.get("refusals", ())),
            )
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.error("how the last refresh of %s ended cannot be read: %s", dataset_id, error)
            return None

    def record_status(
        self,
        dataset_id: str,
        outcome: Outcome,
        *,
        message: str,
        checks: tuple[Check, ...] = (),
        refusals: tuple[str, ...] | None = None,
    ) -> None:
        """`refusals` is None where no file was read: those known before are known still."""
        now = datetime.now(UTC).replace(microsecond=0)
        before = self.status(dataset_id)
        succeeded = now if outcome != "failed" else (before.succeeded_at if before else None)
        if refusals is None:
            refusals = before.refusals if before else ()
        status = RefreshStatus(now, succeeded, outcome, message, checks, refusals)
        write_atomically(self.status_file(dataset_id), json.dumps(plain(status), indent=1))


def _citer(note: Path) -> str:
    try:
        return str(json.loads(note.read_text(encoding="utf-8"))["by"])
    except (OSError, ValueError, KeyError, TypeError):
        return f"a note that cannot be read ({note.name})"


def is_abandoned(staged: Path) -> bool:
    """Whether the process that the folder is named after has ended, or left it for a day.

    A process of another container or host cannot be seen, and its number may be in use here.
    """
    if time.time() - staged.stat().st_mtime > STALE_STAGING_SECONDS:
        return True
    pid = staged.name.removeprefix(STAGING_PREFIX).partition("-")[0]
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (ValueError, PermissionError):
        return False
    return False


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def describe_files(
    folder: Path, rows: dict[str, int], *, like: tuple[Path, Manifest] | None = None
) -> dict[str, FileRecord]:
    """Hash, size and row count of every file of a staged version.

    Files that are links to those of the version `like` another have the digests of its manifest:
    reading them again would cost what all months cost, and vouch for what a disk has made of them.
    """
    found: dict[str, FileRecord] = {}
    for path in _files(folder):
        name = str(path.relative_to(folder))
        known = like[1].files.get(name) if like else None
        if like is None or known is None or not _is_same_file(path, like[0] / name):
            known = FileRecord(sha256_of(path), path.stat().st_size, None)
        found[name] = replace(known, rows=rows.get(name))
    return found


def _is_same_file(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False


def new_version(key: str) -> str:
    """A name that sorts by time and tells equal moments apart."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z-{key[:8]}"


def store(home: Path, realm: Realm) -> Store:
    return Store(root=home / realm, demo=realm == "demo")


def active_store(home: Path) -> Store:
    """The real tree if anything real is published, else the demonstration tree."""
    real = store(home, "real")
    return real if real.published() else store(home, "demo")


def landed_store(home: Path) -> Store:
    """The real tree if anything was landed in it, else the demonstration tree.

    It holds what was refused too, of which nothing may be published yet.
    """
    real = store(home, "real")
    return real if any(real.landing.glob("*/*/")) else active_store(home)
