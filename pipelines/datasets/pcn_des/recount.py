"""The Network Contract DES, counted again from the month's CSVs and the annual IIF file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from pipelines.recount.areas import Home, Parts, Recounted
from pipelines.recount.evidence import Evidence
from pipelines.recount.files import Row, count_in, month_in, rows

_FRACTIONS = (
    "CAN04",
    "EHCH01",
    "EHCH04",
    "HI01",
    "HI03",
    "SMR01A",
    "SMR01B",
    "SMR01C",
    "SMR01D",
    "SMR03",
    "VI02",
)
_ADJUSTMENTS = {
    "CAN04": ("FITNIDAT", "FAECIMMDEC"),
    "HI03": ("HLTHCHKDEC", "HLTHAPDEC"),
    "SMR01A": ("PALCARDAT2", "MEDRVWDEC"),
    "SMR01B": ("PALCARDAT2", "STRMEDRVDC"),
    "SMR01C": ("PALCARDAT2", "STRMEDRVDC"),
    "SMR01D": ("PALCARDAT2", "CARHOMDEC1", "STRMEDRVDC"),
    "SMR03": ("DOAC3MDAT1", "DOAC9MDAT1"),
}
_IIF = {
    "ACC-08 Numerator": "iif_acc08_num",
    "ACC-08 Denominator": "iif_acc08_den",
    "EHCH-04 Numerator": "iif_ehch04_num",
}
_IIF_PCN = {
    "ACC-10 standardised numerator": "iif_acc10_num",
    "ACC-10 denominator": "iif_acc10_den",
    "ACC-10 baseline numerator": "iif_acc10_base_num",
    "ACC-10 baseline denominator": "iif_acc10_base_den",
    "ACC-10b non-standardised numerator": "iif_acc10b_num",
    "ACC-10b baseline non-standardised numerator": "iif_acc10b_base_num",
}
_NAMES = {
    "pcn": ("PCN_ODS_CODE", "PCN_CODE"),
    "sub_icb": ("SUB_ICB_ODS_CODE", "SUB_ICB_LOC_ODS_CODE", "CCG_ODS_CODE", "CCG_CODE"),
    "icb": ("ICB_ODS_CODE", "STP_ODS_CODE", "STP_CODE"),
    "region": ("REGION_ODS_CODE", "REGION_CODE"),
}
Values = dict[tuple[str, str], set[str]]  # texts by indicator and measure


def recount(evidence: Evidence) -> Recounted:
    """Practices from the monthly rows and the IIF's own; PCNs' figures from the IIF only."""
    monthly: dict[str, Values] = defaultdict(lambda: defaultdict(set))
    yearly: dict[str, dict[str, int]] = defaultdict(dict)
    pcns: dict[tuple[str, str], Parts] = defaultdict(lambda: dict.fromkeys(_IIF_PCN.values()))
    told: dict[str, Row] = {}
    for row in _monthly(evidence):
        practice = row["PRACTICE_CODE"].strip().upper()
        monthly[practice][row["IND_CODE"].strip(), _field(row["MEASURE"])].add(row["VALUE"].strip())
        told[practice] = row
    for row in _of_month(evidence, "iif"):
        code, measure = row["ORGANISATION_CODE"].strip().upper(), row["MEASURE"].strip()
        if row["ORGANISATION_TYPE"].strip() == "PCN":
            pcns["pcn", code][_IIF_PCN[measure]] = count_in(row["VALUE"])
        else:
            yearly[code][_IIF[measure]] = count_in(row["VALUE"])
    parts = {code: _parts(monthly.get(code, {})) for code in {*monthly, *yearly}}
    for code, found in yearly.items():
        parts[code] |= found
    homes = evidence.homes(evidence.month)
    placed = {code: _home(told.get(code, {}), homes.get(code, Home())) for code in parts}
    return Recounted(parts, placed, dict(pcns), never_added=frozenset(_IIF_PCN.values()))


def _monthly(evidence: Evidence) -> Iterator[Row]:
    yield from _of_month(evidence, "whole" if evidence.used.get("whole") else "ruleset")


def _of_month(evidence: Evidence, kind: str) -> Iterator[Row]:
    for source in evidence.used.get(kind, ()):
        for row in rows(source):
            if month_in(row["ACH_DATE"][:10]) == evidence.month:
                yield row


def _field(measure: str) -> str:
    plain = re.sub(r"^Rule \d+:\s*", "", measure.strip())
    usual = {
        "numerator": "Numerator",
        "denominator": "Denominator",
        "management information": "MI Count",
    }
    return usual.get(plain.lower(), plain)


def _parts(values: Mapping[tuple[str, str], set[str]]) -> Parts:
    found: Parts = {"practices": 1}
    for code in _FRACTIONS:
        name = code.lower()
        num, den = _number(values, code, "Numerator"), _number(values, code, "Denominator")
        both = num is not None and den is not None
        found |= {
            f"{name}_num": num,
            f"{name}_den": den,
            f"{name}_known_num": num if both else None,
            f"{name}_known_den": den if both else None,
        }
        listed = (code, "Denominator") in values
        hidden = {"*"} in (values.get((code, half)) for half in ("Numerator", "Denominator"))
        found[f"{name}_reported"] = 1 if listed else None
        found[f"{name}_suppressed"] = int(hidden) if listed else None
        for rule in _ADJUSTMENTS.get(code, ()):
            found[f"{name}_pca_{rule.lower()}"] = _number(values, code, rule)
    found["hi21_count"] = _number(values, "HI21", "MI Count")
    return found | dict.fromkeys((*_IIF.values(), *_IIF_PCN.values()))


def _number(values: Mapping[tuple[str, str], set[str]], code: str, field: str) -> int | None:
    """None where nothing is published, it is suppressed, or two values contradict each other."""
    texts = values.get((code, field), set())
    (text,) = texts if len(texts) == 1 else ("",)
    return int(float(text)) if text not in ("", "*") else None


def _home(row: Row, mapped: Home) -> Home:
    """What the file says of a practice's areas; else the map."""
    cells = {
        area: next((row[n].strip() for n in names if n in row), "")
        for area, names in _NAMES.items()
    }
    unknown = cells["region"] in ("", "UNALLOCATED")
    own = {area: "" if text == "UNALLOCATED" else text for area, text in cells.items()}
    if cells["pcn"] == "UNALLOCATED" and not unknown:
        own["pcn"] = "U"
    return Home(
        own["pcn"] or mapped.pcn,
        own["sub_icb"] or mapped.sub_icb,
        own["icb"] or mapped.icb,
        own["region"] or mapped.region,
    )
