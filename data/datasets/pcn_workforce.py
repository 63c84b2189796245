"""Primary Care Network Workforce: staff whom PCNs employ or engage, by role."""

from data.families import Field, family, part_id
from data.spec import Breakdown, Dataset, Measure, Part

NWRS, CONTRACTED = "NWRS Staff", "NWRS contracted services"
SOURCES = {NWRS: "staff", CONTRACTED: "contracted"}
GROUPS = {
    "Directors": "directors",
    "Other GPs": "gps",
    "Other Nurses": "nurses",
    "Other Direct Patient Care staff": "dpc",
    "Other Admin/Non-clinical staff": "admin",
}
_GROUP_WORDS = {
    "directors": "Clinical and other directors",
    "gps": "GPs",
    "nurses": "Nurses",
    "dpc": "Direct patient care staff",
    "admin": "Admin and non-clinical staff",
}
# STAFF_ROLE of the file of June 2026. Most of what the additional roles scheme pays for is here,
# but the file does not say who pays.
ROLES = (
    "Advanced Dietician Practitioners",
    "Advanced Nurse Practitioners",
    "Advanced Occupational Therapist Practitioners",
    "Advanced Paramedic Practitioners",
    "Advanced Pharmacist Practitioners",
    "Advanced Physiotherapist Practitioners",
    "Advanced Podiatrist Practitioners",
    "Applied Psychologists – Clinical",
    "Applied Psychologists – Clinical (Mental Health Practitioners)",
    "Apprentices",
    "Care Coordinators",
    "Clinical Associates in Psychology",
    "Clinical Associates in Psychology (Mental Health Practitioners)",
    "Clinical Director (DPC)",
    "Clinical Director (Nurse)",
    "Community Mental Health Nurses",
    "Community Mental Health Nurses (Mental Health Practitioners)",
    "Dieticians",
    "Digital and Transformation Leads",
    "Dispensers",
    "Enhanced Practice Nurses",
    "Estates and Ancillary",
    "GP Locums",
    "General Practice Assistants",
    "Health and Wellbeing Coaches",
    "Healthcare Assistants",
    "Healthcare Support Workers",
    "Managers",
    "Medical Clinical Director (GP)",
    "Medical Secretaries",
    "Mental Health and Wellbeing Practitioners",
    "Mental Health and Wellbeing Practitioners (Mental Health Practitioners)",
    "NHS Talking Therapies Therapists",
    "Non-clinical Director",
    "Nurse Dispensers",
    "Nurse Specialists",
    "Nursing Associates",
    "Other Admin/Non-clinical",
    "Other Direct Patient Care",
    "Other Nurses",
    "Paramedics",
    "Peer Support Workers",
    "Pharmacists",
    "Pharmacy Technicians",
    "Phlebotomists",
    "Physician Associates",
    "Physiotherapists",
    "Podiatrists",
    "Receptionists",
    "Salaried GPs",
    "Social Prescribing Link Workers",
    "Social Prescribing Link Workers (Mental Health Practitioners)",
    "Social Workers",
    "Telephonists",
    "Therapists",
    "Therapists (Mental Health Practitioners)",
    "Trainee Mental Health and Wellbeing Practitioners",
    "Trainee Mental Health and Wellbeing Practitioners (Mental Health Practitioners)",
    "Trainee NHS Talking Therapies Therapists",
    "Trainee Nurses",
    "Trainee Nursing Associates",
    "Trainee Pharmacy Technicians",
)
_FTE = (Field("fte", "", "FTE", kind="decimal"),)


def role_part(role: str) -> str:
    return part_id(role, "fte")


def _sum(column: str, text: str) -> str:
    return f"sum(fte) FILTER (WHERE {column} = '{text}')"


_GROUP_FTE = {group: f"group_{name}_fte" for group, name in GROUPS.items()}
_GROUP_PEOPLE = {group: f"group_{name}_people" for group, name in GROUPS.items()}

DATASET = Dataset(
    id="pcn-workforce",
    title="PCN workforce",
    publisher="NHS England",
    series="Primary Care Network Workforce",
    source_url="https://digital.nhs.uk/data-and-information/publications/statistical/"
    "primary-care-network-workforce",
    cadence="monthly",
    publication_lag="about four weeks after the month ends",
    dims=("data_source", "staff_group", "role", "detailed_role"),
    parts=(
        Part("fte", "Staff: FTE", "sum(fte)", "decimal"),
        Part("pcns", "PCNs in the file", "count(DISTINCT practice)"),
        Part("patients", "Registered patients of the PCN's practices", "max(patients)"),
        Part(
            "fte_listed",
            "Staff of PCNs whose patients are known: FTE",
            "sum(fte) FILTER (WHERE patients IS NOT NULL)",
            "decimal",
        ),
        *(
            Part(  # a PCN in the file without rows of a source has none of it
                f"{name}_fte",
                f"{source}: FTE",
                f"coalesce({_sum('data_source', source)}, 0)",
                "decimal",
            )
            for source, name in SOURCES.items()
        ),
        *(
            Part(
                _GROUP_FTE[group],
                f"{_GROUP_WORDS[name]}: FTE",
                _sum("staff_group", group),
                "decimal",
            )
            for group, name in GROUPS.items()
        ),
        Part("people", "Staff: people", "NULL", spread="published"),
        *(
            Part(
                _GROUP_PEOPLE[group],
                f"{_GROUP_WORDS[name]}: people",
                "NULL",
                spread="published",
            )
            for group, name in GROUPS.items()
        ),
        *family({role: role for role in ROLES}, _FTE, indicator="role", field="", value="fte"),
    ),
    measures=(
        Measure(
            "fte",
            "PCN staff (FTE)",
            synonyms=("ARRS", "additional roles"),
            num="fte",
            unit="fte",
            rollup="sum",
            stock=True,
            what="full-time equivalents at 37.5 hours a week, contracted services included",
            why="Staff whom PCNs employ or engage, most of them through the additional roles "
            "scheme. They are not in the workforce of practices.",
        ),
        Measure(
            "people",
            "PCN staff (headcount)",
            num="people",
            rollup="published_only",
            what="different people, without contracted services, who are not named one by one",
            why="A person who works for two PCNs counts once in each and once in the area above "
            "them, so the headcounts of PCNs do not add up.",
        ),
        Measure(
            "fte_per_10000",
            "PCN staff (FTE) per 10,000 patients",
            num="fte_listed",
            den="patients",
            unit="per_10000",
            counted=False,
            what="FTE for every 10,000 patients registered with the practices of the PCN",
            why="How far staff of the PCN go round.",
        ),
        Measure(
            "contracted_share",
            "Contracted services",
            num="contracted_fte",
            den="fte",
            unit="percent",
            counted=False,
            what="FTE of contracted services as a percentage of all FTE",
            why="Staff provided by another organisation, such as a trust or a federation, rather "
            "than employed.",
        ),
        *(
            Measure(
                _GROUP_FTE[group],
                f"{_GROUP_WORDS[name]} (FTE)",
                num=_GROUP_FTE[group],
                unit="fte",
                rollup="sum",
                stock=True,
                what="full-time equivalents at 37.5 hours a week",
                why=f"The staff group that the publisher calls {group}.",
            )
            for group, name in GROUPS.items()
        ),
    ),
    breakdowns=(
        Breakdown("staff_group", "Staff by group", tuple(_GROUP_FTE.values())),
        Breakdown("role", "Staff by role", tuple(role_part(role) for role in ROLES)),
    ),
    headline="fte",
    control="fte",
    caveats=(
        (
            "Only staff whom PCNs report; a PCN that is not in the file is missing and not without "
            "staff."
        ),
        (
            "Headcount is of different people and does not add up over PCNs. Contracted services "
            "are counted in FTE only."
        ),
        "The file does not say which posts are paid through the additional roles scheme.",
        (
            "Until 2022 only directors, direct patient care and admin staff were collected, every "
            "quarter."
        ),
        "Codes of areas are those of the file's own month: ICBs merged in April 2026.",
    ),
    needs=("list-sizes",),
    silence="not_supplied",
    levels=("pcn", "sub_icb", "icb", "region", "england"),
)
