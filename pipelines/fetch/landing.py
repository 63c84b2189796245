"""Where publishers' files are kept as they came: `<dataset>/<release>/<file>` and `<file>.json`."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from data.versions.landed import Identity, Landed, Receipt, landed, read_receipt
from pipelines.fetch.discovery import Release, ReleaseFile
from pipelines.fetch.http import Client, Progress
from pipelines.fetch.partial import Validators, sync_folder
from pipelines.files.errors import RefusedFile, ServerTrouble

_CHUNK = 1 << 20
_IMPORTED = (".csv", ".csv.gz", ".zip", ".xlsx", ".ods")
_SAFE_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,120}")
_UNSAFE_IN_NAME = re.compile(r'[/\\:*?"<>|]')


@dataclass(frozen=True, slots=True)
class Given:
    """A local file that was handed in, and the landed file that now holds its bytes."""

    source: Path
    landed: Landed
    same_as: str | None = None  # name of another file with the same bytes


def missing(root: Path, dataset_id: str, files: Iterable[ReleaseFile]) -> tuple[ReleaseFile, ...]:
    """The files that have not been fetched from where they are now published."""
    held = {item.receipt.url for item in landed(root, dataset_id)}
    return tuple(file for file in files if file.url not in held)


def fetch(
    client: Client,
    root: Path,
    dataset_id: str,
    *,
    release: Release,
    file: ReleaseFile,
    progress: Progress | None = None,
) -> Landed:
    """Land a file of a release; when it is held already, ask only whether it has changed.

    A file that is re-issued, even under its old address, lands beside the earlier issue:
    versions built from that one can still be traced to it.
    """
    held = _held(root, dataset_id, file.url)
    known = Validators(held.receipt.etag, held.receipt.last_modified) if held else None
    target = _free(root, dataset_id, release.slug, safe_name(file.name))
    download = client.download(file.fresh or file.url, target, known=known, progress=progress)
    if held and download is None:
        return held
    if download is None:
        raise ServerTrouble(f"{file.name} was said to be unchanged, but it is not held.")
    if held and download.sha256 == held.receipt.sha256:
        target.unlink()
        return held
    receipt = Receipt(
        url=file.url,
        sha256=download.sha256,
        bytes=download.bytes,
        fetched_at=download.fetched_at,
        etag=download.validators.etag,
        last_modified=download.validators.last_modified,
        release_url=release.url,
        release_title=release.title,
        published=release.published,
    )
    _write(target, receipt)
    return Landed(target, receipt)


def import_local(
    root: Path,
    dataset_id: str,
    sources: Iterable[Path],
    *,
    now: datetime,
) -> tuple[Given, ...]:
    """Land files, and the files in folders, in a release named after the moment.

    Bytes that are landed already under the same name are not copied again; their receipt notes
    that they came now, so that they count as the newest issue. Under another name they land as
    another file, which shares its bytes on the disk: a name may say what the file is of. The answer
    has one entry per name and content, in the order given.
    """
    files = landed(root, dataset_id)
    # A clock that was ahead must not make what is handed in now older than what is there.
    now = max([now, *(file.came_at + timedelta(microseconds=1) for file in files)])
    by_identity = {file.identity: file for file in files}
    by_content = {file.receipt.sha256: file for file in files}
    release = f"local-{now.astimezone(UTC):%Y%m%dT%H%M%S%f}"
    given: dict[Identity, Given] = {}
    for source in tuple(_files_in(sources)):  # all are looked at before any is copied
        identity = (_hash(source), safe_name(source.name))
        if identity in given:
            continue
        own, same = by_identity.get(identity), by_content.get(identity[0])
        if own is not None and _hash(own.path) == identity[0]:
            file = _given_again(own, now)
        elif same is not None and _hash(same.path) == identity[0]:
            file = _land_link(root, dataset_id, same, identity[1], release=release, now=now)
        else:
            file = land_copy(root, dataset_id, source, release=release, now=now)
        by_identity[identity] = file
        by_content.setdefault(identity[0], file)
        other = same.path.name if same is not None and same.path.name != identity[1] else None
        given[identity] = Given(source, file, other)
    return tuple(given.values())


def _given_again(file: Landed, now: datetime) -> Landed:
    receipt = replace(file.receipt, given_at=now)
    _write(file.path, receipt)
    return Landed(file.path, receipt)


def _land_link(
    root: Path, dataset_id: str, same: Landed, name: str, *, release: str, now: datetime
) -> Landed:
    """The bytes of a landed file under another name, without a second copy of them."""
    target = _free(root, dataset_id, release, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)  # of a process that ended before it wrote the receipt
    os.link(same.path, target)
    receipt = Receipt(url="", sha256=same.receipt.sha256, bytes=same.receipt.bytes, fetched_at=now)
    _write(target, receipt)
    return Landed(target, receipt)


def land_copy(
    root: Path,
    dataset_id: str,
    source: Path,
    *,
    release: str,
    now: datetime,
    title: str = "",
    published: date | None = None,
) -> Landed:
    """Copy a local file into a release's folder. `title` and `published` name the release."""
    name = safe_name(source.name)
    target = _free(root, dataset_id, release, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{name}.part")
    running, size = hashlib.sha256(), 0
    with source.open("rb") as incoming, part.open("wb") as out:
        while chunk := incoming.read(_CHUNK):
            running.update(chunk)
            size += len(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    os.replace(part, target)
    receipt = Receipt(
        url="",
        sha256=running.hexdigest(),
        bytes=size,
        fetched_at=now,
        release_title=title,
        published=published,
    )
    _write(target, receipt)
    return Landed(target, receipt)


def _files_in(sources: Iterable[Path]) -> Iterator[Path]:
    """Regular files of the formats we read; links that lead out of a given folder are refused."""
    for source in sources:
        if not source.exists():
            raise RefusedFile(str(source), "there is no such file or folder", "Check the path.")
        if source.is_dir():
            yield from _files_of(source.resolve())
        elif source.is_file() and _is_imported(source):
            yield source
        else:
            raise RefusedFile(
                source.name,
                "it is not a file of a kind that is loaded",
                f"Give files ending in {', '.join(_IMPORTED)}, or a folder of them.",
            )


def _files_of(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(folder):
            raise RefusedFile(
                str(path.relative_to(folder)),
                "it is a link to a place outside the folder given",
                "Put the file itself there, or remove the link.",
            )
        if path.is_file() and _is_imported(path):
            yield path


def _is_imported(path: Path) -> bool:
    return path.name.lower().endswith(_IMPORTED)


def _free(root: Path, dataset_id: str, release: str, name: str) -> Path:
    """A path for the file: `<release>/<name>`, or `<release>.2/<name>` beside an earlier issue."""
    for part in (dataset_id, release):
        if not _SAFE_FOLDER.fullmatch(part):
            raise ValueError(f"{part!r} cannot be the name of a landing folder")
    target, issue = root / dataset_id / release / name, 1
    while read_receipt(_note(target)) is not None:
        issue += 1
        target = root / dataset_id / f"{release}.{issue}" / name
    return target


def safe_name(name: str) -> str:
    """A publisher's file name that is safe on disk and clear of our own `.json` and `.part`."""
    readable = name.encode(errors="replace").decode()  # a name on the disk may be of any bytes
    shown = "".join(c if c.isprintable() else "_" for c in readable)
    safe = _UNSAFE_IN_NAME.sub("_", shown).lstrip(".").strip()
    encoded = safe.encode()[-200:].decode(errors="ignore")
    if not encoded:
        raise ValueError(f"{name!r} cannot be the name of a landed file")
    return f"{encoded}_" if encoded.lower().endswith((".json", ".part")) else encoded


def _held(root: Path, dataset_id: str, url: str) -> Landed | None:
    """The latest file landed from `url` that still is what its receipt says."""
    for item in reversed(landed(root, dataset_id)):
        if item.receipt.url == url and _hash(item.path) == item.receipt.sha256:
            return item
    return None


def _hash(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _write(path: Path, receipt: Receipt) -> None:
    note = _note(path)
    draft = note.with_name(f"{note.name}.part")
    with draft.open("w", encoding="utf-8") as out:
        json.dump(asdict(receipt), out, indent=1, default=lambda moment: moment.isoformat())
        out.flush()
        os.fsync(out.fileno())
    os.replace(draft, note)
    sync_folder(note.parent)
