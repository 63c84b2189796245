"""`pcn-des/`: the rows of the Network Contract DES, with what is known to be wrong beside them."""

from __future__ import annotations

from datetime import date
from typing import Any

import marshmallow as ma
from flask import Response

from api import schemas
from api.arguments import Blueprint
from api.facts import live, number, rows_of, within
from api.filters import code, day, paging_fields, require_any, text
from api.responses import answer
from data import pcn_des
from data.datasets.pcn_des import MONTHLY
from data.facts import FactQuery
from data.pcn_des import DENOMINATOR, NUMERATOR
from data.spec import UNASSIGNED

DATASET = "pcn-des"
PATHS = ("pcn-des/",)

_STARRED = ("date", "practice", "pcn", "icb")
_NO_SHARE = "EHCH04"  # contacts for each resident
_OWN = "PARTITION BY practice, month, publication, indicator"


def _half(name: str) -> str:
    fields = f"field IN ('{name}', 'ACC-08 {name}')"
    return f"max(value) FILTER (WHERE {fields}) OVER ({_OWN})"


_COLUMNS = (
    ("ods_code", f"ltrim(practice, '{UNASSIGNED}')"),
    ("org_type", f"CASE WHEN practice[1] = '{UNASSIGNED}' THEN 'pcn' ELSE 'practice' END"),
    ("date", "strftime(last_day(month), '%Y-%m-%d')"),
    ("publication", "publication"),
    ("quality_service", "service"),
    ("ruleset", "ruleset"),
    ("indicator", "indicator"),
    ("measure", "measure"),
    ("value", "value"),
    ("suppressed", "suppressed"),
    (
        "achievement",
        f"""CASE WHEN indicator <> '{_NO_SHARE}'
        THEN 100.0 * {_half(NUMERATOR)} / nullif({_half(DENOMINATOR)}, 0) END""",
    ),
)
_STAR = " Satisfies the rule that at least one such filter is given."
Query = ma.Schema.from_dict(
    {
        "date": day("Last or first day of the month." + _STAR, example="2025-06-30"),
        "practice": code("ODS code of a practice." + _STAR, example="A81001"),
        "pcn": code(
            "Practices that belonged to this PCN in that month, and the PCN's own rows of the IIF."
            + _STAR,
            example="U74819",
        ),
        "icb": code("Practices that belonged to this ICB in that month." + _STAR, example="QHM"),
        "ruleset": text("Ruleset, in either case of letters.", example="Cancer"),
        "indicator": code("Code of an indicator.", example="HI03"),
        **paging_fields(),
    }
)
Row = schemas.schema(
    "PcnDesRow",
    {
        "ods_code": schemas.text("ODS code of the practice, or the PCN's code"),
        "org_type": schemas.text("practice; or pcn, for rows that are given by PCN only"),
        "date": schemas.day("Achievement date: the last day of the month"),
        "publication": schemas.text("monthly; or iif, the annual result at 31 March"),
        "quality_service": schemas.text("Service and scheme year, such as NCD2526"),
        "ruleset": schemas.text("Ruleset of the indicator; empty where it is not known"),
        "indicator": schemas.text("Code of the indicator"),
        "measure": schemas.text("Numerator, Denominator, MI Count or a rule, as published"),
        "value": schemas.whole("As published, cumulative from 1 April; null where suppressed"),
        "suppressed": schemas.fields.Boolean(required=True),
        "achievement": number(
            "Numerator as a percentage of the denominator of the same practice and indicator; null "
            "where either is not known, or the indicator is no share"
        ),
        "note": schemas.text("What is known to be wrong with the indicator that month",
                             missing=True),
    },
)  # fmt: skip


def _rows(arguments: dict[str, Any]) -> dict[str, Any]:
    query = FactQuery(
        columns=_COLUMNS,
        order=("date", "ods_code", "publication", "indicator", "measure"),
        equal=tuple(
            (name, arguments[name])
            for name in ("practice", "ruleset", "indicator")
            if name in arguments
        ),
        within=within(arguments),
    )
    snapshot = live(DATASET)
    months = [arguments["date"].replace(day=1)] if "date" in arguments else snapshot.months
    body = rows_of(snapshot, query, months, arguments)
    for row in body["results"]:
        row["note"] = _note(row["date"], row["indicator"], row["publication"])
    return body


def _note(written: str, indicator: str, publication: str) -> str | None:
    """Known problems of the monthly publication in that month and of that indicator."""
    if publication != MONTHLY:
        return None
    month = date.fromisoformat(written).replace(day=1)
    return "; ".join(one.text for one in pcn_des.problems_in(month, indicator)) or None


def add(v1: Blueprint) -> None:
    starred = ", ".join(f"`{name}`" for name in _STARRED)

    @v1.endpoint(
        "/pcn-des/",
        name=DATASET,
        summary="Network Contract DES by practice",
        description="Rows as published, cumulative from 1 April: take the latest month and never "
        f"add months up. At least one of {starred} is needed.",
        query=Query(),
        answer=schemas.listing("PcnDes", Row),
    )
    def rows(arguments: dict[str, Any]) -> Response:
        require_any(_STARRED, arguments)
        return answer(lambda: _rows(arguments))
