"""One question has one answer: the page, its export and the API call that it shows agree."""

from __future__ import annotations

import csv
import io
import math
import random
import zipfile
from collections.abc import Callable
from math import isclose
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from auth.api_keys import keys
from components import explain
from components.render import as_files
from components.render.as_tables import sheets
from data import format as fmt
from data import periods
from data.datasets.list_sizes import QUINARY_BANDS, SEXES, band_part
from data.questions import queries
from data.questions.queries import Figure
from data.questions.rows import LONG, OF_THE_PUBLISHER, code_column
from data.spec import Dataset
from pages.dashboard import context, figures
from pages.dashboard.context import View
from pages.dashboard.declaration import Dashboard
from pages.dashboard.files import exports
from pages.dashboard.registry import declared
from tests.pages.tools import every_dashboard, published, snapshot_of, view_of

TRIES = 25  # at each level: many measures are not published in every period
MEASURES = 40  # of a dataset, at most twice as many
Rows = list[dict[str, Any]]
PARTS = {
    (name, band): band_part(sex, band) for sex, name in SEXES.items() for band in QUINARY_BANDS
}


@pytest.fixture
def call(england: Flask) -> Callable[[str], Rows]:
    """Every row of a request written as pages write it: GET ADDRESS."""
    key = keys.issue("one number")
    client = england.test_client()

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


def answered(rows: Rows, now: Figure, dataset: Dataset) -> float | None:
    """The figure that the API's rows give."""
    measure = now.measure
    if dataset.id not in LONG:
        (row,) = rows
        assert row[code_column(dataset)] == now.org.code
        if not measure.den_parts:
            return math.fsum(row[part] for part in measure.num_parts)
        value: float | None = row["rates"][measure.id]
        return value
    known = counts(rows)
    above = sum(known[part] for part in measure.num_parts)
    if not measure.den_parts:
        return above
    return measure.multiplier * above / sum(known[part] for part in measure.den_parts)


def exported(view: View, shown: Dashboard) -> float:
    """The newest value of the organisation's own line in the trend that is downloaded."""
    file = as_files.zip_of_csv(
        exports.cover(view, link=context.permanent(view)), sheets(exports.sections(view, shown))
    )
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("trend-deciles.csv"))
        rows = list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
    return float(rows[1][1])


@pytest.mark.parametrize("shown", every_dashboard(), ids=lambda one: one.tool.slug)
def test_page_export_and_the_api_call_shown_agree(
    england: Flask, call: Callable[[str], Rows], shown: Dashboard
) -> None:
    """At every level, in any period, with the areas of then or of today."""
    rng, snapshot = random.Random(shown.tool.slug), snapshot_of(shown)
    dataset, missed = snapshot.dataset, []
    for level in dataset.levels:
        for _ in range(TRIES):
            org = rng.choice(published(snapshot, level))
            measure = rng.choice(dataset.measures)
            view = view_of(
                shown.tool,
                org=org.code,
                month=periods.key(dataset.period, rng.choice(snapshot.months)),
                membership=rng.choice(("dated", "current")),
                measure=measure.id,
            )
            now = queries.figure(
                snapshot, measure, view.org, month=view.period, membership=view.membership
            )
            if now.value is not None:
                agrees(view, shown, now, call)
                break
        else:
            missed.append(level)
    assert missed == []


def agrees(view: View, shown: Dashboard, now: Figure, call: Callable[[str], Rows]) -> None:
    """A number is the same in the file, in its working and in the answer of the API."""
    said = (context.query(view), now.measure.id)
    assert exported(view, shown) == now.value, said
    working = str(explain.explain(figures.working(view, now)))
    assert fmt.with_unit(now.value, now.measure.unit) in working, said
    request = figures.api_call(view, now)
    dataset = view.snapshot.dataset
    bands = now.measure.id == "under_18"  # rows have five-year bands
    assert (request == "") == (bands or dataset.id in OF_THE_PUBLISHER), said
    if request:
        assert request in working
        value = answered(call(request), now, dataset)
        assert value is not None and isclose(value, now.value, rel_tol=1e-12), (request, said)


@pytest.mark.parametrize("shown", declared(), ids=lambda shown: shown.tool.slug)
def test_page_and_api_cite_a_number_in_one_sentence(england: Flask, shown: Dashboard) -> None:
    snapshot = snapshot_of(shown)
    org = published(snapshot, snapshot.dataset.levels[0])[0]
    view = view_of(shown.tool, org=org.code)
    now = queries.figure(view.snapshot, view.measure, view.org, month=view.period)
    working = figures.working(view, now)
    if snapshot.dataset.id in OF_THE_PUBLISHER:
        assert working.api_call == ""
        return
    request = working.api_call.removeprefix("GET ") + "&include=citation"
    split = urlsplit(request)
    key = keys.issue("one sentence")
    meta = (
        england.test_client()
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
    limits = fmt.interval(now.low, now.high, now.measure.unit)
    return f" (95% interval {limits})" if limits else ""


@pytest.mark.parametrize("shown", every_dashboard(), ids=lambda one: one.tool.slug)
def test_measures_of_one_organisation_agree(
    england: Flask, call: Callable[[str], Rows], shown: Dashboard
) -> None:
    snapshot = snapshot_of(shown)
    dataset = snapshot.dataset
    org = published(snapshot, dataset.levels[0])[0]
    view = view_of(shown.tool, org=org.code)
    for measure in dataset.measures[:: 1 + len(dataset.measures) // MEASURES]:
        now = queries.figure(snapshot, measure, view.org, month=view.period)
        request = figures.api_call(view, now)
        if now.value is None or not request:
            continue
        value = answered(call(request), now, dataset)
        assert value is not None and isclose(value, now.value, rel_tol=1e-12), measure.id
