"""Publishers' files as they came: `<landing>/<dataset>/<release>/<file>`, a receipt beside each.

`withdrawn.json` in a dataset's folder names the files from which no version is built any more.
They are known by their bytes and their name together: a name may say what a file is of, and the
same name may come again with other bytes. A withdrawn file stays where it is.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from data.versions.manifest import Manifest, plain
from data.versions.store import write_atomically

WITHDRAWN = "withdrawn.json"
Identity = tuple[str, str]  # SHA-256 and name


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Where a landed file came from. `url` and `release_url` are empty for a local file.

    `given_at` is when somebody last handed in a file that was landed already.
    """

    url: str
    sha256: str
    bytes: int
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    release_url: str = ""
    release_title: str = ""
    published: date | None = None
    given_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Landed:
    """A file in the landing folder with its receipt."""

    path: Path
    receipt: Receipt

    @property
    def release(self) -> str:
        """Slug of the release, the same for all issues of its files."""
        return self.path.parent.name.partition(".")[0]

    @property
    def identity(self) -> Identity:
        return self.receipt.sha256, self.path.name

    @property
    def came_at(self) -> datetime:
        """When it was landed, or handed in again."""
        return self.receipt.given_at or self.receipt.fetched_at


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Why a file is used no more. `rollback` is the version left by it, if it was a rollback."""

    name: str
    sha256: str
    why: str
    at: datetime
    rollback: str | None = None

    @property
    def identity(self) -> Identity:
        return self.sha256, self.name


def landed(root: Path, dataset_id: str) -> tuple[Landed, ...]:
    """Every file of the dataset that has a receipt and its full length, oldest receipt first."""
    files = []
    for note in sorted((root / dataset_id).glob("*/*.json")):
        path = note.with_name(note.name.removesuffix(".json"))
        if path.name.endswith(".part"):
            continue
        receipt = read_receipt(note)
        if receipt and path.is_file() and path.stat().st_size == receipt.bytes:
            files.append(Landed(path, receipt))
    return tuple(sorted(files, key=lambda item: (item.receipt.fetched_at, item.path)))


def usable(root: Path, dataset_id: str) -> tuple[Landed, ...]:
    """The landed files that are not withdrawn."""
    marked = {mark.identity for mark in withdrawn(root, dataset_id)}
    return tuple(file for file in landed(root, dataset_id) if file.identity not in marked)


def read_receipt(note: Path) -> Receipt | None:
    try:
        stored = json.loads(note.read_text(encoding="utf-8"))
        stored["fetched_at"] = datetime.fromisoformat(stored["fetched_at"])
        stored["published"] = stored["published"] and date.fromisoformat(stored["published"])
        if stored.get("given_at"):
            stored["given_at"] = datetime.fromisoformat(stored["given_at"])
        return Receipt(**stored)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def withdrawn(root: Path, dataset_id: str) -> tuple[Withdrawn, ...]:
    """The withdrawn files, oldest first. Raises OSError rather than use them all again."""
    path = root / dataset_id / WITHDRAWN
    try:
        marks = json.loads(path.read_text(encoding="utf-8"))
        return tuple(
            Withdrawn(**mark | {"at": datetime.fromisoformat(mark["at"])}) for mark in marks
        )
    except FileNotFoundError:
        return ()
    except (ValueError, TypeError, KeyError) as error:
        raise OSError(
            errno.EIO,
            "the list of withdrawn files is damaged: bring it back from a backup, or remove it, "
            "after which every landed file is used again",
            str(path),
        ) from error


def mark_withdrawn(root: Path, dataset_id: str, marks: Iterable[Withdrawn]) -> None:
    """Withdraw files; those that are withdrawn already keep their first reason."""
    by_identity = {mark.identity: mark for mark in withdrawn(root, dataset_id)}
    fresh = {mark.identity: mark for mark in marks if mark.identity not in by_identity}
    if fresh:
        _write_marks(root, dataset_id, [*by_identity.values(), *fresh.values()])


def take_back(root: Path, dataset_id: str, files: Collection[Identity]) -> tuple[Withdrawn, ...]:
    """Let files be used again; returns the marks that were removed."""
    marks = withdrawn(root, dataset_id)
    gone = tuple(mark for mark in marks if mark.identity in files)
    if gone:
        _write_marks(root, dataset_id, [mark for mark in marks if mark not in gone])
    return gone


def _write_marks(root: Path, dataset_id: str, marks: Iterable[Withdrawn]) -> None:
    write_atomically(root / dataset_id / WITHDRAWN, json.dumps(plain(list(marks)), indent=1))


def files_of(manifest: Manifest) -> frozenset[Identity]:
    """The files of the releases that a version was made from."""
    return frozenset(
        (file.sha256, file.name) for release in manifest.releases for file in release.files
    )
