"""The filters of a dataset's own endpoint and the selection of rows that they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from api.errors import ApiError
from api.parameters import AREAS, ICB, PCN, PRACTICE, SUB_ICB, Filter, code, month, narrowing, year
from data import periods
from data.datasets import cloud_telephony, online_consultations, patient_online
from data.month_block import HOME_COLUMNS
from data.questions.rows import LONG, identity
from data.questions.selection import Selection
from data.spec import LEVELS, Dataset
from data.versions.orgs import Organisations

_MONTH_FILTER = Filter("month", "First day of a month.", month, "2026-01-01")
WIDE = (
    _MONTH_FILTER,
    PRACTICE,
    PCN,
    SUB_ICB,
    Filter(
        "org",
        "Code of one organisation at any level; ENG is England. Its own row of each month: sums "
        "over its practices, and rates of those sums.",
        code,
        "U74819",
        starred=False,
    ),
    Filter(
        "supplier",
        "Practices with this clinical system supplier in that month.",
        example="EMIS",
        starred=False,
    ),
)
ORGANISATIONS = (
    _MONTH_FILTER,
    Filter(
        "org",
        "Code of one organisation at any level; ENG is England. Its own rows only.",
        code,
        "A81001",
    ),
    *AREAS,
)


_BY_ICB = frozenset({"online-consultations", "cloud-telephony", "patient-online"})
ONE_OF: dict[str, tuple[str, dict[str, str]]] = {
    "online-consultations": (
        "metric",
        {
            online_consultations.TOTAL: "submissions",
            **{code: part for part, (code, _) in online_consultations.TYPES.items()},
            online_consultations.PATIENTS: "registered",
            online_consultations.PARTICIPATION: "participating",
            online_consultations.USAGE: "receiving",
        },
    ),
    "cloud-telephony": (
        "indicator",
        {code: part for code, (part, _) in cloud_telephony.INDICATORS.items()},
    ),
    "patient-online": (
        "field",
        {field: part for field, (part, _) in patient_online.COUNTS.items()},
    ),
}
"""The publisher's codes by which rows can be cut down to one number: parameter, code, part."""


def filters(dataset: Dataset) -> tuple[Filter, ...]:
    organisations: tuple[Filter, ...]
    if not dataset.has_practices:
        organisations = ORGANISATIONS[:2]
    else:
        organisations = ORGANISATIONS if dataset.id in LONG else WIDE
        if dataset.id in _BY_ICB:
            organisations = (
                *(organisation for organisation in WIDE if organisation.starred),
                ICB,
                *(o for o in WIDE if not o.starred),
            )
    if not periods.is_annual(dataset.period):
        return organisations
    return (Filter("year", "Year.", year, periods.example(dataset.period)), *organisations[1:])


def row_filters(dataset: Dataset) -> tuple[Filter, ...]:
    """Further parameters of a dataset's list endpoint: levels, dimensions, one number of many."""
    further = []
    if long := LONG.get(dataset.id):
        meaning = (
            "Level of the rows. Without it rows are those of practices, or of the organisation "
            "named by `org`. With an area filter, the organisations of that level that had a "
            "practice in the area."
        )
        further.append(Filter("org_type", meaning, options=LEVELS))
        for position, dim in enumerate(long.dims):
            values = tuple(dict.fromkeys(cell.labels[position] for cell in long.cells))
            meaning = f"Only rows with this {dim.replace('_', ' ')}."
            further.append(Filter(dim, meaning, options=values))
    if one_of := ONE_OF.get(dataset.id):
        name, parts = one_of
        meaning = f"Only the number of this {name}, beside who and when."
        further.append(Filter(name, meaning, options=tuple(parts)))
    if not dataset.has_practices:
        meaning = f"Level of the rows; without it {dataset.levels[0]}, or that of `org`."
        further.append(Filter("org_type", meaning, options=dataset.levels))
    return narrowing(*further)


def one_number(dataset: Dataset, arguments: Mapping[str, Any]) -> frozenset[str]:
    """The members of rows that are cut down to one number; empty where they are not."""
    name, parts = ONE_OF.get(dataset.id, ("", {}))
    if name not in arguments:
        return frozenset()
    return frozenset((*identity(dataset), parts[arguments[name]]))


def within(arguments: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The areas, or the supplier, to which practices must have belonged."""
    return tuple((name, arguments[name]) for name in HOME_COLUMNS if name in arguments)


def selection(
    dataset: Dataset, arguments: Mapping[str, Any], directory: Organisations, period: date | None
) -> Selection | None:
    """The rows that valid parameters ask for; None where a code names nothing."""
    common = {
        "month": period,
        "within": within(arguments),
        "membership": arguments.get("membership", "dated"),
    }
    long = LONG.get(dataset.id)
    if long is None and dataset.has_practices:
        return _wide(arguments, directory, common)
    dims = long.dims if long else ()
    labels = tuple((dim, arguments[dim]) for dim in dims if dim in arguments)
    level = arguments.get("org_type")
    if "org" not in arguments:
        lowest = dataset.levels[0]
        return Selection(level=level or lowest, labels=labels, **common)
    wanted = arguments["org"]
    org = directory.at(level, wanted) if level else directory.get(wanted)
    if org is None:
        return None
    return Selection(level=org.level, code=org.code, labels=labels, **common)


def _wide(
    arguments: Mapping[str, Any], directory: Organisations, common: Mapping[str, Any]
) -> Selection | None:
    practice, wanted = arguments.get("practice"), arguments.get("org")
    if wanted is None:
        return Selection(code=practice.upper() if practice else None, **common)
    if practice is not None:
        refusal = "Give either `practice` or `org`, not both."
        raise ApiError(400, "invalid_parameter", detail=refusal, errors={"org": [refusal]})
    org = directory.get(wanted)
    return Selection(level=org.level, code=org.code, **common) if org else None
