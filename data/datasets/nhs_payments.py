"""NHS Payments to General Practice: what each practice and network was paid in a year, by line."""

from data.families import Field, family
from data.spec import Breakdown, Dataset, FactTable, Measure, Part

# Payment lines, by what they are for. Those of a `GROUPS` group are inside the total that the
# publisher calls Total NHS Payments to General Practice; the others are paid beside it.
LINES: dict[str, tuple[str, str]] = {  # id: (label, group)
    "global_sum": ("Global sum", "core"),
    "mpig": ("MPIG correction factor", "core"),
    "pms_balance": ("Balance of PMS expenditure", "core"),
    "qof": ("QOF payments", "qof"),
    "alcohol": ("Alcohol", "enhanced"),
    "childhood_vaccination": ("Childhood vaccination and immunisation scheme", "enhanced"),
    "extended_hours": ("GP extended hours access", "enhanced"),
    "dementia": ("Timely diagnosis and support for people with dementia", "enhanced"),
    "online_access": ("Improving patient online access", "enhanced"),
    "influenza": ("Influenza and pneumococcal immunisations", "enhanced"),
    "learning_disabilities": ("Learning disabilities", "enhanced"),
    "meningitis": ("Meningitis", "enhanced"),
    "minor_surgery": ("Minor surgery", "enhanced"),
    "out_of_area": ("Out of area in hours urgent care", "enhanced"),
    "patient_participation": ("Patient participation", "enhanced"),
    "pertussis": ("Pertussis", "enhanced"),
    "remote_monitoring": ("Remote care monitoring", "enhanced"),
    "risk_profiling": ("Risk profiling and case management", "enhanced"),
    "rotavirus_shingles": ("Rotavirus and shingles immunisation", "enhanced"),
    "rsv": ("Respiratory syncytial virus immunisation", "enhanced"),
    "violent_patients": ("Services for violent patients", "enhanced"),
    "unplanned_admissions": ("Unplanned admissions", "enhanced"),
    "medical_assessment": ("Medical assessment reviews", "enhanced"),
    "weight_management": ("Weight management service", "enhanced"),
    "national_enhanced": ("National enhanced services", "enhanced"),
    "local_incentive": ("Local incentive schemes and local enhanced services", "enhanced"),
    "local_nhais": ("Local enhanced services paid through NHAIS", "enhanced"),
    "local_isfe": ("Local enhanced services paid through ISFE", "enhanced"),
    "childhood_pneumococcal": (
        "Non-DES pneumococcal vaccine, childhood immunisation main programme",
        "enhanced",
    ),
    "premises": ("Premises payments", "premises"),
    "prescribing_fees": ("Prescribing fee payments", "dispensing"),
    "dispensing_fees": ("Dispensing fee payments", "dispensing"),
    "drugs": ("Reimbursement of drugs", "dispensing"),
    "pcn_participation": ("PCN participation", "pcn"),
    "seniority": ("Seniority", "other"),
    "doctors_retainer": ("Doctors retainer scheme payments", "other"),
    "locums": ("Locum allowances", "other"),
    "appraisal": ("Appraisal: appraiser costs in respect of locums", "other"),
    "study_leave": ("Prolonged study leave", "other"),
    "pco_admin": ("PCO admin other", "other"),
    "information_technology": ("Information management and technology", "other"),
    "transformation": ("General practice transformation, before 2021/22 Forward View", "other"),
    "winter_access": ("Winter access fund", "other"),
    "other": ("Other payments", "other"),
    "pcn_leadership": ("PCN leadership", "network"),
    "pcn_support": ("PCN support", "network"),
    "pcn_extended_hours": ("PCN extended hours access", "network"),
    "pcn_workforce": ("PCN workforce", "network"),
    "pcn_investment": ("PCN investment and impact fund", "network"),
    "pcn_care_home": ("PCN care home premium", "network"),
    "pcn_enhanced_access": ("PCN enhanced access", "network"),
    "covid_immunisation": ("Covid immunisation", "covid"),
    "covid_support": ("Covid support and expansion", "covid"),
    "long_covid": ("Long covid", "covid"),
}
GROUPS = {
    "core": "Core contract",
    "qof": "QOF",
    "enhanced": "Enhanced services and vaccinations",
    "premises": "Premises",
    "dispensing": "Dispensing and drugs",
    "pcn": "PCN participation",
    "other": "Other payments",
}
BESIDE = {"network": "PCN payments", "covid": "Covid payments"}
TOTALS = {
    "total_payments": "Total NHS payments to general practice",
    "deductions": "Deductions for pensions, levies and prescription charge income",
    "net_payments": "Total NHS payments to general practice minus deductions",
    "network_payments": "PCN payments in all",
}
NETWORK_TOTAL = "network_payments"  # added up from lines, or as the PCN file gives it
POPULATIONS = {"registered": "Registered patients", "weighted": "Weighted (Carr-Hill) patients"}

_AMOUNT = (Field("", "", "", kind="decimal"),)
_BASE = "compared_patients"


def group_of(line: str) -> str:
    """Group of a line; `total` for totals and `other` for a line that is not known yet."""
    return "total" if line in TOTALS else LINES[line][1] if line in LINES else "other"


def group_part(group: str) -> str:
    return f"group_{group}"


def _patients(population: str) -> str:
    return f"sum(patients) FILTER (WHERE population = '{population}')"


_GROUP_PARTS = tuple(
    Part(
        group_part(group),
        label,
        f"sum(amount) FILTER (WHERE line_group = '{group}')",
        kind="decimal",
    )
    for group, label in (GROUPS | BESIDE).items()
)
_POPULATION_PARTS = (
    *(
        Part(name, label, _patients(name), kind="decimal", table="practices")
        for name, label in POPULATIONS.items()
    ),
    Part(
        _BASE,
        "Registered patients of practices that are compared",
        "sum(CASE WHEN atypical = '' THEN patients ELSE 0 END) "
        "FILTER (WHERE population = 'registered')",
        kind="decimal",
        table="practices",
    ),
    *(
        Part(f"pcn_{name}", f"{label} of PCNs", _patients(name), kind="decimal", table="pcns")
        for name, label in POPULATIONS.items()
    ),
)
_PARTS = (
    *family(TOTALS, _AMOUNT, indicator="line", value="amount"),
    *_GROUP_PARTS,
    *family(
        {line: label for line, (label, _) in LINES.items()},
        _AMOUNT,
        indicator="line",
        value="amount",
    ),
    *_POPULATION_PARTS,
)


def _per_head(group: str, label: str) -> Measure:
    return Measure(
        f"{group}_per_weighted",
        f"{label} per weighted patient",
        num=group_part(group),
        den="weighted",
        unit="pounds",
        base=_BASE,
        what=f"payments of the group {label} divided by weighted patients",
        why="Dividing by weighted patients takes the workload formula out of the comparison.",
    )


DATASET = Dataset(
    id="nhs-payments",
    title="NHS Payments",
    publisher="NHS England",
    series="NHS Payments to General Practice",
    source_url="https://digital.nhs.uk/data-and-information/publications/statistical/"
    "nhs-payments-to-general-practice",
    cadence="annual",
    publication_lag="about six months after the end of March",
    dims=("line_group", "line"),
    parts=_PARTS,
    measures=(
        Measure(
            "total_payments",
            "Total payments",
            synonyms=("funding", "income", "money"),
            num="total_payments",
            unit="pounds",
            rollup="sum",
            what="total NHS payments to general practice in the financial year",
            why="Before deductions. It is neither income nor profit: it pays for staff, premises "
            "and drugs too.",
        ),
        Measure(
            "per_registered",
            "Payments per registered patient",
            synonyms=("funding per patient", "income per patient"),
            num="total_payments",
            den="registered",
            unit="pounds",
            base=_BASE,
            what="total NHS payments divided by registered patients",
            why="The publisher's own average. Age, need, dispensing and premises explain much of "
            "what differs between practices.",
        ),
        Measure(
            "per_weighted",
            "Payments per weighted patient",
            synonyms=("funding per weighted patient", "global sum"),
            num="total_payments",
            den="weighted",
            unit="pounds",
            base=_BASE,
            what="total NHS payments divided by weighted patients",
            why="Weighted patients are the list after the Carr-Hill formula, on which the global "
            "sum is paid.",
        ),
        Measure(
            "deductions",
            "Deductions",
            num="deductions",
            unit="pounds",
            rollup="sum",
            what="deductions for pensions, levies and prescription charge income",
            why="Published as a negative amount: money that is taken off the payments.",
        ),
        Measure(
            "net_payments",
            "Payments minus deductions",
            num="net_payments",
            unit="pounds",
            rollup="sum",
            what="total NHS payments with deductions taken off",
            why="Pensions and levies are paid on by the commissioner, so less arrives than is due.",
        ),
        Measure(
            "weighted_ratio",
            "Weighted patients for 100 registered",
            num="weighted",
            den="registered",
            unit="per_100",
            base=_BASE,
            what="weighted patients for every 100 registered patients",
            why="Above 100 the formula expects more work than of an average list.",
        ),
        *(_per_head(group, label) for group, label in GROUPS.items()),
        Measure(
            "network_per_registered",
            "PCN payments per registered patient",
            num=NETWORK_TOTAL,
            den="registered",
            unit="pounds",
            base=_BASE,
            what="payments for the primary care network divided by registered patients",
            why="Until 2023/24 they stand with the practice that holds the network's account, so "
            "one practice may show the money of all. Compare PCNs, not practices.",
        ),
    ),
    breakdowns=(
        Breakdown("groups", "Payments by group", tuple(group_part(group) for group in GROUPS)),
        Breakdown(
            "lines",
            "Payments by line",
            tuple(line for line, (_, group) in LINES.items() if group in GROUPS),
        ),
    ),
    headline="total_payments",
    control="total_payments",
    caveats=(
        "Zero means nothing paid through these systems, not that a practice was not eligible.",
        "Payments are neither income nor profit: they pay for staff, premises and drugs too.",
        (
            "Practices without patients, with part of a year or with a large change of list are "
            "shown but left out of comparisons per patient."
        ),
        (
            "Services that councils pay for, and some payments of ICBs outside the national "
            "systems, are not in the data."
        ),
        "Patients are averages of the quarters of the year, or the last known figure.",
        (
            "PCN payments stand with the practice that received them until 2023/24, and in a file "
            "of PCNs from 2024/25. They are not part of total payments."
        ),
        (
            "The PCN file and the columns of 2023/24 and later are not yet checked against real "
            "files. A file with other columns is not loaded."
        ),
    ),
    needs=("list-sizes",),
    tool="nhs-payments",
    extra=(
        FactTable(
            "practices",
            "Practices and their patients",
            ("contract_type", "dispensing", "practice_type", "rurality", "atypical", "population"),
            "patients",
            "decimal",
        ),
        FactTable("pcns", "PCNs and their patients", ("population",), "patients", "decimal"),
    ),
    period="financial_year",
)
