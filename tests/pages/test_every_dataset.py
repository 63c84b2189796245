"""A dashboard of every dataset: what the declaration alone gives, on the fictional England."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from components.render import as_dash, as_tables
from data import periods
from data.registry import all_datasets
from data.spec import Dataset
from data.versions import db
from pages.dashboard import contents, context, standard
from pages.dashboard.context import View
from pages.dashboard.declaration import Dashboard
from pages.nation import contents as nation_contents
from pages.nation import standard as nation
from tests.pages.tools import dashboard_of
from tests.tree import words

ROOT = Path(__file__).parents[2]
EVERY = pytest.mark.parametrize("declared", all_datasets(), ids=lambda one: one.id)
OF_MONTHS = re.compile(
    r"(?<![0-9] )\b(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec)[a-z]* 20\d\d|\bmonths\b"
)
PUBLICATION = re.compile(r"(?:next due|by the lists of) \w+ \d{4}")  # months all the same


def whole(dashboard: Dashboard, org: str) -> str:
    """The words of a page with all of its sections."""
    view = context.read(dashboard.tool, {"org": org})
    assert isinstance(view, View)
    sections = [step.draw() for step in contents.steps_of(view, dashboard)]
    assert as_tables.sheets(sections)
    drawn = (as_dash.section(section) for section in sections)
    head = standard.page(dashboard, {"org": org}, contents.steps_of)
    return " ".join([words(head), *(words(one) for one in drawn)])


@EVERY
def test_a_page_of_every_level_and_of_england_as_a_whole(england: Flask, declared: Dataset) -> None:
    dashboard, snapshot = dashboard_of(declared), db.library().current(declared.id)
    assert snapshot is not None
    said = []
    for level in declared.levels:
        orgs = (one for one in db.library().directory().all(level))
        org = next(o for o in orgs if snapshot.published_in(level, o.code, snapshot.latest))
        said.append(whole(dashboard, org.code))
        assert org.name in said[-1]
    view = nation.read(dashboard, {})
    assert view is not None
    steps = nation_contents.steps_of(view, dashboard)
    drawn = [as_dash.section(step.draw()) for step in steps]
    said.append(" ".join(words(one) for one in drawn))
    period = periods.label(declared.period, snapshot.latest)
    assert all(period in text for text in said)
    if periods.is_annual(declared.period):  # nothing is a month but when it was published
        assert [m[0] for text in said for m in OF_MONTHS.finditer(PUBLICATION.sub("", text))] == []


def test_a_dashboard_is_added_as_readme_says(demo_home: Path, tmp_path: Path) -> None:
    """The module in README, in a folder of its own, is served, downloaded and listed."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (module,) = re.findall(r"```python\n(\"\"\"Patient Online.*?)```", readme, re.DOTALL)
    assert len(module.splitlines()) < 40
    (tmp_path / "patient_online.py").write_text(module, encoding="utf-8")
    found = subprocess.run(
        [sys.executable, "-c", ADDED, str(tmp_path), str(demo_home)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stderr[-2000:]


ADDED = """
import sys
import pages
pages.__path__.append(sys.argv[1])
import dash
from app import create_app
from data.settings import Settings
from data.versions import db
from pathlib import Path
from tests.pages.tools import dashboard_of
from tests.tree import words

app = create_app(Settings(home=Path(sys.argv[2])))
by_path = {page["path"]: page["layout"] for page in dash.page_registry.values()}
tool, country = "/tools/patient-online/", "/state-of-the-nation/patient-online/"
with app.test_request_context("/", base_url="https://haresign.example"):
    snapshot = db.library().current("patient-online")
    practice = next(
        one for one in db.library().directory().all("practice")
        if snapshot.published_in("practice", one.code, snapshot.latest)
    )
    assert practice.name in words(by_path[tool](org=practice.code))
    assert "Patient Online" in words(by_path[country]())
    assert tool in str(by_path["/tools/"]())
    assert country in str(by_path["/state-of-the-nation/"]())
client = app.test_client()
for address in (f"/download/patient-online.{kind}" for kind in ("zip", "xlsx")):
    answer = client.get(f"{address}?org={practice.code}")
    assert answer.status_code == 200 and len(answer.data) > 2000, address
page = client.get(f"/organisations/{practice.code}/").get_data(as_text=True)
assert tool in page and country in page
"""
