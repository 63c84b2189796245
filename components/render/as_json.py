"""Blocks as JSON: everything that a page says, unrounded, for programs.

Blocks, charts and controls name their `type`. A figure also has what its chart says in words
(`alt`) and the table it is drawn from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, get_args

import orjson

from components import blocks as b
from components.charts import Spec, describe
from components.render.as_files import Cover

_TYPED = (*get_args(b.Block), *get_args(b.Control), *get_args(Spec), b.Absent)


def document(cover: Cover, sections: Sequence[b.Section]) -> bytes:
    """What the file says about itself, and the sections in their order."""
    return orjson.dumps({"about": _plain(cover), "sections": _plain(sections)})


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        named = {"type": type(value).__name__} if isinstance(value, _TYPED) else {}
        inside = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {**named, **inside, **_described(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(of) for name, of in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, frozenset):
        return sorted(value)
    return value


def _described(block: object) -> dict[str, Any]:
    if not isinstance(block, b.Figure) or isinstance(block.chart, b.Absent):
        return {}
    said = describe(block.chart)
    return {"alt": said.alt, "table": _plain(said.table)}
