"""Periods that were refused, and those that a person let through by name.

    <home>/<real|demo>/refused/<dataset>.json              what the last refresh refused
    <home>/<real|demo>/accepted/<dataset>/<period>-<…>.json  who let a period through, and why

Both name the files by their SHA-256: another file of the period is judged anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from data.versions.manifest import plain
from data.versions.store import Store, write_atomically


@dataclass(frozen=True, slots=True)
class Refused:
    """A period that does not fit what is held, the files it would be made of and the reason."""

    period: date
    files: tuple[str, ...]  # SHA-256
    names: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """A period that somebody let through although it had been refused."""

    period: date
    files: tuple[str, ...]  # SHA-256
    names: tuple[str, ...]
    reason: str  # for which it had been refused
    who: str
    at: datetime
    why: str


def record_refused(store: Store, dataset_id: str, found: Sequence[Refused]) -> None:
    """Replace what is known of the last refresh of a dataset."""
    path = store.root / "refused" / f"{dataset_id}.json"
    if found or path.exists():
        write_atomically(path, json.dumps(plain(list(found)), indent=1))


def refused(store: Store, dataset_id: str) -> tuple[Refused, ...]:
    path = store.root / "refused" / f"{dataset_id}.json"
    if not path.exists():
        return ()
    return tuple(
        Refused(
            date.fromisoformat(one["period"]),
            tuple(one["files"]),
            tuple(one["names"]),
            one["reason"],
        )
        for one in json.loads(path.read_text(encoding="utf-8"))
    )


def accept(store: Store, dataset_id: str, one: Refused, *, who: str, why: str) -> Accepted:
    """Let a refused period through; it is published by the next refresh."""
    at = datetime.now(UTC).replace(microsecond=0)
    found = Accepted(one.period, one.files, one.names, one.reason, who, at, why)
    digest = hashlib.sha256(" ".join(one.files).encode()).hexdigest()[:16]
    folder = store.root / "accepted" / dataset_id
    text = json.dumps(plain(found), indent=1)
    write_atomically(folder / f"{one.period}-{digest}.json", text)
    return found


def accepted(store: Store, dataset_id: str) -> tuple[Accepted, ...]:
    """Every period that was let through, earliest period first."""
    notes = sorted((store.root / "accepted" / dataset_id).glob("[!.]*.json"))
    return tuple(_read(json.loads(note.read_text(encoding="utf-8"))) for note in notes)


def _read(raw: dict[str, object]) -> Accepted:
    return Accepted(
        period=date.fromisoformat(str(raw["period"])),
        files=tuple(raw["files"]),  # type: ignore[arg-type]
        names=tuple(raw["names"]),  # type: ignore[arg-type]
        reason=str(raw["reason"]),
        who=str(raw["who"]),
        at=datetime.fromisoformat(str(raw["at"])),
        why=str(raw["why"]),
    )
