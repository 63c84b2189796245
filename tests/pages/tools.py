"""Tools that tests name, and their pages as the browser asks for them."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import dash
from flask import Flask

from components.markup import Node
from data.registry import all_datasets
from data.spec import Dataset
from data.versions import db
from data.versions.orgs import Org
from data.versions.snapshot import Snapshot
from pages.catalogue import Tool
from pages.dashboard import contents, context, standard
from pages.dashboard.context import View
from pages.dashboard.declaration import Dashboard, Nation
from pages.dashboard.registry import declared
from pages.gp_appointments import DASHBOARD as APPOINTMENTS_DASHBOARD
from pages.list_size import DASHBOARD as LIST_DASHBOARD
from pages.nation import contents as nation_contents
from pages.nation import standard as nation
from tests.tree import Element, walk, words

# Pages beside those of the dashboards.
SITE_PAGES = (
    "/",
    "/changes/",
    "/data-sources/",
    "/state-of-the-nation/",
    "/status/",
    "/tools/",
)
GP_APPOINTMENTS, LIST_SIZE = APPOINTMENTS_DASHBOARD.tool, LIST_DASHBOARD.tool


@dataclass(frozen=True)
class Page:
    """The page of a dashboard as the browser asks for it."""

    declared: Dashboard

    @property
    def tool(self) -> Tool:
        return self.declared.tool

    def body(self, **values: str) -> Node:
        return standard.page(self.declared, values, contents.steps_of)

    def later(self, data: object) -> list[Node]:
        return standard.later(self.declared, data, contents.steps_of)

    def layout(self, **values: str) -> Any:
        found = next(page for page in dash.page_registry.values() if page["path"] == self.tool.path)
        return found["layout"](**values)


def dashboard_of(dataset: Dataset) -> Dashboard:
    """A dashboard of what a dataset's declaration alone gives."""
    first = tuple(measure.id for measure in dataset.measures)[:5]
    tool = Tool(
        slug=f"every-{dataset.id}",
        title=dataset.title,
        question="What is published?",
        subject="Funding",
        dataset=dataset.id,
        measure=first[0],
    )
    return Dashboard(
        tool=tool,
        noun="the whole",
        groups=(("All", first),),
        cards=first,
        members=first,
        nation=Nation(measures=first),
    )


def every_dashboard() -> tuple[Dashboard, ...]:
    """Every dashboard of the product, and one of each dataset that none of them shows."""
    shown = {one.tool.dataset for one in declared()}
    others = (dashboard_of(one) for one in all_datasets() if one.id not in shown)
    return (*declared(), *others)


def snapshot_of(shown: Dashboard) -> Snapshot:
    snapshot = db.library().current(shown.tool.dataset)
    assert snapshot is not None, f"{shown.tool.dataset} is not loaded"
    return snapshot


def published(snapshot: Snapshot, level: str) -> list[Org]:
    """The organisations of a level with figures in the newest period."""
    return [
        org
        for org in db.library().directory().all(level)  # type: ignore[arg-type]
        if snapshot.published_in(org.level, org.code, snapshot.latest)
    ]


def view_of(tool: Tool, **values: str) -> View:
    view = context.read(tool, values)
    assert isinstance(view, View)
    return view


def whole(page: Page, **values: str) -> Node:
    """A page once the browser has asked for every section of it."""
    body = page.body(**values)
    rest = find_class(body, "rest")
    return _filled(body, page, json.loads(getattr(rest[0], "data-asked"))) if rest else body


def _filled(node: Node, page: Page, asked: dict[str, Any]) -> Node:
    """The node with what the browser asks for in its places."""
    if node.attributes.get("className") == "later":
        told = asked | {"section": node.attributes["data-section"]}
        return Node(node.kind, node.attributes, tuple(page.later(told)))
    inside = [_filled(c, page, asked) if isinstance(c, Node) else c for c in node.children]
    return Node(node.kind, node.attributes, tuple(inside))


def find_class(body: Node, name: str) -> list[Element]:
    return [one for one in walk(body) if getattr(one, "className", "") == name]


def left_for_later(node: Any) -> Iterator[dict[str, Any]]:
    """What a page as plain dicts asks the rest of itself with."""
    if isinstance(node, list):
        for one in node:
            yield from left_for_later(one)
    if isinstance(node, dict):
        props = node["props"]
        if "data-asked" in props:
            for place in props["children"]:
                yield json.loads(props["data-asked"]) | {"section": place["props"]["data-section"]}
        yield from left_for_later(props.get("children"))


def words_at(path: str, **values: str) -> str:
    """The words of the page at an address, with what the browser asks for afterwards."""
    page = next(page for page in dash.page_registry.values() if page["path"] == path)
    drawn = page["layout"](**values)
    rest = (later_of(path, asked) for asked in left_for_later(drawn))
    return words(drawn) + "".join(words(one) for one in rest)


def dashboard(slug: str) -> Dashboard:
    return next(one for one in declared() if one.tool.slug == slug)


def later_of(path: str, data: object) -> list[Node]:
    """What a page of State of the Nation draws when it is asked for a section."""
    found = next(one for one in declared() if one.tool.nation_path == path)
    return nation.later(found, data, nation_contents.steps_of)


def downloaded(site: Flask, address: str, *, ending: str) -> list[list[list[str]]]:
    """Rows of the CSVs in a ZIP whose names end so."""
    answer = site.test_client().get(address)
    assert answer.status_code == 200, answer.status
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return [
            list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
            for name in archive.namelist()
            if name.endswith(f"{ending}.csv")
        ]
