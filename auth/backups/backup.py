"""One file with everything that cannot be fetched again, and its way back.

    accounts/<table>.jsonl    rows of the accounts database, whichever it is
    accounts/revision         the migration they belong to
    files/<path>              secret, documents, published versions, landing files
    SHA256SUMS                of all of the above, last

A backup may be taken while the site runs: rows are of one moment and documents are those of the
rows, versions are immutable, and the pointers to the live ones are read before the versions are. It
is restored below the home and nowhere else, and only where backups keep things.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from auth import secret
from auth.backups import restoring, tables
from auth.workspaces import files

SUMS = "SHA256SUMS"
REVISION = "accounts/revision"
DOCUMENTS = "document"  # the table of documents
REALMS = ("real", "demo")
KEPT = ("snapshots", "landing", "status", "changes", "cited", "undone")  # of a realm
HELD = ".backup-"  # begins the folder in which documents stay while a backup is written
POINTER = "current.json"
_TABLE = re.compile(r"accounts/([a-z_]+)\.jsonl")


class BadBackup(RuntimeError):
    """The file is not a backup, or not whole; the message says what is wrong."""


def write(home: Path, target: Path) -> int:
    """Write a backup of a home; returns how many files it holds. An unfinished one is removed."""
    partial = target.with_name(f"{target.name}.partial")
    sums: list[str] = []
    try:
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w") as archive:
                for name, body in _contents(home):
                    sums.append(f"{_add(archive, name, body)}  {name}")
                _add(archive, SUMS, io.BytesIO("\n".join(sums).encode()))
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return len(sums)


def _add(archive: tarfile.TarFile, name: str, body: BinaryIO) -> str:
    """Add a member and return its SHA-256."""
    with body:
        member = tarfile.TarInfo(name)
        member.mode = 0o600
        member.size = body.seek(0, os.SEEK_END)
        body.seek(0)
        digest = hashlib.file_digest(body, "sha256").hexdigest()  # type: ignore[arg-type]
        body.seek(0)
        archive.addfile(member, body)
    return digest


def _contents(home: Path) -> Iterator[tuple[str, BinaryIO]]:
    pointers = {path: path.read_bytes() for path in home.glob(f"*/snapshots/*/{POINTER}")}
    revision, rows = tables.dump()
    with tempfile.TemporaryDirectory(dir=home, prefix=HELD) as folder:
        documents = _hold(home, Path(folder), rows)
        yield REVISION, io.BytesIO(revision.encode())
        for table, lines in rows.items():
            yield f"accounts/{table}.jsonl", io.BytesIO("\n".join(lines).encode())
        for name, path in documents.items():
            yield f"files/{name}", path.open("rb")
    for path in _files(home):
        name = f"files/{path.relative_to(home).as_posix()}"
        if path in pointers:
            yield name, io.BytesIO(pointers[path])
        elif path.exists():  # a version may be collected just now
            yield name, path.open("rb")


def _hold(home: Path, folder: Path, rows: dict[str, list[str]]) -> dict[str, Path]:
    """Hard links to the documents of the rows, so that none goes while they are written.

    A document whose file is gone already was deleted after the rows were read: its row goes too.
    """
    links: dict[str, Path] = {}
    lines = []
    for line in rows.get(DOCUMENTS, ()):
        source = files.path(json.loads(line)["key"])
        link = folder / source.name
        try:
            os.link(source, link)
        except FileNotFoundError:
            continue
        lines.append(line)
        links[source.relative_to(home).as_posix()] = link
    if DOCUMENTS in rows:
        rows[DOCUMENTS] = lines
    return links


def _files(home: Path) -> Iterator[Path]:
    """Files to keep besides documents, without versions that are being built."""
    yield home / secret.FILE
    for folder in (home / r / kept for r in REALMS for kept in KEPT):
        for path in sorted(folder.rglob("*")):
            hidden = any(part.startswith(".") for part in path.relative_to(home).parts)
            if path.is_file() and not hidden:
                yield path


def read(home: Path, source: Path) -> int:
    """Restore a backup into a home without accounts and data; returns how many files it held.

    Everything is checked before anything is written, and where that does not come to its end, the
    home is as it was. Raises `BadBackup` and `tables.NotEmpty`.
    """
    if not tables.is_empty() or any(home.glob(f"*/snapshots/*/{POINTER}")):
        raise tables.NotEmpty
    try:
        with restoring.staging(home) as folder:
            with tarfile.open(source, mode="r:") as archive:
                sums = _checked(archive)
                revision = _body(archive, REVISION).decode()
                rows = {
                    match[1]: _body(archive, name).decode().splitlines()
                    for name in sums
                    if (match := _TABLE.fullmatch(name))
                }
                for name in sums:
                    if name.startswith("files/"):
                        _require_below(home, _place(name))
                        with _stream(archive, name) as body:
                            restoring.put(folder, _place(name), body)
            restoring.is_whole(folder)
            tables.load(revision, rows)
            restoring.move(home, folder)
    except (tarfile.TarError, KeyError, UnicodeDecodeError, tables.BadRows) as error:
        raise BadBackup(f"{source.name} cannot be read as a backup: {error}") from error
    except OSError as error:
        raise BadBackup(f"{source.name} could not be restored: {error.strerror}") from error
    except restoring.Busy:
        raise BadBackup("Another restore into this home is at work.") from None
    return len(sums)


def _checked(archive: tarfile.TarFile) -> list[str]:
    """The names in the list of sums, each of which is there, whole, and a path below the home."""
    names = []
    for line in _body(archive, SUMS).decode().splitlines():
        expected, _, name = line.partition("  ")
        if not _TABLE.fullmatch(name) and name != REVISION:
            _place(name)
        with _stream(archive, name) as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != expected:  # type: ignore[arg-type]
                raise BadBackup(f"{name} is damaged.")
        names.append(name)
    return names


def _place(name: str) -> PurePosixPath:
    """Where in the home a member belongs. Raises `BadBackup` where backups keep nothing."""
    folder, _, rest = name.partition("/")
    parts = rest.split("/")
    plain = all(part not in ("", ".", "..") and part.isprintable() for part in parts)
    if folder == "files" and plain:
        if parts == [secret.FILE] or (parts[0] == files.FOLDER and len(parts) > 1):
            return PurePosixPath(rest)
        if parts[0] in REALMS and len(parts) > 2 and parts[1] in KEPT:
            return PurePosixPath(rest)
    raise BadBackup(f"{name!r} is in no place where a backup keeps anything.")


def _stream(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    member = archive.getmember(name)
    stream = archive.extractfile(member) if member.isreg() else None
    if stream is None:
        raise BadBackup(f"{name} is not a file.")
    return stream


def _body(archive: tarfile.TarFile, name: str) -> bytes:
    with _stream(archive, name) as stream:
        return stream.read()


def _require_below(home: Path, place: PurePosixPath) -> None:
    """A file of that place lies below the home, whatever links are on the way."""
    target = home / place
    if not target.parent.resolve().is_relative_to(home.resolve()) or target.is_symlink():
        raise BadBackup(f"{place} would lie outside the site's folder, behind a link.")
    if target.is_dir():
        raise BadBackup(f"{place} is a folder here.")
