"""Organisations of which a note tells how many they are: the first of them by their codes."""

from __future__ import annotations

from collections.abc import Sequence

NAMED = 5


def first_codes(codes: Sequence[str], count: int | None = None) -> str:
    """`A81001, A81002 and 1,203 more`: some `codes` in order, of `count` where they are not all."""
    left = (len(codes) if count is None else count) - len(codes[:NAMED])
    return ", ".join(codes[:NAMED]) + (f" and {left:,} more" if left else "")


def counted(codes: Sequence[str] | None) -> str:
    """`2 (A81001, A81002)`; a list that a query leaves out because it is empty is `0`."""
    return f"{len(codes):,} ({first_codes(codes)})" if codes else "0"
