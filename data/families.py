"""Parts of indicator families: one for each declared code and field of a long fact table.

QOF indicators, network indicators, payment lines and survey questions come as (practice,
indicator, field, value). Each pair becomes a wide part that is NULL where the period has no such
row, so that an indicator of some years only is missing in the others, and NULL where the value
is suppressed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from data.spec import Cell, Kind, Part, Spread


@dataclass(frozen=True, slots=True)
class Field:
    """What is published of each indicator: `suffix` of the part, `value` in the fact column."""

    suffix: str
    value: str
    label: str
    kind: Kind = "count"
    spread: Spread = "sum"


def part_id(code: str, suffix: str = "") -> str:
    """`CHD005` and `num` as `chd005_num`; whatever is no letter or digit becomes `_`."""
    words = [re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") for text in (code, suffix)]
    return "_".join(word for word in words if word)


def family(
    codes: Mapping[str, str],
    fields: tuple[Field, ...],
    *,
    indicator: str = "indicator",
    field: str = "measure",
    value: str = "value",
    table: str = "fact",
) -> tuple[Part, ...]:
    """Parts of every code and field, named by `part_id`.

    `codes` are the publisher's codes and their labels. `indicator`, `field` and `value` are the
    columns of the fact table; with a single `Field` whose `value` is empty there is no field
    column (payment lines).
    """
    return tuple(
        Part(
            part_id(code, one.suffix),
            f"{label}: {one.label}" if one.label else label,
            f"sum({value}) FILTER (WHERE {_where(indicator, code)}"
            + (f" AND {_where(field, one.value)})" if one.value else ")"),
            cell=Cell((indicator, field), (code, one.value), value)
            if one.value
            else Cell((indicator,), (code,), value),
            kind=one.kind,
            spread=one.spread,
            table=table,
        )
        for code, label in codes.items()
        for one in fields
    )


def _where(column: str, text: str) -> str:
    return f"{column} = '" + text.replace("'", "''") + "'"
