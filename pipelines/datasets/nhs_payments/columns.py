"""Headings of the payments files: ten generations of one vocabulary, brought to stable ids."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from data.datasets.nhs_payments import GROUPS, LINES, TOTALS, group_of
from data.families import part_id
from pipelines.engine.units import UNNAMED, BadRelease

PRACTICE = "practicecode"
TOTAL = "totalnhspaymentstogeneralpractice"

_TOTALS = {
    TOTAL: "total_payments",
    "deductionsforpensionsleviesandprescriptionchargeincome": "deductions",
    "totalnhspaymentstogeneralpracticeminusdeductions": "net_payments",
}
_LINES = {
    "globalsum": "global_sum",
    "mpigcorrectionfactor": "mpig",
    "balanceofpmsexpenditure": "pms_balance",
    "totalqofpayments": "qof",
    "alcohol": "alcohol",
    "childhoodvaccinationandimmunisationscheme": "childhood_vaccination",
    "gpextendedhoursaccess": "extended_hours",
    "extendedhoursaccess": "extended_hours",
    "facilitatingtimelydiagnosisandsupportforpeoplewithdementia": "dementia",
    "improvingpatientonlineaccess": "online_access",
    "influenzaandpneumococcalimmunisations": "influenza",
    "learningdisabilities": "learning_disabilities",
    "meningitis": "meningitis",
    "minorsurgery": "minor_surgery",
    "outofareainhoursurgentcare": "out_of_area",
    "patientparticipation": "patient_participation",
    "pertussis": "pertussis",
    "remotecaremonitoring": "remote_monitoring",
    "riskprofilingandcasemanagement": "risk_profiling",
    "rotavirusandshinglesimmunisation": "rotavirus_shingles",
    "servicesforviolentpatients": "violent_patients",
    "unplannedadmissions": "unplanned_admissions",
    "medicalassessmentreviews": "medical_assessment",
    "weightmanagementservice": "weight_management",
    "nationalenhancedservices": "national_enhanced",
    "totalnationalenhancedservices": "national_enhanced",
    "localincentiveschemes": "local_incentive",
    "totallocalincentiveschemes": "local_incentive",
    "totallocalenhancedservices": "local_incentive",
    "localenhancedservicesnhais": "local_nhais",
    "localenhancedservicesisfe": "local_isfe",
    "nondesitempneumococcalvaccinechildhoodimmunisationmainprogramme": "childhood_pneumococcal",
    "premisespayments": "premises",
    "prescribingfeepayments": "prescribing_fees",
    "dispensingfeepayments": "dispensing_fees",
    "reimbursementofdrugs": "drugs",
    "pcnparticipation": "pcn_participation",
    "seniority": "seniority",
    "doctorsretainerschemepayments": "doctors_retainer",
    "totallocumallowances": "locums",
    "appraisalcosts": "appraisal",
    "appraisalappraisercostsinrespectoflocums": "appraisal",
    "prolongedstudyleave": "study_leave",
    "pcoadminother": "pco_admin",
    "informationmanagementandtechnology": "information_technology",
    "generalpracticeforwardview": "transformation",
    "generalpracticetransformation": "transformation",
    "winteraccessfund": "winter_access",
    "otherpayments": "other",
    "pcnleadership": "pcn_leadership",
    "pcnsupport": "pcn_support",
    "pcnextendedhoursaccess": "pcn_extended_hours",
    "pcnworkforce": "pcn_workforce",
    "pcninvestmentandimpactfund": "pcn_investment",
    "pcncarehomepremium": "pcn_care_home",
    "pcnenhancedaccess": "pcn_enhanced_access",
    "covidimmunisation": "covid_immunisation",
    "covidsupportandexpansion": "covid_support",
    "longcovid": "long_covid",
}
# Sums of lines that stand beside them: they are not counted again, and must be what they say.
_SUMS = {"totallocalenhancedservices": ("local_nhais", "local_isfe")}
_PATIENTS = re.compile(r"^(?:average)?numberof(registered|weighted)patients")
_NETWORK_PATIENTS = re.compile(r"(registered|weighted)")
_PER_HEAD = re.compile(r"^averagepayments?per(registered|weighted)patient$")
_IDENTITY = {
    "contracttype": "contract_type",
    "dispensingpractice": "dispensing",
    "practicetype": "practice_type",
    "practicerurality": "rurality",
    "atypicalcharacteristics": "atypical",
    "practicename": "practice_name",
    "practicepostcode": "postcode",
    "practiceopendate": "opened",
    "practiceclosedate": "closed",
}
_SUB_ICB = ("subicbcode", "subicblocationcode", "ccgcode")


def key(heading: str) -> str:
    """A heading without case, spaces, punctuation, pound signs and footnote numbers."""
    return re.sub(r"[^a-z]", "", heading.lower())


@dataclass(frozen=True, slots=True)
class Columns:
    """Where things stand in one file: ids to headings as `csv_scan` names them.

    `lines` are all amounts but totals, in the file's order; `inside` those of them of which the
    publisher's total is the sum; `unknown` ids of lines that the declaration does not have. `sums`
    are headings of sums of lines that stand beside them, with those lines.
    """

    code: str  # of the practice, or of the PCN in the PCN file
    identity: dict[str, str]
    patients: dict[str, str]
    lines: dict[str, str]
    totals: dict[str, str]
    per_head: dict[str, str]
    inside: tuple[str, ...]
    groups: dict[str, str]
    sums: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def unknown(self) -> tuple[str, ...]:
        return tuple(line for line in self.lines if line not in LINES)


def of_practices(
    names: Sequence[str], pcn: str | None, file: str, *, empty: Collection[str] = ()
) -> Columns:
    """Columns of a practice file; `pcn` is the heading under which PCN codes stand, if any.

    `empty` are columns without heading and cells, which are no amounts. Raises `BadRelease`
    naming what is missing and what was found.
    """
    keys = {key(name): name for name in names}
    identity = {to: keys[found] for found, to in _IDENTITY.items() if found in keys}
    sub_icb = next((keys[name] for name in _SUB_ICB if name in keys), None)
    placed = {"sub_icb": sub_icb, "pcn": pcn, "region": _region(names)}
    for area, heading in placed.items():
        if heading:
            identity[area] = heading
            identity[f"{area}_name"] = names[names.index(heading) + 1]
    patients = dict(_matching(names, _PATIENTS))
    totals = {to: keys[found] for found, to in _TOTALS.items() if found in keys}
    needed = {
        "Practice Code": PRACTICE in keys,
        "Number of Registered Patients": "registered" in patients,
        "Number of Weighted Patients": "weighted" in patients,
        "Total NHS Payments to General Practice": "total_payments" in totals,
        "Global Sum": "globalsum" in keys,
        "a sub-ICB or CCG code": sub_icb is not None,
    }
    _refuse(file, names, [name for name, found in needed.items() if not found])
    first = names.index(keys["globalsum"])
    last = names.index(totals["total_payments"])
    lines = _lines([name for name in names[min(first, last) :] if name not in empty], file)
    before = set(names[first:last])
    groups = {line: _group(line, inside=lines[line] in before) for line in lines}
    inside = tuple(line for line in lines if groups[line] in GROUPS)
    per_head = dict(_matching(names, _PER_HEAD))
    sums = {keys[name]: parts for name, parts in _sums_beside(keys).items()}
    return Columns(
        keys[PRACTICE], identity, patients, lines, totals, per_head, inside, groups, sums
    )


def of_networks(
    names: Sequence[str], pcn: str, file: str, *, empty: Collection[str] = ()
) -> Columns:
    """Columns of the PCN file: patients, the total, and every amount that stands with them."""
    after = names[names.index(pcn) + 1 :]
    patients = dict(
        _matching([n for n in after if "PATIENT" in n or "LIST" in n], _NETWORK_PATIENTS)
    )
    total = next((name for name in after if key(name).startswith("totalnhspayments")), None)
    total = total or next((name for name in after if key(name).startswith("total")), None)
    _refuse(
        file,
        names,
        [name for name in ("registered", "weighted") if name not in patients]
        + ([] if total else ["a total"]),
    )
    assert total is not None
    taken = {*patients.values(), total, *empty}
    amounts = [name for name in after if name not in taken and _is_amount(name)]
    lines = _lines(amounts, file)
    identity = {"pcn_name": after[0]}
    sub_icb = next((name for name in names if key(name) in _SUB_ICB), None)
    if sub_icb:
        identity["sub_icb"] = sub_icb
    groups = dict.fromkeys(lines, "network")
    return Columns(
        pcn, identity, patients, lines, {"network_payments": total}, {}, tuple(lines), groups
    )


def _is_amount(name: str) -> bool:
    words = ("code", "name", "average", "total", "including", "atypical", "quarter", "deductions")
    return name.startswith(UNNAMED) or not any(word in key(name) for word in words)


def _lines(names: Sequence[str], file: str) -> dict[str, str]:
    """Id of each amount that is no total, average or sum of totals, with its heading."""
    found: dict[str, str] = {}
    sums = _sums_beside({key(name) for name in names})
    for name in names:
        heading = key(name)
        if (
            heading in sums
            or heading in _TOTALS
            or heading.startswith(("average", "totalnhspayments"))
        ):
            continue
        if name.startswith(UNNAMED):
            raise BadRelease(
                f"{file}: column {name.removeprefix(UNNAMED)}, among the amounts, has no "
                "heading. Nobody can say what was paid there; ask the publisher."
            )
        line = _LINES.get(heading) or ("rsv" if heading.startswith("respiratorysyncytial") else "")
        line = line or part_id(name)
        if line in TOTALS or line in found:
            raise BadRelease(f"{file} has two columns for {line}: {found.get(line)} and {name}.")
        found[line] = name
    return found


def _sums_beside(keys: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Which headings are sums of lines that the file gives too; alone they are lines."""
    lines = {_LINES.get(name) for name in keys}
    return {name: parts for name, parts in _SUMS.items() if name in keys and lines >= set(parts)}


def _group(line: str, *, inside: bool) -> str:
    """Group of a line; an unknown one inside the total is other, beside it by its name."""
    if line in LINES or inside:
        return group_of(line)
    if line.startswith("pcn"):
        return "network"
    return "covid" if "covid" in line else "unplaced"


def _region(names: Sequence[str]) -> str | None:
    for name in names:
        if key(name).startswith("nhsengland") and key(name).endswith("code"):
            return name
    return None


def _matching(names: Sequence[str], pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        if found := pattern.search(key(name)):
            yield found[1], name


def _refuse(file: str, names: Sequence[str], missing: Sequence[str]) -> None:
    if missing:
        raise BadRelease(
            f"{file} has no column {', '.join(missing)}. It has: {', '.join(names)[:600]}."
        )
