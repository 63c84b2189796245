"""Every change, and the families that they fall into."""

from __future__ import annotations

from functools import cache

from tests.pipelines.fuzz import odd_cells, odd_rows, odd_text
from tests.pipelines.fuzz.registry import MUTATIONS, Mutation

__all__ = ["MUTATIONS", "Mutation", "families"]
FROM = (odd_rows, odd_cells, odd_text)  # which register their changes when they are imported


@cache
def families() -> tuple[str, ...]:
    return tuple(dict.fromkeys(mutation.family for mutation in MUTATIONS))
