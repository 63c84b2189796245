"""The vocabulary of the GP Patient Survey: questions of the questionnaire in use since 2024.

`data/reference/survey_questions.csv` has the publisher's question stems in their order, with the
number of answers and the summary results of each. Sections and labels are ours: short names that
follow the stems, not the wording of the questionnaire.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from data.list_bands import SIZE_BANDS

_TABLE = Path(__file__).parents[2] / "reference" / "survey_questions.csv"

FIRST_YEAR = 2024  # of the questionnaire: results before it are another series
SINCE_2024 = "since-2024"
BEFORE_2024 = "before-2024"
SUMMARIES = {"eval": "", "evalb": "_b", "evalc": "_c"}  # ending of the result's id


@dataclass(frozen=True, slots=True)
class Question:
    """A question: its stem in the files, how many answers it has, and its summary results."""

    stem: str
    options: int
    results: tuple[str, ...]  # ids: the stem, or with _b and _c for further summaries
    section: str
    label: str


@cache
def questions() -> dict[str, Question]:
    """Every question by its stem, in the order of the files."""
    with _TABLE.open(encoding="utf-8", newline="") as text:
        return {
            row["question"]: Question(
                row["question"],
                int(row["options"]),
                tuple(row["question"] + SUMMARIES[name] for name in row["summaries"].split()),
                row["section"],
                row["label"],
            )
            for row in csv.DictReader(text)
        }


def label(question: str) -> str:
    """What a question is called; a stem that is not in the vocabulary is called by itself."""
    known = questions().get(question)
    return known.label if known else question


def list_bands() -> tuple[str, ...]:
    """Bands of registered patients by which practices are compared, smallest first."""
    return tuple(name for name, _ in _bands())


def list_band_sql(patients: str) -> str:
    """SQL for the band of a number of patients; NULL where it is not known."""
    cases = " ".join(f"WHEN {patients} < {end} THEN '{name}'" for name, end in _bands())
    return f"CASE {cases} END"


def _bands() -> tuple[tuple[str, int], ...]:
    """(name, patients at which the band ends): `0-4999`, `5000-7499`, …, `15000-`."""
    last = SIZE_BANDS[-1]
    return tuple(
        (f"{low}-{end - 1 if end != last else ''}", end)
        for low, end in zip(SIZE_BANDS, SIZE_BANDS[1:], strict=False)
    )
