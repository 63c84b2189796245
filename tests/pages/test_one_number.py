"""One question has one answer: the page, its export and the API call that it shows agree."""

from __future__ import annotations

import random
from collections.abc import Callable
from math import isclose
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from auth.api_keys import keys
from components import explain
from data import format as fmt
from data.datasets.list_sizes import QUINARY_BANDS, SEXES, band_part
from data.questions import queries
from data.questions.queries import Figure
from data.spec import LEVELS, Measure
from data.versions.orgs import Org
from pages.catalogue import Tool
from pages.dashboard import context, figures
from pages.dashboard.context import View
from pages.dashboard.registry import dashboards
from tests.pages.tools import GP_APPOINTMENTS, LIST_SIZE, downloaded

Rows = list[dict[str, Any]]
PARTS = {
    (name, band): band_part(sex, band) for sex, name in SEXES.items() for band in QUINARY_BANDS
}


@pytest.fixture
def call(asked: Flask) -> Callable[[str], Rows]:
    """Every row of a request written as pages write it: GET ADDRESS."""
    key = keys.issue("one number")
    client = asked.test_client()

    def rows(request: str) -> Rows:
        method, address = request.split(" ")
        assert method == "GET"
        found: Rows = []
        while address:
            split = urlsplit(address)
            answer = client.get(
                f"{split.path}?{split.query}", headers={"Authorization": f"Bearer {key}"}
            )
            assert answer.status_code == 200, answer.json
            found += answer.json["results"]
            address = answer.json["next"]
        return found

    return rows


def counts(rows: Rows) -> dict[str, float]:
    """Parts of list sizes by name, from long rows; `practices` is how many there are."""
    found: dict[str, float] = {"registered": 0, "practices": len({row["org"] for row in rows})}
    for row in rows:
        place = (row["sex"], row["age_band"])
        if place == ("ALL", "ALL"):
            found["registered"] += row["patients"]
        elif place in PARTS:
            found[PARTS[place]] = found.get(PARTS[place], 0) + row["patients"]
    return found


def answered(rows: Rows, now: Figure, tool: Tool) -> float | None:
    """The figure that the API's rows give."""
    measure = now.measure
    if tool is GP_APPOINTMENTS and measure.den_parts:
        (row,) = rows
        assert row["ods_code"] == now.org.code
        value: float | None = row["rates"][measure.id]
        return value
    if tool is GP_APPOINTMENTS:
        (row,) = rows
        return sum(row[part] for part in measure.num_parts)
    held = counts(rows)
    above = sum(held[part] for part in measure.num_parts)
    if not measure.den_parts:
        return above
    return measure.multiplier * above / sum(held[part] for part in measure.den_parts)


def view_of(tool: Tool, org: Org, month: str, membership: str) -> View:
    found = context.read(tool, {"org": org.code, "month": month, "membership": membership})
    assert isinstance(found, View)
    return found


def exported(site: Flask, view: View, measure: Measure) -> float:
    """The last value of the organisation's own line in the trend that is downloaded."""
    query = (
        f"org={view.org.code}&month={view.period:%Y-%m}&membership={view.membership}"
        f"&measure={measure.id}"
    )
    (rows,) = downloaded(site, f"/download/{view.tool.slug}.zip?{query}", ending="trend-deciles")
    return float(rows[-1][1])


@pytest.mark.parametrize("tool", dashboards(), ids=lambda tool: tool.slug)
@pytest.mark.parametrize("level", LEVELS)
def test_page_export_and_the_api_call_shown_agree(
    asked: Flask, call: Callable[[str], Rows], tool: Tool, level: str
) -> None:
    rng = random.Random(f"{tool.slug} {level}")
    checked = 0
    for _ in range(12):
        view = context.read(tool, {})
        assert isinstance(view, View)
        org = rng.choice(view.directory.all(level))  # type: ignore[arg-type]
        month = context.written(view, rng.choice(view.snapshot.months))
        view = view_of(tool, org, month, rng.choice(("dated", "current")))
        measure = rng.choice(view.snapshot.dataset.measures)
        now = queries.figure(
            view.snapshot, measure, view.org, month=view.period, membership=view.membership
        )
        if now.value is None:
            continue
        assert exported(asked, view, measure) == now.value
        shown = str(explain.explain(figures.working(view, now)))
        assert fmt.with_unit(now.value, measure.unit) in shown
        request = figures.api_call(view, now)
        if measure.id == "under_18":
            assert request == ""  # rows have five-year bands
            continue
        assert request in shown
        value = answered(call(request), now, tool)
        assert value is not None and isclose(value, now.value, rel_tol=1e-12), (request, measure.id)
        checked += 1
    assert checked >= 3


@pytest.mark.parametrize("tool", dashboards(), ids=lambda tool: tool.slug)
def test_page_and_api_cite_a_number_in_one_sentence(asked: Flask, tool: Tool) -> None:
    view = context.read(tool, {"org": "A81001"})
    assert isinstance(view, View)
    now = queries.figure(view.snapshot, view.measure, view.org, month=view.period)
    working = figures.working(view, now)
    request = working.api_call.removeprefix("GET ") + "&include=citation"
    split = urlsplit(request)
    key = keys.issue("one sentence")
    meta = (
        asked.test_client()
        .get(f"{split.path}?{split.query}", headers={"Authorization": f"Bearer {key}"})
        .json["meta"]
    )
    sentence = meta["citation"].removesuffix(meta["source"])
    assert view.snapshot.dataset.publisher in sentence and view.when in sentence
    assert working.citation == (
        f"{now.org.label}: {now.measure.label}, {now.when}, "
        f"{fmt.with_unit(now.value, now.measure.unit)}{_limits(now)}. "
        f"{sentence}{context.permanent(view)}"
    )


def _limits(now: Figure) -> str:
    if now.low is None:
        return ""
    return f" (95% interval {fmt.between(now.low, now.high, now.measure.unit)})"


def test_every_measure_of_one_practice_agrees(asked: Flask, call: Callable[[str], Rows]) -> None:
    for tool in (GP_APPOINTMENTS, LIST_SIZE):
        view = context.read(tool, {"org": "A81001"})
        assert isinstance(view, View)
        for measure in view.snapshot.dataset.measures:
            now = queries.figure(view.snapshot, measure, view.org, month=view.period)
            request = figures.api_call(view, now)
            if now.value is None or not request:
                continue
            value = answered(call(request), now, tool)
            assert value is not None and isclose(value, now.value, rel_tol=1e-12), measure.id
