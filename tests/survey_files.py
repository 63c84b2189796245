"""Small files of the GP Patient Survey, as the publisher forms them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LEADS = {
    "practice": (
        "ad_practicecode",
        "ad_practicename",
        "ad_icscode",
        "ad_icsname",
        "ad_commissioningregioncode",
        "ad_commissioningregionname",
        "ad_pcncode",
        "ad_pcnname",
    ),
    "pcn": ("ad_pcncode", "ad_pcnname", "ad_icscode", "ad_icsname"),
    "ics": ("ad_icscode", "ad_icsname", "ad_icscodeons"),
    "region": ("ad_commissioningregioncode", "ad_commissioningregionname"),
    "national": ("national",),
}
KINDS = {
    "practice": "Practice",
    "pcn": "PCN",
    "ics": "ICS",
    "region": "Region",
    "national": "National",
}


@dataclass(frozen=True, slots=True)
class Result:
    """A summary result: share as a fraction and its limits, weighted and unweighted answers."""

    share: float
    base: int = 100
    weight: float = 1.25
    spread: float = 0.05
    answers: tuple[str, ...] = (".4", ".35", ".25", ".07")

    def cells(self) -> list[str]:
        weighted = self.base * self.weight
        low, high = max(0.0, self.share - self.spread), min(1.0, self.share + self.spread)
        counts = [f"{float(share) * weighted}" for share in self.answers]
        return [
            *counts,
            f"{self.share * weighted}",
            f"{self.base + 5}",
            f"{self.base}",
            f"{weighted * 1.05}",
            f"{weighted}",
            *self.answers,
            *(short(n) for n in (self.share, low, high)),
        ]


MARKS = ("-98", "*", "-", ":", "", "-99")  # of suppressed numbers
HIDDEN = "hidden"  # each cell of a question with one of the marks


def short(number: float) -> str:
    """A fraction as the publisher writes it: `.93`."""
    return f"{number}".replace("0.", ".", 1) if 0 < number < 1 else f"{number:g}"


def headings(question: str, answers: int = 4) -> list[str]:
    numbers = range(1, answers + 1)
    return [
        *(f"{question}_{n}.count" for n in numbers),
        f"{question}.counteval",
        *(f"{question}.base{base}" for base in ("fulluw", "evaluw", "fullw", "evalw")),
        *(f"{question}_{n}.pct" for n in numbers),
        *(f"{question}.{name}eval" for name in ("pct", "lowil", "hiwil")),
    ]


@dataclass(frozen=True, slots=True)
class Org:
    """A row: lead cells, questionnaires sent and returned, results by question.

    A result that is text is in every cell of the question; see `HIDDEN`.
    """

    lead: Sequence[str]
    sent: int
    returned: int
    results: Mapping[str, Result | str] = field(default_factory=dict)


def survey_file(kind: str, orgs: Iterable[Org], questions: Sequence[str]) -> bytes:
    packed = io.StringIO()
    writer = csv.writer(packed, lineterminator="\r\n")
    names = ("distributed", "received", "resprate", "popsize")
    writer.writerow([*LEADS[kind], *names, *(h for q in questions for h in headings(q))])
    for org in orgs:
        cells = [*org.lead, org.sent, org.returned, short(org.returned / org.sent), 5000]
        for question in questions:
            result = org.results[question]
            width = len(headings(question))
            hidden = (MARKS * width)[:width] if result == HIDDEN else [result] * width
            cells += result.cells() if isinstance(result, Result) else hidden
        writer.writerow(cells)
    return b"\xef\xbb\xbf" + packed.getvalue().encode()


def name_of(kind: str, year: int, *, weighted: str = "weighted") -> str:
    return f"GPPS_{year}_{KINDS[kind]}_data_({weighted})_(csv)_PUBLIC.csv"


def write(folder: Path, files: Mapping[str, bytes], year: int = 2026) -> Path:
    """Files by kind under the publisher's names."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, body in files.items():
        (folder / name_of(kind, year)).write_bytes(body)
    return folder


def practice(
    code: str, pcn: str, *, sent: int = 400, returned: int = 100, **results: Result | str
) -> Org:
    lead = (
        code,
        f"PRACTICE {code}",
        "QHM",
        "FIRST INTEGRATED CARE SYSTEM",
        "Y63",
        "NORTH EAST AND YORKSHIRE COMMISSIONING REGION",
        pcn,
        f"{pcn} PCN",
    )
    return Org(lead, sent, returned, results)


def small_year(
    *, phone: float = 0.6, suppressed: str = HIDDEN, third: str = "U00002"
) -> dict[str, bytes]:
    """Three practices in two PCNs, the `third` in that one.

    No area's result is an average of those below it.
    """
    asked = ("overallexp", "localgpservicesphone")
    practices = (
        practice("A81001", "U00001", overallexp=Result(0.8), localgpservicesphone=Result(phone)),
        practice(
            "A81002",
            "U00001",
            overallexp=Result(0.7, base=40),
            returned=45,
            sent=200,
            localgpservicesphone=suppressed,
        ),
        practice(
            "A81003",
            third,
            overallexp=Result(0.9, base=8, spread=0.1),
            returned=12,
            sent=100,
            localgpservicesphone=Result(0.5, base=9),
        ),
    )
    both = {"overallexp": Result(0.77, base=148), "localgpservicesphone": Result(0.55, base=120)}
    ics, region = ("QHM", "FIRST INTEGRATED CARE SYSTEM"), ("Y63", "NORTH EAST")
    return {
        "practice": survey_file("practice", practices, asked),
        "pcn": survey_file(
            "pcn",
            (
                Org(("U00001", "U00001 PCN", *ics), 600, 145, both),
                Org(("U00002", "U00002 PCN", *ics), 100, 12, dict.fromkeys(asked, suppressed)),
            ),
            asked,
        ),
        "ics": survey_file("ics", [Org((*ics, "E54000050"), 700, 157, both)], asked),
        "region": survey_file("region", [Org(region, 700, 157, both)], asked),
        "national": survey_file(
            "national",
            [
                Org(
                    ("1",),
                    700,
                    157,
                    {
                        "overallexp": Result(0.76),
                        "localgpservicesphone": Result(0.568864572),
                    },
                )
            ],
            asked,
        ),
    }
