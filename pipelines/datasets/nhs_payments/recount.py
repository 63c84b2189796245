"""Payments to general practice, counted again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from data.datasets.nhs_payments import BESIDE, GROUPS, LINES
from data.spec import UNALLOCATED
from pipelines.recount.areas import Home, Parts, Recounted, commonest, rehomed
from pipelines.recount.evidence import Evidence
from pipelines.recount.files import Row, exact, rows

_NETWORKS = date(2019, 4, 1)
_TOTAL = "TOTALNHSPAYMENTSTOGENERALPRACTICE"
# What stands in a PCN file beside payments.
_ABOUT = ("CODE", "NAME", "AVERAGE", "TOTAL", "INCLUDING", "ATYPICAL", "QUARTER", "DEDUCTIONS")
_NO_NUMBER = ("", "N/A", "-", "NA", "NO KNOWN PATIENTS")
# Words of a heading that are in no other heading of an amount, and the line that it is.
_WORDS = {
    "GLOBALSUM": "global_sum",
    "MPIG": "mpig",
    "BALANCEOFPMS": "pms_balance",
    "TOTALQOF": "qof",
    "ALCOHOL": "alcohol",
    "CHILDHOODVACCINATION": "childhood_vaccination",
    "PCNEXTENDEDHOURS": "pcn_extended_hours",
    "EXTENDEDHOURS": "extended_hours",
    "DEMENTIA": "dementia",
    "PATIENTONLINE": "online_access",
    "INFLUENZA": "influenza",
    "LEARNING": "learning_disabilities",
    "MENINGITIS": "meningitis",
    "MINORSURGERY": "minor_surgery",
    "OUTOFAREA": "out_of_area",
    "PATIENTPARTICIPATION": "patient_participation",
    "PERTUSSIS": "pertussis",
    "REMOTECARE": "remote_monitoring",
    "RISKPROFILING": "risk_profiling",
    "ROTAVIRUS": "rotavirus_shingles",
    "SYNCYTIAL": "rsv",
    "VIOLENT": "violent_patients",
    "UNPLANNED": "unplanned_admissions",
    "ASSESSMENTREVIEWS": "medical_assessment",
    "WEIGHTMANAGEMENT": "weight_management",
    "NATIONALENHANCED": "national_enhanced",
    "NHAIS": "local_nhais",
    "ISFE": "local_isfe",
    "LOCALINCENTIVE": "local_incentive",
    "LOCALENHANCED": "local_incentive",
    "NONDES": "childhood_pneumococcal",
    "PREMISES": "premises",
    "PRESCRIBINGFEE": "prescribing_fees",
    "DISPENSINGFEE": "dispensing_fees",
    "REIMBURSEMENT": "drugs",
    "PCNPARTICIPATION": "pcn_participation",
    "SENIORITY": "seniority",
    "RETAINER": "doctors_retainer",
    "TOTALLOCUM": "locums",
    "APPRAISAL": "appraisal",
    "STUDYLEAVE": "study_leave",
    "PCOADMIN": "pco_admin",
    "INFORMATIONMANAGEMENT": "information_technology",
    "FORWARDVIEW": "transformation",
    "TRANSFORMATION": "transformation",
    "WINTERACCESS": "winter_access",
    "OTHERPAYMENTS": "other",
    "PCNLEADERSHIP": "pcn_leadership",
    "PCNSUPPORT": "pcn_support",
    "PCNWORKFORCE": "pcn_workforce",
    "PCNINVESTMENT": "pcn_investment",
    "PCNCARE": "pcn_care_home",
    "PCNENHANCED": "pcn_enhanced_access",
    "COVIDIMMUNISATION": "covid_immunisation",
    "COVIDSUPPORT": "covid_support",
    "LONGCOVID": "long_covid",
}


def recount(evidence: Evidence) -> Recounted:
    """A year from its practice file, and its PCN file where there is one."""
    parts: dict[str, Parts] = {}
    listed: dict[str, tuple[str, str]] = {}
    regions: dict[str, str] = {}
    for row in rows(evidence.used["practices"][0]):
        bare = {re.sub("[^A-Z]", "", name): value.strip() for name, value in row.items()}
        practice = bare["PRACTICECODE"].upper()
        parts[practice] = {**dict(_amounts(bare)), **dict(_patients(bare))}
        pcn = next((cell for cell in row.values() if re.fullmatch(r"U\d{5}", cell.strip())), "")
        known = evidence.month >= _NETWORKS and not _has_networks(row)
        listed[practice] = ("" if known else pcn.strip() or UNALLOCATED, _sub_icb(bare))
        regions[practice] = next(
            (cell for cell in row.values() if re.fullmatch(r"[QY]\d\d", cell.strip())), ""
        ).strip()
    homes = evidence.homes(date(evidence.month.year + 1, 3, 1))
    for row in rows(evidence.used["pcns"][0]) if "pcns" in evidence.used else ():
        code, found = _network(row)
        if code:
            parts[f"~{code}"] = found
            members = ((pcn, sub_icb) for pcn, sub_icb in listed.values() if pcn == code)
            listed[f"~{code}"] = (code, commonest(members).get(code, ""))
    return Recounted(_complete(parts), dict(_placed(listed, homes, regions)))


def _has_networks(row: Row) -> bool:
    return any(
        "no pcn" in cell.lower() or re.fullmatch(r"U\d{5}", cell.strip()) for cell in row.values()
    )


def _sub_icb(bare: Row) -> str:
    return bare.get("SUBICBCODE") or bare.get("SUBICBLOCATIONCODE") or bare.get("CCGCODE", "")


def _placed(
    listed: dict[str, tuple[str, str]], homes: dict[str, Home], regions: dict[str, str]
) -> Iterator[tuple[str, Home]]:
    for practice, home in rehomed(listed, homes).items():
        pcn = home.pcn or homes.get(practice, Home()).pcn
        yield practice, replace(home, pcn=pcn, region=regions.get(practice) or home.region)


def _number(text: str) -> Decimal | None:
    bare = text.replace(",", "").replace("£", "").strip()
    return None if bare.upper() in _NO_NUMBER else exact(bare)


def _line(heading: str) -> str | None:
    return next((line for words, line in _WORDS.items() if words in heading), None)


def _amounts(bare: Row) -> Iterator[tuple[str, Decimal | None]]:
    """Each line, group and total of a practice."""
    groups: dict[str, list[Decimal]] = {}
    names = list(bare)
    first, total = names.index("GLOBALSUM"), names.index(_TOTAL)
    inside, amounts = names[first:total], names[min(first, total) :]
    both_parts = {"LOCALENHANCEDSERVICESNHAIS", "LOCALENHANCEDSERVICESISFE"} <= bare.keys()
    for heading, text in bare.items():
        if heading == "TOTALLOCALENHANCEDSERVICES" and both_parts:
            continue
        if line := _line(heading) if _is_amount(heading) else None:
            amount = _number(text)
            yield line, amount
            if amount is not None:
                groups.setdefault(LINES[line][1], []).append(amount)
        elif heading == _TOTAL:
            yield "total_payments", _number(text)
        elif heading.startswith("DEDUCTIONSFOR"):
            yield "deductions", _number(text)
        elif heading == "TOTALNHSPAYMENTSTOGENERALPRACTICEMINUSDEDUCTIONS":
            yield "net_payments", _number(text)
        elif (
            heading in amounts
            and (group := _group_of_a_new(heading, inside))
            and (amount := _number(text)) is not None
        ):
            groups.setdefault(group, []).append(amount)
    for group in GROUPS | BESIDE:
        yield f"group_{group}", sum(groups[group], Decimal(0)) if group in groups else None
    if "network" in groups:
        yield "network_payments", sum(groups["network"], Decimal(0))


def _group_of_a_new(heading: str, inside: Collection[str]) -> str | None:
    """Of a heading that no word tells: it is a payment inside the total, or of PCNs or Covid."""
    if not _is_amount(heading):
        return None
    if heading in inside:
        return "other"
    if heading.startswith("PCN"):
        return "network"
    return "covid" if "COVID" in heading else None


def _is_amount(heading: str) -> bool:
    apart = ("AVERAGE", "TOTALNHS", "DEDUCTIONSFOR", "NUMBEROF", "PRACTICENAME", "PRACTICEADDRESS")
    return not heading.startswith(apart)


def _patients(bare: Row) -> Iterator[tuple[str, Decimal | None]]:
    for heading, text in bare.items():
        for kind in ("registered", "weighted"):
            if f"NUMBEROF{kind.upper()}PATIENTS" in heading:
                yield kind, _number(text)
                if kind == "registered":
                    atypical = bare.get("ATYPICALCHARACTERISTICS", "").strip("| ")
                    yield "compared_patients", Decimal(0) if atypical else _number(text)


def _network(row: Row) -> tuple[str, Parts]:
    """PCN code and parts of a row of the PCN file; no code for a row that is of no PCN."""
    cells = list(row.items())
    at = next((n for n, (_, cell) in enumerate(cells) if re.fullmatch(r"U\d{5}", cell.strip())), -1)
    if at < 0:
        return "", {}
    found: Parts = {}
    lines: list[Decimal] = []
    for name, text in cells[at + 2 :]:
        heading = re.sub("[^A-Z]", "", name)
        lists = [kind for kind in ("registered", "weighted") if kind.upper() in heading]
        line = _line(heading)
        if lists and ("PATIENT" in heading or "LIST" in heading) and "AVERAGEPAY" not in heading:
            found[f"pcn_{lists[0]}"] = _number(text)
        elif heading.startswith("TOTALNHSPAYMENTS") and "network_payments" not in found:
            found["network_payments"] = _number(text)
        elif not line and any(word in heading for word in _ABOUT):
            continue
        elif (amount := _number(text)) is not None:
            lines.append(amount)
            if line:
                found[line] = amount
    if lines:
        found["group_network"] = sum(lines, Decimal(0))
    return cells[at][1].strip(), found


def _complete(parts: dict[str, Parts]) -> dict[str, Parts]:
    """Every part that any row has, missing where a row lacks it."""
    every = {part for found in parts.values() for part in found}
    return {code: dict.fromkeys(every) | found for code, found in parts.items()}
