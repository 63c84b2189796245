"""When each dataset is looked at next, and how often that has failed: kept across restarts.

`<home>/real/schedule/<dataset>.json`, written by the scheduler and read by the status page.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from data.versions.store import Store, write_atomically

FIRST_WAIT = 15 * 60  # seconds after a first failure
LONGEST_WAIT = 64  # times the first
ALIVE = "scheduler.json"
ALIVE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Plan:
    """The next look at a dataset, in UTC. `started_at` without an end is a check cut short."""

    dataset: str
    next_check: datetime
    failures: int = 0  # in a row
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def cut_short(self) -> bool:
        return self.started_at is not None and (
            self.ended_at is None or self.ended_at < self.started_at
        )


def folder(store: Store) -> Path:
    return store.root / "schedule"


def read(store: Store, dataset_id: str) -> Plan | None:
    """The plan of a dataset; None where nothing is planned or the file is damaged."""
    try:
        raw = json.loads((folder(store) / f"{dataset_id}.json").read_text(encoding="utf-8"))
        moments = {
            name: datetime.fromisoformat(raw[name]) if raw[name] else None
            for name in ("next_check", "started_at", "ended_at")
        }
        return Plan(**{**raw, **moments})
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def write(store: Store, plan: Plan) -> None:
    raw = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(plan).items()
    }
    write_atomically(folder(store) / f"{plan.dataset}.json", json.dumps(raw, indent=1))


def started(plan: Plan) -> Plan:
    return replace(plan, started_at=_now(), ended_at=None)


def ended(plan: Plan, *, failed: bool, next_check: datetime) -> Plan:
    failures = plan.failures + 1 if failed else 0
    return replace(plan, failures=failures, ended_at=_end(plan), next_check=next_check)


def put_off(plan: Plan, next_check: datetime) -> Plan:
    """The check did not take place; what is known of earlier ones stays."""
    return replace(plan, ended_at=_end(plan), next_check=next_check)


def back_off(failures: int, first: float = FIRST_WAIT) -> float:
    """Seconds to wait after so many failures in a row: doubling, up to `LONGEST_WAIT` times."""
    return first * min(2 ** min(failures - 1, 30), LONGEST_WAIT)


def mark_alive(store: Store) -> None:
    """Say that a scheduler is at work; it does so well within every `ALIVE_SECONDS`."""
    path = folder(store) / ALIVE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def is_alive(store: Store, now: datetime) -> bool:
    try:
        marked = (folder(store) / ALIVE).stat().st_mtime
    except FileNotFoundError:
        return False
    return abs(now.timestamp() - marked) < ALIVE_SECONDS  # one of a clock ahead says nothing


def mark_gone(store: Store) -> None:
    (folder(store) / ALIVE).unlink(missing_ok=True)


def _end(plan: Plan) -> datetime:
    """Now, or when the check began: the clock may have been set back meanwhile."""
    return max(_now(), plan.started_at or _now())


def _now() -> datetime:
    return datetime.now(UTC)
