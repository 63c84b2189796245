"""The GP Patient Survey, counted again."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from data.datasets.gp_patient_survey import HEADLINES
from pipelines.recount.areas import Home, Parts, Recounted
from pipelines.recount.evidence import Evidence
from pipelines.recount.files import Row, exact, rows

_SUFFIXES = {
    "positive": "COUNTEVAL",
    "base_weighted": "BASEEVALW",
    "low": "LOWILEVAL",
    "high": "HIWILEVAL",
    "base": "BASEEVALUW",
}
_AREAS = {
    "pcns": ("pcn", "AD_PCNCODE", "PCN_CODE"),
    "ics": ("icb", "AD_ICSCODE", "ICS_CODE"),
    "regions": ("region", "AD_COMMISSIONINGREGIONCODE", "CR_CODE"),
}
_LAST_OF_FIELDWORK = 3  # March


def recount(evidence: Evidence) -> Recounted:
    """A year from its own files; England's questionnaires from practices without its file."""
    parts: dict[str, Parts] = {}
    homes: dict[str, Home] = {}
    mapped = evidence.homes(evidence.month.replace(month=_LAST_OF_FIELDWORK))
    for row in rows(evidence.used["practices"][0]):
        practice = _first(row, "AD_PRACTICECODE", "PRACTICE_CODE").upper()
        parts[practice] = {"practices": 1, **_parts(row)}
        other = mapped.get(practice, Home())
        homes[practice] = Home(
            _code(row, "U", 6, "AD_PCNCODE", "PCN_CODE") or other.pcn,
            _first(row, "CCG_CODE") or other.sub_icb,
            _code(row, "Q", 3, "AD_ICSCODE", "ICS_CODE", "STP_CODE") or other.icb,
            _code(row, "Y", 3, "AD_COMMISSIONINGREGIONCODE", "CR_CODE") or other.region,
        )
    published: dict[tuple[str, str], Parts] = {}
    for kind, (level, *headings) in _AREAS.items():
        for source in evidence.used.get(kind, ()):
            published |= {(level, _first(r, *headings).upper()): _parts(r) for r in rows(source)}
    for source in evidence.used.get("national", ()):
        published["england", "ENG"] = _parts(next(iter(rows(source))))
    if "national" not in evidence.used:
        published["england", "ENG"] = {
            part: sum(n for own in parts.values() if (n := own[part]) is not None)
            for part in ("distributed", "received")
        }
    given = frozenset(_parts({}))
    return Recounted(parts, homes, published, never_added=given)


def _parts(row: Mapping[str, str]) -> Parts:
    found: Parts = {
        part: None if (n := _number(row, part.upper())) is None else int(n)
        for part in ("distributed", "received")
    }
    for question in HEADLINES:
        for part, suffix in _SUFFIXES.items():
            n = _number(row, f"{question.upper()}.{suffix}")
            if n is not None and part in ("low", "high"):
                n *= 100
            found[f"{question}_{part}"] = _kept(n, whole=part == "base")
    return found


def _kept(number: Decimal | None, *, whole: bool) -> int | Decimal | None:
    if number is None:
        return None
    return int(number) if whole else exact(str(number))


def _number(row: Mapping[str, str], heading: str) -> Decimal | None:
    """A number that is published: whatever is no number, or negative, is missing."""
    try:
        number = Decimal(row.get(heading, "").strip())
    except InvalidOperation:
        return None
    return number if number >= 0 else None


def _first(row: Row, *names: str) -> str:
    return next((row[name].strip() for name in names if name in row), "")


def _code(row: Row, letter: str, length: int, *names: str) -> str:
    """A code of today's kind of area; others are left to the practice map."""
    code = _first(row, *names)
    return code if code.startswith(letter) and len(code) == length else ""
