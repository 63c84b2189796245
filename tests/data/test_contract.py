"""What every declared dataset must have; a new one is found by itself."""

from __future__ import annotations

import importlib
import re

import duckdb
import pytest

from data import format as fmt
from data.registry import all_datasets
from data.spec import LEVELS, MULTIPLIER, Dataset
from pipelines.demo.publications import writer
from pipelines.engine.series import series

PARTS_OF_ADDRESSES = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
COLUMNS = re.compile(r"^[a-z0-9_]+$")


@pytest.fixture(params=all_datasets(), ids=lambda declared: declared.id)
def declared(request: pytest.FixtureRequest) -> Dataset:
    found: Dataset = request.param
    return found


def test_parts_are_named_once_and_aggregate(declared: Dataset) -> None:
    ids = [part.id for part in declared.parts]
    assert ids and len(set(ids)) == len(ids)
    tables = {"fact", *(table.id for table in declared.extra)}
    for part in declared.parts:
        assert COLUMNS.match(part.id), part.id
        assert part.label and part.table in tables
        said = duckdb.execute("SELECT json_serialize_sql(?)", [f"SELECT {part.sql} FROM t"])
        assert '"error":false' in said.fetchall()[0][0], part.sql


def test_measures_are_made_of_parts(declared: Dataset) -> None:
    ids = [measure.id for measure in declared.measures]
    assert ids and len(set(ids)) == len(ids)
    for measure in declared.measures:
        named = (*measure.num_parts, *measure.den_parts)
        parts = [declared.part(part) for part in named]
        assert all(declared.part(p) for p in (measure.low, measure.high, measure.base) if p)
        assert bool(measure.low) == bool(measure.high)
        assert measure.unit in MULTIPLIER and measure.unit in fmt.UNIT_WORDS
        assert fmt.direction(measure.polarity)
        assert measure.label and measure.what and measure.why
        published = [part.spread == "published" for part in parts]
        assert all(published) if measure.rollup == "published_only" else not any(published)


def test_the_headline_is_the_control_total(declared: Dataset) -> None:
    assert declared.measure(declared.headline)
    assert COLUMNS.match(declared.control)


def test_breakdowns_are_made_of_parts(declared: Dataset) -> None:
    for split in declared.breakdowns:
        assert {*split.parts, *split.unknown} <= {part.id for part in declared.parts}
        assert set(split.unknown) <= set(split.parts)


def test_a_dataset_says_what_it_is(declared: Dataset) -> None:
    assert PARTS_OF_ADDRESSES.match(declared.id)
    assert declared.caveats and all(caveat.endswith(".") for caveat in declared.caveats)
    assert declared.source_url.startswith("https://")
    assert declared.title and declared.publisher and declared.publication_lag and declared.licence
    assert list(declared.levels) == [level for level in LEVELS if level in declared.levels]
    assert "england" in declared.levels
    assert set(declared.needs) <= {other.id for other in all_datasets()}


def test_a_dataset_has_a_pipeline_a_recount_and_a_demonstration(declared: Dataset) -> None:
    pipeline = series(declared.id)
    assert pipeline.dataset is declared
    assert pipeline.transform >= 1 and pipeline.tolerance > 0
    assert pipeline.slug or pipeline.reports or pipeline.discover
    recount = importlib.import_module(f"pipelines.datasets.{declared.id.replace('-', '_')}.recount")
    assert callable(recount.recount)
    assert callable(writer(declared.id))
