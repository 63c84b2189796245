"""Answers that are sent again before Flask begins."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import brotli
import pytest
from flask import Flask, request_started
from werkzeug.test import TestResponse

from app import create_app
from auth.api_keys import keys
from data.settings import Settings

_sizes = count(200)


@pytest.fixture()
def address() -> str:
    """One that nobody has asked for."""
    return f"/api/v1/gp-appointments/?practice=A81001&page_size={next(_sizes)}"


@pytest.fixture()
def asked(app: Flask) -> Iterator[list[object]]:
    """A member for each request that reached Flask."""
    seen: list[object] = []

    def note(sender: Flask, **_: object) -> None:
        seen.append(sender)

    with request_started.connected_to(note, app):
        yield seen


def _ask(app: Flask, key: str, address: str, method: str = "GET", **headers: str) -> TestResponse:
    signed = {"Authorization": f"Bearer {key}", **headers}
    return app.test_client().open(address, method=method, headers=signed)


def test_what_was_answered_is_not_made_again(
    app: Flask, key: str, address: str, asked: list[object]
) -> None:
    first, again = _ask(app, key, address), _ask(app, key, address)
    assert len(asked) == 1
    assert again.data == first.data
    told, told_again = dict(first.headers), dict(again.headers)
    left = "X-RateLimit-Remaining"
    assert int(told.pop(left)) - int(told_again.pop(left)) == 1
    assert told == told_again


def test_a_kept_answer_needs_a_key(app: Flask, key: str, address: str) -> None:
    assert _ask(app, key, address).status_code == 200
    assert app.test_client().get(address).status_code == 401
    wrong = key[:-1] + ("A" if key[-1] != "A" else "B")
    assert _ask(app, wrong, address).status_code == 401


def test_a_kept_answer_is_compressed_for_who_accepts_it_only(home: Path, tmp_path: Path) -> None:
    accounts = f"sqlite:///{tmp_path / 'accounts.db'}"
    app = create_app(Settings(home=home, database_url=accounts))
    with app.app_context():
        key = keys.issue("k")
    address = "/api/v1/gp-appointments/?practice=A81001"
    small, plain = (
        [_ask(app, key, address, **encoded) for _ in range(2)]
        for encoded in ({"Accept-Encoding": "gzip, br"}, {})
    )
    refused = _ask(app, key, address, **{"Accept-Encoding": "gzip, br;q=0"})
    assert refused.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(refused.data) == plain[0].data
    for one, other in zip(small, plain, strict=True):
        assert one.headers["Content-Encoding"] == "br"
        assert "Content-Encoding" not in other.headers
        assert brotli.decompress(one.data) == other.data == plain[0].data
        assert one.headers["Content-Security-Policy"] == other.headers["Content-Security-Policy"]


def test_the_head_of_a_kept_answer_has_no_body(
    app: Flask, key: str, address: str, asked: list[object]
) -> None:
    first, head = _ask(app, key, address), _ask(app, key, address, "HEAD")
    assert len(asked) == 1
    assert head.data == b""
    assert head.headers["ETag"] == first.headers["ETag"]
    assert head.headers["Content-Length"] == str(len(first.data))


def test_a_head_before_the_answer_keeps_nothing(app: Flask, key: str, address: str) -> None:
    assert _ask(app, key, address, "HEAD").data == b""
    assert _ask(app, key, address).data


def test_refusals_are_made_each_time(
    app: Flask, key: str, address: str, asked: list[object]
) -> None:
    for _ in range(2):
        assert _ask(app, key, f"{address}&nothing=1").status_code == 400
    assert len(asked) == 2


def test_a_refusal_found_while_answering_stays_a_refusal(
    app: Flask, key: str, address: str, asked: list[object]
) -> None:
    for _ in range(2):
        answer = _ask(app, key, f"{address}&org=U11111")
        assert answer.status_code == 400
        assert answer.headers["Cache-Control"] == "no-store"
    assert len(asked) == 2
