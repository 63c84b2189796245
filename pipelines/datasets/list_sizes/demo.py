"""Patients Registered at a GP Practice, as published each month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.spec import UNALLOCATED
from pipelines.demo import csv_text
from pipelines.demo.csv_text import line
from pipelines.demo.layout import Indices
from pipelines.demo.population import AGES, BANDS, SEXES, Population, in_bands, sum_by
from pipelines.demo.release import DemoRelease, Writing, month_slug, second_thursday
from pipelines.demo.world import World

_NAME = "GP_PRAC_PAT_LIST"
_ENGLAND_SCALE = 1000  # practices; above it single ages by practice are not in every release
_RECENT = 3

_ALL = line(
    *("PUBLICATION", "EXTRACT_DATE", "TYPE", "SUB_ICB_LOCATION_CODE"),
    *("ONS_SUB_ICB_LOCATION_CODE", "CODE", "POSTCODE", "SEX", "AGE", "NUMBER_OF_PATIENTS"),
)
_MAP = line(
    *("PUBLICATION", "EXTRACT_DATE", "PRACTICE_CODE", "PRACTICE_NAME", "PRACTICE_POSTCODE"),
    *("PCN_CODE", "PCN_NAME", "ONS_SUB_ICB_LOCATION_CODE", "SUB_ICB_LOCATION_CODE"),
    *("SUB_ICB_LOCATION_NAME", "ONS_ICB_CODE", "ICB_CODE", "ICB_NAME", "ONS_COMM_REGION_CODE"),
    *("COMM_REGION_CODE", "COMM_REGION_NAME", "SUPPLIER_NAME"),
)
_QUINARY = line(
    *("PUBLICATION", "EXTRACT_DATE", "ORG_TYPE", "ORG_CODE", "ONS_CODE", "POSTCODE"),
    *("SEX", "AGE_GROUP_5", "NUMBER_OF_PATIENTS"),
)
_REGIONS = line(
    *("PUBLICATION", "EXTRACT_DATE", "ORG_TYPE", "ORG_CODE", "ONS_CODE"),
    *("SEX", "AGE", "NUMBER_OF_PATIENTS"),
)
_SINGLE = line(
    *("EXTRACT_DATE", "SUB_ICB_LOCATION_CODE", "ONS_SUB_ICB_LOCATION_CODE", "ORG_CODE"),
    *("POSTCODE", "SEX", "AGE", "NUMBER_OF_PATIENTS"),
)


def write(folder: Path, world: World) -> Writing:
    """One release per month.

    At the scale of England the single-age files by practice are as large as all the others
    together, so they come only with the last three releases, every January and every April.
    """
    population = Population.of(world)
    for number, month in enumerate(world.months):
        every_age = (
            len(world.practices) <= _ENGLAND_SCALE
            or number >= len(world.months) - _RECENT
            or month.month in (1, 4)
        )
        counts = population.counts(number)
        files = dict(_month_files(world, number, counts))
        if every_age:
            files |= dict(_single_age_files(world, number, counts))
        slug = month_slug(month)
        paths = tuple(
            csv_text.write_zip(folder / slug / f"{stem}.zip", [(f"{stem}.csv", chunks)])
            for stem, chunks in files.items()
        )
        release = DemoRelease(
            "list-sizes",
            slug,
            f"Patients Registered at a GP Practice, {month:%B %Y}",
            second_thursday(month),
            paths,
        )
        yield release, (number + 1) / len(world.months)


def _month_files(
    world: World, number: int, counts: NDArray[np.int64]
) -> Iterator[tuple[str, list[bytes | memoryview]]]:
    listed = world.history.listed(number)
    month = world.months[number]
    totals = counts.sum(axis=(1, 2))
    rows = [_ALL]
    for practice in listed:
        site = world.practices[practice]
        sub_icb = world.sub_icbs[world.sub_icb_of_practice[practice]]
        rows.append(
            f"{_NAME},{month},GP,{sub_icb.code},{sub_icb.ons_code},{site.code},{site.postcode},"
            f"ALL,ALL,{totals[practice]}"
        )
    yield "gp-reg-pat-prac-all", [csv_text.text(rows)]
    yield "gp-reg-pat-prac-map", [csv_text.text(_map_lines(world, number, listed))]

    practices = [
        f"{_NAME},{month},GP,{site.code},,{site.postcode}"
        for site in (world.practices[p] for p in listed)
    ]
    organisations, sums = _organisations(world, number, listed, counts)
    quinary = [
        _with_totals(practices, BANDS, in_bands(counts[listed])),
        _with_totals(
            [f"{_NAME},{month},{organisation}," for organisation in organisations],
            BANDS,
            in_bands(sums),
        ),
    ]
    yield "gp-reg-pat-prac-quin-age", [csv_text.text([_QUINARY]), *quinary]
    single = _with_totals([f"{_NAME},{month},{name}" for name in organisations], AGES, sums)
    yield "gp-reg-pat-prac-sing-age-regions", [csv_text.text([_REGIONS]), single]


def _single_age_files(
    world: World, number: int, counts: NDArray[np.int64]
) -> Iterator[tuple[str, list[bytes | memoryview]]]:
    month = world.months[number]
    listed = world.history.listed(number)
    prefixes = []
    for practice in listed:
        site = world.practices[practice]
        sub_icb = world.sub_icbs[world.sub_icb_of_practice[practice]]
        prefixes.append(
            f"{_written(month)},{sub_icb.code},{sub_icb.ons_code},{site.code},{site.postcode}"
        )
    for position, sex in enumerate(SEXES):
        by_age = counts[listed, position]
        labels = [f"{sex},{age}" for age in (*AGES, "ALL")]
        values = np.hstack([by_age, by_age.sum(axis=1, keepdims=True)])
        yield (
            f"gp-reg-pat-prac-sing-age-{sex.lower()}",
            [csv_text.text([_SINGLE]), _table(prefixes, labels, values)],
        )


def _map_lines(world: World, number: int, listed: Indices) -> Iterator[str]:
    month = world.months[number]
    icb_of = world.icb_of_sub_icb(month)
    yield _MAP
    places = []
    for sub_icb, icb_position in zip(world.sub_icbs, icb_of, strict=True):
        icb = world.icbs[icb_position]
        region = world.regions[icb.region]
        places.append(
            line(
                *(sub_icb.ons_code, sub_icb.code, sub_icb.name(icb)),
                *(icb.ons_code, icb.code, icb.name),
                *(region.ons_code, region.code, region.name),
            )
        )
    for practice in listed:
        site = world.practices[practice]
        pcn = world.history.pcn[practice, number]
        code, name = (UNALLOCATED, "Unallocated")
        if pcn >= 0:
            code, name = world.pcns[pcn].code, world.pcns[pcn].name.upper()
        yield line(
            *(_NAME, _written(month), site.code, site.name.upper(), site.postcode, code, name)
        ) + (f",{places[world.sub_icb_of_practice[practice]]},{world.characters.system[practice]}")


def _organisations(
    world: World, number: int, listed: Indices, counts: NDArray[np.int64]
) -> tuple[list[str], NDArray[np.int64]]:
    """`ORG_TYPE,ORG_CODE,ONS_CODE` of everything above a practice, and its counts by age."""
    sub_icb = world.sub_icb_of_practice[listed]
    icb = world.icb_of_sub_icb(world.months[number])[sub_icb]
    region = np.array([each.region for each in world.icbs])[icb]
    pcn = world.history.pcn[listed, number]
    labels: list[str] = []
    parts = []
    pcn_codes = [*(each.code for each in world.pcns), UNALLOCATED]  # position -1 is the last
    for groups, names in (
        (pcn, [f"PCN,{code}," for code in pcn_codes]),
        (sub_icb, [f"SUB_ICB_LOCATION_CODE,{s.code},{s.ons_code}" for s in world.sub_icbs]),
        (icb, [f"ICB,{i.code},{i.ons_code}" for i in world.icbs]),
        (region, [f"Comm Region,{r.code},{r.ons_code}" for r in world.regions]),
    ):
        found, sums = sum_by(groups, counts[listed])
        labels += [names[position] for position in found]
        parts.append(sums)
    return labels, np.concatenate(parts)


def _with_totals(
    prefixes: Sequence[str], ages: Sequence[str], counts: NDArray[np.int64]
) -> memoryview:
    """Every age of both sexes, each sex in all, and everyone."""
    labels = [f"{sex},{age}" for sex in SEXES for age in (*ages, "ALL")] + ["ALL,ALL"]
    by_sex = np.concatenate([counts, counts.sum(axis=2, keepdims=True)], axis=2)
    everyone = counts.sum(axis=(1, 2))[:, None]
    return _table(prefixes, labels, np.hstack([by_sex.reshape(len(counts), -1), everyone]))


def _table(prefixes: Sequence[str], labels: Sequence[str], values: NDArray[np.int64]) -> memoryview:
    rows, columns = values.shape
    return csv_text.joined(
        csv_text.repeated(prefixes, np.repeat(np.arange(rows), columns)),
        csv_text.repeated(labels, np.tile(np.arange(columns), rows)),
        csv_text.numbers(values.ravel()),
    )


def _written(month: date) -> str:
    """`01Dec2025`, as the map and the single-age files write a date."""
    return f"{month:%d%b%Y}"
