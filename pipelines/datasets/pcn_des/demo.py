"""Network Contract DES: each month whole and by ruleset, and the IIF result of a year."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data import periods
from data.datasets.vocabulary import pcn_des
from data.datasets.vocabulary.pcn_des import DENOMINATOR, MI_COUNT, NUMERATOR, PCA, Published
from pipelines.demo import csv_text
from pipelines.demo.characters import Floats
from pipelines.demo.csv_text import line
from pipelines.demo.history import UNALLOCATED
from pipelines.demo.layout import Indices
from pipelines.demo.release import DemoRelease, Writing
from pipelines.demo.world import World, add_months

_RELEASES = 6  # of two scheme years, so that the counts start again
_LAG = 2  # months from the month of the data to the one in which it comes out
_DAY = 20
_MEAN_DEPRIVATION = 23.0
_HEADER = "PRACTICE_CODE,PRACTICE_NAME,QUALITY_SERVICE,ACH_DATE,IND_CODE,MEASURE,VALUE"
_IIF_HEADER = (
    "ORGANISATION_TYPE,ORGANISATION_CODE,ORGANISATION_NAME,QUALITY_SERVICE,ACH_DATE,IND_CODE,"
    "MEASURE,VALUE"
)
_WORKING_DAYS = 253  # working days of a year
_NOT_MAPPED = 97  # every so many practices the publisher's map lacks the name
_NOT_COUNTED = 61  # every so many practices have no row of the count
_WITHOUT_HOME = 0.12  # share of practices in whose area there is no care home
_SUPPRESSED = "*"


@dataclass(frozen=True, slots=True)
class _Kind:
    """How an indicator behaves: `share` of the list, tilts, result at the end of a year."""

    share: float
    by_age: float
    by_poverty: float
    reached: float
    late: float = 1.0  # above 1, most is done towards the end of the year
    grows: bool = False  # the denominator is cumulative too


_KINDS = {
    "CAN04": _Kind(0.0072, 0.5, 0.0, 0.79, grows=True),
    "HI03": _Kind(0.0049, 0.0, 0.08, 0.77, late=1.7),
    "HI21": _Kind(0.013, -0.4, 0.1, 1.0),
    "SMR01A": _Kind(0.011, 0.4, 0.1, 0.46, grows=True),
    "SMR01B": _Kind(0.009, 1.0, 0.0, 0.52),
    "SMR01C": _Kind(0.034, 0.2, 0.2, 0.38, grows=True),
    "SMR01D": _Kind(0.005, 1.1, -0.1, 0.57),
    "SMR03": _Kind(0.021, 0.9, -0.02, 0.66),
}


def write(folder: Path, world: World) -> Writing:
    """A release for each month, the newest by ruleset too, and one for each IIF result."""
    last = len(world.months) - 1 - _LAG
    numbers = range(max(0, last - _RELEASES + 1), last + 1)
    year = _Year(world)
    for done, number in enumerate(numbers, 1):
        month = world.months[number]
        slug = f"england-{month:%B-%Y}".lower()
        stem = f"NCDes{month:%B%y}"
        rows = year.rows(number)
        files = [folder / slug / f"{stem}.zip"]
        csv_text.write_zip(files[0], [(f"{stem}.csv", [csv_text.text(_lines(rows))])])
        if number == last:
            names = dict.fromkeys(ruleset for ruleset, _ in rows)
            members = [(f"{stem}_{n}.csv", [csv_text.text(_lines(rows, n))]) for n in names]
            files.append(csv_text.write_zip(folder / slug / f"{stem}_By_Ruleset.zip", members))
        title = f"Network Contract DES (MI), England, {month:%B %Y}"
        published = add_months(month, _LAG).replace(day=_DAY)
        yield DemoRelease("pcn-des", slug, title, published, tuple(files)), done / len(numbers)
        if month.month == 3:
            yield _iif(folder, year, number), done / len(numbers)


def _lines(rows: list[tuple[str, str]], wanted: str | None = None) -> Iterator[str]:
    yield _HEADER
    yield from (text for ruleset, text in rows if wanted in (None, ruleset))


def _iif(folder: Path, year: _Year, number: int) -> DemoRelease:
    month = year.world.months[number]
    named = f"{month.year - 1}-{month.year % 100:02}"
    path = folder / f"iif-{named}" / f"IIF_indicators_annual_pub_{named.replace('-', '_')}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(csv_text.text(year.result(number)))
    published = add_months(month, 4).replace(day=_DAY)
    title = f"Investment and Impact Fund indicators, {named}"
    return DemoRelease("pcn-des", f"iif-{named}", title, published, (path,))


def _service(month: date) -> tuple[str, str]:
    """QUALITY_SERVICE and ACH_DATE of a month."""
    first = periods.containing("financial_year", month).year
    day = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    return f"NCD{first % 100:02}{(first + 1) % 100:02}", f"{day:%d/%m/%Y}"


@dataclass(frozen=True)
class _Year:
    """What practices reach by the end of a year; a month is a share of it."""

    world: World

    @cached_property
    def _targets(self) -> dict[str, tuple[Floats, Floats, Floats]]:
        """For each indicator: patients for each on the list, share reached, share adjusted."""
        who, rng = self.world.characters, self.world.random(61)
        poverty = (who.deprivation - _MEAN_DEPRIVATION) / 10
        care = rng.normal(0, 0.45, len(self.world.practices)) - 0.18 * poverty
        found = {}
        for code, kind in _KINDS.items():
            own = rng.normal(0, 0.16, len(care))
            cases = kind.share * np.exp(kind.by_age * who.older + kind.by_poverty * poverty + own)
            odds = np.log(kind.reached / (1.0001 - kind.reached))
            reached = 1 / (1 + np.exp(-(odds + care + rng.normal(0, 0.3, len(care)))))
            adjusted = np.clip(0.05 + 0.02 * poverty + rng.normal(0, 0.02, len(care)), 0, 0.2)
            found[code] = (cases, reached, adjusted)
        nowhere = rng.random(len(care)) < _WITHOUT_HOME  # a single couple, one of them adjusted
        cases, reached, adjusted = found["SMR01D"]
        found["SMR01D"] = (
            np.where(nowhere, 2 / who.size, cases),
            reached,
            np.where(nowhere, 0.5, adjusted),
        )
        return found

    def rows(self, number: int) -> list[tuple[str, str]]:
        """(ruleset, line) of a month, practice by practice."""
        world, month = self.world, self.world.months[number]
        listed = world.history.listed(number)
        columns = [
            (one, values)
            for code in _KINDS
            for one, values in self._indicator(code, number, listed)
        ]
        service, day = _service(month)
        found = []
        for at, practice in enumerate(listed):
            name = world.practices[practice].name.upper()
            if practice % _NOT_MAPPED == _NOT_MAPPED - 1:
                name = "UNALLOCATED"
            start = line(world.codes[practice], name, service, day)
            found += [
                (one.ruleset, f"{start},{one.indicator},{_measure(one)},{values[at]}")
                for one, values in columns
                if one.measure_type != MI_COUNT or practice % _NOT_COUNTED != _NOT_COUNTED - 1
            ]
        return found

    def _indicator(
        self, code: str, number: int, listed: Indices
    ) -> Iterator[tuple[Published, list[str]]]:
        kind = _KINDS[code]
        month = self.world.months[number]
        passed = ((month.month - 4) % 12 + 1) / 12
        cases, reached, adjusted = (values[listed] for values in self._targets[code])
        everyone = np.rint(
            cases * self.world.history.registered(number)[listed] * (passed if kind.grows else 1)
        ).astype(np.int64)
        rules = [one for one in pcn_des.indicators()[code] if one.measure_type == PCA]
        left_out = {
            one.field: np.rint(everyone * adjusted / (1 + place)).astype(np.int64)
            for place, one in enumerate(rules)
        }
        sum_left_out = np.sum([*left_out.values(), 0 * everyone], axis=0)
        eligible = np.maximum(everyone - sum_left_out, 0)
        done = 1.0 if kind.grows else passed**kind.late
        met = np.floor(eligible * reached * done).astype(np.int64)
        hidden = (eligible < 2) & (sum_left_out > 0)
        for one in pcn_des.indicators()[code]:
            values = {NUMERATOR: met, DENOMINATOR: eligible, MI_COUNT: everyone} | left_out
            withheld = hidden & (one.measure_type in (DENOMINATOR, PCA))
            yield one, _texts(values[one.field], withheld)

    def result(self, number: int) -> Iterator[str]:
        """The annual IIF file: PCNs first, then practices."""
        world = self.world
        rng = world.random(62, number)
        service, day = _service(world.months[number])
        listed = world.history.listed(number)
        lists = world.history.registered(number)
        referred = rng.gamma(6, 0.0021, len(world.pcns))
        members = np.where(
            np.isin(np.arange(len(lists)), listed), world.history.pcn[:, number], UNALLOCATED
        )
        yield _IIF_HEADER
        for place, pcn in enumerate(world.pcns):
            people = int(lists[members == place].sum())
            if not people:
                continue
            before, now = people * referred[place] * 0.93, people * referred[place]
            start = line("PCN", pcn.code, pcn.name.upper(), service, day)
            for indicator, measure, value in (
                ("NCDMI191", "ACC-10b baseline non-standardised numerator", _to_5(before)),
                ("NCDMI191", "ACC-10b non-standardised numerator", _to_5(now)),
                ("NCDMI210", "ACC-10 baseline denominator", round(people * 0.985)),
                ("NCDMI210", "ACC-10 baseline numerator", _to_5(before)),
                ("NCDMI210", "ACC-10 denominator", people),
                ("NCDMI210", "ACC-10 standardised numerator", _to_5(now * 1.03)),
            ):
                yield f"{start},{indicator},{measure},{value}"
        who = world.characters
        booked = np.rint(lists * who.rate * _WORKING_DAYS * 0.62 / 1000).astype(np.int64)
        soon = np.clip(0.87 - 0.1 * who.patience, 0.4, 0.995)
        homes = self._targets["SMR01D"][0] * lists
        for practice in listed:
            start = line(
                "GP practice",
                world.codes[practice],
                world.practices[practice].name.upper(),
                service,
                day,
            )
            yield f"{start},NCD026,ACC-08 Denominator,{booked[practice]}"
            yield f"{start},NCD026,ACC-08 Numerator,{int(booked[practice] * soon[practice])}"
            yield f"{start},NCDMI198,EHCH-04 Numerator,{int(homes[practice] * 8)}"


def _measure(one: Published) -> str:
    """The text of MEASURE; the number of a rule is of no account to readers of the file."""
    return f"Rule {_rule_number(one)}: {one.field}" if one.measure_type == PCA else one.field


def _rule_number(one: Published) -> int:
    rules = [p.field for p in pcn_des.indicators()[one.indicator] if p.measure_type == PCA]
    return 3 + rules.index(one.field)


def _texts(values: NDArray[np.int64], withheld: NDArray[np.bool_]) -> list[str]:
    return [
        _SUPPRESSED if hide else str(value) for value, hide in zip(values, withheld, strict=True)
    ]


def _to_5(value: float) -> int:
    """Rounded to the nearest 5, as the publisher does with referrals."""
    return 5 * round(value / 5)
