"""The array, the cube and a plain second implementation give the same answers."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest

from data.datasets import gp_appointments, list_sizes
from data.formula import (
    MINIMUM_DENOMINATOR,
    comparable_sql,
    denominator_sql,
    numerator_sql,
    quoted,
    value_sql,
)
from data.month_block import BENCH, MISSING
from data.questions import queries
from data.questions.deciles import deciles
from data.registry import all_datasets
from data.spec import ENGLAND, LEVELS, UNALLOCATED, Level, Measure
from data.versions import array_cache
from data.versions.db import LiveVersions
from data.versions.orgs import ENGLAND_ORG, Org
from data.versions.snapshot import Snapshot, month_folder, read
from pipelines.datasets.gp_appointments.series import SERIES
from tests import todays_sums, worlds

DATASETS = ("list-sizes", "gp-appointments", "practices")
Parts = dict[str, int | None]


def opened(library: LiveVersions, dataset: str) -> Snapshot:
    found = library.current(dataset)
    assert found is not None
    return found


def cells(snapshot: Snapshot) -> np.dtype[Any]:
    """How the numbers of a version are stored."""
    return array_cache.opened(
        snapshot.folder, snapshot.manifest, snapshot.dataset
    ).arrays.cube.dtype


def same(a: float | None, b: float | None) -> bool:
    a = None if a is None or math.isnan(a) else a
    b = None if b is None or math.isnan(b) else b
    return a == b or (a is not None and b is not None and math.isclose(a, b, rel_tol=1e-12))


def questions(
    snapshot: Snapshot, count: int, seed: int
) -> Iterator[tuple[Measure, Level, str, date, str]]:
    rng = random.Random(seed)
    levels = [level for level in LEVELS if snapshot.codes(level)]
    for _ in range(count):
        level = rng.choice(levels)
        membership = "dated"
        if level not in ("practice", "england"):
            membership = rng.choice(("dated", "current"))
        yield (
            rng.choice(snapshot.dataset.measures),
            level,
            rng.choice(snapshot.codes(level)),
            rng.choice(snapshot.months),
            membership,
        )


def test_counts_are_stored_as_integers_and_read_as_numbers(library: LiveVersions) -> None:
    """Half of the size of float64; a cell without a number is NaN all the same."""
    kinds = {d: cells(opened(library, d)) for d in DATASETS}
    assert kinds == dict.fromkeys(DATASETS, np.dtype(np.int32))
    assert read(np.array([[7, MISSING]], dtype=np.int32)).tolist()[0][0] == 7.0
    assert math.isnan(read(np.array([[7, MISSING]], dtype=np.int32))[0, 1])


def test_counts_too_large_for_four_bytes_are_stored_as_numbers(tmp_path: Path) -> None:
    """A cell of nine digits is taken; the sum of a practice needs more than an int32 holds."""
    month = worlds.MONTHS[1]
    files = worlds.appointment_files(tmp_path, month, random.Random(3))
    lines = files["crosstab"].read_text(encoding="utf-8").splitlines()
    large = [line.rsplit(",", 2) for line in lines[1:]]
    files["crosstab"].write_text(
        "\n".join([lines[0], *(f"{a},900000000,{c}" for a, _, c in large)]), encoding="utf-8"
    )
    snapshot = worlds.publish(tmp_path, SERIES, {month: files})
    assert cells(snapshot) == np.float64
    total = snapshot.dataset.measure(snapshot.dataset.headline)
    assert snapshot.england(total, month) == 9e8 * len(large)


@pytest.mark.parametrize("dataset", [declared.id for declared in all_datasets()])
def test_the_array_and_sql_over_the_cube_agree(library: LiveVersions, dataset: str) -> None:
    snapshot = opened(library, dataset)
    missing = 0
    with duckdb.connect() as con:
        todays_sums.load(con, snapshot)
        for measure, level, code, month, membership in questions(snapshot, 60, seed=7):
            rows = con.execute(
                f"SELECT {value_sql(measure)}, {numerator_sql(measure)}, "
                f"{denominator_sql(measure)} FROM sums "
                "WHERE level = ? AND code = ? AND month = ? AND membership = ?",
                [level, code, month, membership],
            ).fetchall()
            expected = rows[0] if rows else (None, None, None)
            found = snapshot.at(measure, level, code, month=month, membership=membership)
            assert all(map(same, found, expected)), (measure.id, level, code, month, membership)
            trend = snapshot.trend(measure, level, code, membership=membership)
            place = snapshot.months.index(month)
            assert all(same(trend[n][place], found[n]) for n in range(3))
            missing += not rows or expected[0] is None
    assert missing < 56
    assert missing or dataset not in ("list-sizes", "gp-appointments")


def lowest(snapshot: Snapshot) -> Level:
    """The finest level that a version has organisations of."""
    return next(level for level in LEVELS if snapshot.codes(level))


EVERY = pytest.mark.parametrize("dataset", [declared.id for declared in all_datasets()])


@EVERY
def test_every_part_is_what_the_cube_holds(library: LiveVersions, dataset: str) -> None:
    """Counts as whole numbers, decimals to six places, published ones too, and missing as None."""
    snapshot = opened(library, dataset)
    kinds = {part.id: part.kind for part in snapshot.dataset.parts}
    names = ", ".join(quoted(part) for part in kinds)
    rng = random.Random(3)
    with duckdb.connect() as con:
        todays_sums.load(con, snapshot)
        for level in (level for level in LEVELS if snapshot.codes(level)):
            for membership in ("dated", "current"):
                if level in ("practice", "england") and membership == "current":
                    continue
                month = rng.choice(snapshot.months)
                rows = con.execute(
                    f"SELECT code, {names} FROM sums "
                    "WHERE level = ? AND month = ? AND membership = ? ORDER BY code",
                    [level, month, membership],
                ).fetchall()
                for code, *cells in rng.sample(rows, min(5, len(rows))):
                    found = snapshot.parts_at(level, code, month=month, membership=membership)
                    expected = [None if cell is None else float(cell) for cell in cells]
                    assert list(found.values()) == expected, (level, code, month)
                    whole = [type(n) for part, n in found.items() if kinds[part] == "count"]
                    assert set(whole) <= {int, type(None)}


@EVERY
def test_comparable_values_agree_with_sql(library: LiveVersions, dataset: str) -> None:
    snapshot = opened(library, dataset)
    level = lowest(snapshot)
    known = random.Random(5).sample(
        snapshot.dataset.measures, min(25, len(snapshot.dataset.measures))
    )
    values = ", ".join(f"{comparable_sql(measure)} AS m{n}" for n, measure in enumerate(known))
    with library.cursor() as cursor:
        rows = cursor.execute(
            f"SELECT code, {values} FROM read_parquet(?) "
            "WHERE level = ? AND month = ? AND membership = 'dated'",
            [snapshot.cubes(), level, snapshot.latest],
        ).fetchall()
    expected = {code: cells for code, *cells in rows}
    for n, measure in enumerate(known):
        found = snapshot.comparable(measure, level, snapshot.latest)
        for code, value in zip(snapshot.codes(level), found.tolist(), strict=True):
            cells = expected.get(code)
            assert same(value, cells[n] if cells else None), (measure.id, code)


@EVERY
def test_deciles_are_those_of_the_month_s_file_and_of_its_values(
    library: LiveVersions, dataset: str
) -> None:
    """What `bench.parquet` says is what is shown, and what the cube comes to."""
    snapshot = opened(library, dataset)
    rng = random.Random(11)
    month = rng.choice(snapshot.months)
    place = snapshot.months.index(month)
    with library.cursor() as cursor:
        rows = cursor.execute(
            "SELECT level, peer, measure, organisations, mean, deciles FROM read_parquet(?)",
            [str(month_folder(snapshot.folder, month) / BENCH)],
        ).fetchall()
        assert rows
        for level, peer, name, count, mean, cuts in rng.sample(rows, min(300, len(rows))):
            spread = snapshot.spread_of(snapshot.dataset.measure(name), level, peer)
            assert spread is not None and spread[place].tolist() == [count, mean, *cuts]
        whole = [row for row in rows if row[1] == ENGLAND]
        for level, _, name, count, mean, cuts in rng.sample(whole, min(12, len(whole))):
            measure = snapshot.dataset.measure(name)
            again = cursor.execute(
                f"""SELECT count(v), avg(v), quantile_cont(v, {[n / 10 for n in range(1, 10)]})
                FROM (SELECT {comparable_sql(measure)} AS v FROM read_parquet(?)
                      WHERE level = ? AND month = ? AND membership = 'dated')""",
                [snapshot.cubes(), level, month],
            ).fetchall()[0]
            assert again[0] == count and same(again[1], mean)
            assert all(map(same, again[2], cuts)), (level, name)
            shown = snapshot.comparable(measure, level, month)
            assert np.allclose(
                np.nanquantile(shown, [n / 10 for n in range(1, 10)]), cuts, rtol=1e-12
            )


class Plain:
    """Parts of practices and areas from a month's fact table, with loops and dictionaries."""

    def __init__(self, snapshot: Snapshot, library: LiveVersions, month: date) -> None:
        self.snapshot, self.month = snapshot, month
        folder = month_folder(snapshot.folder, month)
        self.homes = {
            row["practice"]: row
            for row in pq.read_table(folder / "geography.parquet", partitioning=None).to_pylist()
        }
        facts = pq.read_table(folder / "fact.parquet", partitioning=None).to_pylist()
        by_practice: dict[str, list[dict[str, Any]]] = {}
        for row in facts:
            by_practice.setdefault(row["practice"], []).append(row)
        count = self._lists if snapshot.dataset.id == "list-sizes" else self._appointments
        self.parts: dict[str, Parts] = {code: count(rows) for code, rows in by_practice.items()}

    @staticmethod
    def _lists(rows: list[dict[str, Any]]) -> Parts:
        parts: Parts = {}
        bands = {(row["sex"], row["age_band"]): row["patients"] for row in rows}
        parts["registered"] = bands["ALL", "ALL"]
        has_bands = any(sex != "ALL" for sex, _ in bands)
        for sex, name in list_sizes.SEXES.items():
            for band in list_sizes.QUINARY_BANDS:
                count = bands.get((name, band), 0) if has_bands else None
                parts[list_sizes.band_part(sex, band)] = count
        return parts

    @staticmethod
    def _appointments(rows: list[dict[str, Any]]) -> Parts:
        total = sum(row["appointments"] for row in rows)
        parts: Parts = {"appointments": total}
        for column, labels in (
            ("status", gp_appointments.STATUSES),
            ("mode", gp_appointments.MODES),
            ("hcp_type", gp_appointments.HCP_TYPES),
            ("category", gp_appointments.CATEGORIES),
            ("wait", {f"wait_{k}": v for k, v in gp_appointments.WAITS.items()}),
        ):
            for part, label in labels.items():
                parts[part] = sum(r["appointments"] for r in rows if r[column] == label)
        return parts

    def members(self, level: str, code: str) -> list[str]:
        if level == "practice":
            return [code] if code in self.parts else []
        if level == "england":
            return list(self.parts)
        return [practice for practice, home in self.homes.items() if home[level] == code]

    def fraction(
        self, measure: Measure, level: str, code: str
    ) -> tuple[float | None, float | None, float | None]:
        """(value, numerator, denominator) as sums over sums, None where a part is missing."""
        sums = []
        for names in (measure.num_parts, measure.den_parts):
            counts = []
            for name in names:
                known = [
                    n
                    for practice in self.members(level, code)
                    if (n := self.parts[practice][name]) is not None
                ]
                counts.append(sum(known) if known else None)
            whole = [n for n in counts if n is not None]
            sums.append(sum(whole) if names and len(whole) == len(counts) else None)
        numerator, denominator = sums
        if not measure.den:
            return numerator, numerator, None
        if numerator is None or not denominator:
            return None, numerator, denominator
        return measure.multiplier * numerator / denominator, numerator, denominator


PLAIN_MEASURES = {
    "list-sizes": ("registered_patients", "aged_65_and_over", "dependency_ratio", "old_age_ratio"),
    "gp-appointments": (
        "appointments",
        "dna_rate",
        "dna_of_all",
        "face_to_face",
        "same_day",
        "within_14_days",
        "over_28_days",
        "mapping_problems",
        "status_unknown",
    ),
}


@pytest.fixture(scope="module", params=PLAIN_MEASURES)
def plain(request: pytest.FixtureRequest, library: LiveVersions) -> Plain:
    snapshot = opened(library, request.param)
    return Plain(snapshot, library, snapshot.months[-3])


def measures(plain: Plain) -> list[Measure]:
    dataset = plain.snapshot.dataset
    return [dataset.measure(name) for name in PLAIN_MEASURES[dataset.id]]


def test_a_plain_second_implementation_gives_every_figure(plain: Plain) -> None:
    snapshot = plain.snapshot
    for measure in measures(plain):
        for level in LEVELS:
            for code in snapshot.codes(level):
                expected = plain.fraction(measure, level, code)
                found = snapshot.at(measure, level, code, month=plain.month)
                assert all(map(same, found, expected)), (measure.id, level, code)


def test_an_area_is_the_sum_of_sums_and_not_the_mean_of_rates(plain: Plain) -> None:
    rate = next(measure for measure in measures(plain) if measure.den)
    different = 0
    for icb in plain.snapshot.codes("icb"):
        members = [plain.fraction(rate, "practice", code) for code in plain.members("icb", icb)]
        if not members:
            continue
        value, numerator, denominator = plain.snapshot.at(rate, "icb", icb, month=plain.month)
        assert numerator == sum(n or 0 for _, n, _ in members)
        assert denominator == sum(d or 0 for _, _, d in members)
        rates = [rate for rate, _, _ in members if rate is not None]
        different += not same(value, statistics.fmean(rates))
    assert different


def test_positions_and_deciles_are_those_of_a_plain_sort(plain: Plain) -> None:
    snapshot = plain.snapshot
    for measure in measures(plain):
        values = {}
        for code in plain.parts:
            value, _, denominator = plain.fraction(measure, "practice", code)
            enough = not measure.den or (denominator or 0) >= MINIMUM_DENOMINATOR
            if value is not None and enough:
                values[code] = value
        spread = next(d for d in deciles(snapshot, measure) if d.period == plain.month)
        assert spread.organisations == len(values)
        assert math.isclose(spread.mean, statistics.fmean(values.values()), rel_tol=1e-12)
        cuts = statistics.quantiles(values.values(), n=10, method="inclusive")
        assert np.allclose(spread.deciles, cuts, rtol=1e-12)
        for code in sorted(values)[:25]:
            org = Org("practice", code, code, None, None)
            now = queries.figure(snapshot, measure, org, month=plain.month)
            found = queries.position(snapshot, now)
            others = [value for other, value in values.items() if other != code]
            below = sum(value < values[code] and not same(value, values[code]) for value in others)
            above = sum(value > values[code] and not same(value, values[code]) for value in others)
            assert found is not None and found.peers == len(others)
            assert same(found.higher_than, 100 * below / len(others))
            assert same(found.lower_than, 100 * above / len(others))
            middle = below + (len(others) - below - above) / 2
            assert same(found.percentile, 100 * middle / len(others))
            assert same(found.median, statistics.median(values.values()))


def test_a_trend_is_the_months_one_by_one(library: LiveVersions) -> None:
    snapshot = opened(library, "gp-appointments")
    measure = snapshot.dataset.measure("dna_rate")
    series = queries.trend(snapshot, measure, ENGLAND_ORG)
    assert [figure.period for figure in series] == list(snapshot.months)
    for figure in series:
        parts = snapshot.parts_at("england", ENGLAND, month=figure.period)
        dna, attended = parts["dna"], parts["attended"]
        assert dna is not None and attended is not None
        assert same(figure.value, 100 * dna / (dna + attended))


def test_missing_is_never_nothing(library: LiveVersions) -> None:
    """A practice without figures in a month has none there: no zero, in no part, at no door."""
    snapshot = opened(library, "gp-appointments")
    absent = [
        (code, month)
        for code in snapshot.codes("practice")
        for month in snapshot.months
        if not snapshot.published_in("practice", code, month)
    ]
    assert absent
    for code, month in absent[:50]:
        assert set(snapshot.parts_at("practice", code, month=month).values()) == {None}
        for measure in snapshot.dataset.measures:
            assert all(map(math.isnan, snapshot.at(measure, "practice", code, month=month)))
        org = Org("practice", code, code, None, None)
        shown = queries.figure(snapshot, snapshot.dataset.measures[0], org, month=month)
        assert (shown.value, shown.numerator, shown.low) == (None, None, None)
    unknown = snapshot.parts_at("practice", "X99999", month=snapshot.latest)
    assert set(unknown.values()) == {None}


def test_unallocated_practices_count_everywhere_but_in_a_pcn(library: LiveVersions) -> None:
    snapshot = opened(library, "list-sizes")
    registered = snapshot.dataset.measure("registered_patients")
    assert UNALLOCATED not in snapshot.codes("pcn")
    for month in snapshot.months:
        outside = snapshot.practices_in("pcn", UNALLOCATED, month)
        patients = sum(snapshot.at(registered, "practice", p, month=month)[0] for p in outside)
        sums = {
            level: float(np.nansum(snapshot.distribution(registered, level, month)))
            for level in LEVELS
        }
        assert sums["pcn"] == sums["england"] - patients
        assert {sums[level] for level in LEVELS if level != "pcn"} == {sums["england"]}


def test_an_icb_of_before_and_after_april_2026_has_its_own_months(library: LiveVersions) -> None:
    snapshot = opened(library, "list-sizes")
    registered = snapshot.dataset.measure("registered_patients")
    before, after = date(2026, 3, 1), date(2026, 4, 1)
    old = {snapshot.home(code, before).get("icb") for code in snapshot.codes("practice")}
    new = {snapshot.home(code, after).get("icb") for code in snapshot.codes("practice")}
    ended, begun = old - new - {None}, new - old - {None}
    assert ended and begun
    for code in ended:
        assert not math.isnan(snapshot.at(registered, "icb", str(code), month=before)[0])
        assert math.isnan(snapshot.at(registered, "icb", str(code), month=after)[0])
        assert snapshot.practices_in("icb", str(code), after)  # the code still finds them
    for code in begun:
        assert math.isnan(snapshot.at(registered, "icb", str(code), month=before)[0])
        assert snapshot.practices_in("icb", str(code), before)
