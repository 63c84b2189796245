"""How long clients wait when a new version is published under them."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from app import create_app
from auth.api_keys import keys
from data.settings import Settings
from data.versions import db
from data.versions.store import store
from tests.bench import crosstabs, homes, steps
from tests.bench.clients import Waits, asking
from tests.bench.counts import Counts
from tests.bench.dashboards import Question, first_screen
from tests.bench.load import ASKING, SERVING
from tests.bench.references.figures import MEASURE
from tests.bench.report import Row, Spread
from tests.serving import on, served

PAUSE = 0.02  # seconds between two questions of a client
BEFORE, AFTER = 5.0, 10.0  # seconds in which clients are watched
PATIENCE = 300.0  # seconds for a publication
KINDS = ("the API", "a dashboard's callback", "an organisation page")


def _questions(code: str) -> list[Question]:
    return [
        Question(f"/api/v1/{steps.DATASET}/?practice={code}&fields=month,rates.{MEASURE}"),
        first_screen(f"{steps.DATASET}-body", f"?org={code}"),
        Question(f"/organisations/{code}/"),
    ]


@dataclass(frozen=True, slots=True)
class _Watched:
    """A publication, by the clock of the clients."""

    waits: list[Waits]
    begun: float
    live: float
    over: float


def rows(home: Path, counts: Counts) -> list[Row]:
    """Clients are watched before, while the month is built, and from when it is live."""
    with tempfile.TemporaryDirectory(dir=homes.HOMES) as scratch:
        source = crosstabs.corrected_release(home, Path(scratch))
        seen = [_publication(home, source) for _ in range(counts.publications)]
    return [_longest_wait(seen), *(_of_kind(seen, at, name) for at, name in enumerate(KINDS))]


def _publication(home: Path, source: Path) -> _Watched:
    with homes.copied(home) as copy:
        app = create_app(Settings(home=copy))
        with app.app_context():
            key = keys.issue("bench of publications")
        snapshot = db.library().current(steps.DATASET)
        assert snapshot is not None
        code = snapshot.codes("practice")[0]
        pointer = store(copy, "demo").pointer(steps.DATASET)
        with (
            served(copy, core=SERVING) as site,
            asking(site, key, _questions(code), pause=PAUSE) as waits,
        ):
            time.sleep(BEFORE)  # their first answers, which nobody had asked for
            for own in waits:
                own.waits.clear()
            time.sleep(BEFORE)
            before, begun = pointer.stat().st_ino, time.monotonic()
            publishing = steps.started("publish", copy, source, core=on(ASKING))
            try:
                while pointer.stat().st_ino == before:
                    if publishing.poll() or time.monotonic() - begun > PATIENCE:
                        raise RuntimeError("nothing was published")
                    time.sleep(0.01)
                live = time.monotonic()
                publishing.wait(PATIENCE)
            finally:
                publishing.kill()
            time.sleep(AFTER)
            return _Watched(waits, begun, live, live + AFTER)


def _longest_wait(seen: list[_Watched]) -> Row:
    kinds = range(len(KINDS))
    after = Spread.of(max(_after(one, at) for at in kinds) for one in seen)
    before = Spread.of(max(_before(one, at) for at in kinds) for one in seen)
    return Row(
        what=f"longest wait of any client in the {AFTER:.0f} s after a month is published",
        measured=after,
        reference=f"longest in the {BEFORE:.0f} s before, {before}",
        ratio=after.median / before.median,
        quoted=True,
    )


def _of_kind(seen: list[_Watched], at: int, name: str) -> Row:
    after = Spread.of(_after(one, at) for one in seen)
    before = Spread.of(_before(one, at) for one in seen)
    building = Spread.of(one.waits[at].longest(one.begun, one.live) for one in seen)
    return Row(
        what=f"longest wait after it: {name}",
        measured=after,
        reference=f"before, {before}; while the month is built on the other core, {building}",
        ratio=after.median / before.median,
    )


def _before(watched: _Watched, at: int) -> float:
    return watched.waits[at].longest(watched.begun - BEFORE, watched.begun)


def _after(watched: _Watched, at: int) -> float:
    return watched.waits[at].longest(watched.live, watched.over)
