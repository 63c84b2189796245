"""`nwrs/`: staff of practices by role, and the days on which they were counted."""

from __future__ import annotations

from datetime import timedelta

from api import schemas
from api.errors import ApiError
from api.facts import facts
from api.listing import Arguments, Asked, Listing
from api.parameters import AREAS, PRACTICE, Filter, day, narrowing
from data import periods
from data.datasets.nwrs import DATASET, GROUPS
from data.questions.facts import LAST_DAY, FactQuery
from data.questions.rows import Page

_GROUP_NAMES = " ".join(f"WHEN '{key}' THEN '{words}'" for key, words in GROUPS.items())
_ROW = {
    "ods_code": schemas.text("ODS code of the practice"),
    "snapshot": schemas.day("Day of the census"),
    "role_group": schemas.text("Staff group"),
    "role": schemas.text("Role; TOTAL, EXTG, EXL and EXTGL are sums of roles"),
    "role_name": schemas.text("What the role is called"),
    "headcount": schemas.whole("People; null where not supplied"),
    "fte": schemas.decimal("Full-time equivalents; null where not supplied"),
    "source": schemas.text("Whether records were provided or estimated", missing=True),
    "patients": schemas.whole("Registered patients of the practice"),
}
_QUERY = FactQuery(
    columns=(
        ("ods_code", "practice"),
        ("snapshot", LAST_DAY),
        ("role_group", f"CASE staff_group {_GROUP_NAMES} END"),
        *((name, name) for name in ("role", "role_name", "headcount")),
        ("fte", "fte::DOUBLE"),
        *((name, name) for name in ("source", "patients")),
    ),
    order=("ods_code", "staff_group", "role"),
)


def _require_snapshot(arguments: Arguments) -> None:
    if "snapshot" not in arguments:
        refusal = "snapshot is required; the days are at /api/v1/nwrs/snapshots/."
        raise ApiError(400, "missing_filter", detail=refusal, errors={"snapshot": [refusal]})


def _snapshots(asked: Asked) -> Page:
    manifest = asked.snapshot.manifest
    rows = [
        {
            "snapshot": (periods.add_months(month, 1) - timedelta(days=1)).isoformat(),
            "practices": manifest.periods[month].practices,
            "release": manifest.release_of(month).title,
        }
        for month in reversed(asked.months)
    ]
    return Page(len(rows), asked.window.cut(rows))


LISTS = (
    Listing(
        path="nwrs/",
        dataset=DATASET,
        summary="GP workforce by role",
        description="Staff of practices on the day of a census. `snapshot` is required.",
        filters=narrowing(
            Filter(
                "snapshot",
                "Day of the census, from `nwrs/snapshots/`. Required.",
                day,
                "2026-01-31",
            ),
            PRACTICE,
            *AREAS,
            Filter("role", "Code of a role, such as TOTAL or SAL_BY_PRAC.", example="TOTAL"),
        ),
        when="snapshot",
        membership=True,
        check=_require_snapshot,
        row=_ROW,
        rows=facts(_QUERY, equal={"practice": "practice", "role": "role"}),
    ),
    Listing(
        path="nwrs/snapshots/",
        dataset=DATASET,
        summary="Days on which the GP workforce was counted",
        row={
            "snapshot": schemas.day("Day of the census"),
            "practices": schemas.whole("Practices in the file", missing=False),
            "release": schemas.text("Title of the release"),
        },
        rows=_snapshots,
    ),
)
