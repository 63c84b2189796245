"""A disk that is full under the accounts database, and a database that another process holds."""

from __future__ import annotations

import io
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from app import create_app
from auth import database
from auth.accounts import people
from auth.models import Document, Preset, User, db
from auth.workspaces import files
from data.settings import Settings
from tests.auth.visitors import Visitor, forms, said
from tests.mailbox import Mailbox

MOST = 150  # of anything until there is no room for one more
BASE = 930_000  # numbers of visitors that no other test has
PRESET = "/accounts/presets/new/?tool=list-size&query="
HOLDER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture()
def site(tmp_path: Path, mailbox: Mailbox) -> Flask:
    return create_app(Settings(home=tmp_path / "home", smtp_url=mailbox.url))


@pytest.fixture()
def member(site: Flask, mailbox: Mailbox) -> Visitor:
    visitor = Visitor(site, mailbox, BASE)
    with site.app_context():
        hashed = people.passwords.hashed(visitor.password)
        people.create(visitor.email, visitor.name, hashed, verified=True)
    assert visitor.sign_in().status_code == 302
    return visitor


@contextmanager
def full(site: Flask) -> Iterator[None]:
    """SQLite may not make its file larger, and what room there was in it is taken."""
    with site.app_context():
        engine = db.engine
    with sqlite3.connect(str(engine.url.database)) as filling:
        filling.execute("CREATE TABLE padding (x)")

    def no_larger(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # the pages that it has, that is

    event.listen(engine, "connect", no_larger)
    engine.dispose()
    try:
        yield
    finally:
        event.remove(engine, "connect", no_larger)
        engine.dispose()


@contextmanager
def held(site: Flask) -> Iterator[None]:
    """Another process holds the database for itself."""
    with site.app_context():
        path = str(db.engine.url.database)
    command = [sys.executable, "-c", HOLDER, path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        yield
        holder.communicate()


class Tries:
    """What people send while it cannot be kept; the forms are loaded before."""

    def __init__(self, site: Flask, mailbox: Mailbox, member: Visitor) -> None:
        self.site, self.member = site, member
        self.stranger = Visitor(site, mailbox, BASE + 1)
        self.elsewhere = [member.elsewhere() for _ in range(MOST)]
        self.pages = {
            "register": self.stranger.get("/accounts/register/"),
            "preset": member.get(PRESET),
            "document": member.get("/accounts/documents/"),
        }

    def register(self, number: int) -> TestResponse:
        return self.stranger.answer(
            self.pages["register"],
            "/accounts/register/",
            name="N",
            email=f"visitor{BASE + 2 + number}@practice.example",
            password="three words ab",
        )

    def login(self, number: int) -> TestResponse:
        sent = {"email": self.member.email, "password": self.member.password}
        return self.elsewhere[number].submit("/accounts/login/", **sent)

    def preset(self, number: int) -> TestResponse:
        return self.member.answer(self.pages["preset"], PRESET, None, name=f"P{number}")

    def document(self, number: int) -> TestResponse:
        hidden = forms(self.pages["document"].get_data(as_text=True)).hidden
        sent = hidden["/accounts/documents/"] | {
            "file": (io.BytesIO(b"code,patients\nA81001,1200\n"), f"{number}.csv")
        }
        return self.member.client.post("/accounts/documents/", data=sent, **self.member._at())  # type: ignore[arg-type]


def rows(site: Flask) -> dict[str, int]:
    with site.app_context():
        kept = {
            kind.__name__: len(db.session.scalars(select(kind.id)).all())
            for kind in (User, Preset, Document)
        }
        kept["files"] = sum(path.is_file() for path in files.folder().rglob("*"))
        return kept


def refused(answer: TestResponse) -> None:
    assert answer.status_code == 503
    assert "Nothing was changed" in said(answer) and "Try again" in said(answer)
    assert int(answer.headers["Retry-After"]) > 0
    assert 'href="' in answer.get_data(as_text=True)  # a way on


def public_pages_go_on(site: Flask, mailbox: Mailbox, member: Visitor) -> None:
    nobody = Visitor(site, mailbox, BASE + 90)
    for path in ("/", "/tools/"):
        assert member.get(path).status_code == nobody.get(path).status_code == 200, path
    assert nobody.get("/accounts/login/").status_code == 200
    assert member.get("/accounts/login/").status_code == 302  # is signed in


def test_a_full_disk_under_the_accounts_is_a_page_that_says_so(
    site: Flask, mailbox: Mailbox, member: Visitor
) -> None:
    """What still finds a place is kept whole; the first that finds none leaves nothing."""
    tries = Tries(site, mailbox, member)
    with full(site):
        for what in (tries.preset, tries.document, tries.login, tries.register):
            for number in range(MOST):
                before = rows(site)
                answer = what(number)
                if answer.status_code == 503:
                    break
            refused(answer)
            assert rows(site) == before, what.__name__
        assert before["Document"] == before["files"]
        public_pages_go_on(site, mailbox, member)
        assert member.is_signed_in()
    assert tries.login(MOST - 1).status_code == 302
    assert tries.document(99).status_code == 302


def test_a_database_that_another_process_holds_is_a_page_that_says_so(
    site: Flask, mailbox: Mailbox, member: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE_MS", 500)
    tries = Tries(site, mailbox, member)
    before = rows(site)
    with held(site):
        for what in (tries.preset, tries.document, tries.login, tries.register):
            refused(what(0))
        public_pages_go_on(site, mailbox, member)
    assert rows(site) == before
    assert tries.login(MOST - 1).status_code == 302
    assert tries.document(99).status_code == 302
