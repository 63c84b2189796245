"""Every change, and the families that they fall into."""

from __future__ import annotations

from tests.pipelines.fuzz import odd_cells, odd_rows, odd_text
from tests.pipelines.fuzz.registry import MUTATIONS, Mutation

__all__ = ["KINDS", "MUTATIONS", "Mutation", "of_kind"]
FROM = (odd_rows, odd_cells, odd_text)  # which register their changes when they are imported


# What is odd about a file, and the families of changes of that kind.
KINDS = {
    "row": ("rows", "totals"),
    "cell": ("cells", "dates", "codes"),
    "column": ("columns",),
    "encoding": ("encoding", "quotes"),
    "order": ("order",),
    "truncation": ("cut",),
    "another file": ("file",),
}


def of_kind(kind: str) -> list[Mutation]:
    return [mutation for mutation in MUTATIONS if mutation.family in KINDS[kind]]
