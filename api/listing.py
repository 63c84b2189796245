"""Lists of rows: each is declared once, and served, documented and cut in one way.

A `Listing` has figures of a dataset: it takes `as_of`, `fields`, `include` and, where practices
are chosen by area, `membership`. A `Reference` has rows that belong to no published version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import marshmallow as ma
from flask import Response

from api import schemas
from api.arguments import Blueprint
from api.errors import ApiError, suggestion
from api.paging import Window, envelope
from api.parameters import MEMBERSHIP, Filter, chosen, paging_fields, version_fields
from api.responses import answer, meta
from data import periods
from data.questions.facts import AnotherForm
from data.questions.rows import Page, Row
from data.spec import Dataset, PeriodKind
from data.versions.db import library
from data.versions.snapshot import Snapshot

Arguments = Mapping[str, Any]
Members = Mapping[str, ma.fields.Field]


@dataclass(frozen=True, slots=True)
class Asked:
    """A valid question, and the version that answers it."""

    snapshot: Snapshot
    arguments: Arguments
    period: date | None  # the one that is asked about, held or not; None for all of them
    fields: frozenset[str]  # members that rows should have; empty for all of them
    window: Window

    @property
    def months(self) -> tuple[date, ...]:
        """Periods of the version that rows may be of."""
        return tuple(m for m in self.snapshot.months if self.period in (None, m))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Figures of a dataset, below `path`.

    `when` is the filter that names a period; with `newest`, rows are of the newest one unless it
    does. `membership` says that practices are chosen by area. `names` are what `fields` takes
    where `rows` cuts its rows itself; without them it takes the members of `row`.
    """

    path: str
    dataset: Dataset
    summary: str
    row: Members
    rows: Callable[[Asked], Page]
    filters: tuple[Filter, ...] = ()
    description: str = ""
    when: str = ""
    newest: bool = False
    membership: bool = False
    names: tuple[str, ...] = ()
    check: Callable[[Arguments], None] | None = None

    def add(self, v1: Blueprint) -> None:
        names = self.names or tuple(self.row)
        membership = {MEMBERSHIP.name: MEMBERSHIP.field()} if self.membership else {}
        query = {
            **_query(self.filters),
            **membership,
            "fields": chosen(names),
            **version_fields(),
            **paging_fields(),
        }

        @v1.endpoint(
            _rule(self.path),
            name=_name(self.path),
            summary=self.summary,
            description=_described(self.description, self.filters),
            query=ma.Schema.from_dict(query)(),
            answer=schemas.listing(_title(self.path), self.row),
        )
        def rows(arguments: dict[str, Any], **named: str) -> Response:
            _require_one(self.filters, arguments)
            if self.check:
                self.check(arguments)
            period = period_of(self.dataset.period, self.when, arguments)
            fields = chosen_fields(names, arguments)
            return answer(lambda: self._body(arguments | named, period, fields))

    def _body(
        self, arguments: Arguments, period: date | None, fields: frozenset[str]
    ) -> dict[str, Any]:
        snapshot = published(self.dataset, arguments.get("as_of"))
        if self.newest and period is None:
            period = snapshot.latest
        asked = Asked(snapshot, arguments, period, fields, window(arguments))
        page = self._page(asked)
        rows = page.rows if self.names else cut(page.rows, fields)
        include = frozenset(name.strip() for name in arguments.get("include", "").split(","))
        return envelope(asked.window, page.count, rows) | {
            "meta": meta(snapshot, period, include),
            "demonstration": snapshot.manifest.demo,
        }

    def _page(self, asked: Asked) -> Page:
        """A page of rows; an earlier version may not have all that they are made of."""
        try:
            return self.rows(asked)
        except AnotherForm as error:
            day = asked.arguments.get("as_of")
            if day is None:
                raise
            refusal = (
                f"The version of {self.dataset.id} as published on {day} was built before these "
                "rows were offered, and lacks part of them."
            )
            raise ApiError(
                400, "invalid_parameter", detail=refusal, errors={"as_of": [refusal]}
            ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Rows of the publishers' vocabulary or of the server itself, all at hand, below `path`.

    `shown` makes rows of those of a page, where `rows` gives something else. `about` is the version
    that `meta` describes, if there is one.
    """

    path: str
    summary: str
    row: Members
    rows: Callable[[Arguments], Sequence[Any]]
    shown: Callable[[Sequence[Any]], Sequence[Row]] = list
    about: Callable[[], Snapshot] | None = None
    filters: tuple[Filter, ...] = ()
    description: str = ""

    def add(self, v1: Blueprint) -> None:
        names = tuple(self.row)

        @v1.endpoint(
            _rule(self.path),
            name=_name(self.path),
            summary=self.summary,
            description=_described(self.description, self.filters),
            query=ma.Schema.from_dict(
                {**_query(self.filters), "fields": chosen(names), **paging_fields()}
            )(),
            answer=schemas.listing(
                _title(self.path), self.row, schemas.Meta if self.about else schemas.NoMeta
            ),
        )
        def rows(arguments: dict[str, Any], **named: str) -> Response:
            fields = chosen_fields(names, arguments)
            return answer(lambda: self._body(arguments | named, fields))

    def _body(self, arguments: Arguments, fields: frozenset[str]) -> dict[str, Any]:
        about = self.about() if self.about else None
        shown, rows = window(arguments), self.rows(arguments)
        page = cut(self.shown(shown.cut(rows)), fields)
        return envelope(shown, len(rows), page) | {
            "meta": meta(about) if about else {},
            "demonstration": about.manifest.demo if about else library().store.demo,
        }


def _query(filters: Sequence[Filter]) -> dict[str, ma.fields.Field]:
    return {parameter.name: parameter.field() for parameter in filters}


def _described(words: str, filters: Sequence[Filter]) -> str:
    starred = [f"`{parameter.name}`" for parameter in filters if parameter.starred]
    rule = f"At least one of {', '.join(starred)} is needed." if starred else ""
    return f"{words} {rule}".strip()


def _rule(path: str) -> str:
    return "/" + path.replace("{", "<string:").replace("}", ">")


def _name(path: str) -> str:
    return "-".join(word for word in path.split("/") if word and not word.startswith("{"))


def _title(path: str) -> str:
    return "".join(word.capitalize() for word in _name(path).split("-"))


def window(arguments: Arguments) -> Window:
    return Window(arguments["page"], arguments["page_size"])


def published(dataset: Dataset, as_of: date | None = None) -> Snapshot:
    """The live version, or the one that had been published by a day."""
    live = library().current(dataset.id)
    if live is None:
        refusal = f"No release of {dataset.id} is loaded on this server."
        if fault := library().fault(dataset.id):
            refusal = f"{dataset.id} cannot be shown: {fault}."
        raise ApiError(503, "not_loaded", detail=refusal)
    if as_of is None:
        return live
    earlier = library().as_of(dataset.id, as_of)
    if earlier is None:
        refusal = f"No version of {dataset.id} as published on {as_of} is kept on this server."
        raise ApiError(400, "invalid_parameter", detail=refusal, errors={"as_of": [refusal]})
    return earlier


def _require_one(filters: Sequence[Filter], arguments: Arguments) -> None:
    """Raise `ApiError` unless one of the starred filters is given, if there are any."""
    names = [parameter.name for parameter in filters if parameter.starred]
    if not names or any(name in arguments for name in names):
        return
    raise ApiError(
        400,
        "missing_filter",
        detail=f"Give at least one of: {', '.join(names[:-1])} or {names[-1]}.",
        errors={name: ["One of these filters is needed."] for name in names},
    )


def period_of(kind: PeriodKind, name: str, arguments: Arguments) -> date | None:
    """The period that a parameter names; that of a day is its month."""
    given = arguments.get(name)
    if given is None or isinstance(given, date):
        return given and given.replace(day=1)
    period = periods.parse(kind, given)
    if period is None:
        refusal = (
            f"Give a {periods.NOUNS[kind][0]} as rows have it, such as {periods.example(kind)}."
        )
        raise ApiError(
            400, "invalid_parameter", detail=f"{name}: {refusal}", errors={name: [refusal]}
        )
    return period


def chosen_fields(names: Sequence[str], arguments: Arguments) -> frozenset[str]:
    """The members that `fields` asks for, all of `names`; empty for all of them."""
    if "fields" not in arguments:
        return frozenset()
    wanted = [name.strip() for name in arguments["fields"].split(",")]
    if unknown := [name for name in wanted if name not in names]:
        refusals = [
            f"'{name}' is not a field of these rows.{suggestion(name, names)}" for name in unknown
        ]
        raise ApiError(
            400, "invalid_parameter", detail=" ".join(refusals), errors={"fields": refusals}
        )
    return frozenset(wanted)


def cut(rows: Sequence[Row], fields: frozenset[str]) -> list[Row]:
    """Rows with the chosen members only."""
    if not fields:
        return list(rows)
    return [{name: value for name, value in row.items() if name in fields} for row in rows]
