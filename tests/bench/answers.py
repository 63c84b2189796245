"""Server time of a dashboard's callbacks, of a key press and of an API call, without a network."""

from __future__ import annotations

import importlib
import json
import os
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from flask.testing import FlaskClient

from app import create_app
from data.settings import Settings
from data.spec import LEVEL_NAMES, Level
from data.versions import db
from data.versions.snapshot import Snapshot
from tests.bench.budgets import ENGINEERING
from tests.bench.counts import Counts
from tests.bench.dashboards import CALLED, SENT, Ask, DashPage, left_for_later
from tests.bench.references.figures import FILE, Figures
from tests.bench.report import Row, Spread

TOOLS = {"list-size": "list-sizes", "gp-appointments": "gp-appointments"}
MEASURED_LEVELS: tuple[Level, ...] = ("practice", "pcn", "icb", "england")
TYPED = ("m", "mi", "mil", "mill", "millb", "surgery", "ha", "har", "pcn", "st anne", "ts1")
MISSPELT = ("milbrok", "hartly raod", "rivrside practise", "st anes surgry")
WARMING = 4  # questions that are not counted

Subject = TypeVar("Subject")


def milliseconds(action: Callable[[Subject], object], subjects: Sequence[Subject]) -> list[float]:
    taken = []
    for subject in subjects:
        started = time.perf_counter()
        action(subject)
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def percentile(numbers: Sequence[float], share: float) -> float:
    return sorted(numbers)[min(len(numbers) - 1, int(share * len(numbers)))]


def rows(home: Path, counts: Counts) -> list[Row]:
    """Times in this process."""
    usual = _plain_dash_callback(home, counts)
    client = create_app(Settings(home=home)).test_client()
    measured = [usual]
    bodies: list[Row] = []
    for tool, dataset_id in TOOLS.items():
        snapshot = db.library().current(dataset_id)
        if snapshot is None:
            raise RuntimeError(f"{dataset_id} is not published in {home}")
        page = DashPage(asked_in_process(client), f"/tools/{tool}/", f"{tool}-body")
        page.document()
        for level in MEASURED_LEVELS:
            bodies += _callbacks(tool, snapshot, level, page, usual, counts)
        bodies.append(_asked_again(tool, snapshot, page))
    measured += [_slowest_callback(bodies), *bodies]
    measured += [_key_press("search per key press", client, TYPED)]
    measured += [_key_press("search, misspelt names", client, MISSPELT)]
    return measured


def asked_in_process(client: FlaskClient) -> Ask:
    def ask(path: str, posted: bytes | None) -> bytes:
        if posted is None:
            answer = client.get(path)
        else:
            answer = client.post(path, data=posted, headers=SENT)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code} for {posted!r}")
        return answer.data

    return ask


def _plain_dash_callback(home: Path, counts: Counts) -> Row:
    figures = Figures.of_site(home)
    with tempfile.TemporaryDirectory() as scratch:
        os.environ[FILE] = str(Path(scratch) / "figures.npz")
        figures.write(Path(os.environ[FILE]))
        plain = importlib.import_module("tests.bench.references.plain_dash")
    client = plain.server.test_client()

    def ask(code: str) -> None:
        values = {"practice": code, "month": figures.months[-1][:7]}
        question = {
            "output": "chart.figure",
            "outputs": {"id": "chart", "property": "figure"},
            "inputs": [{"id": k, "property": "value", "value": v} for k, v in values.items()],
            "changedPropIds": ["practice.value"],
            "state": [],
        }
        answer = client.post(CALLED, data=json.dumps(question), headers=SENT)
        assert answer.status_code == 200, answer.status_code

    codes = random.Random(5).sample(figures.codes, min(counts.pages, len(figures.codes)))
    milliseconds(ask, codes[:WARMING])
    return Row(
        what="reference: the one callback of a plain Dash page, one chart of the same rows",
        measured=Spread.of(milliseconds(ask, codes)),
    )


def _callbacks(
    tool: str, snapshot: Snapshot, level: Level, page: DashPage, usual: Row, counts: Counts
) -> list[Row]:
    """Pages that nobody has asked for before: other organisations, or other months of one."""
    searches = _never_asked(snapshot, level, counts)
    for search in searches[:WARMING]:
        milliseconds(page.later, left_for_later(page.first(search)))
    first = milliseconds(page.first, searches[WARMING:])
    later: dict[str, list[float]] = defaultdict(list)
    for search in searches[WARMING:]:
        for section in left_for_later(page.first(search)):
            later[section.section] += milliseconds(page.later, [section])
    slowest = max(later, key=lambda section: percentile(later[section], 0.95))
    kind = LEVEL_NAMES[level][0]
    return [
        _callback(f"{tool} dashboard, {kind}, first screen", first, usual),
        _callback(
            f"{tool} dashboard, {kind}, slowest of the {len(later)} later sections ({slowest})",
            later[slowest],
            usual,
        ),
    ]


def _never_asked(snapshot: Snapshot, level: Level, counts: Counts) -> list[str]:
    months = [f"{month:%Y-%m}" for month in snapshot.months]
    codes = list(snapshot.codes(level))
    chosen = [(code, months[-1]) for code in codes]
    if len(codes) < counts.pages:
        chosen = [(code, month) for month in reversed(months) for code in codes]
    asked = random.Random(1948).sample(chosen, min(counts.pages + WARMING, len(chosen)))
    return [f"?org={code}&month={month}" for code, month in asked]


def _callback(what: str, taken: Sequence[float], usual: Row) -> Row:
    assert isinstance(usual.measured, Spread)
    slow = percentile(taken, 0.95)
    return Row(
        what=f"{what}, drawn for the first time",
        measured=f"p95 {slow:.1f} ms; {Spread.of(taken)}",
        reference=f"a plain Dash page's callback, {usual.measured.median:.1f} ms",
        ratio=statistics.median(taken) / usual.measured.median,
        budget=ENGINEERING["callback"],
        against=(slow,),
    )


def _slowest_callback(bodies: Sequence[Row]) -> Row:
    """The one that decides whether the budget of all callbacks is kept."""
    slowest = max((row for row in bodies if row.against), key=lambda row: row.against)
    return Row(
        what=f"slowest callback of all: {slowest.what}",
        measured=slowest.measured,
        reference=slowest.reference,
        ratio=slowest.ratio,
        budget=slowest.budget,
        against=slowest.against,
        quoted=True,
    )


def _asked_again(tool: str, snapshot: Snapshot, page: DashPage) -> Row:
    codes = random.Random(7).sample(snapshot.codes("practice"), 20)
    first = milliseconds(page.first, [f"?org={code}" for code in codes])
    again = milliseconds(page.first, [f"?org={code}" for code in codes])
    return Row(
        what=f"{tool} dashboard, practice, first screen, asked for again (the answer is kept)",
        measured=f"p95 {percentile(again, 0.95):.1f} ms; {Spread.of(again)}",
        reference=f"the first time, {statistics.median(first):.1f} ms",
        ratio=statistics.median(again) / statistics.median(first),
    )


def _key_press(what: str, client: FlaskClient, words: Sequence[str]) -> Row:
    directory = db.library().directory()
    typed = list(words) * 8
    milliseconds(directory.search, typed)
    alone = milliseconds(directory.search, typed)
    whole = milliseconds(
        lambda text: client.get("/search/suggestions/", query_string={"q": text}), typed
    )
    return Row(
        what=what,
        measured=Spread.of(whole),
        reference=f"the look-up alone, {statistics.median(alone):.2f} ms",
        ratio=statistics.median(whole) / statistics.median(alone),
        budget=ENGINEERING["search"],
        against=(statistics.median(whole),),
    )
