"""Attributes whose names Python cannot write as keywords."""

from __future__ import annotations

from typing import Any


def attrs(values: dict[str, str]) -> dict[str, Any]:
    """`data-` and `aria-` attributes for `**`. Dash's stubs type every keyword by its own name,
    so a plain dict of strings would be refused for each of them.
    """
    return dict(values)
