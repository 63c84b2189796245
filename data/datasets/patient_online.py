"""Patient Online Management Information (POMI): online services of practices, by any route.

It counts the practice's own online services however patients reach them: a supplier's website or
app, or the NHS App. Nothing in it can be told apart by route.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from data.spec import Breakdown, Dataset, Measure, Part, Rhythm

ROUTES = "all online routes"
LIST, ENABLED = "patient_list_size", "Total_Pat_Enbld"  # fields without which a month is nothing
COUNTS = {  # the publisher's field: (part, label)
    LIST: ("patients", "Patients on the practice list, as in the file"),
    ENABLED: ("enabled", f"Patients enabled for an online service, {ROUTES}"),
    "New_Pat_Enbld": ("newly_enabled", f"Patients newly enabled in the month, {ROUTES}"),
    "Total_Use": ("transactions", f"Online transactions of every kind, {ROUTES}"),
    "Pat_Appts_Enbld": ("appointments_enabled", f"Patients enabled for appointments, {ROUTES}"),
    "Pat_Appts_Use": ("appointments_used", f"Appointments booked or cancelled, {ROUTES}"),
    "Pat_Presc_Enbld": ("prescriptions_enabled", f"Patients enabled for prescriptions, {ROUTES}"),
    "Pat_Presc_Use": ("prescriptions_used", f"Prescriptions ordered, {ROUTES}"),
    "Pat_DetCodeRec_Enbld": ("records_enabled", f"Patients enabled for coded records, {ROUTES}"),
    "Pat_DetCodeRec_Use": ("records_used", f"Views of detailed coded records, {ROUTES}"),
}
STATUSES = {  # the publisher's field: (prefix of parts, what it is about)
    "Sys_Appts_Enbld": ("appointments", "Online appointments"),
    "Sys_Presc_Enbld": ("prescriptions", "Online prescriptions"),
    "Sys_DetCodeRec_Enbld": ("records", "Online detailed coded records"),
}
CODES = {  # the publisher's status: (suffix of parts, in words)
    2: ("on", "patients can use it"),
    1: ("off", "not switched on"),
    0: ("none", "the system has no such function"),
}
FIELDS = (*COUNTS, *STATUSES)


@dataclass(frozen=True, slots=True)
class Issue:
    """What the publisher says is wrong with some months, both ends included."""

    first: date
    last: date
    words: str

    def covers(self, month: date) -> bool:
        return self.first <= month <= self.last


KNOWN_ISSUES = (
    Issue(
        date(2015, 4, 1),
        date(2020, 6, 1),
        "EMIS miscounted Total_Use and Pat_DetCodeRec_Use in all months before July 2020 and "
        "cannot correct them; transactions and record views of its practices are too low and do "
        "not compare with later months",
    ),
    Issue(
        date(2020, 3, 1),
        date(2021, 6, 1),
        "the publisher warns of the months of the COVID-19 outbreak, when practices changed how "
        "appointments were offered; its metadata, which is not read here, lists the months",
    ),
)


def _of(field: str) -> str:
    return f"max(value) FILTER (WHERE field = '{field}')"


def _count(field: str, part: str, label: str) -> Part:
    return Part(part, label, f"sum(value) FILTER (WHERE field = '{field}')")


def _base(field: str, part: str, label: str) -> Part:
    """Patients of the practices for which the field is given: the others cannot be asked."""
    return Part(
        f"{part}_patients",
        f"Patients of practices with the figure: {label[0].lower()}{label[1:]}",
        f"CASE WHEN {_of(field)} IS NOT NULL THEN {_of(LIST)} END",
    )


def _statuses(field: str, prefix: str, about: str) -> tuple[Part, ...]:
    """Whether the practice has each status: 1 or 0, NULL where none is given."""
    return tuple(
        Part(
            f"{prefix}_{suffix}",
            f"{about}, {ROUTES}: {words}",
            f"CASE WHEN {_of(field)} IS NOT NULL THEN ({_of(field)} = {code})::INTEGER END",
        )
        for code, (suffix, words) in CODES.items()
    )


def _enabled(part: str, short: str, service: str) -> Measure:
    return Measure(
        f"{part}_share",
        f"{short}, {ROUTES}",
        short=short,
        num=part,
        den=f"{part}_patients",
        unit="percent",
        what=f"patients enabled for {service}, by any online route, as a percentage of the list "
        "in the same file",
        why="Being enabled is not using it. A patient enabled for several routes is counted once; "
        "in a few practices more are enabled than are on the list, so it can exceed 100%.",
    )


def _per_1000(part: str, short: str, what: str, why: str) -> Measure:
    return Measure(
        f"{part}_per_1000",
        f"{short} per 1,000 patients, {ROUTES}",
        short=f"{short} per 1,000",
        num=part,
        den=f"{part}_patients",
        unit="per_1000",
        what=f"{what} in the month, by any online route, for every 1,000 patients on the list in "
        "the same file",
        why=why,
    )


def _switched_on(prefix: str, about: str) -> Measure:
    return Measure(
        f"{prefix}_on_share",
        f"Practices with {about[0].lower()}{about[1:]}, {ROUTES}",
        short=about,
        num=f"{prefix}_on",
        den=" + ".join(f"{prefix}_{suffix}" for suffix, _ in CODES.values()),
        unit="percent",
        what="practices where patients can use it as a percentage of practices with a published "
        "status",
        why="Says what the practice's system lets patients do, not how many do it.",
    )


_TRANSACTIONS = "Counts transactions, not people: one patient may make many."

DATASET = Dataset(
    id="patient-online",
    title=f"Patient Online, {ROUTES}",
    publisher="NHS England",
    series="Patient Online Management Information (POMI)",
    source_url="https://digital.nhs.uk/data-and-information/publications/statistical/"
    "mi-patient-online-pomi",
    cadence="monthly",
    publication_lag="on the last Thursday of the next month by the publisher's page; the series "
    "may have ended",
    dims=("supplier", "field"),
    parts=(
        *(_count(field, part, label) for field, (part, label) in COUNTS.items()),
        *(_base(field, part, label) for field, (part, label) in COUNTS.items() if field != LIST),
        *(
            part
            for field, (prefix, about) in STATUSES.items()
            for part in _statuses(field, prefix, about)
        ),
        Part("practices", "Practices with figures", "count(DISTINCT practice)"),
    ),
    measures=(
        Measure(
            "enabled",
            f"Patients enabled, {ROUTES}",
            short="Patients enabled",
            num="enabled",
            rollup="sum",
            stock=True,
            what="patients who can use at least one online service of their practice, by any "
            "route, at the end of the month",
            why="Those to whom the practice has given access, whether or not they use it. It is "
            "not the number of users of any one app.",
        ),
        Measure(
            "patients",
            "Patients on the list in the same file",
            num="patients",
            rollup="sum",
            stock=True,
            what="patients of the practices in the file, as their systems count them",
            why="The base of every rate here. It differs a little from registered patients, which "
            "are counted on another day.",
        ),
        _enabled("enabled", "Enabled", "at least one online service"),
        _per_1000(
            "newly_enabled",
            "Newly enabled",
            "patients newly enabled",
            "A flow of the month; those who lost access are not taken off.",
        ),
        _enabled("appointments_enabled", "Enabled for appointments", "online appointments"),
        _per_1000(
            "appointments_used",
            "Appointments",
            "appointments booked or cancelled",
            f"{_TRANSACTIONS} A practice that opens few appointments to booking has few.",
        ),
        _enabled("prescriptions_enabled", "Enabled for prescriptions", "ordering prescriptions"),
        _per_1000(
            "prescriptions_used",
            "Prescriptions",
            "prescriptions ordered",
            f"{_TRANSACTIONS} Practices with many long-term patients have more.",
        ),
        _enabled("records_enabled", "Enabled for records", "their detailed coded record"),
        _per_1000(
            "records_used",
            "Record views",
            "views of detailed coded records",
            f"{_TRANSACTIONS} EMIS miscounted it before July 2020.",
        ),
        _per_1000(
            "transactions",
            "Transactions",
            "online transactions of every kind",
            f"{_TRANSACTIONS} EMIS miscounted it before July 2020.",
        ),
        *(_switched_on(prefix, about) for prefix, about in STATUSES.values()),
    ),
    breakdowns=tuple(
        Breakdown(
            f"{prefix}_status",
            f"{about}, {ROUTES}: practices",
            tuple(f"{prefix}_{suffix}" for suffix, _ in CODES.values()),
        )
        for prefix, about in STATUSES.values()
    ),
    headline="enabled",
    control="patients_enabled",
    caveats=(
        (
            "Every figure counts all online routes: suppliers' own websites and apps as well as "
            "the NHS App, which cannot be told apart. It does not measure the NHS App."
        ),
        (
            "Whether the series is still published is not known, and it may have ended. A newest "
            "month that is long ago is then the last there is, not one that is late."
        ),
        (
            "Not yet checked against a real file of the series, only against code that the "
            "publisher has put out. A file that lacks a column is not loaded."
        ),
        (
            "EMIS miscounted Total_Use and Pat_DetCodeRec_Use in all months before July 2020, and "
            "the months are not corrected: transactions and record views before and after cannot "
            "be compared."
        ),
        (
            "The months of the COVID-19 outbreak are affected. March 2020 to June 2021 are marked "
            "in the notes; the publisher's metadata lists its own months."
        ),
        (
            "Where a function is not switched on the publisher writes 0 patients enabled and 0 "
            "uses, so a 0 may say that nobody could, not that nobody did."
        ),
        (
            "A practice listed under two suppliers in a month counts once, with the larger figure "
            "of each field. A practice without a list size has no figures here."
        ),
        (
            "Earlier files are on an older page of the publisher, "
            "digital.nhs.uk/data-and-information/data-collections-and-data-sets/data-collections/"
            "pomi. They are not looked for there; load them from local files."
        ),
    ),
    needs=("list-sizes",),
    rhythm=Rhythm(days=(22, 31), times=(time(9, 45),), may_have_ended=True),
)
