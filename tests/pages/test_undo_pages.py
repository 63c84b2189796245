"""Administrators take back what was published on the site, with a reason, and it is logged."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from app import create_app
from auth.accounts import people
from auth.models import AuditEvent, ImportJob, db
from data.settings import Settings
from data.versions.store import store
from pipelines.engine.runner import publish_landed
from pipelines.engine.series import series
from pipelines.schedule.acquire import land_local
from tests.auth.visitors import Visitor
from tests.mailbox import receiving
from tests.pipelines.desk import ALL
from tests.pipelines.shelf import Shelf
from tests.pipelines.test_outliers import MIDDLE, load
from tests.pipelines.test_uses import write, wrong
from tests.published_files import list_files

LISTS = "list-sizes"
JANUARY = date(2026, 1, 1)
PAGE = f"/accounts/admin/data/{LISTS}/"


def test_administrators_see_figures_out_of_all_proportion(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    load(shelf, {MIDDLE: {"Y90007": 3636}})
    with receiving() as mailbox:
        site = create_app(Settings(home=tmp_path / "home", smtp_url=mailbox.url))
        person = Visitor(site, mailbox, 1).joined()
        with site.app_context():
            user = people.by_email(person.email)
            assert user is not None
            user.is_platform_admin = True
            db.session.commit()
        page = person.get("/accounts/admin/data/qof/").get_data(as_text=True)
    assert "Figures to look at" in page
    for text in ("Y90007", "2022/23", "Epilepsy: patients on the register", "3,636", "35 and 35"):
        assert text in page


def test_an_administrator_rolls_back_and_withdraws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("HARESIGN_HOME", str(home))  # for the process that does the work
    shelf = store(home, "real")
    made = []
    again = {f"again-{name}": body for name, body in wrong(list_files(JANUARY)).items()}
    for number, files in enumerate((list_files(JANUARY), again)):
        land_local(shelf, series(LISTS), [write(tmp_path / str(number), files)])
        made.append(publish_landed(shelf, series(LISTS), memory_mb=128).version)
    first, second = map(str, made)
    with receiving() as mailbox:
        site = create_app(Settings(home=home, smtp_url=mailbox.url))
        person = Visitor(site, mailbox, 1).joined()
        with site.app_context():
            user = people.by_email(person.email)
            assert user is not None
            user.is_platform_admin = True
            db.session.commit()
        page = person.get(PAGE).get_data(as_text=True)
        assert first in page and f"again-{ALL}" in page and "In the live version" in page
        confirm = f"{PAGE}rollback/?version={first}"
        refused = person.submit(confirm, why=" ")
        assert "the reason is shown to everyone" in refused.get_data(as_text=True)
        assert shelf.current_version(LISTS) == second
        assert person.get(f"{PAGE}rollback/?version={second}").status_code == 404  # it is live
        assert person.submit(confirm, why="Wrong <b>month</b>.").status_code == 302
        wait(site, 1)
        assert shelf.current_version(LISTS) == first
        page = person.get(PAGE).get_data(as_text=True)
        assert "Wrong &lt;b&gt;month&lt;/b&gt;." in page and "Withdrawn" in page
        assert "Wrong" in person.get("/changes/feed.xml").get_data(as_text=True)
        held = next(f for f in (shelf.landing / LISTS).glob(f"*/again-{ALL}.json"))
        sha256 = held.read_text().split('"sha256": "')[1][:64]
        done = person.submit(f"{PAGE}restore/?file={sha256}", why="It was right.")
        assert done.status_code == 302
        wait(site, 2)
        assert person.get(f"{PAGE}restore/?file={sha256}").status_code == 404
        with site.app_context():
            kinds = [event.kind for event in db.session.query(AuditEvent).all()]
            assert [job.state for job in db.session.query(ImportJob).all()] == ["done", "done"]
    for kind in ("data rolled back", "data rolled back: done", "file used again: done"):
        assert kind in kinds


def wait(site: object, count: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with site.app_context():  # type: ignore[attr-defined]
            states = [job.state for job in db.session.query(ImportJob).all()]
            db.session.rollback()
        if len(states) == count and not {"waiting", "running"} & set(states):
            return
        time.sleep(0.2)
    pytest.fail(f"the jobs are {states}")
