"""`<dataset>/figures/`: figures of one organisation with what pages say of them."""

from __future__ import annotations

import marshmallow as ma

from api import schemas
from api.errors import ApiError
from api.listing import Asked, Listing
from api.parameters import Filter, code, month, text, year
from data import periods
from data.absence import ABSENCES, MEANINGS
from data.questions.figures import row
from data.questions.history import recent
from data.questions.peers import GROUPS, Subject, groups, peers_of
from data.questions.rows import Page
from data.spec import Dataset
from data.versions.db import library

NAME = "figures"
LISTS = "list-sizes"
DEFAULT = "england"

STATUS = ma.fields.String(
    required=True,
    allow_none=True,
    validate=ma.validate.OneOf(ABSENCES),
    metadata={
        "description": "Why there is no value, or none to compare; null for a sound value. "
        + "; ".join(f"`{kind}`: {meaning}" for kind, meaning in MEANINGS.items()),
        "example": None,
    },
)
_POSITION = schemas.schema(
    "Position",
    {
        "among": schemas.text("Who the peers are"),
        "peers": schemas.whole("How many others have a comparable value", missing=False),
        "lower": schemas.whole("Peers with a lower value", missing=False),
        "higher": schemas.whole("Peers with a higher value", missing=False),
        "same": schemas.whole("Peers with the same value", missing=False),
        "percentile": schemas.decimal("Where the value lies among them, ties counted half"),
        "median": schemas.decimal("The value half of them lie below, itself among them"),
    },
)
_HISTORY = schemas.schema(
    "OwnHistory",
    {
        "signal": schemas.text("One of usual, above, below, rising, falling"),
        "since": schemas.text("First period of which the same is true without a break"),
        "words": schemas.text("As pages say it"),
    },
)
_COVERAGE = schemas.schema(
    "FigureCoverage",
    {
        "published": schemas.whole("Practices with figures", missing=False),
        "expected": schemas.whole("Practices that there are", missing=False),
        "percent_of_patients": schemas.decimal("Share of registered patients"),
    },
)
_EXAMPLE = {
    "comparator": "England",
    "value": 5.0,
    "difference": "below",
    "position": {
        "among": "practices in England",
        "peers": 6188,
        "lower": 1113,
        "higher": 5075,
        "same": 0,
        "percentile": 18.0,
        "median": 4.5,
    },
    "unusual": None,
    "words": "Lower than 82 of 100",
    "own_history": {
        "signal": "below",
        "since": "2026-05-01",
        "words": "below its own usual level since May 2026",
    },
    "coverage": None,
}
COMPARISON = schemas.schema(
    "FigureComparison",
    {
        "comparator": schemas.text("With what it is compared; null for a size", missing=True),
        "value": schemas.decimal("The comparator's own value"),
        "difference": schemas.text(
            "By the interval: above, below, unclear, or alike where both round to the same",
            missing=True,
        ),
        "position": ma.fields.Nested(_POSITION, required=True, allow_none=True),
        "unusual": schemas.text(
            "high or low: outside the 99.8 % limits of a funnel around the comparator",
            missing=True,
        ),
        "words": schemas.text("What pages print in short", missing=True),
        "own_history": ma.fields.Nested(
            _HISTORY,
            required=True,
            allow_none=True,
            metadata={"description": "Beside its own earlier periods; null under twelve of them"},
        ),
        "coverage": ma.fields.Nested(_COVERAGE, required=True, allow_none=True),
    },
)


def of_dataset(dataset: Dataset) -> Listing:
    column = periods.column(dataset)
    when = (
        Filter(column, "Year.", year, periods.example(dataset.period), starred=False)
        if periods.is_annual(dataset.period)
        else Filter(column, "First day of a month.", month, "2026-01-01", starred=False)
    )
    return Listing(
        path=f"{dataset.id}/{NAME}/",
        dataset=dataset,
        summary=f"{dataset.title}: figures with their comparison",
        description="Measures of one organisation in one period, the newest unless another is "
        "named: value, interval, why there is none, and what pages say of it beside others and "
        "beside its own earlier periods.",
        filters=(
            Filter("org", "Code of one organisation at any level; ENG is England.", code, "A81001"),
            Filter("practice", "The same, of a practice.", code, "A81001"),
            when,
            Filter(
                "measure",
                f"Only this measure, an id from `datasets/{dataset.id}/`.",
                text,
                dataset.headline,
                starred=False,
            ),
            Filter(
                "group",
                "With whom it is compared: England, one of its areas, practices with a list of "
                "similar size, or practices with the same clinical system.",
                options=(*GROUPS, "supplier"),
                default=DEFAULT,
                starred=False,
            ),
        ),
        when=column,
        newest=True,
        membership=True,
        row={
            "org_type": schemas.text("Level of the organisation"),
            "org": schemas.text("Its code"),
            "name": schemas.text("Its name"),
            **schemas.period(dataset),
            "measure": schemas.text("Id of the measure"),
            "label": schemas.text("Its name"),
            "unit": schemas.text("Unit of value, low and high"),
            "value": schemas.decimal("The figure"),
            "numerator": schemas.decimal("Top"),
            "denominator": schemas.decimal("Bottom; null for a total"),
            "low": schemas.decimal("Lower 95 % limit"),
            "high": schemas.decimal("Upper 95 % limit"),
            "status": STATUS,
            "comparison": ma.fields.Nested(
                COMPARISON, required=True, metadata={"example": _EXAMPLE}
            ),
        },
        rows=_rows,
    )


def _rows(asked: Asked) -> Page:
    given, snapshot = asked.arguments, asked.snapshot
    directory = library().directory()
    org = directory.get(given.get("org") or given["practice"])
    period = asked.period
    if org is None or period is None:
        return Page(0, [])
    lists = library().current(LISTS)
    if day := given.get("as_of"):
        lists = library().as_of(LISTS, day)
        directory = directory.with_lists(lists) if lists else directory
    subject = Subject(
        snapshot=snapshot,
        lists=snapshot if snapshot.dataset.id == LISTS else lists,
        directory=directory,
        org=org,
        period=period,
        membership=given.get("membership", "dated"),
        history=recent(snapshot, period) if period in snapshot.months else (),
    )
    wanted = given["group"]
    allowed = groups(org, subject.areas, subject.supplier) or (DEFAULT,)
    if wanted not in allowed:
        raise _refused("group", f"{org.code} can be compared with: {', '.join(allowed)}.")
    measures = snapshot.dataset.measures
    if "measure" in given:
        measures = tuple(one for one in measures if one.id == given["measure"])
        if not measures:
            raise _refused("measure", f"{snapshot.dataset.id} has no measure {given['measure']!r}.")
    group, window = peers_of(subject, wanted), asked.window
    page = measures[window.offset : window.offset + window.size]
    return Page(len(measures), [row(subject, group, measure) for measure in page])


def _refused(name: str, told: str) -> ApiError:
    return ApiError(400, "invalid_parameter", detail=f"{name}: {told}", errors={name: [told]})
