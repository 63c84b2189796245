"""A world that lives through a third change of codes: every month has the areas of its day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import duckdb
import pytest

from data.versions.db import LiveVersions
from data.versions.store import Store, store
from pipelines.cli.verify import verify_store
from pipelines.datasets.list_sizes import demo as published
from pipelines.datasets.list_sizes import series as list_sizes
from pipelines.demo.publications import DEFAULT_END
from pipelines.demo.world import REORGANISED, REORGANISED_AGAIN, World, build_world
from pipelines.engine import checks
from pipelines.engine.runner import publish_landed
from pipelines.fetch.landing import land_copy

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
LATER = date(2027, 5, 1)


class _AfterIt(date):
    """The calendar of somebody who loads the files when they are out."""

    @classmethod
    def today(cls) -> date:  # type: ignore[override]
        return date(2027, 6, 1)


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(practices=120, months=14, end=LATER, seed=7)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, world: World) -> Store:
    """List sizes around both changes; the first after the third has no map of its own."""
    folder = tmp_path_factory.mktemp("third")
    shelf = store(folder / "home", "real")
    for release, _ in published.write(folder / "published", world):
        if not release.slug.startswith(("march", "april", "may")):
            continue
        for path in release.files:
            if "single" in path.name or "sing-age" in path.name or "quin" in path.name:
                continue
            if "map" in path.name and release.slug == "april-2027":
                continue
            land_copy(
                shelf.landing,
                "list-sizes",
                path,
                release=release.slug,
                title=release.title,
                published=release.published,
                now=datetime.combine(release.published, datetime.min.time(), UTC),
            )
    with pytest.MonkeyPatch.context() as clock:
        clock.setattr(checks, "date", _AfterIt)
        done = publish_landed(shelf, list_sizes.SERIES, memory_mb=500)
    assert done.outcome == "published", done.message
    return shelf


def test_the_demonstration_ends_before_the_change_that_is_made_up() -> None:
    assert DEFAULT_END < REORGANISED_AGAIN
    until = build_world(practices=40, months=3, end=DEFAULT_END, seed=7)
    assert all(icb.opened <= REORGANISED and icb.closed != date(2027, 3, 31) for icb in until.icbs)


def test_three_generations_of_codes_stand_side_by_side(world: World) -> None:
    merged = world.icbs[-1]
    before = [icb for icb in world.icbs if icb.closed == date(2027, 3, 31)]
    assert merged.opened == REORGANISED_AGAIN and len(before) == 2
    assert len({icb.code for icb in world.icbs}) == len(world.icbs)
    generations = [set(world.icb_of_sub_icb(day).tolist()) for day in (MARCH, APRIL, LATER)]
    assert len({frozenset(one) for one in generations}) == 3


def test_every_month_has_the_icbs_of_its_day(shelf: Store, world: World) -> None:
    snapshot = LiveVersions(shelf.root.parent).current("list-sizes")
    assert snapshot is not None
    assert len(snapshot.months) == 6
    for month in snapshot.months:
        wanted = {world.icbs[n].code for n in set(world.icb_of_sub_icb(month).tolist())}
        path = str(snapshot.folder / "months" / f"{month:%Y-%m}" / "geography.parquet")
        shown = duckdb.execute("SELECT DISTINCT icb FROM read_parquet(?)", [path]).fetchall()
        assert {code for (code,) in shown} == wanted, month
        figures = {
            icb.code: snapshot.parts_at("icb", icb.code, month=month)["registered"]
            for icb in world.icbs
        }
        assert {code for code, patients in figures.items() if patients} == wanted, month
        england = snapshot.parts_at("england", "ENG", month=month)["registered"]
        assert sum(patients or 0 for patients in figures.values()) == england


def test_a_month_without_a_map_takes_one_from_its_own_side_of_the_change(shelf: Store) -> None:
    manifest = shelf.manifest("list-sizes")
    assert manifest is not None
    assert any(
        note.startswith("April 2027 has no practice map of its own") and "May 2027" in note
        for note in manifest.notes
    )


def test_it_is_the_same_counted_again(shelf: Store) -> None:
    checks = list(verify_store(shelf, sample=200, seed="third"))
    assert checks and [check for check in checks if not check.passed] == []
