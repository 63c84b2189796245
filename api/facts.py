"""Rows of listings straight from a dataset's fact tables, in the publisher's own grain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from api.listing import Arguments, Asked
from api.parameters import AREAS
from data.questions.facts import FactQuery, fact_page
from data.questions.rows import Page
from data.versions.db import library

NONE: Mapping[str, str] = {}


def facts(
    query: FactQuery, *, equal: Mapping[str, str] = NONE, holding: Mapping[str, str] = NONE
) -> Callable[[Asked], Page]:
    """`rows` of a listing, from a query that parameters narrow.

    `equal` are columns by the parameter that they must equal, `holding` SQL that must hold it.
    Parameters named after an area choose the practices that belonged to it, unless in `equal`.
    """

    def rows(asked: Asked) -> Page:
        given = asked.arguments
        areas = tuple((a.name, given[a.name]) for a in AREAS if a.name in given.keys() - equal)
        narrowed = replace(
            query,
            equal=(*query.equal, *_pairs(equal, given)),
            holding=_pairs(holding, given),
            within=(*query.within, *areas),
            membership=given.get("membership", "dated"),
        )
        window = asked.window
        with library().cursor() as cursor:
            return fact_page(
                cursor,
                asked.snapshot,
                narrowed,
                asked.months,
                offset=window.offset,
                limit=window.size,
            )

    return rows


def _pairs(named: Mapping[str, str], given: Arguments) -> tuple[tuple[str, str], ...]:
    return tuple((column, given[name]) for name, column in named.items() if name in given)
