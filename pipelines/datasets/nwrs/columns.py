"""The headings of the detailed workforce file: `TOTAL_DPC_PHARMA_FTE`, `TOTAL_GP_HC_30TO34`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from data.datasets.nwrs import GP_TOTALS, ROLES, TOTAL, role_label

# Prefixes of headings and the staff group that each means. Nurses' roles begin with N.
_PREFIXES = (
    ("GP", "GP"),
    ("NURSES", "NURSES"),
    ("N", "NURSES"),
    ("DPC", "DPC"),
    ("ADMIN", "ADMIN"),
)
_HEADING = re.compile(
    r"^(?=[A-Z0-9_]+$)TOTAL_(?P<who>[A-Z0-9_]+?)_(?P<unit>HC|FTE)(?:_(?P<rest>[A-Z0-9_]+))?$"
)
_AREA = "COQ_"


@dataclass(frozen=True, slots=True)
class Column:
    """One numeric column. `age_band` and `area` (of qualification) are empty for a role's total."""

    heading: str
    group: str
    role: str
    age_band: str
    area: str
    is_fte: bool

    @property
    def label(self) -> str:
        return role_label(self.group, self.role)

    @property
    def is_unknown(self) -> bool:
        known = self.role == TOTAL or (self.group == "GP" and self.role in GP_TOTALS)
        return not known and self.role not in ROLES[self.group]


def read_columns(found: Sequence[str]) -> tuple[Column, ...]:
    """Every column of both sexes together that follows the naming rule."""
    return tuple(column for heading in found if (column := _read(heading)))


def _read(heading: str) -> Column | None:
    match = _HEADING.match(heading)
    if match is None:
        return None
    who, rest = match["who"], match["rest"] or ""
    for prefix, group in _PREFIXES:
        if who == prefix or who.startswith(f"{prefix}_"):
            role = who[len(prefix) + 1 :] or TOTAL
            is_area = rest.startswith(_AREA)
            return Column(
                heading,
                group,
                role,
                "" if is_area else rest,
                rest.removeprefix(_AREA) if is_area else "",
                match["unit"] == "FTE",
            )
    return None
