"""Whether the time of an answer tells that an address has an account.

`python -m tests.bench.addresses [TRIES] [sqlite|postgresql]` serves a site of its own and asks for
resets, links and registrations, half of them for a known address, in random order. It prints how
well each time tells the two apart, as the area under the curve: 0.5 is not at all, 1 is always. The
request that follows is measured too.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import Engine, text

import auth
from auth.accounts import people
from auth.models import db
from data.settings import Settings
from tests import postgres
from tests.auth.visitors import forms
from tests.serving import served

KNOWN = "known@bench.example"
PASSWORD = "three random words apart"
PAGES = {
    "reset": "/accounts/password-reset/",
    "link again": "/accounts/verify/",
    "registration": "/accounts/register/",
}


def area(known: list[float], unknown: list[float]) -> float:
    """How often a time of one kind is above one of the other, ties as half; at least 0.5."""
    ranked = sorted([(value, True) for value in known] + [(value, False) for value in unknown])
    above = sum(rank for rank, (_, kind) in enumerate(ranked, 1) if kind)
    found = (above - len(known) * (len(known) + 1) / 2) / (len(known) * len(unknown))
    return max(found, 1 - found)


class _Asker:
    def __init__(self, port: int, database: Engine) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._database = database

    def _send(
        self, method: str, path: str, body: str = "", cookie: str = ""
    ) -> tuple[int, str, str]:
        headers = {"Cookie": cookie} if cookie else {}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body or None, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        return answer.status, text, (answer.getheader("Set-Cookie") or "").partition(";")[0]

    def times(self, path: str, tries: int) -> tuple[float, float]:
        """The areas of the answers, and of the requests that follow."""
        _, page, cookie = self._send("GET", path)
        hidden = next(h for h in forms(page).hidden.values() if "csrf_token" in h)
        kinds = [True, False] * (tries // 2)
        random.shuffle(kinds)
        first: dict[bool, list[float]] = {True: [], False: []}
        second: dict[bool, list[float]] = {True: [], False: []}
        for number, known in enumerate(kinds):
            self._forget()
            email = KNOWN if known else f"nobody{number}-{path.strip('/')[-5:]}@bench.example"
            sent = hidden | {"email": email, "name": "Asha Rao", "password": PASSWORD}
            began = time.perf_counter()
            status, _, _ = self._send("POST", path, urlencode(sent), cookie)
            between = time.perf_counter()
            self._send("GET", "/accounts/login/", cookie=cookie)
            ended = time.perf_counter()
            assert status == 200, status
            first[known].append(between - began)
            second[known].append(ended - between)
        return area(first[True], first[False]), area(second[True], second[False])

    def _forget(self) -> None:
        """Attempts are not to be limited here."""
        with self._database.begin() as connection:
            connection.execute(text("DELETE FROM throttle"))


def main(tries: int, kind: str) -> None:
    with ExitStack() as kept:
        home = Path(kept.enter_context(tempfile.TemporaryDirectory()))
        url = ""
        if kind == "postgresql":
            url = postgres.fresh_database(kept.enter_context(postgres.cluster()))
        app = Flask("haresign")
        auth.register(app, Settings(home=home, database_url=url))
        with app.app_context():
            people.create(KNOWN, "Known", people.passwords.hashed(PASSWORD), verified=True)
            database = db.engine
        site = kept.enter_context(served(home, DATABASE_URL=url))
        asker = _Asker(site.port, database)
        for name, path in PAGES.items():
            here, after = asker.times(path, tries)
            print(f"{name:<13} answer {here:.3f}  next request {after:.3f}")  # noqa: T201


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 400,
        sys.argv[2] if len(sys.argv) > 2 else "sqlite",
    )
