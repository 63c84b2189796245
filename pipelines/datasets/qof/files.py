"""The members of a QOF archive: told apart by their headings, dated by their names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import duckdb

from data.formula import quoted
from pipelines.engine.regions import region_of
from pipelines.engine.units import BadRelease, Preview, Recognised, Table, csv_scan, headings

# What a column has been called, newest first. Headings are matched in capitals.
ALIASES: dict[str, tuple[str, ...]] = {
    "practice": ("PRACTICE_CODE", "PRACTICECODE"),
    "practice_name": ("PRACTICE_NAME", "PRACTICENAME"),
    "group_code": ("GROUP_CODE", "INDICATOR_GROUP_CODE", "INDICATOR_GROUP"),
    "register": ("REGISTER", "DISEASE_REGISTER_SIZE", "REGISTER_SIZE"),
    "list_type": ("PATIENT_LIST_TYPE",),
    "list_size": ("PRACTICE_LIST_SIZE", "PRACTICE_LISTSIZE", "PATIENT_LIST_SIZE"),
    "indicator": ("INDICATOR_CODE",),
    "measure": ("MEASURE",),
    "value": ("VALUE",),
    "points": ("INDICATOR_POINT_VALUE",),
    "revised_max_points": ("REVISED_MAX_POINTS",),
    "rule": ("DESCRIPTION",),
    "pcn": ("PCN_ODS_CODE", "PCN_CODE"),
    "pcn_name": ("PCN_NAME",),
    "sub_icb": ("SUB_ICB_ODS_CODE", "SUB_ICB_LOC_ODS_CODE", "CCG_ODS_CODE", "CCG_CODE"),
    "sub_icb_name": ("SUB_ICB_NAME", "SUB_ICB_LOC_NAME", "CCG_NAME"),
    "icb": ("ICB_ODS_CODE", "STP_ODS_CODE", "STP_CODE"),
    "icb_name": ("ICB_NAME", "STP_NAME"),
    "region": ("REGION_ODS_CODE", "REGION_CODE"),
    "region_name": ("REGION_NAME",),
}
# Columns by which each kind is known, and those that tell it from files like it.
_KINDS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("prevalence", ("practice", "group_code", "register", "list_size"), ()),
    ("achievement", ("practice", "indicator", "measure", "value", "region_name"), ()),
    ("indicators", ("indicator", "points", "group_code"), ("REGISTER_FLAG",)),
    ("geography", ("practice", "practice_name", "sub_icb", "icb"), ("INDICATOR_CODE",)),
    ("organisations", ("practice", "revised_max_points"), ()),
    ("validation", ("practice", "rule"), ("INDICATOR_CODE",)),
)
_WANTED = re.compile(
    r"^QOF[ _]?(\d{4}(_v\d+)?|20\d\d-\d\d raw.*)\.zip$"
    r"|^(PREVALENCE|ACHIEVEMENT|MAPPING_INDICATORS|MAPPING_NHS_GEOGRAPHIES"
    r"|ORGANISATION_REFERENCE)(_.*)?\.csv$",
    re.IGNORECASE,
)
_SHORT_YEAR = re.compile(r"(?<!\d)(\d\d)(\d\d)(?!\d)")
_LONG_YEAR = re.compile(r"(?<!\d)20(\d\d)-(\d\d)(?!\d)")


def wants(name: str) -> bool:
    return bool(_WANTED.search(name))


def recognise(preview: Preview) -> Recognised | None:
    """(kind, year) of a member; None for files of the series that are not used."""
    for kind, columns, others in _KINDS:
        found = all(set(ALIASES[column]) & preview.columns for column in columns)
        if found and not preview.columns & set(others):
            return kind, _year(preview)
    return None


def parts_of(preview: Preview, _kind: str) -> tuple[str, ...]:
    """The regions in an achievement file, one for each file since 2019-20."""
    scan = f"SELECT DISTINCT REGION_NAME FROM {csv_scan([preview.path])}"
    try:
        names = [name for (name,) in duckdb.execute(scan).fetchall()]
    except duckdb.Error as error:
        raise BadRelease(f"{preview.name} cannot be read as CSV: {error}") from error
    named = {region_of(name) or name.strip() for name in names}
    return tuple(sorted(named - {""}))


def _year(preview: Preview) -> date:
    """First day of the year that the name of the member, the archive or the release ends with.

    Members are PREVALENCE_2425.csv since 2019-20; before it the archive alone is dated.
    """
    for name in (preview.name, preview.file, preview.release):
        for pattern in (_LONG_YEAR, _SHORT_YEAR):
            for first, second in pattern.findall(name):
                if (int(first) + 1) % 100 == int(second):
                    return date(2000 + int(first), 4, 1)
    raise BadRelease(
        f"{preview.name} does not say which year it is of: neither its name nor that of the "
        "archive has a year such as 2425 or 2024-25."
    )


def column(table: Table, name: str) -> str | None:
    """The quoted heading that a file uses for a column; None where it has none."""
    own = headings(table.path)
    return next((quoted(alias) for alias in ALIASES[name] if alias in own), None)


def columns(table: Table, names: Sequence[str]) -> dict[str, str]:
    """Quoted headings of columns that must be there."""
    found = {name: heading for name in names if (heading := column(table, name))}
    if missing := [ALIASES[name][0] for name in names if name not in found]:
        raise BadRelease(
            f"{table.name} has no column {', '.join(missing)}. "
            f"It has: {', '.join(headings(table.path))}."
        )
    return found
