"""General Practice Workforce (NWRS): who works in practices, and for how many patients."""

from data.families import part_id
from data.formula import sum_where
from data.spec import Breakdown, Cell, Dataset, FactTable, Measure, Part

# Staff groups: code in our tables and the words of the publisher's high-level file.
GROUPS = {
    "GP": "GP",
    "NURSES": "Nurses",
    "DPC": "Direct Patient Care",
    "ADMIN": "Admin/Non-Clinical",
}
# Sums over several roles. `role` in the fact table; TOTAL is that of every group.
TOTAL = "TOTAL"
GP_TOTALS = {
    "EXTG": "Fully qualified GPs",
    "EXL": "GPs without locums",
    "EXTGL": "Fully qualified permanent GPs",
}
_PARTNERS = {"SEN_PTNR": "Senior partners", "PTNR_PROV": "Partners and providers"}
_SALARIED = {"SAL_BY_PRAC": "Salaried by the practice", "SAL_BY_OTH": "Salaried by others"}
_RETAINERS = {"RET": "Retainers"}
_TRAINEES = {
    "TRN_GR_ST1": "Training grade ST1",
    "TRN_GR_ST2": "Training grade ST2",
    "TRN_GR_ST3": "Training grade ST3",
    "TRN_GR_ST4": "Training grade ST4",
    "TRN_GR_OTH": "Other training grade",
    "TRN_GR_F1_2": "Foundation F1 and F2",
}
_LOCUMS = {
    "LOCUM_VAC": "Locums covering vacancies",
    "LOCUM_ABS": "Locums covering absence",
    "LOCUM_OTH": "Other locums",
}
ROLES: dict[str, dict[str, str]] = {
    "GP": _PARTNERS | _SALARIED | _RETAINERS | _TRAINEES | _LOCUMS,
    "NURSES": {
        "PRAC_NURSE": "Practice nurses",
        "ADV_NURSE_PRAC": "Advanced nurse practitioners",
        "ENH_PRAC_NURSE": "Enhanced practice nurses",
        "NURSE_SPEC": "Nurse specialists",
        "EXT_ROLE_NURSE": "Extended role practice nurses",
        "TRAINEE_NURSE": "Trainee nurses",
        "NURSE_DISP": "Nurse dispensers",
        "NURSE_PTNR": "Practice nurse partners",
        "NURSE_OTH": "Other nurses",
    },
    "DPC": {
        "ADV_DIETICIAN_PRAC": "Advanced dietician practitioners",
        "ADV_PARAMED_PRAC": "Advanced paramedic practitioners",
        "ADV_PHARMA_PRAC": "Advanced pharmacist practitioners",
        "ADV_PHYSIO_PRAC": "Advanced physiotherapist practitioners",
        "ADV_PODIA_PRAC": "Advanced podiatrist practitioners",
        "ADV_THERA_OCC_PRAC": "Advanced occupational therapist practitioners",
        "DIETICIAN": "Dieticians",
        "DISPENSER": "Dispensers",
        "GPA": "General practice assistants",
        "HCA": "Healthcare assistants",
        "HLTH_SPRT_WRK": "Health support workers",
        "OST": "Osteopaths",
        "PHLEB": "Phlebotomists",
        "PHARMA": "Pharmacists",
        "PHARMT": "Pharmacy technicians",
        "TRAINEE_PHARMT": "Trainee pharmacy technicians",
        "PHYSIO": "Physiotherapists",
        "PODIA": "Podiatrists",
        "PHYSICIAN_ASSOC": "Physician associates",
        "PARAMED": "Paramedics",
        "NURSE_ASSOC": "Nursing associates",
        "TRAINEE_NURSE_ASSOC": "Trainee nursing associates",
        "SPLW": "Social prescribing link workers",
        "THERA_COU": "Counsellors",
        "THERA_OCC": "Occupational therapists",
        "THERA_OTH": "Other therapists",
        "NHS_TALKING_THERA": "NHS talking therapies therapists",
        "TRAINEE_NHS_TALKING_THERA": "Trainee NHS talking therapies therapists",
        "HI_THERA": "High intensity therapists (to March 2024)",
        "TRAINEE_HI_THERA": "Trainee high intensity therapists (to March 2024)",
        "PSYCH_WELLB_PRAC": "Psychological wellbeing practitioners (to March 2024)",
        "TRAINEE_PSYCH_WELLB_PRAC": "Trainee psychological wellbeing practitioners (to March 2024)",
        "APP_HCA": "Apprentice healthcare assistants",
        "APP_PHLEB": "Apprentice phlebotomists",
        "APP_PHARMA": "Apprentice pharmacists",
        "APP_PHYSIO": "Apprentice physiotherapists",
        "APP_PHYSICIAN_ASSOC": "Apprentice physician associates",
        "APP_OTH": "Other apprentices (by role)",
        "APPRENTICE": "Apprentices",
        "OTH": "Other direct patient care staff",
    },
    "ADMIN": {
        "MANAGER": "Managers",
        "MANAGE_PTNR": "Management partners",
        "MED_SECRETARY": "Medical secretaries",
        "RECEPT": "Receptionists",
        "TELEPH": "Telephonists",
        "ESTATES_ANC": "Estates and ancillary staff",
        "DT_LEAD": "Digital and transformation leads",
        "OTH": "Other admin and non-clinical staff",
        "APP": "Apprentices",
    },
}
GP_AGES = {
    "UNDER30": "under 30",
    "30TO34": "30 to 34",
    "35TO39": "35 to 39",
    "40TO44": "40 to 44",
    "45TO49": "45 to 49",
    "50TO54": "50 to 54",
    "55TO59": "55 to 59",
    "60TO64": "60 to 64",
    "65TO69": "65 to 69",
    "70PLUS": "70 and over",
    "UNKNOWN_AGE": "age not known",
}
_OVER_55 = ("55TO59", "60TO64", "65TO69", "70PLUS")
_GROUP_WORDS = {
    "GP": "GPs",
    "NURSES": "Nurses",
    "DPC": "Direct patient care staff",
    "ADMIN": "Admin and non-clinical staff",
}
_HEADS = {
    ("GP", TOTAL): "gp",
    ("GP", "EXTG"): "gp_qualified",
    ("GP", "EXTGL"): "gp_permanent",
    ("NURSES", TOTAL): "nurses",
    ("DPC", TOTAL): "dpc",
    ("ADMIN", TOTAL): "admin",
}


def role_label(group: str, role: str) -> str:
    """What a role of the fact table is called; the publisher's code where it is a new one."""
    if role == TOTAL:
        return f"All {_GROUP_WORDS[group].lower().replace('gps', 'GPs')}"
    if group == "GP" and role in GP_TOTALS:
        return GP_TOTALS[role]
    return ROLES[group].get(role, role)


def role_part(group: str, role: str) -> str:
    """Id of the FTE of a role: `dpc_pharma_fte`."""
    return part_id(f"{group} {role}", "fte")


def _is(group: str, role: str) -> str:
    return f"staff_group = '{group}' AND role = '{role}'"


def _parts() -> tuple[Part, ...]:
    found = [
        Part("practices", "Practices in the file", "count(DISTINCT practice)"),
        Part("patients", "Registered patients", "max(patients)"),
    ]
    for (group, role), name in _HEADS.items():
        label = role_label(group, role)
        where = _is(group, role)
        found += [
            Part(f"{name}_fte", f"{label}: FTE", sum_where("fte", where), "decimal"),
            Part(
                f"{name}_headcount",
                f"{label}: headcount",
                sum_where("headcount", where),
            ),
            Part(
                f"{name}_patients",
                f"Registered patients of practices with figures: {label}",
                f"max(patients) FILTER (WHERE {where} AND fte IS NOT NULL)",
            ),
        ]
    for group, words in _GROUP_WORDS.items():
        known = f"{_is(group, TOTAL)} AND fte IS NOT NULL"
        name = group.lower()
        found += [
            Part(
                f"{name}_practices",
                f"Practices with figures: {words}",
                f"count(*) FILTER (WHERE {known})",
            ),
            Part(
                f"{name}_estimated",
                f"Practices with estimated hours: {words}",
                f"count(*) FILTER (WHERE {_is(group, TOTAL)} AND fte IS NOT NULL "
                "AND source ILIKE '%estimate%')",
            ),
        ]
    complete = f"count(fte) FILTER (WHERE role = '{TOTAL}') = {len(GROUPS)}"
    for name, label, test in (
        ("clinical", "Clinical staff FTE, where all four groups have figures", "<>"),
        ("non_clinical", "Admin FTE, where all four groups have figures", "="),
    ):
        summed = f"sum(fte) FILTER (WHERE role = '{TOTAL}' AND staff_group {test} 'ADMIN')"
        found.append(
            Part(f"{name}_fte", label, f"CASE WHEN {complete} THEN {summed} END", "decimal")
        )
    found += [
        Part(
            role_part(group, role),
            f"{_GROUP_WORDS[group]}, {label[0].lower()}{label[1:]}: FTE",
            f"sum(fte) FILTER (WHERE {_is(group, role)})",
            "decimal",
            cell=Cell(("staff_group", "role"), (group, role), "fte"),
        )
        for group, roles in ROLES.items()
        for role, label in roles.items()
    ]
    found += [
        Part(
            part_id(f"gp aged {band}"),
            f"GPs, {label}: headcount",
            f"sum(headcount) FILTER (WHERE {_is('GP', TOTAL)} AND age_band = '{band}')",
            table="ages",
            cell=Cell(("staff_group", "role", "age_band"), ("GP", TOTAL, band), "headcount"),
        )
        for band, label in GP_AGES.items()
    ]
    return tuple(found)


def _ages(bands: tuple[str, ...]) -> str:
    return " + ".join(part_id(f"gp aged {band}") for band in bands)


_WHO = {
    "gp": ("GPs", "Everyone working as a GP, trainees and locums included."),
    "gp_qualified": (
        "Fully qualified GPs",
        "GPs without those in training. The usual measure of GP capacity.",
    ),
    "gp_permanent": (
        "Permanent qualified GPs",
        "GPs without trainees and locums: those on whom a practice can plan.",
    ),
    "nurses": ("Nurses", "Practice nurses of every kind, advanced practitioners too."),
    "dpc": (
        "Direct patient care staff",
        (
            "Pharmacists, healthcare assistants, paramedics and others employed by the practice. "
            "Staff employed by the PCN are in the PCN workforce and not here."
        ),
    ),
    "admin": ("Admin staff", "Managers, receptionists, secretaries and other staff."),
}


def _measures() -> tuple[Measure, ...]:
    found = []
    for name, (label, why) in _WHO.items():
        found += [
            Measure(
                f"{name}_fte",
                f"{label} (FTE)",
                num=f"{name}_fte",
                unit="fte",
                rollup="sum",
                stock=True,
                what="full-time equivalents at 37.5 hours a week, of practices with figures",
                why=why,
            ),
            Measure(
                f"{name}_headcount",
                f"{label} (headcount)",
                num=f"{name}_headcount",
                rollup="sum",
                stock=True,
                what="people, of practices with figures",
                why=why,
            ),
            Measure(
                f"{name}_fte_per_1000",
                f"{label} (FTE) per 1,000 patients",
                num=f"{name}_fte",
                den=f"{name}_patients",
                unit="per_1000",
                counted=False,
                what="FTE for every 1,000 registered patients of practices with figures",
                why=why,
            ),
        ]
    return tuple(found)


DATASET = Dataset(
    id="nwrs",
    title="GP workforce",
    publisher="NHS England",
    series="General Practice Workforce",
    source_url="https://digital.nhs.uk/data-and-information/publications/statistical/"
    "general-and-personal-medical-services",
    cadence="monthly",
    publication_lag="about four weeks after the month ends",
    dims=("staff_group", "role"),
    parts=_parts(),
    measures=(
        *_measures(),
        Measure(
            "patients_per_gp",
            "Patients per fully qualified GP (FTE)",
            synonyms=("patients per doctor", "list per GP"),
            num="gp_qualified_patients",
            den="gp_qualified_fte",
            unit="mean",
            polarity="lower_better",
            short="Patients per GP",
            what="registered patients divided by the FTE of fully qualified GPs, of practices with "
            "figures for GPs",
            why="How many patients there are for each full-time GP who is not in training. A "
            "practice may have few GPs because other staff do part of the work.",
        ),
        Measure(
            "clinical_per_admin",
            "Clinical staff for each admin FTE",
            num="clinical_fte",
            den="non_clinical_fte",
            unit="mean",
            what="FTE of GPs, nurses and direct patient care staff divided by the FTE of admin "
            "and non-clinical staff, of practices with figures for all four groups",
            why="The balance between clinical staff and those who support them.",
        ),
        Measure(
            "gp_aged_55_and_over",
            "GPs aged 55 and over",
            num=_ages(_OVER_55),
            den=_ages(tuple(band for band in GP_AGES if band != "UNKNOWN_AGE")),
            unit="percent",
            what="GPs aged 55 and over as a percentage of GPs whose age is known (headcount)",
            why="How many GPs may retire in the coming years. Few GPs work in one practice, so the "
            "share moves in large steps.",
        ),
        *(
            Measure(
                f"{group.lower()}_coverage",
                f"Practices with figures: {words}",
                num=f"{group.lower()}_practices",
                den="practices",
                unit="percent",
                what="practices that gave valid records as a percentage of practices in the file",
                why="Practices without valid records are left out of totals and rates; they are "
                "not counted as having no staff.",
            )
            for group, words in _GROUP_WORDS.items()
        ),
    ),
    breakdowns=(
        Breakdown(
            "gp_contract", "GPs by role", tuple(role_part("GP", role) for role in ROLES["GP"])
        ),
        *(
            Breakdown(
                f"{group.lower()}_roles",
                f"{_GROUP_WORDS[group]} by role",
                tuple(role_part(group, role) for role in roles),
            )
            for group, roles in ROLES.items()
            if group != "GP"
        ),
        Breakdown(
            "gp_ages",
            "GPs by age",
            tuple(part_id(f"gp aged {band}") for band in GP_AGES),
            ordered=True,
            unknown=(part_id("gp aged UNKNOWN_AGE"),),
        ),
    ),
    headline="gp_fte",
    control="gp_fte",
    caveats=(
        (
            "Staff that a practice did not report are not zero: the practice is left out of totals "
            "and rates of that staff group, and the coverage is shown."
        ),
        (
            "Sums of practices are below the publisher's national totals, which add estimates by "
            "sub-ICB location for practices without valid records."
        ),
        "Some hours are estimated by the publisher; the source column of each row says so.",
        (
            "Before February 2023 the file wrote 0 for staff that were not reported; such zeros "
            "are taken as missing where the source column says that nothing valid was provided."
        ),
        (
            "For direct patient care, 0 may be the publisher's assumption where the other groups "
            "were reported."
        ),
        "A person with two roles counts in each, so roles may add up to more than the headcount.",
        (
            "Checked against the publisher's specification and the rows of seven practices of July "
            "2025, not yet against a complete file. Figures by sex are not kept."
        ),
    ),
    tool="nwrs-workforce",
    gap="not_supplied",
    silence="not_supplied",
    extra=(
        FactTable("ages", "Staff by age band", ("staff_group", "role", "age_band"), "headcount"),
        FactTable(
            "qualifications",
            "GPs by area of qualification",
            ("staff_group", "role", "area"),
            "headcount",
        ),
    ),
)
