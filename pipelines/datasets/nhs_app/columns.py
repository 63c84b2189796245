"""What the headings and metric names of NHS App files mean; none of them was seen beforehand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.datasets.nhs_app import BASE, MEASURES
from pipelines.engine.units import BadRelease

MONTH_FORMS = (
    *("%Y-%m-%d", "%d/%m/%Y", "%Y-%m", "%b-%y", "%b %Y", "%B %Y", "%B-%y"),
    *("%d%b%Y", "%d-%b-%y", "%d-%b-%Y", "%Y%m%d", "%Y-%m-%d %H:%M:%S"),
)
_DATE = re.compile(r"(?<![A-Z])(MONTH|DATE|PERIOD)")
_METRIC = ("METRIC", "MEASURE", "INDICATOR", "FIELD")
_VALUE = ("VALUE", "COUNT", "NUMBER")
_LONGEST = 200  # characters of a heading that are looked at
_NAMES = (  # the first that fits decides
    ("unique_logins_12m", r"(12|twelve)"),
    ("prescription_users", r"(unique|users?).*prescri|prescri.*users?"),
    ("prescription_orders", r"prescri"),
    ("appointments_cancelled", r"appointment.*cancel|cancel.*appointment|^cancellations?$"),
    ("appointments_booked", r"appointment.*book|book.*appointment"),
    ("record_views", r"record"),
    ("organ_donation_registrations", r"organdonation.*regist"),
    ("organ_donation_updates", r"organdonation.*updat"),
    ("organ_donation_lookups", r"organdonation.*look"),
    ("registrations_total", r"(alltime|total|cumulative).*(registration|account)"),
    ("unique_logins", r"unique.*(login|user)|(login|user).*unique|activeusers"),
    ("logins", r"login|session"),
    ("registrations", r"registration"),
)
_LEVELS = {
    "icb": "icb",
    "integrated care board": "icb",
    "region": "region",
    "nhs region": "region",
    "england": "england",
    "national": "england",
}


def measure_of(name: str, mapping: Mapping[str, str]) -> str | None:
    """The measure that a heading or metric name means: as the mapping says, else by its words."""
    told = mapping.get(" ".join(name.split()).upper())
    if told is not None:
        return told or None
    if mapping or "%" in name or "percent" in name.lower() or "rate" in name.lower().split():
        return None  # a mapping says everything; shares are worked out here
    bare = re.sub(r"[^a-z0-9]", "", name.lower())[:_LONGEST]
    return next((measure for measure, words in _NAMES if re.search(words, bare)), None)


@dataclass(frozen=True, slots=True)
class Shape:
    """Which columns say where, when and what. `metric` and `value` are of long files."""

    code: str  # empty in a file of England alone
    month: str
    level: str  # column of the kind of area; empty where the file has one kind
    metric: str
    value: str


def shape_of(names: Sequence[str], first: Sequence[str]) -> Shape | None:
    """How a table is laid out, by its headings and first row; None where it is no such table."""
    cells = dict(zip(names, first, strict=False))
    month = next((n for n in names if _DATE.search(n)), "")
    if not month:
        return None
    metric = next((n for n in names if n.startswith(_METRIC)), "")
    value = next((n for n in names if n.startswith(_VALUE)), "") if metric else ""
    practice = next((n for n in names if _is_practice(cells.get(n, ""))), "")
    icb = next(
        (n for n in names if "CODE" in n and "ICB" in n and "SUB" not in n and "ONS" not in n), ""
    )
    area = next((n for n in names if n in ("ORG CODE", "ORG_CODE", "CODE", "AREA CODE")), "")
    level = next((n for n in names if "LEVEL" in n or n in ("GEOGRAPHY", "ORG TYPE")), "")
    return Shape(practice or icb or area, month, level, metric if value else "", value)


def _is_practice(cell: str) -> bool:
    return bool(re.fullmatch(r"[A-HJ-NPV-Y]\d{5}", cell.strip().upper()))


def level_of(told: str) -> str | None:
    return _LEVELS.get(" ".join(told.split()).lower())


def read_mapping(rows: Sequence[Sequence[str]], name: str) -> dict[str, str]:
    """An administrator's `column,measure` file: headings in capitals to measures, or to nothing."""
    found = {}
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != 2 or not row[0].strip():
            raise BadRelease(
                f"{name} should have a heading and a measure in each row; one has: "
                f"{', '.join(row)[:100]}."
            )
        heading, measure = " ".join(row[0].split()).upper(), row[1].strip().lower()
        if measure and measure not in MEASURES and measure != BASE:
            raise BadRelease(
                f"{name} maps {row[0]!r} to {measure!r}, which is no measure. "
                f"Measures are: {', '.join(MEASURES)}."
            )
        found[heading] = "" if measure == BASE else measure
    return found
