"""Query parameters that endpoints share: what they are called, take and mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import marshmallow as ma
from marshmallow import validate

from api.paging import DEFAULT_SIZE, LARGEST_SIZE

_MONTH = r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-01$"
_YEAR = r"^(19|20)[0-9]{2}([-/][0-9]{2})?$"
_CODE = r"^[A-Za-z0-9]{1,12}$"


class Whole(validate.Regexp):
    """The whole text must be of the pattern, in its own characters: no line break, no other digits.

    (`$` of Python lets a line break follow. That of the OpenAPI document, which shows the same
    pattern, does not.)
    """

    def __call__(self, value: str) -> str:  # type: ignore[override]
        super().__call__(value)
        if not (re.fullmatch(self.regex, value) and value.isascii()):  # type: ignore[arg-type]
            raise ma.ValidationError(self._format_error(value))
        return value


def text(meaning: str, *, example: str = "", longest: int = 100) -> ma.fields.String:
    metadata = {"description": meaning} | ({"example": example} if example else {})
    return ma.fields.String(validate=validate.Length(1, longest), metadata=metadata)


def code(meaning: str, *, example: str) -> ma.fields.String:
    """An identifier in either case of letters."""
    return ma.fields.String(
        validate=Whole(_CODE, error="A code has letters and digits only."),
        metadata={"description": meaning, "example": example},
    )


def month(meaning: str, *, example: str) -> ma.fields.String:
    return ma.fields.String(
        validate=Whole(_MONTH, error="Give the first day of a month, such as 2026-01-01."),
        metadata={"description": meaning, "example": example},
    )


def year(meaning: str, *, example: str) -> ma.fields.String:
    return ma.fields.String(
        validate=Whole(_YEAR, error="Give a year as it is published, such as 2025/26."),
        metadata={"description": meaning, "example": example},
    )


def day(meaning: str, *, example: str) -> ma.fields.Date:
    return ma.fields.Date(
        error_messages={"invalid": "Give a day, such as 2026-01-31."},
        metadata={"description": meaning, "example": example},
    )


def choice(
    meaning: str, options: tuple[str, ...], *, default: str | None = None
) -> ma.fields.String:
    return ma.fields.String(
        load_default=ma.missing if default is None else default,
        validate=validate.OneOf(options, error="Choose one of: {choices}."),
        metadata={"description": meaning},
    )


@dataclass(frozen=True, slots=True)
class Filter:
    """A parameter. A starred one satisfies the rule that at least one must be given.

    With `options` it is one of them; `default` is the one that it is unless given.
    """

    name: str
    meaning: str
    make: Callable[..., ma.fields.Field] = text
    example: str = ""
    starred: bool = True
    options: tuple[str, ...] = ()
    default: str | None = None

    def field(self) -> ma.fields.Field:
        meaning = self.meaning + STAR * self.starred
        if self.options:
            return choice(meaning, self.options, default=self.default)
        return self.make(meaning, example=self.example)


STAR = " Satisfies the rule that at least one such filter is given."


def narrowing(*filters: Filter) -> tuple[Filter, ...]:
    """The same parameters where they do not satisfy the rule."""
    return tuple(replace(parameter, starred=False) for parameter in filters)


PRACTICE = Filter("practice", "ODS code of a practice.", code, "A81001")
PCN = Filter("pcn", "Practices that belonged to this PCN in that period.", code, "U74819")
SUB_ICB = Filter(
    "sub_icb", "Practices that belonged to this sub-ICB location in that period.", code, "84H"
)
ICB = Filter(
    "icb",
    "Practices that belonged to this ICB in that period. Codes from before and after "
    "April 2026 are both known.",
    code,
    "QHM",
)
REGION = Filter("region", "Practices that belonged to this NHS region in that period.", code, "Y63")
AREAS = (PCN, SUB_ICB, ICB, REGION)
INCLUDED = ("caveats", "citation")
_INCLUDE = f"^({'|'.join(INCLUDED)})(, ?({'|'.join(INCLUDED)}))*$"
MEMBERSHIP = Filter(
    "membership",
    "`dated` (the default): the PCN, sub-ICB, ICB and region of the period of each row. "
    "`current`: those of today, applied to every period.",
    starred=False,
    options=("dated", "current"),
)


def chosen(names: Sequence[str]) -> ma.fields.String:
    """`fields`: which members rows should have."""
    rate = "; one rate as `rates.<measure>`" if "rates" in names else ""
    return text(
        f"Members that rows should have, separated by commas{rate}. "
        "Rows have all of them without it.",
        example=",".join(names[:3]),
        longest=4000,
    )


def version_fields() -> dict[str, ma.fields.Field]:
    """`as_of` and `include`: which version answers, and what is added about it."""
    return {
        "as_of": day(
            "The figures as they had been published on this day, from the versions that this "
            "server keeps (see `datasets/<id>/releases/`). Without it, the live version.",
            example="2026-01-31",
        ),
        "include": ma.fields.String(
            validate=Whole(
                _INCLUDE, error="Give caveats, citation, or both with a comma between them."
            ),
            metadata={
                "description": "What to add to `meta`: `caveats` of the dataset and the version, "
                "a `citation` to quote, or both, separated by a comma.",
                "example": ",".join(INCLUDED),
            },
        ),
    }


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
