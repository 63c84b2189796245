"""Submissions via Online Consultation Systems: how much online demand, of what type, when."""

from data.formula import sum_where
from data.spec import Breakdown, Dataset, FactTable, Measure, Part

BANDS = {
    "band_00_06": "00:00 - 05:59",
    "band_06_08": "06:00 - 07:59",
    "band_08_10": "08:00 - 09:59",
    "band_10_12": "10:00 - 11:59",
    "band_12_14": "12:00 - 13:59",
    "band_14_16": "14:00 - 15:59",
    "band_16_18": "16:00 - 17:59",
    "band_18_24": "18:00 - 23:59",
    "band_unknown": "Unknown",
}
WEEKDAYS = {
    f"day_{day.lower()}": day
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
}
TYPES = {
    "clinical": ("OC_SUBMISSION_TYPE_CLINICAL", "Clinical"),
    "administrative": ("OC_SUBMISSION_TYPE_ADMIN", "Administrative"),
    "other": ("OC_SUBMISSION_TYPE_OTHER", "Other or unknown type"),
}
TOTAL, PARTICIPATION, USAGE = "OC_TOTAL_SUBMISSIONS", "OC_PARTICIPATION", "OC_SYSTEM_USAGE"
CAPABILITY, PATIENTS = "OC_CAPABILITY", "PATIENTS_REGISTERED"
RATE = "OC_RATE_PER_1000_REGISTERED_PATIENTS"
METRICS = (
    TOTAL,
    *(code for code, _ in TYPES.values()),
    PATIENTS,
    PARTICIPATION,
    USAGE,
    CAPABILITY,
    RATE,
)
NOT_KNOWN = "NOT KNOWN"  # supplier of a practice of which the publisher has no supplier data

_OUTSIDE_BANDS = tuple(BANDS[band] for band in ("band_00_06", "band_06_08", "band_18_24"))


def _of(metric: str, aggregate: str = "sum(value)") -> str:
    return f"{aggregate} FILTER (WHERE metric = '{metric}')"


def _where_received(sql: str) -> str:
    """Only for practices with submissions: the publisher writes 0 for all others, known or not."""
    return f"CASE WHEN {_of(TOTAL)} > 0 THEN {sql} END"


def _timed(where: str) -> str:
    """Cells of 0 are absent, so within a practice that has any they are 0."""
    return f"coalesce({sum_where('value', where)}, 0)"


DATASET = Dataset(
    id="online-consultations",
    title="Online consultations",
    publisher="NHS England",
    series="Submissions via Online Consultation Systems in General Practice",
    source_url="https://digital.nhs.uk/data-and-information/publications/statistical/"
    "submissions-via-online-consultation-systems-in-general-practice",
    cadence="monthly",
    publication_lag="about four weeks after the month ends",
    dims=("metric",),
    parts=(
        Part("submissions", "Submissions", _where_received(_of(TOTAL))),
        *(
            Part(part, f"Submissions: {label}", _where_received(_of(code)))
            for part, (code, label) in TYPES.items()
        ),
        Part("registered", "Registered patients of all practices listed", _of(PATIENTS)),
        Part(
            "patients",
            "Registered patients of practices with submissions",
            _where_received(_of(PATIENTS)),
        ),
        Part(
            "practices",
            "Practices listed, with or without submissions",
            f"nullif({_of(PARTICIPATION, 'count(*)')}, 0)",
        ),
        Part(
            "receiving",
            "Of those, practices with submissions",
            f"CASE WHEN {_of(PARTICIPATION, 'count(*)')} > 0 THEN ({_of(TOTAL)} > 0)::INTEGER END",
        ),
        Part(
            "flagged",
            "Practices whose participation is published",
            f"nullif({_of(PARTICIPATION, 'count(value)')}, 0)",
        ),
        Part("participating", "Practices that take part in the collection", _of(PARTICIPATION)),
        Part("timed", "Submissions by day and time", _timed("true"), table="time"),
        Part(
            "timed_known",
            "Submissions with a known time",
            _timed(f"band <> '{BANDS['band_unknown']}'"),
            table="time",
        ),
        Part(
            "outside_core",
            "Submissions outside core hours",
            _timed(
                f"band IN {_OUTSIDE_BANDS} OR (weekday IN ('Saturday', 'Sunday') "
                f"AND band <> '{BANDS['band_unknown']}')"
            ),
            table="time",
        ),
        *(
            Part(part, f"Submissions: {band}", _timed(f"band = '{band}'"), table="time")
            for part, band in BANDS.items()
        ),
        *(
            Part(part, f"Submissions on a {day}", _timed(f"weekday = '{day}'"), table="time")
            for part, day in WEEKDAYS.items()
        ),
    ),
    measures=(
        Measure(
            "submissions",
            "Online submissions",
            synonyms=("online consultations", "online requests", "e-consultations"),
            num="submissions",
            rollup="sum",
            what="requests that patients sent through an online consultation system in the month",
            why="Counts requests, not people or outcomes. A practice without supplier data has no "
            "figure here, which does not mean that it had no requests.",
        ),
        Measure(
            "per_1000",
            "Submissions per 1,000 patients",
            short="Per 1,000 patients",
            num="submissions",
            den="patients",
            unit="per_1000",
            what="submissions for every 1,000 patients registered at practices that had any, with "
            "the list size that the publisher gives in the same file",
            why="Patients also call and visit, so this is the online part of demand only.",
        ),
        *(
            Measure(
                f"{part}_share",
                label,
                num=part,
                den="submissions",
                unit="percent",
                what=f"{label.lower()} submissions as a percentage of all submissions",
                why="Some suppliers cannot tell clinical from administrative requests; all of "
                "theirs count as other or unknown.",
            )
            for part, (_, label) in TYPES.items()
        ),
        Measure(
            "outside_core_share",
            "Outside core hours",
            num="outside_core",
            den="timed_known",
            unit="percent",
            what="submissions before 08:00, from 18:00 or at a weekend as a percentage of those "
            "with a known time",
            why="The published bands cannot be cut at 18:30, so the half hour before it counts as "
            "outside. Many practices close their form outside core hours.",
        ),
        Measure(
            "monday_share",
            "On a Monday",
            num="day_monday",
            den="timed",
            unit="percent",
            what="submissions on Mondays as a percentage of all submissions by day",
            why="Months have four or five Mondays, which moves this figure by itself.",
        ),
        Measure(
            "receiving_share",
            "Practices with submissions",
            num="receiving",
            den="practices",
            unit="percent",
            what="practices with at least one submission as a percentage of the practices listed",
            why="Shows how complete the figures are. It rises as suppliers begin to send data.",
        ),
        Measure(
            "participating_share",
            "Practices taking part",
            num="participating",
            den="flagged",
            unit="percent",
            what="practices that agreed to take part as a percentage of those whose answer is "
            "published",
            why="A practice that does not take part has no figures, whatever system it uses.",
        ),
    ),
    breakdowns=(
        Breakdown("type", "Type of request", tuple(TYPES), unknown=("other",)),
        Breakdown("band", "Time of day", tuple(BANDS), ordered=True, unknown=("band_unknown",)),
        Breakdown("weekday", "Day of the week", tuple(WEEKDAYS), ordered=True),
    ),
    headline="submissions",
    control="submissions",
    caveats=(
        (
            "A practice without supplier data is unknown, not zero: the publisher writes 0 for it, "
            "and it has no figure here."
        ),
        (
            "Some suppliers cannot split clinical from administrative requests; theirs are other "
            "or unknown."
        ),
        (
            "Suppliers join, leave and send partial months, so a trend mixes demand with coverage. "
            "Affected months are named in the notes."
        ),
        (
            "The step up in autumn 2025 coincides with a contract change about online access. That "
            "is a possible cause and is not confirmed."
        ),
        "Each release revises the earlier months, so a figure can change.",
        "Times of day are published for one month at a time; months without that file have none.",
        (
            "Averages for each weekday and time of day are England's as the publisher prints them "
            "in its workbooks; they are not added up."
        ),
    ),
    needs=("list-sizes",),
    tool="online-consultations",
    silence="not_supplied",
    extra=(
        FactTable(
            "time",
            "Submissions by supplier, weekday and time of day",
            dims=("supplier", "weekday", "band"),
            value="value",
            asked_by="date",
        ),
        FactTable(
            "averages",
            "Submissions on an average day of the week by time of day, as published",
            dims=("weekday", "band"),
            value="average",
            kind="decimal",
            level="england",
        ),
    ),
)
