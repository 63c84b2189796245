"""Landed files as tables: recognised by their first rows, unpacked when they are needed."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path

from data import periods
from data.versions.landed import Landed, usable
from data.versions.manifest import Release, SourceFile
from data.versions.store import write_atomically
from pipelines.engine.units import BadRelease, Preview, Progress, Series, Table
from pipelines.fetch.discovery import original_name, period_of_slug, reissue_rank
from pipelines.files.errors import UNREADABLE, RefusedFile, why_unreadable
from pipelines.files.unpacking import READER, Unpacker

_UNPACKED_AT_ONCE = 512 << 20  # bytes; an unpacked year of appointments would fill a small disk
_NOTES = ".recognised.json"
_FORM = 2  # of those notes
_LONGEST_LIST = 300  # characters of headings in a message

Found = tuple[str, str, date | None, tuple[str, ...]]  # (member, kind, period, parts)


class Tables:
    """Every usable table of a dataset's landing folder, in publication order of its releases.

    `refused` holds (file, reason) for those that cannot be read, and `incomplete` the releases
    that are not to be used for it. `in_windows_1252` names the tables, of those that were unpacked,
    that are not in UTF-8. A local file that cannot be read stops no other, and is not opened again:
    what stopped the reader once would stop it at every refresh.
    """

    def __init__(
        self,
        root: Path,
        series: Series,
        scratch: Path,
        *,
        unpacker: Unpacker,
        progress: Progress,
    ) -> None:
        self._series = series
        self._scratch = scratch
        self._unpacker = unpacker
        self._unpacked: OrderedDict[str, dict[str, Path]] = OrderedDict()
        self._unpacked_bytes: dict[str, int] = {}
        self.in_windows_1252: set[str] = set()
        self._notes_path = root / series.dataset.id / _NOTES
        files = usable(root, series.dataset.id)
        found: list[tuple[Landed, list[Found]]] = []
        refused: list[tuple[Landed, str]] = []
        notes, unreadable = self._read_notes()
        unreadable = {key: unreadable[key] for key in map(_key, files) if key in unreadable}
        for done, file in enumerate(files):
            key = _key(file)
            if key not in notes and key not in unreadable:
                progress(f"looking at {file.path.name}", 0.1 * done / len(files))
                try:
                    notes[key] = list(self._recognise(file))
                except RefusedFile as error:
                    unreadable[key] = str(error)
                except BadRelease as error:
                    refused.append((file, str(error)))
                    continue
                except UNREADABLE as error:
                    refused.append((file, f"{file.path.name}: {why_unreadable(error)}."))
                    continue
            if key in unreadable:
                refused.append((file, unreadable[key]))
            else:
                found.append((file, notes[key]))
        self._write_notes(notes, unreadable)
        for file, tables in found:
            if reason := self._wrong_period(file, tables):
                refused.append((file, reason))
        bad = {file.path for file, _ in refused}
        found = [(file, tables) for file, tables in found if file.path not in bad]
        issues, contents = _Alike(found, _original), _Alike(found, _content)
        refused = [
            (file, reason)
            for file, reason in refused
            if not _came_later(file, issues.of(file)) and not _renamed(file, contents.of(file))
        ]
        # What was wrong with the earlier one, such as rows of another period, is over with it.
        names = _Alike(found, lambda file: (file.release, file.path.name))
        found = [
            (file, tables)
            for file, tables in found
            if not (file.receipt.release_title and _came_later(file, names.of(file)))
        ]
        contents = _Alike(found, _content)
        again = {
            id(file)
            for file, tables in found
            if not file.receipt.release_title and _given_later(file, tables, contents.of(file))
        }
        repeated = [(file, tables) for file, tables in found if id(file) in again]
        found = [(file, tables) for file, tables in found if id(file) not in again]
        self.refused = [(file.path.name, reason) for file, reason in refused]
        self.incomplete = {file.release for file, _ in refused if file.receipt.release_title}
        self.names = [file.path.name for file in files]
        self.all = tuple(self._tables(found))
        self._repeated = tuple(self._tables(repeated))
        self.releases = tuple({table.release.slug: table.release for table in self.all}.values())

    def without(self, rejected: Collection[str]) -> tuple[Table, ...]:
        """The tables that are left when issues, releases and files are refused.

        What a refused issue gave again comes from where it was given before.
        """
        left = tuple(t for t in self.all if not t.answers_to & {*rejected})
        if len(left) == len(self.all):
            return left
        lost = {table.sha256 for table in self.all} - {table.sha256 for table in left}
        before = (table for table in self._repeated if table.sha256 in lost)
        return (*left, *(t for t in before if not t.answers_to & {*rejected}))

    def _read_notes(self) -> tuple[dict[str, list[Found]], dict[str, str]]:
        """Of earlier refreshes: what each file holds, and why others cannot be read.

        Where the notes themselves cannot be read, every file is looked at again.
        """
        try:
            return self._stored_notes()
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}, {}

    def _stored_notes(self) -> tuple[dict[str, list[Found]], dict[str, str]]:
        stored = json.loads(self._notes_path.read_text(encoding="utf-8"))
        unreadable = stored.get("unreadable", {}) if stored.get("reader") == READER else {}
        if (stored["transform"], stored.get("form")) != (self._series.transform, _FORM):
            return {}, unreadable
        notes: dict[str, list[Found]] = {
            key: [
                (member, kind, date.fromisoformat(period) if period else None, tuple(parts))
                for member, kind, period, parts in found
            ]
            for key, found in stored["files"].items()
        }
        return notes, unreadable

    def _write_notes(self, notes: dict[str, list[Found]], unreadable: dict[str, str]) -> None:
        files = {
            key: [
                (member, kind, period.isoformat() if period else None, parts)
                for member, kind, period, parts in found
            ]
            for key, found in notes.items()
        }
        stored = {
            "transform": self._series.transform,
            "form": _FORM,
            "files": files,
            "reader": READER,
            "unreadable": unreadable,
        }
        write_atomically(self._notes_path, json.dumps(stored))

    def _recognise(self, file: Landed) -> Iterator[Found]:
        """Each table in a landed file that the series uses."""
        used = False
        for member, path in self._members(file).items():
            try:
                with path.open(encoding="utf-8-sig", newline="") as text:
                    rows = csv.reader(text)
                    header = next(rows, [])
                    first = next(rows, [])
                if not header:
                    raise BadRelease(f"{member} is empty.")
                preview = Preview(
                    member,
                    path,
                    header,
                    first,
                    file.receipt.published,
                    file=file.path.name,
                    release=file.release,
                )
                recognised = self._series.recognise(preview)
            except (UnicodeDecodeError, csv.Error) as error:
                raise BadRelease(f"{member} is not CSV in UTF-8 ({error}).") from error
            if recognised:
                used = True
                kind, found = recognised
                several = found if isinstance(found, tuple) else (found,)
                parts = self._parts(preview, kind)
                yield from ((member, kind, period, parts) for period in several)
            elif self._series.wants(Path(member).name) and not _is_sheet(member):
                raise BadRelease(
                    f"{member} has headings that {self._series.dataset.series} has not used: "
                    f"{', '.join(header)[:_LONGEST_LIST]}."
                )
        if not used and self._series.wants(file.path.name):
            names = ", ".join(member.rpartition(": ")[2] for member in self._members(file))
            raise BadRelease(
                f"{file.path.name} has no table with headings that {self._series.dataset.series} "
                f"has used. It holds: {names[:_LONGEST_LIST] or 'nothing'}."
            )

    def _parts(self, preview: Preview, kind: str) -> tuple[str, ...]:
        declared = self._series.parts
        return declared.of(preview, kind) if declared and kind in declared.kinds else ()

    def _members(self, file: Landed) -> dict[str, Path]:
        """Local CSV of each member of a landed file, unpacked now unless it still is."""
        key = _key(file)
        if key in self._unpacked:
            self._unpacked.move_to_end(key)
            return self._unpacked[key]
        while self._unpacked and sum(self._unpacked_bytes.values()) > _UNPACKED_AT_ONCE:
            dropped, _ = self._unpacked.popitem(last=False)
            del self._unpacked_bytes[dropped]
            shutil.rmtree(self._scratch / dropped, ignore_errors=True)
        folder = self._scratch / key
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        members, converted = self._unpacker.unpack(file.path, folder)
        self.in_windows_1252 |= {_shown(file, name) for name in converted}
        self._unpacked[key] = members
        self._unpacked_bytes[key] = sum(path.stat().st_size for path in folder.iterdir())
        return members

    def _member(self, file: Landed, member: str) -> Path:
        return self._members(file)[member]

    def _tables(self, found: list[tuple[Landed, list[Found]]]) -> Iterator[Table]:
        slugs = {id(file): self._slug(file, tables) for file, tables in found}
        files: dict[str, list[Landed]] = {}
        for file, _ in found:
            files.setdefault(slugs[id(file)], []).append(file)
        releases = {slug: _release(slug, held) for slug, held in files.items()}
        for file, tables in found:
            release = releases[slugs[id(file)]]
            order = self._order(file, tables)
            for member, kind, period, parts in tables:
                yield Table(
                    kind=kind,
                    period=period,
                    name=_shown(file, member),
                    sha256=file.receipt.sha256,
                    release=release,
                    order=order,
                    locate=partial(self._member, file, member),
                    parts=parts,
                )

    def _slug(self, file: Landed, tables: list[Found]) -> str:
        """A local file stands for the release of its newest month, whatever folder it came in."""
        if file.receipt.release_title:
            return file.release
        months = [p for _, kind, p, _ in tables if p and kind in self._series.headlines]
        months = months or [period for _, _, period, _ in tables if period]
        return (
            f"local-{periods.key(self._series.dataset.period, max(months))}" if months else "local"
        )

    def _wrong_period(self, file: Landed, tables: list[Found]) -> str | None:
        """A release named after a month must reach that month; an old file in it is a mistake."""
        named = self._named_period(file.release) if file.receipt.release_title else None
        months = [p for _, kind, p, _ in tables if p and kind in self._series.headlines]
        if named is None or not months or max(months) >= named:
            return None
        return (
            f"the release {file.release} should reach {self._series.named(named)}, but the file "
            f"ends with {self._series.named(max(months))}. The publisher may have attached an "
            "old file."
        )

    def _named_period(self, slug: str) -> date | None:
        """The period that a release is named after; an annual release may be named after a month
        in which it came out, which says nothing."""
        kind = self._series.dataset.period
        if not periods.is_annual(kind):
            return period_of_slug(slug)
        found = re.search(r"(?:^|-)(20\d\d(?:-\d\d)?)$", slug)
        return periods.parse(kind, found[1]) if found else None

    def _order(self, file: Landed, tables: list[Found]) -> tuple[date, tuple[date, int], datetime]:
        """Newest publication last: by its newest month, then re-issue, then when it was landed."""
        months = [period for _, _, period, _ in tables if period]
        newest = max(months) if months else file.receipt.published or date.min
        return newest, reissue_rank(file.path.name), file.came_at


def _key(file: Landed) -> str:
    """Content and name: a file may say only in its name what it is of, or be issued under two."""
    named = hashlib.sha256(file.path.name.encode()).hexdigest()[:12]
    return f"{file.receipt.sha256}-{named}"


def _shown(file: Landed, member: str) -> str:
    """`file.zip: member.csv`; the file alone where its only member has its name."""
    name = file.path.name
    alone = Path(member).stem == Path(name.removesuffix(".gz")).stem
    return name if alone else f"{name}: {member}"


def _is_sheet(member: str) -> bool:
    return ".xlsx: " in member.lower() or ".ods: " in member.lower()


class _Alike:
    """The files that share something, by it: a landing folder may hold ten thousand."""

    def __init__(
        self, found: list[tuple[Landed, list[Found]]], what: Callable[[Landed], Hashable]
    ) -> None:
        self._what = what
        self._groups: dict[Hashable, list[tuple[Landed, list[Found]]]] = {}
        for file, tables in found:
            self._groups.setdefault(what(file), []).append((file, tables))

    def of(self, file: Landed) -> list[tuple[Landed, list[Found]]]:
        return self._groups.get(self._what(file), [])


def _original(file: Landed) -> Hashable:
    return file.release, original_name(file.path.name)


def _content(file: Landed) -> Hashable:
    return file.receipt.sha256


def _came_later(file: Landed, alike: list[tuple[Landed, list[Found]]]) -> bool:
    return any(other.receipt.fetched_at > file.receipt.fetched_at for other, _ in reversed(alike))


def _renamed(file: Landed, alike: list[tuple[Landed, list[Found]]]) -> bool:
    """Whether somebody gave the same bytes again under a name by which they can be used."""
    return any(
        not other.receipt.release_title and other.receipt.fetched_at > file.receipt.fetched_at
        for other, tables in reversed(alike)
        if tables
    )


def _given_later(
    file: Landed, tables: list[Found], alike: list[tuple[Landed, list[Found]]]
) -> bool:
    """Whether the same bytes came later, or at once, under a name that says the same of them."""
    what = {table[1:] for table in tables}
    return any(
        (other.came_at, other.path) > (file.came_at, file.path)
        and what <= {table[1:] for table in others}
        for other, others in reversed(alike)
    )


def _release(slug: str, files: list[Landed]) -> Release:
    receipt = files[0].receipt
    return Release(
        slug=slug,
        title=receipt.release_title or "Loaded from local files",
        url=receipt.release_url,
        published=max((day for f in files if (day := f.receipt.published)), default=None),
        files=tuple(
            SourceFile(f.path.name, f.receipt.url, f.receipt.sha256, f.receipt.bytes) for f in files
        ),
    )
