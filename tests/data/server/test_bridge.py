"""A request as the application sees it, and bodies that come slowly or never end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
from werkzeug.exceptions import HTTPException

from data.server import bodies, bridge

Value = TypeVar("Value")


def ended(work: Coroutine[Any, Any, Value]) -> Value:
    """What it comes to, on a loop in a thread of its own: a browser's may run in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()


def environ(*headers: tuple[str, str], path: str = "/") -> bridge.Environ:
    return bridge._environ(
        SimpleNamespace(
            server="127.0.0.1:80",
            client="[::1]:5000",
            method="GET",
            path=path,
            query_string="",
            http_version="1.1",
            scheme="http",
            headers=dict(headers),
        )
    )


def test_a_header_with_underscores_stands_for_no_other() -> None:
    both = environ(("x-forwarded-for", "9.9.9.9"), ("x_forwarded_for", "1.1.1.1"))
    assert both["HTTP_X_FORWARDED_FOR"] == "9.9.9.9"
    alone = environ(("x_forwarded_for", "1.1.1.1"), ("content_length", "5"))
    assert not {"HTTP_X_FORWARDED_FOR", "CONTENT_LENGTH"} & set(alone)


def test_paths_and_addresses_are_written_as_wsgi_has_them() -> None:
    made = environ(path="/café")
    assert made["PATH_INFO"].encode("latin-1").decode() == "/café"
    assert (made["REMOTE_ADDR"], made["REMOTE_PORT"]) == ("::1", "5000")


def receive(chunks: list[bytes], pause: float) -> tuple[bytes, bool]:
    async def coming() -> AsyncIterator[bytes]:
        for chunk in chunks:
            await asyncio.sleep(pause)
            yield chunk

    async def all_of_it() -> tuple[bytes, bool]:
        return await bodies.Body(coming()).small()

    return ended(all_of_it())


def test_a_body_that_drips_is_cut_off_however_long_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.05)
    with pytest.raises(TimeoutError):
        receive([b"a"] * 1000, 0.01)


def test_a_body_at_a_steady_pace_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.5)
    monkeypatch.setattr(bodies, "PACE", 10)
    assert receive([b"abcdefghij"] * 20, 0.05) == (b"abcdefghij" * 20, True)


def test_no_more_than_a_small_body_is_held() -> None:
    begun, has_ended = receive([b"x" * bodies.SMALL] * 9, 0)
    assert (len(begun), has_ended) == (2 * bodies.SMALL, False)


def test_a_body_in_crumbs_is_not_taken_to_its_end() -> None:
    taken = 0

    async def crumbs() -> AsyncIterator[bytes]:
        nonlocal taken
        while taken < bodies.SMALL:
            taken += 1
            yield b"a"

    async def all_of_it() -> tuple[bytes, bool]:
        return await bodies.Body(crumbs()).small()

    with pytest.raises(TimeoutError):
        ended(all_of_it())
    assert taken < 2 * bodies.CHUNKS
    assert receive([b"a" * bodies.LEAST] * 4 * bodies.CHUNKS, 0)[1]


class Sent:
    """What Granian gives an application: the chunks of a body, and a place for the answer."""

    def __init__(self, chunks: list[bytes], pause: float = 0) -> None:
        self._chunks, self._pause = chunks, pause
        self.answer: tuple[int, bytes] | None = None
        self.headers: dict[str, str] = {}

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            await asyncio.sleep(self._pause)
            yield chunk

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answer, self.headers = (status, body), dict(headers)


def echo(environ: bridge.Environ, start: Any) -> list[bytes]:
    """Read all, as an application does that has decided to take a file."""
    try:
        body = environ["wsgi.input"].read()
    except HTTPException as refusal:
        start(f"{refusal.code} {refusal.name}", [])
        return [str(refusal.description).encode()]
    start("200 OK", [])
    return [str(len(body)).encode()]


def ask_all(*sent: Sent, size: int) -> list[tuple[int, bytes] | None]:
    async def run() -> None:
        made = bridge.Bridge(echo)
        made.__rsgi_init__(asyncio.get_running_loop())
        scope = SimpleNamespace(
            server="127.0.0.1:80",
            client="127.0.0.1:5000",
            method="POST",
            path="/",
            query_string="",
            http_version="1.1",
            scheme="http",
            headers={"content-length": str(size)},
        )
        await asyncio.gather(*(made.__rsgi__(scope, each) for each in sent))
        assert made._receiving == 0

    ended(run())
    return [each.answer for each in sent]


@pytest.mark.parametrize("size", [0, 10, bodies.SMALL, bodies.SMALL + 1, 5 * bodies.SMALL])
def test_a_body_of_any_size_arrives_whole(size: int) -> None:
    chunks = [b"x" * 1000] * (size // 1000) + [b"x" * (size % 1000)]
    assert ask_all(Sent(chunks), size=size) == [(200, str(size).encode())]


def test_a_large_body_that_drips_ends_in_408(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.1)
    answers = ask_all(Sent([b"x"] * 1000, pause=0.01), size=bodies.SMALL + 1)
    assert answers == [(408, bodies.TOO_SLOW.encode())]


def test_two_large_bodies_are_received_at_once_and_the_next_is_put_off() -> None:
    size = 2 * bodies.SMALL
    slow = [Sent([b"x" * bodies.SMALL] * 2, pause=0.2) for _ in range(bridge.RECEIVING + 1)]
    answers = ask_all(*slow, size=size)
    taken = (200, str(size).encode())
    assert answers == [taken] * bridge.RECEIVING + [(503, bodies.BUSY.encode())]


def fails(environ: bridge.Environ, start: Any) -> list[bytes]:
    raise OSError("nothing of this is told")


def refused(
    path: str,
    *,
    root: str = "",
    host: str = "localhost",
    app: bridge.WsgiApp = echo,
    chunks: tuple[bytes, ...] = (),
) -> Sent:
    """What the server answers by itself, however the application behaves."""
    sent = Sent(list(chunks), pause=0.2)

    async def run() -> None:
        made = bridge.Bridge(app, root)
        made.__rsgi_init__(asyncio.get_running_loop())
        scope = SimpleNamespace(
            server="127.0.0.1:80",
            client="127.0.0.1:5000",
            method="POST",
            path=path,
            query_string="",
            http_version="1.1",
            scheme="http",
            headers={"host": host, "content-length": str(len(chunks))},
        )
        with suppress(OSError):
            await made.__rsgi__(scope, sent)

    ended(run())
    return sent


@pytest.mark.parametrize("root", ["", "/haresign"])
def test_what_the_server_answers_itself_has_a_way_on(
    monkeypatch: pytest.MonkeyPatch, root: str
) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.05)
    cases: dict[int, dict[str, Any]] = {
        400: {"host": "localhost,evil.example"},
        408: {"chunks": (b"a", b"b")},
        500: {"app": fails},
    }
    for status, case in cases.items():
        page = refused(f"{root}/tools/", root=root, **case)
        assert page.answer is not None and page.answer[0] == status
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert f'<a href="{root}/">Home</a>'.encode() in page.answer[1]
        api = refused(f"{root}/api/v1/", root=root, **case)
        assert api.answer is not None and api.answer[0] == status
        assert api.headers["Content-Type"] == "application/json"
        told = json.loads(api.answer[1])
        assert set(told) == {"detail", "code", "errors"} and told["detail"]
