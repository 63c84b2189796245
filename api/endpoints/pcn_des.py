"""`pcn-des/`: the rows of the Network Contract DES, with what is known to be wrong beside them."""

from __future__ import annotations

from datetime import date

from api import schemas
from api.facts import facts
from api.listing import Asked, Listing
from api.parameters import ICB, PRACTICE, Filter, code, day, narrowing
from data.datasets.pcn_des import DATASET, MONTHLY
from data.datasets.vocabulary import pcn_des
from data.datasets.vocabulary.pcn_des import DENOMINATOR, NUMERATOR
from data.questions.facts import LAST_DAY, FactQuery
from data.questions.rows import Page
from data.spec import UNASSIGNED

_NO_SHARE = "EHCH04"  # contacts for each resident
_OWN = "PARTITION BY practice, month, publication, indicator"


def _half(name: str) -> str:
    fields = f"field IN ('{name}', 'ACC-08 {name}')"
    return f"max(value) FILTER (WHERE {fields}) OVER ({_OWN})"


_COLUMNS = (
    ("ods_code", f"ltrim(practice, '{UNASSIGNED}')"),
    ("org_type", f"CASE WHEN practice[1] = '{UNASSIGNED}' THEN 'pcn' ELSE 'practice' END"),
    ("date", LAST_DAY),
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
_ROW = {
    "ods_code": schemas.text("ODS code of the practice, or the PCN's code"),
    "org_type": schemas.text("practice; or pcn, for rows that are given by PCN only"),
    "date": schemas.day("Achievement date: the last day of the month"),
    "publication": schemas.text("monthly; or iif, the annual result at 31 March"),
    "quality_service": schemas.text("Service and scheme year, such as NCD2526"),
    "ruleset": schemas.text("Ruleset of the indicator; empty where it is not known"),
    "indicator": schemas.text("Code of the indicator"),
    "measure": schemas.text("Numerator, Denominator, MI Count or a rule, as published"),
    "value": schemas.whole("As published, cumulative from 1 April; null where suppressed"),
    "suppressed": schemas.flag("Whether the publisher withheld the value"),
    "achievement": schemas.decimal(
        "Numerator as a percentage of the denominator of the same practice and indicator; null "
        "where either is not known, or the indicator is no share"
    ),
    "note": schemas.text("What is known to be wrong with the indicator that month", missing=True),
}
_FACTS = facts(
    FactQuery(columns=_COLUMNS, order=("date", "ods_code", "publication", "indicator", "measure")),
    equal={name: name for name in ("practice", "ruleset", "indicator")},
)


def _rows(asked: Asked) -> Page:
    page = _FACTS(asked)
    for row in page.rows:
        row["note"] = _note(row["date"], row["indicator"], row["publication"])
    return page


def _note(written: str, indicator: str, publication: str) -> str | None:
    """Known problems of the monthly publication in that month and of that indicator."""
    if publication != MONTHLY:
        return None
    month = date.fromisoformat(written).replace(day=1)
    return "; ".join(problem.text for problem in pcn_des.problems_in(month, indicator)) or None


LISTS = (
    Listing(
        path="pcn-des/",
        dataset=DATASET,
        summary="Network Contract DES by practice",
        description="Rows as published, cumulative from 1 April: take the latest month and never "
        "add months up.",
        filters=(
            Filter("date", "Last or first day of the month.", day, "2025-06-30"),
            PRACTICE,
            Filter(
                "pcn",
                "Practices that belonged to this PCN in that month, and the PCN's own rows of the "
                "IIF.",
                code,
                "U74819",
            ),
            ICB,
            *narrowing(
                Filter("ruleset", "Ruleset, in either case of letters.", example="Cancer"),
                Filter("indicator", "Code of an indicator.", code, "HI03"),
            ),
        ),
        when="date",
        membership=True,
        row=_ROW,
        rows=_rows,
    ),
)
