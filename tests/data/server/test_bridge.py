"""A request as the application sees it, and bodies that come slowly or never end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest

from data.server import bodies, bridge


def environ(*headers: tuple[str, str], path: str = "/") -> bridge.Environ:
    return bridge._environ(
        SimpleNamespace(
            server="127.0.0.1:80", client="[::1]:5000", method="GET", path=path, query_string="",
            http_version="1.1", scheme="http", headers=dict(headers),
        )
    )  # fmt: skip


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

    return asyncio.run(all_of_it())


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
