"""Appointments in General Practice (GPAD): how much activity, how attended, how soon."""

from data.formula import sum_where
from data.spec import Breakdown, Dataset, Measure, Part, Rhythm

STATUSES = {"attended": "Attended", "dna": "DNA", "status_unknown": "Unknown"}
HCP_TYPES = {"hcp_gp": "GP", "hcp_other": "Other Practice staff", "hcp_unknown": "Unknown"}
MODES = {
    "mode_face_to_face": "Face-to-Face",
    "mode_telephone": "Telephone",
    "mode_online": "Video Conference/Online",
    "mode_home_visit": "Home Visit",
    "mode_unknown": "Unknown",
}
WAITS = {
    "same_day": "Same Day",
    "1_day": "1 Day",
    "2_to_7": "2 to 7 Days",
    "8_to_14": "8 to 14 Days",
    "15_to_21": "15 to 21 Days",
    "22_to_28": "22 to 28 Days",
    "over_28": "More than 28 Days",
    "unknown": "Unknown",
}
CATEGORIES = {
    "cat_acute": "General Consultation Acute",
    "cat_routine": "General Consultation Routine",
    "cat_unplanned": "Unplanned Clinical Activity",
    "cat_triage": "Clinical Triage",
    "cat_planned_clinics": "Planned Clinics",
    "cat_planned_procedure": "Planned Clinical Procedure",
    "cat_walk_in": "Walk-in",
    "cat_home_visit": "Home Visit",
    "cat_care_home_visit": "Care Home Visit",
    "cat_care_home_round": "Patient contact during Care Home Round",
    "cat_care_home_assessment": "Care Home Needs Assessment & Personalised Care and Support "
    "Planning",
    "cat_medication_review": "Structured Medication Review",
    "cat_group": "Group Consultation and Group Education",
    "cat_social_prescribing": "Social Prescribing Service",
    "cat_external": "Service provided by organisation external to the practice",
    "cat_chargeable": "Non-contractual chargeable work",
    "cat_other": "Care Related Encounter but does not fit into any other category",
    "cat_inconsistent": "Inconsistent Mapping",
    "cat_unmapped": "Unmapped",
}
# The eight categories of the two-week access measure (ACC-08): Annex 1 Table 2d of the release.
TWO_WEEK_CATEGORIES = (
    "cat_acute",
    "cat_routine",
    "cat_unplanned",
    "cat_triage",
    "cat_walk_in",
    "cat_home_visit",
    "cat_care_home_visit",
    "cat_other",
)
_KNOWN_WAITS = tuple(wait for wait in WAITS if wait != "unknown")
_WITHIN_7 = ("same_day", "1_day", "2_to_7")
_WITHIN_14 = (*_WITHIN_7, "8_to_14")


def _plus(prefix: str, names: tuple[str, ...]) -> str:
    return " + ".join(f"{prefix}{name}" for name in names)


def _counted(where: str) -> str:
    """Absent combinations are not published, so within a published practice they are 0."""
    return f"coalesce({sum_where('appointments', where)}, 0)"


def _in(column: str, values: tuple[str, ...]) -> str:
    quoted = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"{column} IN ({quoted})"


def _waits(waits: tuple[str, ...]) -> str:
    return _in("wait", tuple(WAITS[wait] for wait in waits))


_ALL_KNOWN_WAITS = _plus("wait_", _KNOWN_WAITS)

DATASET = Dataset(
    id="gp-appointments",
    title="GP appointments",
    publisher="NHS England",
    series="Appointments in General Practice",
    source_url="https://digital.nhs.uk/data-and-information/publications/statistical/"
    "appointments-in-general-practice",
    cadence="monthly",
    publication_lag="about four weeks after the month ends",
    rhythm=Rhythm(days=(15, 31)),
    dims=("status", "hcp_type", "mode", "category", "wait"),
    parts=(
        Part("appointments", "Appointments", "sum(appointments)"),
        Part("practices", "Practices published", "count(DISTINCT practice)"),
        *(Part(p, f"Status: {v}", _counted(f"status = '{v}'")) for p, v in STATUSES.items()),
        *(Part(p, f"Staff: {v}", _counted(f"hcp_type = '{v}'")) for p, v in HCP_TYPES.items()),
        *(Part(p, f"Mode: {v}", _counted(f"mode = '{v}'")) for p, v in MODES.items()),
        *(
            Part(p, f"Category: {v}", _counted(_in("category", (v,))))
            for p, v in CATEGORIES.items()
        ),
        *(Part(f"wait_{w}", f"Wait: {v}", _counted(f"wait = '{v}'")) for w, v in WAITS.items()),
        *(
            Part(
                f"gp_wait_{w}",
                f"Wait, with a GP: {v}",
                _counted(f"hcp_type = 'GP' AND wait = '{v}'"),
            )
            for w, v in WAITS.items()
        ),
        *(
            Part(
                f"other_wait_{w}",
                f"Wait, not with a GP: {v}",
                _counted(f"hcp_type <> 'GP' AND wait = '{v}'"),
            )
            for w, v in WAITS.items()
        ),
        Part(
            "two_week_all",
            "Appointments in the eight two-week categories",
            _counted(_in("category", tuple(CATEGORIES[c] for c in TWO_WEEK_CATEGORIES))),
        ),
        Part(
            "two_week_met",
            "Of those, held within 14 days of booking",
            _counted(
                _in("category", tuple(CATEGORIES[c] for c in TWO_WEEK_CATEGORIES))
                + f" AND {_waits(_WITHIN_14)}"
            ),
        ),
        *(
            Part(part, label, _counted(f"category = '{category}' AND {_waits(waits)}"))
            for part, label, category, waits in (
                (
                    "acute_same_day",
                    "Acute consultations on the same day",
                    CATEGORIES["cat_acute"],
                    ("same_day",),
                ),
                (
                    "acute_known",
                    "Acute consultations with a known wait",
                    CATEGORIES["cat_acute"],
                    _KNOWN_WAITS,
                ),
                (
                    "routine_7",
                    "Routine consultations within 7 days",
                    CATEGORIES["cat_routine"],
                    _WITHIN_7,
                ),
                (
                    "routine_14",
                    "Routine consultations within 14 days",
                    CATEGORIES["cat_routine"],
                    _WITHIN_14,
                ),
                (
                    "routine_known",
                    "Routine consultations with a known wait",
                    CATEGORIES["cat_routine"],
                    _KNOWN_WAITS,
                ),
            )
        ),
        Part(
            "appointments_listed",
            "Appointments at practices whose list size is known",
            sum_where("appointments", "registered IS NOT NULL"),
        ),
        Part("patients", "Registered patients of those practices", "any_value(registered)"),
        Part("working_days", "Working days in the month", "any_value(working_days)", spread="max"),
    ),
    measures=(
        Measure(
            "appointments",
            "Appointments",
            synonyms=("GPAD", "appointment numbers", "activity"),
            num="appointments",
            rollup="sum",
            what="appointments of every status in the month",
            why="Everything in the practice's own appointment book that counts as an appointment, "
            "missed ones included.",
        ),
        Measure(
            "per_working_day",
            "Appointments per working day",
            short="Per working day",
            num="appointments",
            den="working_days",
            unit="per_day",
            what="appointments in the month divided by its working days in England",
            why="Months differ in working days by up to a fifth, so this is the fair way to "
            "compare one month with the next.",
        ),
        Measure(
            "per_1000",
            "Appointments per 1,000 patients",
            synonyms=("appointment rate", "demand"),
            short="Per 1,000 patients",
            num="appointments_listed",
            den="patients",
            unit="per_1000",
            what="appointments for every 1,000 registered patients, using the same month's list",
            why="Takes the size of the list into account, but not its age or need.",
        ),
        Measure(
            "attended",
            "Attended",
            num="attended",
            den="appointments",
            unit="percent",
            what="appointments marked attended as a percentage of all appointments",
            why="Depends on how often the practice marks the outcome at all.",
        ),
        Measure(
            "dna_rate",
            "Did not attend",
            synonyms=("DNA", "DNA rate", "missed appointments", "no-shows", "non-attendance"),
            num="dna",
            den="attended + dna",
            polarity="lower_better",
            unit="percent",
            what="appointments missed as a percentage of those marked attended or missed",
            why="Appointments with no recorded outcome are left out, because nobody knows whether "
            "they were kept.",
        ),
        Measure(
            "dna_of_all",
            "Did not attend, of all appointments",
            synonyms=("DNA of all appointments",),
            num="dna",
            den="appointments",
            polarity="lower_better",
            unit="percent",
            what="appointments missed as a percentage of all appointments, outcome known or not",
            why="The other way in which missed appointments are reported. It is lower than the "
            "first wherever outcomes go unrecorded.",
        ),
        Measure(
            "status_unknown",
            "Status not recorded",
            synonyms=("unknown outcome",),
            num="status_unknown",
            den="appointments",
            polarity="lower_better",
            unit="percent",
            what="appointments with no recorded outcome as a percentage of all appointments",
            why="A sign of data quality. A high value makes every attendance figure less certain.",
        ),
        Measure(
            "gp_share",
            "With a GP",
            synonyms=("GP appointments", "seen by a doctor"),
            num="hcp_gp",
            den="appointments",
            unit="percent",
            what="appointments with a GP as a percentage of all appointments",
            why="Reflects the staff a practice has and how its book names them.",
        ),
        Measure(
            "face_to_face",
            "Face to face",
            synonyms=("F2F", "in person"),
            num="mode_face_to_face",
            den="appointments",
            unit="percent",
            what="face-to-face appointments as a percentage of all appointments",
            why="Home visits are counted separately. Neither more nor less is better by itself.",
        ),
        Measure(
            "telephone",
            "By telephone",
            synonyms=("phone appointments", "remote consultations"),
            num="mode_telephone",
            den="appointments",
            unit="percent",
            what="telephone appointments as a percentage of all appointments",
            why="Neither more nor less is better by itself.",
        ),
        Measure(
            "online",
            "By video or online",
            synonyms=("video consultations", "remote consultations"),
            num="mode_online",
            den="appointments",
            unit="percent",
            what="video and online appointments as a percentage of all appointments",
            why="Neither more nor less is better by itself.",
        ),
        Measure(
            "same_day",
            "Same day",
            synonyms=("waiting time", "same-day appointments", "on the day"),
            num="wait_same_day",
            den=_ALL_KNOWN_WAITS,
            unit="percent",
            what="appointments held on the day they were booked, as a percentage of those with a "
            "known wait",
            why="Mixes urgent care with work that is always booked on the day. Read it with the "
            "category measures.",
        ),
        Measure(
            "within_7_days",
            "Within 7 days",
            synonyms=("waiting time", "within a week"),
            num=_plus("wait_", _WITHIN_7),
            den=_ALL_KNOWN_WAITS,
            unit="percent",
            what="appointments held within 7 days of booking, as a percentage of those with a "
            "known wait",
            why="Includes care that is rightly planned weeks ahead.",
        ),
        Measure(
            "within_14_days",
            "Within 14 days",
            synonyms=("waiting time", "within a fortnight", "within two weeks"),
            num=_plus("wait_", _WITHIN_14),
            den=_ALL_KNOWN_WAITS,
            unit="percent",
            what="appointments held within 14 days of booking, as a percentage of those with a "
            "known wait",
            why="Includes care that is rightly planned weeks ahead.",
        ),
        Measure(
            "over_28_days",
            "Over 28 days",
            synonyms=("waiting time", "long waits", "over four weeks"),
            num="wait_over_28",
            den=_ALL_KNOWN_WAITS,
            unit="percent",
            what="appointments held more than 28 days after booking, as a percentage of those with "
            "a known wait",
            why="Includes reviews and procedures that are planned ahead on purpose.",
        ),
        Measure(
            "two_week",
            "Within two weeks, care not planned ahead",
            synonyms=("waiting time", "two-week target"),
            short="Within two weeks",
            num="two_week_met",
            den="two_week_all",
            unit="percent",
            what="appointments held within 14 days of booking, as a percentage of all appointments "
            "for care that is not planned ahead (the categories of the former indicator ACC-08)",
            why="The two-week access measure leaves out care that is planned ahead. It is no "
            "longer an incentive indicator and is shown as a description.",
        ),
        Measure(
            "acute_same_day",
            "Acute on the same day",
            synonyms=("urgent", "on the day"),
            num="acute_same_day",
            den="acute_known",
            polarity="higher_better",
            unit="percent",
            what="General Consultation Acute appointments held on the day they were booked, as a "
            "percentage of those with a known wait",
            why="From 2026/27 clinically urgent patients are to be dealt with on the same day, and "
            "practices map those slots to General Consultation Acute.",
        ),
        Measure(
            "routine_7_days",
            "Routine within 7 days",
            synonyms=("waiting time",),
            num="routine_7",
            den="routine_known",
            polarity="higher_better",
            unit="percent",
            what="General Consultation Routine appointments within 7 days of booking, as a "
            "percentage of those with a known wait",
            why="One of the two waits that the 2026/27 contract reports for routine appointments.",
        ),
        Measure(
            "routine_14_days",
            "Routine within 14 days",
            synonyms=("waiting time",),
            num="routine_14",
            den="routine_known",
            polarity="higher_better",
            unit="percent",
            what="General Consultation Routine appointments within 14 days of booking, as a "
            "percentage of those with a known wait",
            why="One of the two waits that the 2026/27 contract reports for routine appointments.",
        ),
        Measure(
            "mapping_problems",
            "Category unmapped or inconsistent",
            synonyms=("unmapped", "coding quality"),
            num="cat_unmapped + cat_inconsistent",
            den="appointments",
            polarity="lower_better",
            unit="percent",
            what="appointments whose category is unmapped or inconsistent as a percentage of all "
            "appointments",
            why="A sign of data quality. Every category figure leaves these appointments out.",
        ),
    ),
    breakdowns=(
        Breakdown("mode", "How appointments took place", tuple(MODES), unknown=("mode_unknown",)),
        Breakdown(
            "category",
            "National category",
            tuple(CATEGORIES),
            unknown=("cat_inconsistent", "cat_unmapped"),
        ),
        Breakdown(
            "wait",
            "Time from booking to appointment",
            tuple(f"wait_{wait}" for wait in WAITS),
            ordered=True,
            unknown=("wait_unknown",),
        ),
        Breakdown(
            "gp_wait",
            "Time from booking to appointment, with a GP",
            tuple(f"gp_wait_{wait}" for wait in WAITS),
            ordered=True,
            unknown=("gp_wait_unknown",),
        ),
        Breakdown(
            "other_wait",
            "Time from booking to appointment, not with a GP",
            tuple(f"other_wait_{wait}" for wait in WAITS),
            ordered=True,
            unknown=("other_wait_unknown",),
        ),
        Breakdown("hcp_type", "Who was seen", tuple(HCP_TYPES), unknown=("hcp_unknown",)),
        Breakdown("status", "What happened", tuple(STATUSES), unknown=("status_unknown",)),
    ),
    headline="appointments",
    control="appointments",
    caveats=(
        (
            "Appointment books are set up differently from practice to practice. A difference can "
            "be one of coding rather than of care."
        ),
        (
            "Appointments with no recorded outcome stay in the total and are left out of the "
            "did-not-attend rate."
        ),
        (
            "Not all work is an appointment: results, prescriptions, letters and online messages "
            "are mostly absent."
        ),
        "Each release revises earlier months, so a figure can change.",
        (
            "Appointments held in PCN hubs are published in a separate file and are not part of "
            "the practice figures."
        ),
        "Practices with under one appointment a patient a year are left out by the publisher.",
    ),
    needs=("list-sizes",),
    tool="gp-appointments",
)
