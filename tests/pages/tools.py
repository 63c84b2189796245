"""Tools that tests name, and their pages as the browser asks for them."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from typing import Any

import dash
from flask import Flask

from components.markup import Node
from pages.catalogue import Tool
from pages.dashboard import contents, standard
from pages.dashboard.declaration import Dashboard
from pages.dashboard.registry import declared
from pages.gp_appointments import DASHBOARD as APPOINTMENTS_DASHBOARD
from pages.list_size import DASHBOARD as LIST_DASHBOARD
from pages.nation import contents as nation_contents
from pages.nation import standard as nation

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
