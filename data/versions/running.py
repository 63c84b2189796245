"""What a refresh in another process is doing just now: `<root>/running/<dataset>.json`.

The file is renewed while its process lives. One that is not renewed, or whose process has ended,
is nobody's and is ignored.
"""

from __future__ import annotations

import json
import os
import socket
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from data.versions.store import Store

STALE_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Running:
    """A step of a refresh. `done` is the share of 0 to 1, the other amounts are of the step."""

    dataset: str
    step: str
    done: float
    rows: int | None
    bytes: int | None
    seconds_left: float | None
    started_at: str  # ISO, UTC
    pid: int
    host: str


def folder(store: Store) -> Path:
    return store.root / "running"


def path(store: Store, dataset_id: str) -> Path:
    return folder(store) / f"{dataset_id}.json"


def to_json(running: Running) -> str:
    return json.dumps(asdict(running))


def running(*stores: Store) -> list[Running]:
    """Every refresh that runs now, by dataset."""
    found = [_read(one) for store in stores for one in sorted(folder(store).glob("[!.]*.json"))]
    return [one for one in found if one is not None]


def _read(file: Path) -> Running | None:
    try:
        age = time.time() - file.stat().st_mtime
        told = Running(**json.loads(file.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    if abs(age) > STALE_SECONDS or _has_ended(told):
        return None
    return told


def _has_ended(told: Running) -> bool:
    """Whether the process is known to have ended; those of other hosts cannot be seen."""
    if told.host != socket.gethostname():
        return False
    try:
        os.kill(told.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
