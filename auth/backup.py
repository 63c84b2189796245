"""One file with everything that cannot be fetched again, and its way back.

    accounts/<table>.jsonl    rows of the accounts database, whichever it is
    accounts/revision         the migration they belong to
    files/<path>              secret, documents, published versions, landing files
    SHA256SUMS                of all of the above, last

A backup may be taken while the site runs: rows are of one moment, versions are immutable, and the
pointers to the live ones are read before the versions are.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from auth import files, secret, tables

SUMS = "SHA256SUMS"
REALMS = ("real", "demo")
KEPT = ("snapshots", "landing", "status")  # of a realm
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
    yield "accounts/revision", io.BytesIO(revision.encode())
    for table, lines in rows.items():
        yield f"accounts/{table}.jsonl", io.BytesIO("\n".join(lines).encode())
    for path in _files(home):
        name = f"files/{path.relative_to(home).as_posix()}"
        if path in pointers:
            yield name, io.BytesIO(pointers[path])
        elif path.exists():  # a document may be deleted just now
            yield name, path.open("rb")


def _files(home: Path) -> Iterator[Path]:
    """Files to keep, without versions that are being built."""
    yield home / secret.FILE
    for folder in (home / files.FOLDER, *(home / r / kept for r in REALMS for kept in KEPT)):
        for path in sorted(folder.rglob("*")):
            hidden = any(part.startswith(".") for part in path.relative_to(home).parts)
            if path.is_file() and not hidden:
                yield path


def read(home: Path, source: Path) -> int:
    """Restore a backup into a home without accounts and data; returns how many files it held.

    Everything is checked before anything is written. Raises `BadBackup` and `tables.NotEmpty`.
    """
    if not tables.is_empty() or any(home.glob(f"*/snapshots/*/{POINTER}")):
        raise tables.NotEmpty
    try:
        with tarfile.open(source, mode="r:") as archive:
            sums = _checked(archive)
            revision = _body(archive, "accounts/revision").decode()
            rows = {
                match[1]: _body(archive, name).decode().splitlines()
                for name in sums
                if (match := _TABLE.fullmatch(name))
            }
            for name in sums:
                if name.startswith("files/"):
                    _put(home, name.removeprefix("files/"), _stream(archive, name))
    except (tarfile.TarError, KeyError, UnicodeDecodeError) as error:
        raise BadBackup(f"{source.name} cannot be read as a backup: {error}") from error
    tables.load(revision, rows)
    return len(sums)


def _checked(archive: tarfile.TarFile) -> list[str]:
    """The names in the list of sums, each of which is there, whole, and a path below the home."""
    names = []
    for line in _body(archive, SUMS).decode().splitlines():
        expected, _, name = line.partition("  ")
        parts = PurePosixPath(name).parts
        if ".." in parts or parts[:1] not in (("accounts",), ("files",)):
            raise BadBackup(f"{name} would lie outside the site's folder.")
        with _stream(archive, name) as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != expected:  # type: ignore[arg-type]
                raise BadBackup(f"{name} is damaged.")
        names.append(name)
    return names


def _stream(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    stream = archive.extractfile(name)
    if stream is None:
        raise BadBackup(f"{name} is not a file.")
    return stream


def _body(archive: tarfile.TarFile, name: str) -> bytes:
    with _stream(archive, name) as stream:
        return stream.read()


def _put(home: Path, name: str, body: IO[bytes]) -> None:
    target = home / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream, body:
        shutil.copyfileobj(body, stream)
