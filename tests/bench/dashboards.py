"""The callbacks of a page, asked as the browser asks them: by what the page itself says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import brotli

Ask = Callable[[str, bytes | None], bytes]  # a path, and what is posted to it; the body
CALLBACKS, CALLED = "/_dash-dependencies", "/_dash-update-component"
SENT = {"Content-Type": "application/json", "Accept-Encoding": "br"}


@dataclass(frozen=True, slots=True)
class Question:
    """An address, and what is posted to it."""

    path: str
    posted: bytes | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """A section that the first answer left for later, and how to ask for it."""

    section: str
    place: dict[str, str]
    asking: dict[str, str]
    data: dict[str, Any]


class DashPage:
    """A page of an application, at a path, whose content is in `body`."""

    def __init__(self, ask: Ask, path: str, body: str) -> None:
        self._ask, self._path, self._body = ask, path, body

    @cached_property
    def _place(self) -> str:
        """How the callback of later sections is named."""
        outputs = [one["output"] for one in json.loads(self._ask(CALLBACKS, None))]
        wanted = f'"page":"{self._body}"'
        return next(name for name in outputs if wanted in name)

    def document(self, search: str = "") -> bytes:
        return self._ask(f"{self._path}{search}", None)

    def first(self, search: str) -> bytes:
        """The page for a query string, up to the end of its first screen."""
        asked = first_screen(self._body, search)
        return self._ask(asked.path, asked.posted)

    def later(self, wanted: Later) -> bytes:
        asked = _called(
            self._place,
            {"id": wanted.place, "property": "children"},
            {"id": wanted.asking, "property": "data", "value": wanted.data},
        )
        return self._ask(asked.path, asked.posted)


def first_screen(body: str, search: str) -> Question:
    return _called(
        f"{body}.children",
        {"id": body, "property": "children"},
        {"id": "url", "property": "search", "value": search},
    )


def _called(name: str, output: dict[str, Any], source: dict[str, Any]) -> Question:
    given = source["id"]
    changed = given if isinstance(given, str) else _written(given)
    question = {
        "output": name,
        "outputs": output,
        "inputs": [source],
        "changedPropIds": [f"{changed}.{source['property']}"],
        "state": [],
    }
    return Question(CALLED, json.dumps(question).encode())


def _written(id_of: dict[str, str]) -> str:
    return json.dumps(id_of, sort_keys=True, separators=(",", ":"))


def left_for_later(answer: bytes) -> list[Later]:
    """What a first answer says to ask for each other section with."""
    nodes = list(_nodes(json.loads(brotli.decompress(answer))))
    asked = [json.loads(node["data-asked"]) for node in nodes if "data-asked" in node]
    sections = [
        Later(
            node["data-section"],
            node["id"],
            json.loads(node["data-asking"]),
            asked[0] | {"section": node["data-section"]},
        )
        for node in nodes
        if "data-section" in node
    ]
    if not sections:
        raise RuntimeError("the page leaves nothing for later")
    return sorted(sections, key=lambda one: one.section)


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
