"""GP Patient Survey: the weighted files of each year whose March the world has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.datasets.gp_patient_survey.demo_answers import ASKED, Answers, Asked, Told
from pipelines.demo.characters import Floats
from pipelines.demo.csv_text import line, text
from pipelines.demo.history import UNALLOCATED
from pipelines.demo.layout import Indices
from pipelines.demo.release import DemoRelease, Writing
from pipelines.demo.world import World

_MARCH = 3
_PUBLISHED = (7, 9)  # month and day
_SUPPRESSED = "-98"
_FEWEST = 10  # answers below which a result is suppressed
_Z = 1.96
Numbers = NDArray[np.float64] | NDArray[np.int64]
_FILES = ("Practice", "PCN", "ICS", "Region", "National")


def write(folder: Path, world: World) -> Writing:
    marches = [
        at
        for at, month in enumerate(world.months)
        if month.month == _MARCH and date(month.year, *_PUBLISHED) <= world.months[-1]
    ]
    for done, number in enumerate(marches, start=1):
        year = world.months[number].year
        files = _Files(world, number)
        paths = []
        for kind in _FILES:
            path = folder / f"{year}" / f"GPPS_{year}_{kind}_data_(weighted)_(csv)_PUBLIC.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"\xef\xbb\xbf" + text(files.lines(kind)))
            paths.append(path)
        yield (
            DemoRelease(
                "gp-patient-survey",
                f"{year}",
                f"GP Patient Survey {year}",
                date(year, *_PUBLISHED),
                tuple(paths),
            ),
            done / len(marches),
        )


class _Files:
    """One year. An area's counts are those of its practices added up, as weights allow."""

    def __init__(self, world: World, number: int) -> None:
        self._world, self._number = world, number
        self._answers = Answers(world, number)
        self._rows = world.history.listed(number)

    @cached_property
    def _homes(self) -> dict[str, Indices]:
        world = self._world
        icb_of = world.icb_of_sub_icb(world.months[self._number])
        icb = icb_of[world.sub_icb_of_practice[self._rows]]
        return {
            "PCN": world.history.pcn[self._rows, self._number],
            "ICS": icb,
            "Region": np.array([each.region for each in world.icbs])[icb],
            "National": np.zeros(len(self._rows), dtype=np.int64),
        }

    def lines(self, kind: str) -> Iterator[str]:
        answers = self._answers
        asked = [one for one in ASKED if one.stem in answers.told]
        heading = ["distributed", "received", "resprate", "popsize"]
        yield line(*_LEADS[kind], *heading, *(name for one in asked for name in _headings(one)))
        if kind == "Practice":
            groups = np.arange(len(self._rows))
            members = groups
        else:
            groups = self._homes[kind]
            members = np.unique(groups[groups != UNALLOCATED])
        sizes = [
            _added(n, groups, members) for n in (answers.sent, answers.received, answers.adults)
        ]
        blocks = [
            _cells(one, answers.told[one.stem].added(lambda n: _added(n, groups, members)))
            for one in asked
        ]
        for at, member in enumerate(members):
            sent, received, adults = (int(n[at]) for n in sizes)
            counted = (f"{sent}", f"{received}", _short(received / sent), f"{adults}")
            start = line(*self._identity(kind, int(member)), *counted)
            yield ",".join((start, *(block[at] for block in blocks)))

    def _identity(self, kind: str, member: int) -> Sequence[str]:
        world = self._world
        if kind == "National":
            return ("1",)
        if kind == "Region":
            region = world.regions[member]
            return region.code, f"{region.name} COMMISSIONING REGION".upper()
        if kind == "ICS":
            icb = world.icbs[member]
            return (
                icb.code,
                _ics(icb.short_name),
                icb.ons_code,
                *self._identity("Region", icb.region),
            )
        if kind == "PCN":
            pcn = world.pcns[member]
            icb_of = world.icb_of_sub_icb(world.months[self._number])
            ics = self._identity("ICS", int(icb_of[pcn.sub_icb]))
            return *ics, pcn.code, pcn.name.upper()
        practice = world.practices[int(self._rows[member])]
        home = int(self._homes["PCN"][member])
        pcn_named = ("", "")
        if home != UNALLOCATED:
            pcn_named = (world.pcns[home].code, world.pcns[home].name.upper())
        ics = self._identity("ICS", int(self._homes["ICS"][member]))
        return practice.code, practice.name.upper(), *ics, *pcn_named


_REGION = ("ad_commissioningregioncode", "ad_commissioningregionname")
_ICS = ("ad_icscode", "ad_icsname", "ad_icscodeons", *_REGION)
_PCN = (*_ICS, "ad_pcncode", "ad_pcnname")
_LEADS = {
    "Practice": ("ad_practicecode", "ad_practicename", *_PCN),
    "PCN": _PCN,
    "ICS": _ICS,
    "Region": _REGION,
    "National": ("national",),
}


def _ics(name: str) -> str:
    return f"{name} Integrated Care System".upper()


def _added(values: Numbers, groups: Indices, members: Indices) -> Floats:
    """Sums over the groups, in the order of `members`; the first axis is of practices."""
    found = np.zeros((len(members), *values.shape[1:]))
    place = {int(member): at for at, member in enumerate(members)}
    to = np.array([place.get(int(group), -1) for group in groups])
    np.add.at(found, to[to >= 0], values[to >= 0])
    return found


def _headings(one: Asked) -> Iterator[str]:
    numbers = range(1, one.options + 1)
    yield from (f"{one.stem}_{n}.count" for n in numbers)
    if one.is_summarised:
        yield f"{one.stem}.counteval"
    yield from (f"{one.stem}.base{base}" for base in ("fulluw", "evaluw", "fullw", "evalw"))
    yield from (f"{one.stem}_{n}.pct" for n in numbers)
    if one.is_summarised:
        yield from (f"{one.stem}.{name}eval" for name in ("pct", "lowil", "hiwil"))


def _cells(one: Asked, told: Told) -> list[str]:
    """The cells of a question for each organisation, in the order of `_headings`."""
    full, evaluative = told.weighted.sum(axis=1), told.weighted[:, : one.evaluative].sum(axis=1)
    positive = told.weighted[:, : one.positive].sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = positive / evaluative
        over = np.where(np.arange(one.options) < one.evaluative, evaluative[:, None], full[:, None])
        shares = told.weighted / over
    low, high = _wilson(value, told.evaluative)
    found = []
    for at in range(len(full)):
        hidden = told.evaluative[at] < _FEWEST
        bases = (
            f"{int(told.asked[at])},{int(told.evaluative[at])},"
            f"{_short(full[at])},{_short(evaluative[at])}"
        )
        counts = [_SUPPRESSED if hidden else _short(n) for n in told.weighted[at]]
        percents = [_SUPPRESSED if hidden else _short(n) for n in shares[at]]
        if one.is_summarised:
            counts.append(_SUPPRESSED if hidden else _short(positive[at]))
            percents += [
                _SUPPRESSED if hidden else _short(n) for n in (value[at], low[at], high[at])
            ]
        found.append(",".join((*counts, bases, *percents)))
    return found


def _wilson(share: Floats, answers: Floats) -> tuple[Floats, Floats]:
    with np.errstate(divide="ignore", invalid="ignore"):
        z = _Z * _Z / answers
        middle = (share + z / 2) / (1 + z)
        half = _Z * np.sqrt(share * (1 - share) / answers + z / answers / 4) / (1 + z)
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def _short(number: float) -> str:
    """As published: up to 15 figures, without a zero before the point."""
    written = f"{number:.15g}"
    return written[1:] if written.startswith("0.") else written
