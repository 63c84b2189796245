"""The query parameters of the list endpoints and the selection that they stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import marshmallow as ma
from marshmallow import validate

from api.errors import ApiError, suggestion
from api.paging import DEFAULT_SIZE, LARGEST_SIZE, Window
from data import periods
from data.datasets import cloud_telephony, online_consultations, patient_online
from data.orgs import Directory
from data.rows import LONG, field_names, identity
from data.selection import Selection
from data.spec import LEVELS, Dataset

_MONTH = r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-01$"
_YEAR = r"^(19|20)[0-9]{2}([-/][0-9]{2})?$"
_CODE = r"^[A-Za-z0-9]{1,12}$"


def text(meaning: str, *, example: str = "", longest: int = 100) -> ma.fields.String:
    metadata = {"description": meaning} | ({"example": example} if example else {})
    return ma.fields.String(validate=validate.Length(1, longest), metadata=metadata)


def code(meaning: str, *, example: str) -> ma.fields.String:
    """An identifier in either case of letters."""
    return ma.fields.String(
        validate=validate.Regexp(_CODE, error="A code has letters and digits only."),
        metadata={"description": meaning, "example": example},
    )


def month(meaning: str, *, example: str) -> ma.fields.String:
    return ma.fields.String(
        validate=validate.Regexp(
            _MONTH, error="Give the first day of a month, such as 2026-01-01."
        ),
        metadata={"description": meaning, "example": example},
    )


def year(meaning: str, *, example: str) -> ma.fields.String:
    return ma.fields.String(
        validate=validate.Regexp(_YEAR, error="Give a year as it is published, such as 2025/26."),
        metadata={"description": meaning, "example": example},
    )


def day(meaning: str, *, example: str) -> ma.fields.Date:
    return ma.fields.Date(
        error_messages={"invalid": "Give a day, such as 2026-01-31."},
        metadata={"description": meaning, "example": example},
    )


def choice(meaning: str, options: tuple[str, ...]) -> ma.fields.String:
    return ma.fields.String(
        validate=validate.OneOf(options, error="Choose one of: {choices}."),
        metadata={"description": meaning},
    )


@dataclass(frozen=True, slots=True)
class Filter:
    """A parameter. A starred one satisfies the rule that at least one must be given."""

    name: str
    meaning: str
    make: Callable[..., ma.fields.String]
    example: str
    starred: bool = True

    def field(self) -> ma.fields.String:
        star = " Satisfies the rule that at least one such filter is given." * self.starred
        return self.make(self.meaning + star, example=self.example)


_MONTH_FILTER = Filter("month", "First day of a month.", month, "2026-01-01")
_PCN = Filter("pcn", "Practices that belonged to this PCN in that month.", code, "U74819")
_SUB_ICB = Filter(
    "sub_icb", "Practices that belonged to this sub-ICB location in that month.", code, "84H"
)
_ICB = Filter(
    "icb",
    "Practices that belonged to this ICB in that month. Codes from before and after "
    "April 2026 are both known.",
    code,
    "QHM",
)
WIDE = (
    _MONTH_FILTER,
    Filter("practice", "ODS code of a practice.", code, "A81001"),
    _PCN,
    _SUB_ICB,
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
        text,
        "EMIS",
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
    _PCN,
    _SUB_ICB,
    _ICB,
    Filter("region", "Practices that belonged to this NHS region in that month.", code, "Y63"),
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
    found: tuple[Filter, ...]
    if not dataset.has_practices:
        found = ORGANISATIONS[:2]
    else:
        found = ORGANISATIONS if dataset.id in LONG else WIDE
        if dataset.id in _BY_ICB:
            found = (
                *(one for one in WIDE if one.starred),
                _ICB,
                *(o for o in WIDE if not o.starred),
            )
    if not periods.is_annual(dataset.period):
        return found
    return (Filter("year", "Year.", year, periods.example(dataset.period)), *found[1:])


def paging_fields() -> dict[str, ma.fields.Field]:
    return {
        "page": ma.fields.Integer(
            load_default=1,
            validate=validate.Range(1, 10**9),
            metadata={"description": "Page number, from 1."},
        ),
        "page_size": ma.fields.Integer(
            load_default=DEFAULT_SIZE,
            validate=validate.Range(1, LARGEST_SIZE),
            metadata={"description": f"Rows on a page, at most {LARGEST_SIZE}."},
        ),
    }


def query_schema(dataset: Dataset) -> ma.Schema:
    """Every parameter of a dataset's list endpoint."""
    fields: dict[str, ma.fields.Field] = {f.name: f.field() for f in filters(dataset)}
    if long := LONG.get(dataset.id):
        fields["org_type"] = choice(
            "Level of the rows. Without it rows are those of practices, or of the organisation "
            "named by `org`. With an area filter, the organisations of that level that had a "
            "practice in the area.",
            LEVELS,
        )
        for position, dim in enumerate(long.dims):
            values = tuple(dict.fromkeys(cell.labels[position] for cell in long.cells))
            fields[dim] = choice(f"Only rows with this {dim.replace('_', ' ')}.", values)
    if one_of := ONE_OF.get(dataset.id):
        name, parts = one_of
        fields[name] = choice(f"Only the number of this {name}, beside who and when.", tuple(parts))
    if not dataset.has_practices:
        fields["org_type"] = choice(
            f"Level of the rows; without it {dataset.levels[0]}, or that of `org`.", dataset.levels
        )
    fields["membership"] = choice(
        "`dated` (the default): the PCN, sub-ICB, ICB and region of the month of each row. "
        "`current`: those of today, applied to every month.",
        ("dated", "current"),
    )
    fields["fields"] = text(
        "Members that rows should have, separated by commas; one rate as `rates.<measure>`. "
        "Rows have all of them without it.",
        example=",".join(field_names(dataset)[:3]),
        longest=4000,
    )
    fields["as_of"] = day(
        "The figures as they had been published on this day, from the versions that this server "
        "keeps (see `datasets/<id>/releases/`). Without it, the live version.",
        example="2026-01-31",
    )
    fields["include"] = choice("`caveats` adds the dataset's caveats to `meta`.", ("caveats",))
    return ma.Schema.from_dict(fields | paging_fields())()


def window(arguments: Mapping[str, Any]) -> Window:
    return Window(arguments["page"], arguments["page_size"])


def require_starred(dataset: Dataset, arguments: Mapping[str, Any]) -> None:
    require_one(filters(dataset), arguments)


def require_one(found: tuple[Filter, ...], arguments: Mapping[str, Any]) -> None:
    """Raise `ApiError` unless one of the starred filters is given."""
    require_any([f.name for f in found if f.starred], arguments)


def require_any(names: Sequence[str], arguments: Mapping[str, Any]) -> None:
    """Raise `ApiError` unless one of these parameters is given."""
    if any(name in arguments for name in names):
        return
    raise ApiError(
        400,
        "missing_filter",
        detail=f"Give at least one of: {', '.join(names[:-1])} or {names[-1]}.",
        errors={name: ["One of these filters is needed."] for name in names},
    )


def chosen_fields(dataset: Dataset, arguments: Mapping[str, Any]) -> frozenset[str]:
    """The members that `fields` asks for, or the one number asked for; empty for all of them."""
    name, parts = ONE_OF.get(dataset.id, ("", {}))
    if name in arguments and "fields" not in arguments:
        return frozenset((*identity(dataset), parts[arguments[name]]))
    if "fields" not in arguments:
        return frozenset()
    wanted = [name.strip() for name in arguments["fields"].split(",")]
    known = field_names(dataset)
    if unknown := [name for name in wanted if name not in known]:
        told = [f"'{name}' is not a field of these rows.{suggestion(name, known)}"
                for name in unknown]  # fmt: skip
        raise ApiError(400, "invalid_parameter", detail=" ".join(told), errors={"fields": told})
    return frozenset(wanted)


def period_of(dataset: Dataset, arguments: Mapping[str, Any]) -> date | None:
    column = periods.column(dataset)
    if column not in arguments:
        return None
    found = periods.parse(dataset.period, arguments[column])
    if found is None:
        told = f"Give a year as {dataset.id} has them, such as {periods.example(dataset.period)}."
        raise ApiError(400, "invalid_parameter", detail=told, errors={column: [told]})
    return found


def selection(
    dataset: Dataset, arguments: Mapping[str, Any], directory: Directory
) -> Selection | None:
    """The rows that valid parameters ask for; None where a code names nothing."""
    common = {
        "month": period_of(dataset, arguments),
        "within": tuple(
            (name, arguments[name])
            for name in ("pcn", "sub_icb", "icb", "region", "supplier")
            if name in arguments
        ),
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
    arguments: Mapping[str, Any], directory: Directory, common: Mapping[str, Any]
) -> Selection | None:
    practice, wanted = arguments.get("practice"), arguments.get("org")
    if wanted is None:
        return Selection(code=practice.upper() if practice else None, **common)
    if practice is not None:
        told = "Give either `practice` or `org`, not both."
        raise ApiError(400, "invalid_parameter", detail=told, errors={"org": [told]})
    org = directory.get(wanted)
    return Selection(level=org.level, code=org.code, **common) if org else None
