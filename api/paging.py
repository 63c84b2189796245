"""Pages of a list: where they start, and the addresses of their neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request

DEFAULT_SIZE = 100
LARGEST_SIZE = 500


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a list that a request asks for. `number` counts from 1."""

    number: int = 1
    size: int = DEFAULT_SIZE

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    def cut(self, rows: Sequence[Any]) -> list[Any]:
        return list(rows[self.offset : self.offset + self.size])


def _address(number: int) -> str:
    """This request's address with another page number and the same filters."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    return f"{request.base_url}?{urlencode([*kept, ('page', number)])}"


def envelope(window: Window, count: int, rows: list[Any]) -> dict[str, Any]:
    """`count`, `next`, `previous` and `results`."""
    pages = max(1, -(-count // window.size))
    following = _address(window.number + 1) if window.number < pages else None
    previous = _address(min(window.number - 1, pages)) if window.number > 1 else None
    return {"count": count, "next": following, "previous": previous, "results": rows}
