"""NHS Payments to General Practice: a practice file and a PCN file for each financial year."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.demo.characters import Floats
from pipelines.demo.layout import Indices
from pipelines.demo.release import DemoRelease, Writing
from pipelines.demo.world import World

_MARCH = 3
_PUBLISHED = (10, 23)  # month and day, in the year in which the financial year ended

# Pence per weighted patient, and how much it varies between practices (log scale).
_PER_WEIGHTED = {
    "Total QOF Payments": (1290, 0.08),
    "Childhood Vaccination and Immunisation Scheme": (12, 0.9),
    "Influenza and Pneumococcal Immunisations": (205, 0.2),
    "Learning Disabilities": (58, 0.5),
    "Meningitis": (28, 0.3),
    "Minor Surgery": (68, 0.8),
    "Out Of Area in Hours Urgent Care": (1, 1.5),
    "Pertussis": (4, 0.3),
    "Respiratory Syncytial \nVirus Immunisation": (61, 0.4),
    "Rotavirus and Shingles Immunisation": (77, 0.3),
    "Services for Violent Patients": (6, 1.6),
    "Weight Management Service": (11, 0.9),
    "Local Incentive Schemes": (920, 0.5),
    "Premises Payments": (1390, 0.6),
    "Doctors Retainer Scheme Payments": (22, 1.4),
    "Total Locum Allowances": (120, 1.0),
    "Appraisal - Appraiser Costs in Respect of Locums": (1, 1.0),
    "PCO Admin Other": (140, 0.8),
    "Information Management and Technology": (6, 1.2),
    "General Practice Transformation": (85, 0.7),
    "PCN Participation": (172, 0.05),
}
_SOMETIMES = ("Doctors Retainer Scheme Payments", "Services for Violent Patients", "Minor Surgery")
_GLOBAL_SUM = {2024: 11250, 2025: 12334, 2026: 13007}  # pence per weighted patient
_LINES = (
    "Global Sum",
    "Balance of PMS Expenditure",
    *_PER_WEIGHTED,
    "Prescribing Fee Payments",
    "Dispensing Fee Payments",
    "Reimbursement of Drugs",
    "Other Payments",
)
_COVID = ("Covid Immunisation", "Covid Support and Expansion", "Long Covid")
_WITH_COVID = (
    "Total NHS Payments to General Practice including covid vaccination, covid support and long "
    "covid payments"
)
_HEADINGS = (
    *("NHS England (Region) code", "NHS England (Region) Name", "Sub ICB Code", "Sub ICB Name"),
    *("PCN Code", "PCN Name", "Practice Code", "Practice Name", "Practice Address"),
    *("Practice Postcode", "Practice Open Date", "Practice Close Date", "Contract Type"),
    *("Dispensing Practice", "Practice type", "Practice Rurality", "Atypical characteristics"),
    *("Average Number of Registered Patients", "Average Number of Weighted Patients"),
    *("Average payments per registered patient", "Average payments per weighted patient"),
    *_LINES,
    "Total NHS Payments to General Practice",
    "Deductions for Pensions, Levies and Prescription Charge Income",
    "Total NHS Payments to General Practice Minus Deductions",
    _WITH_COVID,
    *_COVID,
)
_NETWORK = {  # pence per registered patient
    "PCN Leadership": 120,
    "PCN Support": 190,
    "PCN Workforce": 2550,
    "PCN Investment and impact Fund": 115,
    "PCN Care Home Premium": 60,
    "PCN Enhanced Access": 800,
}
_NETWORK_HEADINGS = (
    *("Sub ICB Code", "Sub ICB Name", "PCN Code", "PCN Name"),
    *("Average Number of Registered Patients", "Average Number of Weighted Patients"),
    "Total NHS Payments to PCNs",
    *_NETWORK,
)


@dataclass(frozen=True, slots=True)
class _Year:
    """Practices of a year: place in the world, and what they are paid for."""

    year: int
    last: int  # position in the world of the month in which it ends
    there: Indices  # practices with a list in any month of the year
    registered: Floats  # of those, to two decimals
    weighted: Floats
    part: NDArray[np.bool_]  # closed or opened in the year


def write(folder: Path, world: World) -> Writing:
    """One release for each financial year whose last month the world has."""
    ends = [n for n, month in enumerate(world.months) if month.month == _MARCH]
    for done, last in enumerate(ends, 1):
        year = _year(world, last)
        slug = f"england-{year.year}-{(year.year + 1) % 100:02}"
        stem = f"nhspaymentsgp-{year.year % 100:02}-{(year.year + 1) % 100:02}"
        home = folder / slug
        home.mkdir(parents=True, exist_ok=True)
        files = (
            _csv(home / f"{stem}-prac-csv.csv", _HEADINGS, _practice_rows(world, year)),
            _csv(home / f"{stem}-pcn-csv.csv", _NETWORK_HEADINGS, _network_rows(world, year)),
        )
        published = min(date(year.year + 1, *_PUBLISHED), world.months[-1])
        named = f"{year.year}-{(year.year + 1) % 100:02}"
        title = f"NHS Payments to General Practice, England, {named}"
        yield DemoRelease("nhs-payments", slug, title, published, files), done / len(ends)


def _csv(path: Path, header: Sequence[str], rows: Iterator[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def _year(world: World, last: int) -> _Year:
    months = range(max(0, last - 11), last + 1)
    lists = np.array([world.history.registered(month) for month in months])
    there = np.flatnonzero(lists.max(axis=0) > 0)
    who = world.characters
    registered = np.round(lists[::3].mean(axis=0)[there], 2)
    need = np.exp(0.1 * who.older + 0.004 * (who.deprivation - 23) + 0.03 * who.rural)[there]
    return _Year(
        year=world.months[last].year - 1,
        last=last,
        there=there,
        registered=registered,
        weighted=np.round(registered * need, 2),
        part=(lists.min(axis=0) == 0)[there],
    )


def _contracts(world: World) -> NDArray[np.str_]:
    """The contract of every practice, the same in every year."""
    rng = world.random(31)
    return rng.choice(["GMS", "PMS", "APMS"], len(world.practices), p=[0.71, 0.25, 0.04])


def _dispensing(world: World) -> NDArray[np.bool_]:
    rng = world.random(32)
    return world.characters.rural & (rng.random(len(world.practices)) < 0.7)


def _amounts(world: World, year: _Year) -> dict[str, Indices]:
    """Pence by line, one value for each practice of the year."""
    rng, count = world.random(33, year.year), len(year.there)
    weighted, contract = year.weighted, _contracts(world)[year.there]
    base = weighted * _GLOBAL_SUM.get(year.year, 12334)
    pms = contract == "PMS"
    found = {"Global Sum": np.where(pms, 0, base), "Balance of PMS Expenditure": base * 1.03 * pms}
    for line, (pence, spread) in _PER_WEIGHTED.items():
        amount = weighted * pence * rng.lognormal(-(spread**2) / 2, spread, count)
        if line in _SOMETIMES:
            amount *= rng.random(count) < 0.5
        found[line] = amount
    dispensing = _dispensing(world)[year.there]
    found["Prescribing Fee Payments"] = weighted * 14 * ~dispensing
    found["Dispensing Fee Payments"] = weighted * 2600 * dispensing
    found["Reimbursement of Drugs"] = weighted * np.where(dispensing, 8800, 160)
    found["Other Payments"] = weighted * 700 * rng.lognormal(-0.5, 1.0, count)
    return {line: np.rint(amount).astype(np.int64) for line, amount in found.items()}


def _practice_rows(world: World, year: _Year) -> Iterator[list[str]]:
    rng = world.random(34, year.year)
    amounts = _amounts(world, year)
    pence = np.array([amounts[line] for line in _LINES]).T
    total = pence.sum(axis=1)
    deducted = -np.rint(total * rng.uniform(0.05, 0.11, len(total))).astype(np.int64)
    covid = np.zeros((len(total), len(_COVID)), dtype=np.int64)
    covid[:, 0] = np.rint(year.weighted * 140 * rng.lognormal(-0.3, 0.8, len(total)))
    for row, practice in enumerate(year.there):
        registered, weighted = year.registered[row], year.weighted[row]
        yield [
            *_identity(world, year, int(practice), part=bool(year.part[row])),
            *(_plain(registered), _plain(weighted)),
            *(_ratio(total[row], registered), _ratio(total[row], weighted)),
            *(_pounds(amount) for amount in pence[row]),
            *(_pounds(total[row]), _pounds(deducted[row]), _pounds(total[row] + deducted[row])),
            _pounds(total[row] + covid[row].sum()),
            *(_pounds(amount) for amount in covid[row]),
        ]
    yield from _closed_earlier(world, year)


def _closed_earlier(world: World, year: _Year) -> Iterator[list[str]]:
    """Practices that closed before the year: nobody registered, a last correction."""
    gone = [
        n
        for n, site in enumerate(world.practices)
        if site.closed and n not in set(year.there.tolist()) and site.opened < world.months[0]
    ]
    for practice in gone:
        zeros = ["0"] * (len(_LINES) - 1)
        yield [
            *_identity(world, year, practice, part=False, empty=True),
            *("0", "0", "0", "0", *zeros),
            *("-145.4", "-145.4", "0", "-145.4", "-145.4", "0", "0", "0"),
        ]


def _identity(
    world: World, year: _Year, practice: int, *, part: bool, empty: bool = False
) -> list[str]:
    site, sub_icb = world.practices[practice], world.sub_icbs[world.sub_icb_of_practice[practice]]
    icb = world.icbs[
        world.icb_of_sub_icb(world.months[year.last])[world.sub_icb_of_practice[practice]]
    ]
    region = world.regions[icb.region]
    pcn = world.history.pcn[practice, year.last]
    code, name = ("Unknown or no PCN", "Unknown or no PCN")
    if pcn >= 0:
        code, name = world.pcns[pcn].code, world.pcns[pcn].name.upper()
    marks = (["Part year of data"] if part else []) + (["No registered patients"] if empty else [])
    return [
        *(region.code, f"{region.name.upper()} COMM REGION", sub_icb.code),
        *(sub_icb.name(icb).upper(), code, name, site.code, site.name.upper()),
        *(f"{site.street.upper()} {site.town.upper()}", site.postcode, _day(site.opened)),
        _day(site.closed),
        "Unknown" if empty else str(_contracts(world)[practice]),
        "Unknown" if empty else ("Yes" if _dispensing(world)[practice] else "No"),
        "GP practice",
        "Rural" if world.characters.rural[practice] else "Urban",
        "".join(f"| {mark} |" for mark in marks),
    ]


def _network_rows(world: World, year: _Year) -> Iterator[list[str]]:
    rng = world.random(35, year.year)
    homes = world.history.pcn[year.there, year.last]
    for pcn in np.unique(homes[homes >= 0]):
        network = world.pcns[pcn]
        sub_icb = world.sub_icbs[network.sub_icb]
        icb = world.icbs[world.icb_of_sub_icb(world.months[year.last])[network.sub_icb]]
        registered = float(year.registered[homes == pcn].sum())
        weighted = float(year.weighted[homes == pcn].sum())
        pence = [
            round(registered * each * float(rng.uniform(0.75, 1.2))) for each in _NETWORK.values()
        ]
        yield [
            *(sub_icb.code, sub_icb.name(icb).upper(), network.code, network.name.upper()),
            *(_plain(registered), _plain(weighted), _pounds(sum(pence))),
            *(_pounds(amount) for amount in pence),
        ]


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _plain(number: float) -> str:
    """A number as the publisher writes it: at most two decimals, none where it is whole."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _pounds(pence: int) -> str:
    return _plain(int(pence) / 100)


def _ratio(pence: int, patients: float) -> str:
    return _plain(int(pence) / 100 / patients) if patients else "0"
