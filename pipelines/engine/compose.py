"""A period from its parts: which files add up, and what is not there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby

import duckdb

from data.versions.snapshot import ORGANISATIONS
from pipelines.engine.units import Parts, Sources, Table

_Order = tuple[date, tuple[date, int], datetime]


def compose(tables: Iterable[Table]) -> tuple[Table, ...]:
    """The files that together hold most parts, each part once, and those that name no part.

    Of the files of the same parts only the newest issue counts. Where several choices hold equally
    many parts, that whose oldest file is newest: parts that were issued one by one replace the
    whole file before them once all of them are there.
    """
    newest: dict[frozenset[str], list[Table]] = {}
    ordered = sorted(tables, key=lambda t: (sorted(t.parts), t.order), reverse=True)
    for parts, same in groupby(ordered, key=lambda t: frozenset(t.parts)):
        issues = list(same)
        newest[parts] = [t for t in issues if t.order == issues[0].order]
    unnamed = newest.pop(frozenset(), [])
    best: tuple[frozenset[str], ...] = ()
    for choice in _disjoint(list(newest)):
        if _rank(choice, newest) > _rank(best, newest):
            best = choice
    chosen = [*unnamed, *(table for parts in best for table in newest[parts])]
    return tuple(sorted(chosen, key=lambda t: (t.order, t.name)))


def _disjoint(identities: Sequence[frozenset[str]]) -> Iterable[tuple[frozenset[str], ...]]:
    """Every choice of files of which no two hold the same part."""
    if not identities:
        yield ()
        return
    first, others = identities[0], identities[1:]
    yield from _disjoint(others)
    yield from (
        (first, *more) for more in _disjoint([parts for parts in others if not parts & first])
    )


def _rank(
    choice: Sequence[frozenset[str]], newest: dict[frozenset[str], list[Table]]
) -> tuple[int, list[_Order]]:
    """Parts held, then the age of the files, oldest first."""
    return sum(map(len, choice)), sorted(newest[parts][0].order for parts in choice)


def held_parts(declared: Parts | None, used: Iterable[Table]) -> tuple[str, ...]:
    """The parts in some files, in the order of the declaration; none where files are whole."""
    if declared is None:
        return ()
    held = {part for table in used for part in table.parts}
    return (*(p for p in declared.whole if p in held), *sorted(held - set(declared.whole)))


@lru_cache(maxsize=4)
def _regions(organisations: str) -> frozenset[str]:
    """Those that the practice map knows, by the file of a version, which never changes."""
    with duckdb.connect() as con:
        query = "SELECT code FROM read_parquet(?) WHERE level = 'region'"
        return frozenset(code for (code,) in con.execute(query, [organisations]).fetchall())


def missing_parts(
    declared: Parts | None, used: Sequence[Table], sources: Sources
) -> tuple[str, ...]:
    """Parts of the whole that are in no file of a group of which others are held.

    Regions that the practice map does not know have no file. Of parts that the declaration does
    not know, nobody can say what the whole is.
    """
    lists = sources.needs.get("list-sizes") if declared else None
    known = _regions(lists.path(ORGANISATIONS)) if lists else frozenset()
    missing: set[str] = set()
    for group in declared.groups if declared else ():
        held = set(held_parts(declared, (table for table in used if table.kind in group)))
        if declared and held & declared.whole.keys():
            missing |= declared.whole.keys() - held
    return tuple(
        part
        for part, regions in (declared.whole if declared else {}).items()
        if part in missing and (not known or known & set(regions))
    )
