"""What is recorded about a published version and about each refresh."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

_CUBES = ("cube.parquet", "current.parquet")
Outcome = Literal["published", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A publisher's file, as it was landed."""

    name: str
    url: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Release:
    """One publication event: the page it came from, its date and its files."""

    slug: str
    title: str
    url: str
    published: date | None
    files: tuple[SourceFile, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one check, in words a person can act on."""

    name: str
    passed: bool
    found: str


@dataclass(frozen=True, slots=True)
class Outlier:
    """A figure out of all proportion to the same practice's periods beside it."""

    period: date
    practice: str
    part: str
    value: float
    before: float  # of the period before, or one of the two nearest
    after: float


@dataclass(frozen=True, slots=True)
class PeriodRecord:
    """What a version holds for one period and where it came from."""

    practices: int
    totals: dict[str, float | int]  # England control totals by name
    release: str  # slug of the release the period was taken from
    sources: dict[str, tuple[str, ...]]  # kind of file -> names of the files and members read
    key: str  # changes when anything that went into the period changes
    files: tuple[str, ...] = ()  # SHA-256 of the landed files, without those that releases share
    parts: tuple[str, ...] = ()  # those it is made of, where the series comes in parts
    missing: tuple[str, ...] = ()  # parts of the whole that are not held

    @property
    def partial(self) -> bool:
        return bool(self.missing)

    @property
    def incompleteness(self) -> str:
        """`partial: London, East of England; missing the North`; empty for a whole period."""
        held = ", ".join(self.parts) or "none"
        return f"partial: {held}; missing {', '.join(self.missing)}" if self.missing else ""


@dataclass(frozen=True, slots=True)
class FileRecord:
    sha256: str
    bytes: int
    rows: int | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that is known about a published version."""

    dataset: str
    version: str
    made_at: datetime
    demo: bool
    transform: int  # of the pipeline that read the publisher's files
    layout: int  # of the version's own files
    releases: tuple[Release, ...]
    inputs: dict[str, str]  # other datasets' versions that went in
    periods: dict[date, PeriodRecord]
    checks: tuple[Check, ...]
    notes: tuple[str, ...]
    files: dict[str, FileRecord] = field(default_factory=dict)
    outliers: tuple[Outlier, ...] = ()
    because: str = ""  # why it was made, where that was not a release: a file was withdrawn

    @property
    def latest(self) -> date:
        return max(self.periods)

    @property
    def release(self) -> Release:
        """The release that the newest period was taken from."""
        return self.release_of(self.latest)

    def release_of(self, period: date) -> Release:
        slug = self.periods[period].release
        return next(release for release in self.releases if release.slug == slug)

    @property
    def known_on(self) -> date:
        """The day on which the last of its releases came out; files by hand count when loaded."""
        loaded = self.made_at.date()
        return max((release.published or loaded for release in self.releases), default=loaded)

    @property
    def rows(self) -> int:
        """Rows of organisation and month: those of all cubes, of earlier layouts too."""
        return sum(record.rows or 0 for name, record in self._cubes.items() if record.rows)

    @property
    def digest(self) -> str | None:
        """SHA-256 of the list of the cubes' SHA-256 and names, as `sha256sum` writes it."""
        listed = "".join(f"{self._cubes[name].sha256}  {name}\n" for name in sorted(self._cubes))
        return hashlib.sha256(listed.encode()).hexdigest() if listed else None

    @property
    def _cubes(self) -> dict[str, FileRecord]:
        return {name: file for name, file in self.files.items() if name.endswith(_CUBES)}

    def to_json(self) -> str:
        return json.dumps(plain(self), indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        raw = json.loads(text)
        return cls(
            dataset=raw["dataset"],
            version=raw["version"],
            made_at=datetime.fromisoformat(raw["made_at"]),
            demo=raw["demo"],
            transform=raw["transform"],
            layout=raw.get("layout", 0),
            releases=tuple(
                Release(
                    slug=r["slug"],
                    title=r["title"],
                    url=r["url"],
                    published=date.fromisoformat(r["published"]) if r["published"] else None,
                    files=tuple(SourceFile(**f) for f in r["files"]),
                )
                for r in raw["releases"]
            ),
            inputs=raw["inputs"],
            periods={
                date.fromisoformat(period): PeriodRecord(
                    practices=p["practices"],
                    totals=p["totals"],
                    release=p["release"],
                    sources={kind: tuple(names) for kind, names in p["sources"].items()},
                    key=p["key"],
                    **{name: tuple(p.get(name, ())) for name in ("files", "parts", "missing")},
                )
                for period, p in raw["periods"].items()
            },
            checks=tuple(Check(**c) for c in raw["checks"]),
            notes=tuple(raw["notes"]),
            outliers=tuple(
                Outlier(**one | {"period": date.fromisoformat(one["period"])})
                for one in raw.get("outliers", ())
            ),
            files={name: FileRecord(**f) for name, f in raw["files"].items()},
            because=raw.get("because", ""),
        )


@dataclass(frozen=True, slots=True)
class RefreshStatus:
    """How the last refresh of a dataset ended.

    `refusals` is why files and releases were not used by the last refresh that came to read them.
    """

    checked_at: datetime
    succeeded_at: datetime | None
    outcome: Outcome
    message: str
    checks: tuple[Check, ...] = ()
    refusals: tuple[str, ...] = ()


def plain(value: Any) -> Any:
    """Dataclasses, dates and tuples as JSON knows them."""
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, dict):
        return {
            key.isoformat() if isinstance(key, date) else key: plain(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
