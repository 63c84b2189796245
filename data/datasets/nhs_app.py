"""NHS App: monthly use by ICB and for England, and by practice where a file is imported."""

from data.families import Field, family
from data.spec import Dataset, Measure, Part

BASE = "patients_registered"
# What the open series gives by ICB and for England.
OPEN = {
    "logins": "Logins",
    "unique_logins": "Unique user logins in the month",
    "unique_logins_12m": "Unique user logins in twelve months",
    "registrations": "Accounts registered in the month",
    "registrations_total": "Accounts registered since the start",
    "prescription_orders": "Repeat prescriptions ordered",
    "prescription_users": "Unique users ordering prescriptions",
}
# What only an imported file of practices gives.
IMPORTED = {
    "appointments_booked": "Appointments booked",
    "appointments_cancelled": "Appointments cancelled",
    "record_views": "Record views",
    "organ_donation_registrations": "Organ donation registrations",
    "organ_donation_updates": "Organ donation updates",
    "organ_donation_lookups": "Organ donation lookups",
}
MEASURES = OPEN | IMPORTED
_PER_BASE = (
    "logins",
    "registrations",
    "prescription_orders",
    *IMPORTED,
)


def _per_base(part: str) -> Measure:
    label = MEASURES[part]
    return Measure(
        f"{part}_per_1000",
        f"{label} per 1,000 aged 13 and over",
        num=part,
        den=BASE,
        unit="per_1000",
        rollup="published_only",
        what=f"{label[0].lower()}{label[1:]} for every 1,000 registered patients aged 13 and over",
        why="People of 13 and over may have an account. The base counts them all, whether they "
        "have one or not.",
    )


DATASET = Dataset(
    id="nhs-app",
    title="NHS App",
    publisher="NHS England",
    series="NHS App Statistics",
    source_url="https://digital.nhs.uk/data-and-information/publications/statistical/"
    "nhs-app-statistics",
    cadence="monthly",
    publication_lag="about six weeks after the end of the month",
    dims=("level", "measure"),
    parts=(
        Part(
            BASE,
            "Registered patients aged 13 and over",
            f"sum(value) FILTER (WHERE measure = '{BASE}')",
            spread="published",
        ),
        *family(
            MEASURES,
            (Field("", "", "", spread="published"),),
            indicator="measure",
            value="value",
        ),
    ),
    measures=(
        Measure(
            "logins",
            "Logins",
            synonyms=("NHS App use", "sign-ins"),
            num="logins",
            rollup="published_only",
            what="times that people logged in to the NHS App in the month",
            why="Sessions, not people: one person may log in many times.",
        ),
        Measure(
            "unique_logins",
            "Unique logins",
            synonyms=("NHS App users", "sign-ins"),
            num="unique_logins",
            rollup="published_only",
            what="accounts that logged in at least once in the month",
            why="People who used the App in the month, counted once.",
        ),
        Measure(
            "eligible_patients",
            "Registered patients aged 13 and over",
            num=BASE,
            rollup="published_only",
            what="registered patients aged 13 and over on the first of the month",
            why="Those who may have an account: eligible people, not those who signed up.",
        ),
        Measure(
            "active_uptake",
            "Active uptake",
            synonyms=("NHS App users", "registered for the NHS App"),
            num="unique_logins",
            den=BASE,
            unit="percent",
            rollup="published_only",
            what="unique logins as a percentage of registered patients aged 13 and over",
            why="The share of eligible people who used the App in the month. More is not always "
            "better: people with another way in do not need it.",
        ),
        *(_per_base(part) for part in _PER_BASE),
    ),
    breakdowns=(),
    headline="logins",
    control="logins",
    caveats=(
        (
            "The open publication gives ICBs, regions and England only. No open file gives "
            "practices: theirs are shown where an administrator imported an export with its "
            "columns named."
        ),
        "The base is registered patients aged 13 and over: eligible people, not sign-ups.",
        (
            "A PCN or sub-ICB location is shown only where the import holds every one of its "
            "practices."
        ),
        (
            "From April 2026 ICBs are those of the new structure, and the series was revised "
            "from its start: earlier releases are not comparable."
        ),
        (
            "Not yet checked against a real file of the series. A file with other columns is not "
            "loaded."
        ),
        (
            "Patient Online (POMI) figures count all online routes, not the App alone. They are "
            "a dataset of their own, patient-online, and not part of this."
        ),
    ),
    needs=("list-sizes",),
    tool="nhs-app",
)
