"""No field of a spec is without effect: changing it changes a figure, a picture or the words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from components import charts
from components.charts import svg
from tests.components.test_renderers import LABELS, SPECS, each_spec

OTHER = {
    "axis": ("fit", "zero"),
    "unit": ("pounds", "count"),
    "kind": ("financial_year", "month"),
    "role": ("region", "you"),
    "polarity": ("neutral", "lower_better"),
}


def changed(name: str, value: Any) -> Any:
    """Another value for a field, of its own type."""
    if name in OTHER:
        return next(other for other in OTHER[name] if other != value)
    if name.endswith("unit"):
        return "pounds"
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return value + " changed"
    if isinstance(value, (int, float)):
        return value + 1
    if value is None:
        return ("Somebody", 500.0) if name == "you" else 1
    if isinstance(value, frozenset):
        return frozenset({0}) - value
    if isinstance(value, tuple) and isinstance(value[0], str):
        return (value[0] + "s", *value[1:])
    raise NotImplementedError(name)


def whole(spec: charts.Spec) -> tuple[Any, ...]:
    drawing, description = charts.draw(spec), charts.describe(spec)
    return repr(charts.figure(drawing)), svg.file(drawing, description, LABELS), repr(description)


STRUCTURE = {
    *("periods", "values", "cuts", "lines", "series", "rows", "parts", "bars", "bands", "areas"),
    *("bins", "places", "limits", "columns", "cells", "measures", "kinds", "changes"),
    *("listed", "hollow", "statuses", "lower", "upper", "tiles"),
}


@each_spec
def test_every_field_of_a_spec_is_shown_or_said(spec: charts.Spec) -> None:
    before = whole(spec)
    for field in fields(spec):
        if field.name in STRUCTURE:
            continue
        value = getattr(spec, field.name)
        after = whole(replace(spec, **{field.name: changed(field.name, value)}))
        assert any(a != b for a, b in zip(before, after, strict=True)), field.name


def test_every_field_of_the_parts_of_a_spec_is_shown_or_said() -> None:
    """Of each class that specs are made of, every field in some chart of the gallery."""
    seen: dict[str, set[str]] = {}
    wanted: dict[str, set[str]] = {}
    for spec in SPECS.values():
        before = whole(spec)
        for path, part in parts(spec):
            names = {field.name for field in fields(part)}
            wanted[type(part).__name__] = names
            for name in names - seen.get(type(part).__name__, set()):
                try:
                    other = replace(part, **{name: changed(name, getattr(part, name))})
                    after = whole(rebuilt(spec, path, other))
                except (NotImplementedError, ValueError, IndexError, TypeError):
                    continue  # of structure, or refused: tried elsewhere
                if any(a != b for a, b in zip(before, after, strict=True)):
                    seen.setdefault(type(part).__name__, set()).add(name)
    structural = {
        "Periods": {"days", "breaks", "events", "flags"},
        "Thread": {"values", "steps"},
        "Row": {"shares"},
        "Amounts": {"amounts", "limits"},
        "Series": {"values", "hollow", "statuses"},
    }
    missed = {
        name: names - seen.get(name, set()) - structural.get(name, set())
        for name, names in wanted.items()
    }
    assert {name: names for name, names in missed.items() if names} == {}


Path = tuple[tuple[str, int | None], ...]


def parts(spec: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The dataclasses inside a spec: the first and the last of each sequence."""
    for field in fields(spec):
        value = getattr(spec, field.name)
        if is_dataclass(value):
            here = (*path, (field.name, None))
            yield here, value
            yield from parts(value, here)
        if isinstance(value, tuple) and value and is_dataclass(value[0]):
            for index in {0, len(value) - 1}:
                here = (*path, (field.name, index))
                yield here, value[index]
                yield from parts(value[index], here)


def rebuilt(spec: Any, path: Path, part: Any) -> Any:
    (name, index), *rest = path
    value = getattr(spec, name)
    inner = part
    if rest:
        inner = rebuilt(value if index is None else value[index], tuple(rest), part)
    if index is not None:
        inner = tuple(inner if at == index else one for at, one in enumerate(value))
    return replace(spec, **{name: inner})
