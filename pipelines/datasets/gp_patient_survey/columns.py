"""Columns of the survey's wide files: what each heading is of, before and since 2024."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from data.datasets.vocabulary.survey import BEFORE_2024, SINCE_2024, SUMMARIES
from pipelines.engine.units import BadRelease

# What a lead column has been called, newest first. Headings are matched in capitals.
LEADS: dict[str, tuple[str, ...]] = {
    "practice": ("AD_PRACTICECODE", "PRACTICE_CODE"),
    "practice_name": ("AD_PRACTICENAME", "PRACTICE_NAME"),
    "pcn": ("AD_PCNCODE", "PCN_CODE"),
    "pcn_name": ("AD_PCNNAME", "PCN_NAME"),
    "sub_icb": ("CCG_CODE",),
    "sub_icb_name": ("CCG_NAME",),
    "icb": ("AD_ICSCODE", "ICS_CODE", "STP_CODE"),
    "icb_name": ("AD_ICSNAME", "ICS_NAME", "STP_NAME"),
    "region": ("AD_COMMISSIONINGREGIONCODE", "CR_CODE"),
    "region_name": ("AD_COMMISSIONINGREGIONNAME", "CR_NAME"),
    "england": ("NATIONAL",),
    "distributed": ("DISTRIBUTED",),
    "received": ("RECEIVED",),
    "resprate": ("RESPRATE",),
}
_UNUSED = {"AD_ICSCODEONS", "POPSIZE"}
# Kinds of file, each with the column whose code its rows are of; the first that is there decides.
KINDS: dict[str, str] = {
    "practices": "practice",
    "pcns": "pcn",
    "ics": "icb",
    "regions": "region",
    "national": "england",
}
# Lead columns that the files since 2024 have: without one of them a file has been changed.
REQUIRED: dict[str, tuple[str, ...]] = {
    "practices": ("practice_name", "pcn", "icb", "region", "resprate"),
    "pcns": ("pcn_name", "resprate"),
    "ics": ("icb_name", "resprate"),
    "regions": ("region_name", "resprate"),
    "national": ("resprate",),
}
_SINCE = re.compile(
    r"^([A-Z_]+?)(?:_(\d+)\.(?:COUNT|PCT)"
    r"|\.(COUNT|PCT|LOWIL|HIWIL)(EVAL[BC]?)|\.BASE(FULL|EVAL)(U?W))$"
)
_BEFORE = re.compile(r"^(Q\d+[A-Z]*(?:_[A-Z]+)*)(?:_(\d+)(PCT)?|BASE)$")
_FIELDS = {"COUNT": "positive", "PCT": "value", "LOWIL": "low", "HIWIL": "high"}
_WHOLE = frozenset({"positive", "value", "low", "high", "base", "base_weighted"})


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and what it holds: a field of a result, or the share of one answer."""

    heading: str
    question: str
    result: str = ""
    field: str = ""  # of the result: value, low, high, positive, base, base_weighted
    answer: str = ""  # number of the answer


def lead(names: Iterable[str], column: str) -> str:
    """The heading that a file uses for a lead column; empty where it has none."""
    held = set(names)
    return next((alias for alias in LEADS[column] if alias in held), "")


def kind_of(names: Iterable[str]) -> str:
    """`practices`, `pcns`, `ics`, `regions` or `national`; empty for other tables."""
    held = set(names)
    if not {"DISTRIBUTED", "RECEIVED"} <= held or not questionnaires(held):
        return ""
    return next((kind for kind, column in KINDS.items() if lead(held, column)), "")


def questionnaires(names: Iterable[str]) -> set[str]:
    """The questionnaires whose way of naming columns a file uses."""
    found = set()
    for name in names:
        if _SINCE.match(name):
            found.add(SINCE_2024)
        elif _BEFORE.match(name):
            found.add(BEFORE_2024)
    return found


def unknown(names: Iterable[str]) -> list[str]:
    """Headings of which nothing is known; they are not read."""
    leads = {alias for aliases in LEADS.values() for alias in aliases} | _UNUSED
    return [
        name
        for name in names
        if name not in leads and not _SINCE.match(name) and not _BEFORE.match(name)
    ]


def columns(names: Sequence[str], file: str) -> tuple[Column, ...]:
    """Every column of results and answers; raises `BadRelease` where a result is not whole."""
    if questionnaires(names) == {BEFORE_2024}:
        return tuple(_before(names))
    found = tuple(_since(names))
    for result, fields in _fields(found).items():
        if lacking := sorted(_WHOLE - fields):
            raise BadRelease(f"{file} has no column for the {', '.join(lacking)} of {result}.")
    return found


def _fields(found: Iterable[Column]) -> dict[str, set[str]]:
    """Fields by result, of questions that have a summary."""
    held: dict[str, set[str]] = {}
    for column in found:
        if column.result:
            held.setdefault(column.result, set()).add(column.field)
    return held


def _since(names: Sequence[str]) -> Iterator[Column]:
    matches = [(name, match) for name in names if (match := _SINCE.match(name))]
    results: dict[str, set[str]] = {}
    for _, match in matches:
        if match[4]:
            results.setdefault(match[1], set()).add(match[1].lower() + SUMMARIES[match[4].lower()])
    for name, match in matches:
        heading, answer, what, summary, over, weight = match.groups()
        stem = heading.lower()
        if answer and name.endswith(".PCT"):
            yield Column(name, stem, answer=answer)
        elif summary:
            yield Column(name, stem, stem + SUMMARIES[summary.lower()], _FIELDS[what])
        elif over == "EVAL":
            field = "base" if weight == "UW" else "base_weighted"
            own = sorted(results.get(heading, ()))
            yield from (Column(name, stem, result, field) for result in own)


def _before(names: Sequence[str]) -> Iterator[Column]:
    """A number that does not follow 1, 2, 3… is a summary of answers: `q28_12` of 1 and 2."""
    matches = [(name, match) for name in names if (match := _BEFORE.match(name))]
    numbers: dict[str, set[int]] = {}
    for _, match in matches:
        if match[2]:
            numbers.setdefault(match[1], set()).add(int(match[2]))
    results: dict[str, list[str]] = {}
    for question, own in numbers.items():
        answers = _answers(own)
        results[question] = [f"{question.lower()}_{n}" for n in sorted(own) if n not in answers]
    for name, match in matches:
        question = match[1].lower()
        if not match[2]:
            yield from (
                Column(name, question, result, "base") for result in results.get(match[1], ())
            )
        elif int(match[2]) in _answers(numbers[match[1]]):
            if match[3]:
                yield Column(name, question, answer=match[2])
        else:
            field = "value" if match[3] else "positive"
            yield Column(name, question, f"{question}_{match[2]}", field)


def _answers(numbers: set[int]) -> set[int]:
    """Those of the numbers that run on from 1 without a gap."""
    found: set[int] = set()
    while len(found) + 1 in numbers:
        found.add(len(found) + 1)
    return found
