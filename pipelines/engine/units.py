"""The pieces a release falls into, and the rules a dataset's pipeline gives for them."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import duckdb

from data import periods
from data.formula import quoted
from data.settings import Settings
from data.spec import Dataset
from data.versions.manifest import Check, Release
from data.versions.snapshot import VersionFiles
from pipelines.fetch import discovery
from pipelines.fetch.http import Client

Recognised = tuple[str, date | tuple[date, ...] | None]


class Progress(Protocol):
    """Told what is being done, the share done of 0 to 1, rows read so far, bytes of this step."""

    def __call__(
        self, step: str, done: float, *, rows: int | None = None, size: int | None = None
    ) -> None: ...


class BadRelease(ValueError):
    """A published file cannot be used; the message says what was found and what to do."""


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV of one kind and period, unpacked and readable; one member of one landed file."""

    kind: str
    period: date | None  # None: belongs to its release rather than to a month
    name: str  # "file.zip: member.csv", as people would look it up
    sha256: str  # of the landed file
    release: Release
    order: tuple[date, tuple[date, int], datetime]  # place in publication order
    locate: Callable[[], Path] = field(compare=False, repr=False)
    parts: tuple[str, ...] = ()  # those of `Parts` that it holds; empty where files are whole

    @property
    def path(self) -> Path:
        """The CSV on disk, unpacked when it is asked for."""
        return self.locate()

    @property
    def issue(self) -> str:
        """What is refused together: a release of the publisher, or local files given at once."""
        if not self.release.slug.startswith("local"):
            return self.release.slug
        return f"{self.release.slug} {self.order[2].isoformat()}"

    @property
    def answers_to(self) -> frozenset[str]:
        """What is refused with it: its issue, its release, or the file alone."""
        return frozenset((self.issue, self.release.slug, self.sha256))


@dataclass(frozen=True, slots=True)
class Parts:
    """How several files divide a period among them, such as a file for each region.

    Parts of one period add up, whichever release or command they come in; a file replaces the
    earlier file of the same parts, and a whole file all of them. `of` names the parts in a file,
    every one of `whole` for a file that is whole. Kinds of one group take each other's place.
    A period that lacks parts is published and called partial, or `held_back`.
    """

    groups: tuple[tuple[str, ...], ...]  # kinds of files
    whole: Mapping[str, tuple[str, ...]]  # every part in words, with the codes of its regions
    of: Callable[[Preview, str], tuple[str, ...]]  # by the file's first rows and its kind
    held_back: bool = False

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(kind for group in self.groups for kind in group)


@dataclass(frozen=True, slots=True)
class Month:
    """What a month's folder was built from and what it holds.

    `refused` are failed checks of files without which the month can do, with their releases.
    """

    practices: int
    totals: Mapping[str, int | float | Decimal]
    checks: tuple[Check, ...]
    notes: tuple[str, ...] = ()
    refused: tuple[tuple[str, Check], ...] = ()


@dataclass(frozen=True, slots=True)
class Sources:
    """What a month may read: its own tables, all others by kind, and the versions it needs."""

    month: date  # first day of the period
    tables: Mapping[str, Sequence[Table]]
    nearby: Mapping[str, Sequence[Table]]
    needs: Mapping[str, VersionFiles]
    placed: date = date.min  # month as of which practices belong to areas; the period's own if min

    @property
    def member_month(self) -> date:
        return self.month if self.placed == date.min else self.placed


@dataclass(frozen=True, slots=True)
class Preview:
    """The first two rows of an unpacked CSV, by which its kind and month are recognised."""

    name: str
    path: Path
    header: list[str]
    first: list[str]
    published: date | None
    file: str = ""  # name of the landed file of which it is a member
    release: str = ""  # slug of the release page; of local files the folder they came in

    def cell(self, column: str) -> str:
        """The first row's value in a column, found by its heading in either case.

        Raises `BadRelease` when the file has headings and nothing below them.
        """
        if not self.first:
            raise BadRelease(f"{self.name} has headings but no rows.")
        names = [name.strip().upper() for name in self.header]
        if column not in names or names.index(column) >= len(self.first):
            return ""
        return self.first[names.index(column)]

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(name.strip().upper() for name in self.header)


@dataclass(frozen=True, slots=True)
class Series:
    """How a dataset's releases are found, recognised and turned into month folders.

    `recognise` gives a table's kind and its period, several periods where one file holds them
    (each is then built from it), or None for a table that describes its release. `member_month`
    is the month as of whose practice map a period's geography is taken, where that is not the
    last month of the period.

    `other_headlines` are kinds any of which makes a month as `headline_kind` does, where a period
    comes in one form or another (a workbook, or a CSV for each half of England).

    `tolerance` is the largest change of the control total, as a share, between one month and the
    next that passes without a person looking (`inf` where periods cannot be compared),
    `known_share` the least share of practices that must have been there the period before,
    `kept_share` the least share of those before that must still be there, `rows_share` the least
    number of rows a practice beside a neighbour's. `revised` is the largest loss of the control
    total, practice by practice, when a file replaces another of the same period.
    `listed_share` is the least share of the practices with a registered list that a period without
    neighbours has, 0 where the publisher itself leaves many out.
    `kinds_of_rows` are columns of a table, such as its indicator, of whose every value there
    should be rows of about as many practices as in a neighbour.
    `placing_kinds` are those that say where practices belong: periods that both have one are
    compared by how many practices are in areas. `first` is the day before which no period begins.
    `discover` gives the releases, newest first, of publishers that have no series page of NHS
    England's kind. `timeout` (seconds without a byte) is that of a slow one.

    `kind_names` are kinds of files in words: quinary ages, totals.

    A period is made of one release's files of each kind, but of `gathered_kinds` it takes every
    file, each in its newest issue: those of a publisher that changes them one by one.
    """

    dataset: Dataset
    transform: int  # raise it when the same file would give different numbers
    slug: str  # of the series under the publications address; empty for ODS reports
    wants: Callable[[str], bool]  # whether a file of a release page is worth downloading
    recognise: Callable[[Preview], Recognised | None]
    headline_kind: str  # the kind without which a month is nothing
    shared_kinds: tuple[str, ...]  # kinds that describe a release and serve its months
    build: Callable[[duckdb.DuckDBPyConnection, Sources, Path], Month]
    tolerance: float
    per_working_day: bool
    member_month: Callable[[date], date] | None = None
    discover: (
        Callable[[Client, Settings], Iterable[discovery.Release | discovery.Skipped]] | None
    ) = None
    reports: tuple[str, ...] = ()  # names of ODS reports to fetch instead of releases
    other_headlines: tuple[str, ...] = ()
    known_share: float = 0.98
    kept_share: float = 0.95
    rows_share: float = 0.85
    rows_shares: Mapping[str, float] = field(default_factory=dict)  # of tables that differ
    revised: float = 0.05
    kinds_of_rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    listed_share: float = 0.95
    placing_kinds: tuple[str, ...] = ()
    first: date = date(2013, 4, 1)
    gathered_kinds: tuple[str, ...] = ()
    own_kinds: tuple[str, ...] = ()  # shared ones of which a month needs those of its release only
    parts: Parts | None = None
    kind_names: Mapping[str, str] = field(default_factory=dict)
    timeout: float | None = None

    @property
    def headlines(self) -> tuple[str, ...]:
        return (self.headline_kind, *self.other_headlines)

    def adds_up(self, kind: str) -> bool:
        """Whether a period takes several files of the kind."""
        return kind in self.gathered_kinds or (self.parts is not None and kind in self.parts.kinds)

    def placed(self, period: date) -> date:
        """The month as of which practices belong to areas in a period."""
        if self.member_month:
            return self.member_month(period)
        return periods.last_month(self.dataset.period, period)

    def named(self, period: date) -> str:
        """A period in words, as every check and note begins: March 2026, 2024/25."""
        return periods.label(self.dataset.period, period)


def periods_in(preview: Preview, column: str, kind: periods.PeriodKind) -> tuple[date, ...]:
    """Every period that a column of dates of an unpacked CSV holds, earliest first."""
    scan = csv_scan([preview.path])
    try:
        found = duckdb.execute(f"SELECT DISTINCT {quoted(column)} FROM {scan}").fetchall()
    except duckdb.Error as error:
        raise BadRelease(f"{preview.name} cannot be read as CSV: {error}") from error
    days = {read_date(text) for (text,) in found if text.strip()}
    return tuple(sorted({periods.containing(kind, day) for day in days}))


_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_NAMED = re.compile(r"^(\d{1,2})[- ]?([A-Za-z]{3})[a-z]*[- ]?(\d{2}|\d{4})$")


def read_date(text: str) -> date:
    """A date as any of the publishers writes it.

    `2026-03-01`, `01Dec2025`, `01JAN2021`, `01-Sep-20`, `20260301` and `01/03/2026` are all seen.
    """
    cleaned = text.strip()
    named = _NAMED.match(cleaned)
    if named and named[2].lower() in _MONTHS:
        year = int(named[3]) + (2000 if len(named[3]) == 2 else 0)
        cleaned = f"{year}-{_MONTHS[named[2].lower()]:02}-{int(named[1]):02}"
    for pattern in ("%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(cleaned, pattern).date()
        except ValueError:
            continue
    raise BadRelease(f"{text!r} is not a date in any form this series has used.")


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def month_sql(column: str) -> str:
    """First of the month of a column of dates written `2026-03-01` or `01/03/2026`, else NULL."""
    day = f"left(trim({column}), 10)"
    return (
        f"date_trunc('month', coalesce(try_strptime({day}, '%Y-%m-%d'), "
        f"try_strptime({day}, '%d/%m/%Y')))::DATE"
    )


def sql_text(value: str | Path) -> str:
    """A string literal for SQL that cannot take bound values (COPY, read_csv column lists)."""
    return "'" + str(value).replace("'", "''") + "'"


# Every cell is text, so no text may mean "missing"; DuckDB insists on one that does.
_NEVER_WRITTEN = "\x1a"
_AS_WRITTEN = f"delim=',', quote='\"', escape='\"', nullstr='{_NEVER_WRITTEN}'"


def csv_scan(paths: Sequence[Path], columns: Sequence[str] | None = None) -> str:
    """Every cell of some CSVs as text, exactly as published, to select from: blank is empty text.

    `columns` names them where the files have no header row. Headings are matched in capitals and
    with single spaces; files whose columns are in another order are joined by name. Nothing is
    guessed: a reader that infers a file's form drops rows that do not suit its inference.
    """
    if columns is not None:
        return _read(paths, columns, header=False)
    by_heading: dict[tuple[tuple[str, ...], str], list[Path]] = {}
    for path in paths:
        by_heading.setdefault((headings(path), _line_end(path)), []).append(path)
    scans = [
        _read(same, names, header=True, line_end=end) for (names, end), same in by_heading.items()
    ]
    if len(scans) == 1:
        return scans[0]
    return "(" + " UNION ALL BY NAME ".join(f"SELECT * FROM {scan}" for scan in scans) + ")"


def csv_below(path: Path, names: Sequence[str], *, skip: int) -> str:
    """Every cell of a CSV under `names`, leaving out its first `skip` lines (title, headings)."""
    return _read([path], names, header=False, skip=skip)


UNNAMED = "UNNAMED "


def headings(path: Path) -> tuple[str, ...]:
    """The header row of a CSV, in capitals and with single spaces; `UNNAMED 3` for a blank one."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        found = [" ".join(name.split()).upper() for name in next(csv.reader(text), [])]
    names = [name or f"{UNNAMED}{number}" for number, name in enumerate(found, 1)]
    if twice := {name for name in names if names.count(name) > 1}:
        raise BadRelease(f"a file names the column {', '.join(sorted(twice))} more than once.")
    return tuple(names)


def _line_end(path: Path) -> str:
    r"""`\n` or `\r\n` where a heading contains a line break, else empty.

    DuckDB takes the break within a heading for the file's own, and finds no row if it is not.
    """
    quotes = lines = 0
    with path.open("rb") as stream:
        for line in stream:
            quotes, lines = quotes + line.count(b'"'), lines + 1
            if quotes % 2 == 0:
                break
        else:
            return ""
    if lines == 1:
        return ""
    return r"\r\n" if line.endswith(b"\r\n") else r"\n"


def _read(
    paths: Sequence[Path],
    names: Sequence[str],
    *,
    header: bool,
    skip: int = 0,
    line_end: str = "",
) -> str:
    files = "[" + ", ".join(sql_text(path) for path in paths) + "]"
    columns = ", ".join(f"{sql_text(name)}: 'VARCHAR'" for name in names)
    return (
        f"read_csv({files}, header={str(header).lower()}, skip={skip}, auto_detect=false, "
        f"columns={{{columns}}}, {_AS_WRITTEN}" + (f", new_line='{line_end}')" if line_end else ")")
    )
