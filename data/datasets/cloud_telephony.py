"""Cloud Based Telephony in General Practice: how much calling, how answered, when."""

from data.datasets.online_consultations import WEEKDAYS
from data.datasets.vocabulary.telephony import PARTICIPATION, PARTICIPATION_MEASURES, REASONS
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
    "band_1800": "18:00 - 18:29",
    "band_1830": "18:30 - 23:59",
}
MINUTES = {  # bucket: (id of a part, in words)
    "under_1": "less than 1 minute",
    "1_to_2": "1 to 2 minutes",
    "2_to_5": "2 to 5 minutes",
    "over_5": "more than 5 minutes",
}
INDICATORS = {
    "CBT001": ("inbound", "Inbound calls"),
    "CBT002": ("ended_in_menu", "Calls ended in the menu"),
    "CBT003": ("answered", "Calls answered"),
    "CBT004": ("missed", "Calls missed"),
    "CBT005": ("callback_requested", "Call backs requested"),
    "CBT006": ("callback_made", "Call backs made"),
}
DURATION = "CBT007"  # calls answered, by how long they lasted
WAITS = {"CBT003": "wait", "CBT004": "missed_wait", DURATION: "duration"}  # prefixes of parts
_WAIT_WORDS = {
    "CBT003": "Answered after",
    "CBT004": "Missed after",
    DURATION: "Answered calls that lasted",
}


def _of(indicator: str, bucket: str = "ALL") -> str:
    return sum_where("value", f"indicator = '{indicator}' AND bucket = '{bucket}'")


def _timed(where: str) -> str:
    """Inbound calls; cells of 0 are absent, so within a row that has any they are 0."""
    timed = f"indicator = 'CBT001' AND dimension = 'time_of_day' AND {where}"
    return f"coalesce({sum_where('value', timed)}, 0)"


def _plus(prefix: str, *buckets: str) -> str:
    return " + ".join(f"{prefix}_{bucket}" for bucket in buckets or MINUTES)


def _within(minutes: str, *buckets: str) -> Measure:
    return Measure(
        f"answered_within_{minutes.partition(' ')[0]}",
        f"Answered within {minutes}",
        synonyms=("waiting time", "call waiting", "queue"),
        num=_plus("wait", *buckets),
        den=_plus("wait"),
        unit="percent",
        polarity="higher_better",
        what=f"calls answered within {minutes} of joining the queue as a percentage of answered "
        "calls with a published wait",
        why="The wait counts from the end of the menu. A supplier corrected its method in June "
        "2026, so waits before and after it do not compare.",
    )


def _share(
    measure: str,
    label: str,
    num: str,
    what: str,
    why: str,
    *,
    den: str = "inbound",
    polarity: str = "neutral",
    synonyms: tuple[str, ...] = (),
) -> Measure:
    return Measure(
        measure,
        label,
        num=num,
        den=den,
        unit="percent",
        what=what,
        why=why,
        polarity=polarity,  # type: ignore[arg-type]
        synonyms=synonyms,
    )


def _published(part: str, label: str) -> Part:
    return Part(part, label, "NULL", spread="published")


DATASET = Dataset(
    id="cloud-telephony",
    title="Cloud telephony",
    publisher="NHS England",
    series="Cloud Based Telephony Data in General Practice",
    source_url="https://digital.nhs.uk/data-and-information/publications/statistical/"
    "cloud-based-telephony-data-in-general-practice",
    cadence="monthly",
    publication_lag="about four weeks after the month ends",
    dims=("indicator", "bucket"),
    parts=(
        *(Part(part, label, _of(code)) for code, (part, label) in INDICATORS.items()),
        *(
            Part(
                f"{prefix}_{bucket}",
                f"{_WAIT_WORDS[code]} {words}",
                _of(code, bucket),
            )
            for code, prefix in WAITS.items()
            for bucket, words in MINUTES.items()
        ),
        Part(
            "practices",
            "Practices with calls of their own",
            "CASE WHEN NOT starts_with(any_value(practice), '~') THEN 1 END",
        ),
        Part(
            "unassigned",
            "Inbound calls to accounts that practices share",
            f"CASE WHEN starts_with(any_value(practice), '~') THEN {_of('CBT001')} ELSE 0 END",
        ),
        Part(
            "inbound_listed",
            "Inbound calls to practices whose list size is known",
            sum_where(
                "value", "indicator = 'CBT001' AND bucket = 'ALL' AND registered IS NOT NULL"
            ),
        ),
        Part("patients", "Registered patients of those practices", "any_value(registered)"),
        Part("timed", "Inbound calls by day and time", _timed("true"), table="time"),
        *(
            Part(part, f"Inbound calls: {band}", _timed(f"bucket = '{band}'"), table="time")
            for part, band in BANDS.items()
        ),
        *(
            Part(part, f"Inbound calls on a {day}", _timed(f"weekday = '{day}'"), table="time")
            for part, day in WEEKDAYS.items()
        ),
        *PARTICIPATION,
        _published("open_practices", "Open active practices"),
        _published("included_practices", "Practices included, on shared accounts too"),
        _published("open_patients", "Registered patients at open active practices"),
        _published("included_patients", "Registered patients at included practices"),
    ),
    measures=(
        Measure(
            "inbound",
            "Inbound calls",
            synonyms=("phone calls", "telephone calls", "calls received"),
            num="inbound",
            rollup="sum",
            what="calls from outside to the telephone systems of practices in the month",
            why="Counts calls, not callers: a patient who tries three times is counted three "
            "times.",
        ),
        Measure(
            "per_1000",
            "Inbound calls per 1,000 patients",
            synonyms=("call rate",),
            short="Per 1,000 patients",
            num="inbound_listed",
            den="patients",
            unit="per_1000",
            what="calls for every 1,000 registered patients of practices with calls of their own, "
            "using the same month's list",
            why="Calls to accounts that several practices share are left out, because nobody can "
            "say whose patients they were. The publisher's rate for England has them in.",
        ),
        _share(
            "answered_share",
            "Answered",
            "answered",
            "calls answered as a percentage of inbound calls",
            "Calls that end in the menu or with a request to be called back are dealt with in "
            "another way, so this is not the opposite of missed.",
            polarity="higher_better",
        ),
        _share(
            "missed_share",
            "Missed",
            "missed",
            "calls that ended unanswered in the queue or while ringing, voicemail included, as a "
            "percentage of inbound calls",
            "Voicemail counts as missed, so practices that take prescription requests that way "
            "look worse than they are.",
            polarity="lower_better",
            synonyms=("missed calls", "unanswered calls"),
        ),
        _share(
            "ended_in_menu_share",
            "Ended in the menu",
            "ended_in_menu",
            "calls that ended during the recorded menu as a percentage of inbound calls",
            "Some callers hear what they need there and others give up; the data cannot tell "
            "them apart.",
        ),
        _share(
            "not_reached_share",
            "Missed or ended in the menu",
            "missed + ended_in_menu",
            "calls missed plus calls ended in the menu as a percentage of inbound calls",
            "What is often called abandonment. It mixes callers who gave up with callers who were "
            "served by the menu.",
            synonyms=("abandoned calls",),
        ),
        _share(
            "callback_requested_share",
            "Call back requested",
            "callback_requested",
            "calls that ended with a request to be called back as a percentage of inbound calls",
            "About 600 practices offer no call backs, by choice.",
        ),
        _share(
            "callback_made_share",
            "Call backs made",
            "callback_made",
            "call backs made as a percentage of those requested",
            "A call back may be made more than once or in the next month, so it can exceed 100%.",
            den="callback_requested",
        ),
        _share(
            "dealt_with_share",
            "Dealt with",
            "ended_in_menu + answered + callback_requested",
            "calls answered, ended in the menu or with a call back requested as a percentage of "
            "inbound calls",
            "The publisher's grouping. The rest is missed; outcomes may not add up to inbound.",
        ),
        _within("1 minute", "under_1"),
        _within("2 minutes", "under_1", "1_to_2"),
        _within("5 minutes", "under_1", "1_to_2", "2_to_5"),
        _share(
            "morning_share",
            "Between 08:00 and 10:00",
            "band_08_10",
            "inbound calls between 08:00 and 09:59 as a percentage of inbound calls by time of day",
            "The size of the morning rush.",
            den="timed",
        ),
        _share(
            "monday_share",
            "On a Monday",
            "day_monday",
            "inbound calls on Mondays as a percentage of inbound calls by day",
            "Months have four or five Mondays, some of them bank holidays.",
            den="timed",
        ),
        _share(
            "unassigned_share",
            "Calls to shared accounts",
            "unassigned",
            "inbound calls to telephone accounts that several practices share as a percentage of "
            "inbound calls",
            "These calls count in every area that all the practices of the account belong to, and "
            "in no practice.",
        ),
        *PARTICIPATION_MEASURES,
        Measure(
            "practice_coverage",
            "Practices covered",
            num="included_practices",
            den="open_practices",
            unit="percent",
            rollup="published_only",
            what="practices included as a percentage of open active practices, as published for "
            "England",
            why="Coverage rose from about half to more than four fifths, so a rise in calls is in "
            "part a rise in coverage.",
        ),
        Measure(
            "patient_coverage",
            "Patients covered",
            num="included_patients",
            den="open_patients",
            unit="percent",
            rollup="published_only",
            what="patients registered at included practices as a percentage of all registered "
            "patients, as published for England",
            why="Months compare only where their coverage does.",
        ),
    ),
    breakdowns=(
        Breakdown("wait", "Wait until answered", tuple(f"wait_{b}" for b in MINUTES), ordered=True),
        Breakdown(
            "duration",
            "How long answered calls lasted",
            tuple(f"duration_{b}" for b in MINUTES),
            ordered=True,
        ),
        Breakdown(
            "missed_wait",
            "Wait until a missed call ended",
            tuple(f"missed_wait_{b}" for b in MINUTES),
            ordered=True,
        ),
        Breakdown("band", "Time of day", tuple(BANDS), ordered=True),
        Breakdown("participation", "Which practices have data, and why not", tuple(REASONS)),
        Breakdown("weekday", "Day of the week", tuple(WEEKDAYS), ordered=True),
    ),
    headline="inbound",
    control="inbound",
    caveats=(
        (
            "Coverage rose from 48% of practices in October 2024 to 86% in August 2026. Compare "
            "months only with their coverage beside them."
        ),
        (
            "A telephone account that several practices share counts in the areas that they have "
            "in common, and is no practice."
        ),
        "Missed calls include voicemail.",
        "The four outcomes of a call may not add up to inbound calls.",
        (
            "A supplier corrected how waits are measured in June 2026: waits before and after it "
            "cannot be compared."
        ),
        "Bank holidays and the number of Mondays move monthly figures.",
        (
            "Practices that are closed, have no patients, or have under one call a patient a year "
            "are left out by the publisher."
        ),
        (
            "The participation list names practices that have no calls here, and says why. It is "
            "missing for months whose list is not held."
        ),
        (
            "The participation list is not yet checked against a real one, only against a "
            "description of its headings. A list with other headings is not loaded."
        ),
        (
            "Practice figures by day, time and duration are not yet checked against real files, "
            "only against the publisher's description. Files that differ are not loaded."
        ),
    ),
    needs=("list-sizes",),
    counted="practices",
    tool="cloud-telephony",
    silence="not_supplied",
    extra=(
        FactTable(
            "time",
            "Calls by indicator: weekday and time of day, wait, duration",
            dims=("indicator", "dimension", "weekday", "bucket"),
            value="value",
        ),
        FactTable(
            "participation",
            "Whether practices take part and have data, as the publisher answers",
            dims=("question", "answer"),
            value="practices",
        ),
    ),
)
