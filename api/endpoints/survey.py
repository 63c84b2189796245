"""`gp-patient-survey/`: results of questions with the publisher's limits and base, at any level."""

from __future__ import annotations

from dataclasses import replace

from api import schemas
from api.errors import ApiError
from api.facts import facts
from api.listing import Arguments, Asked, Listing
from api.parameters import PRACTICE, REGION, Filter, code, narrowing, year
from data.datasets.gp_patient_survey import DATASET
from data.datasets.vocabulary.survey import label, list_bands
from data.questions.facts import FactQuery
from data.questions.rows import Page

_AREAS = {"pcn": "pcn", "ics": "icb", "region": "region"}  # parameter, column of the table
_PERCENT = "Per cent; null where suppressed"
_ROW = {
    "org_type": schemas.text(f"Level: one of {', '.join(DATASET.levels)}"),
    "org": schemas.text("Code of the organisation"),
    "name": schemas.text("Its name as the file gives it", missing=True),
    **schemas.period(DATASET),
    "pcn": schemas.text("PCN code at the end of fieldwork", missing=True),
    "ics": schemas.text("ICS, by the code of its ICB", missing=True),
    "region": schemas.text("NHS region code", missing=True),
    "list_band": schemas.text("Band of registered patients", missing=True),
    "question": schemas.text("Id of the result; _b and _c are further summaries"),
    "label": schemas.text("What it is called here"),
    "questionnaire": schemas.text("since-2024 or before-2024: two series that must not be joined"),
    "value": schemas.decimal(f"Summary result. {_PERCENT}"),
    "ci_low": schemas.decimal(f"Lower 95 % limit as published. {_PERCENT}"),
    "ci_high": schemas.decimal(f"Upper 95 % limit as published. {_PERCENT}"),
    "base": schemas.decimal("People whose answer says something; below 10 is suppressed"),
    "suppressed": schemas.flag("True where the result is not published"),
}
_NUMBERS = {"value": "value", "ci_low": "low", "ci_high": "high", "base": "base"}
_QUERY = FactQuery(
    columns=(
        ("org_type", "level"),
        ("org", "code"),
        ("name", "nullif(name, '')"),
        ("year", "strftime(month, '%Y')"),
        *((name, f"nullif({column}, '')") for name, column in _AREAS.items()),
        ("list_band", "list_band"),
        ("question", "result"),
        ("label", "question"),
        ("questionnaire", "questionnaire"),
        *((name, f"{column}::DOUBLE") for name, column in _NUMBERS.items()),
        ("suppressed", "value IS NULL"),
    ),
    order=("org", "year", "question"),
)
_EQUAL = {
    "org_type": "level",
    "practice": "code",
    "question": "result",
    "list_band": "list_band",
}


def _rows(asked: Asked) -> Page:
    """Areas are those of the file, at any level, or those to which practices belong today."""
    given = asked.arguments
    if given.get("membership") == "current":
        ics = (("icb", given["ics"]),) if "ics" in given else ()
        page = facts(replace(_QUERY, within=ics), equal=_EQUAL)(asked)
    else:
        page = facts(_QUERY, equal=_EQUAL | _AREAS)(asked)
    for row in page.rows:
        row["label"] = label(row["label"])
    return page


def _require_practices(arguments: Arguments) -> None:
    """Practices, their bands of list size and where they belong today: of no other level."""
    level = arguments["org_type"]
    named = [name for name in ("practice", "list_band") if name in arguments]
    if arguments.get("membership") == "current":
        named.append("membership")
    if level != "practice" and named:
        refusal = f"`{named[0]}` goes with rows of practices, not with org_type={level}."
        raise ApiError(400, "invalid_parameter", detail=refusal, errors={named[0]: [refusal]})


LISTS = (
    Listing(
        path=f"{DATASET.id}/",
        dataset=DATASET,
        summary="GP Patient Survey: results of questions",
        description="A row for each organisation, year and result, with the publisher's 95 % "
        "limits and the number of answers. Results before 2024 are of another questionnaire, "
        "under that year's question numbers.",
        filters=(
            Filter("year", "Year of the survey.", year, "2026"),
            PRACTICE,
            Filter("pcn", "In this PCN at the end of that year's fieldwork.", code, "U74819"),
            Filter("ics", "In this ICS, by its ICB's code of then.", code, "QHM"),
            REGION,
            *narrowing(
                Filter(
                    "list_band",
                    "Practices whose registered list is in this band.",
                    options=list_bands(),
                ),
                Filter("question", "Id of a result, such as overallexp.", example="overallexp"),
                Filter(
                    "org_type",
                    "Level of the rows. Results of areas are the publisher's own, never averages "
                    "of practices.",
                    options=DATASET.levels,
                    default="practice",
                ),
            ),
        ),
        when="year",
        membership=True,
        check=_require_practices,
        row=_ROW,
        rows=_rows,
    ),
)
