"""Drawing every kind of chart, and the figures of every page, level and state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from flask import Flask

from components import charts
from components.blocks import Absent, Figure, flat
from components.charts import svg
from data.spec import LEVELS, Level
from data.versions import db
from data.versions.db import library
from data.versions.orgs import Organisations
from data.versions.snapshot import Snapshot
from pages import links
from pages.dashboard import contents, context, registry
from pages.dashboard.context import View
from pages.dashboard.files import pictures
from pages.dashboard.standard import shown
from pages.dashboard.steps import Step
from pages.nation import contents as nation_contents
from pages.nation import standard as nation
from tests.components.gallery_charts import every_chart

Pictures = dict[str, str]  # by page, address and figure
NARROW = 380  # px
HOST = "https://haresign.example"
NATION: tuple[Mapping[str, str], ...] = (
    {},
    {"areas": "region"},
    {"areas": "sub_icb"},
    {"among": "pcn"},
)


def drawn(site: Flask, home: Path) -> Pictures:
    """Every picture, by what it is of."""
    db.configure(home)
    found = _gallery()
    with site.test_request_context("/", base_url=HOST):
        for folder, values in views():
            found |= _of_view(folder, values)
    return found


def _gallery() -> Pictures:
    """Each kind of chart from invented numbers, wide and narrow."""
    specs = every_chart()
    return {
        f"gallery#{name}-{width}": svg.file(
            charts.draw(spec),
            charts.describe(spec),
            svg.Labels(title=name, subtitle="Invented numbers", foot="Nobody"),
            width=width,
        )
        for name, spec in specs.items()
        for width in (svg.WIDTH, NARROW)
    }


def views() -> Iterator[tuple[str, dict[str, str]]]:
    """Every page and address that is drawn, from what the data hold."""
    directory = library().directory()
    for tool in registry.dashboards():
        snapshot = library().current(tool.dataset)
        assert snapshot is not None
        for level in LEVELS:
            code = _example(directory, snapshot, level)
            for state in _states(snapshot):
                yield tool.slug, {"org": code, **state}
        mine = _example(directory, snapshot, "practice")
        for state in NATION:
            yield f"{nation.FOLDER}/{tool.slug}", {"org": mine, **state}


def _example(directory: Organisations, snapshot: Snapshot, level: Level) -> str:
    """An organisation of a level with figures in every month."""
    for org in directory.all(level):
        if all(snapshot.published_in(level, org.code, month) for month in snapshot.months):
            return org.code
    raise AssertionError(f"no {level} of {snapshot.dataset.id} has every month")


def _states(snapshot: Snapshot) -> list[dict[str, str]]:
    """What a reader may choose: an earlier month, each kind of measure, counts, nothing beside."""
    first = f"{snapshot.months[0]:%Y-%m}"
    by_unit = {measure.unit: measure.id for measure in snapshot.dataset.measures}
    return [
        {},
        {"month": first},
        {"unit": "count"},
        {"vs": "none"},
        {"span": "all", "membership": "current"},
        *({"measure": measure} for measure in by_unit.values()),
    ]


def page_of(folder: str, values: dict[str, str]) -> tuple[Sequence[Step], str]:
    """The sections of a dashboard or of its State of the Nation page, and its address."""
    dashboard = pictures.declared(folder.rpartition("/")[2])
    if folder.startswith(nation.FOLDER):
        page = nation.read(dashboard, values)
        assert page is not None
        address = links.absolute(dashboard.tool.nation_path) + nation.query(page)
        return nation_contents.steps_of(page, dashboard), address
    view = context.read(dashboard.tool, values)
    assert isinstance(view, View)
    return shown(view, dashboard, contents.steps_of), context.permanent(view)


def figures_of(steps: Sequence[Step]) -> list[Figure]:
    """Every figure of a page, in its order."""
    blocks = [block for step in steps for block in flat(step.draw().blocks)]
    return [block for block in blocks if isinstance(block, Figure)]


def _of_view(folder: str, values: dict[str, str]) -> Pictures:
    steps, address = page_of(folder, values)
    chosen = "&".join(f"{name}={value}" for name, value in values.items())
    return {
        f"{folder}?{chosen}#{figure.frame.name}": _picture(figure, address)
        for figure in figures_of(steps)
    }


def _picture(figure: Figure, address: str) -> str:
    """The file of a figure; where there is no chart, the sentence that says why."""
    if isinstance(figure.chart, Absent):
        return figure.chart.sentence
    return svg.file(
        charts.draw(figure.chart),
        charts.describe(figure.chart),
        pictures.labels(figure.frame, address),
    )
