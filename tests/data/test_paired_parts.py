"""Both sides of every rate of an area come from the same practices, in every dataset.

An area's value is the sum of numerators over the sum of denominators: a practice with one side
only would be in one sum and not in the other. `unpaired` finds such practices in the rows from
which areas are added up.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from data.formula import quoted
from data.registry import all_datasets
from data.spec import Dataset, Measure
from data.versions.db import LiveVersions

# Paid to PCNs, whose rows are of no practice, for the patients of all of their practices.
OF_AREAS = {("nhs-payments", "network_per_registered")}


def rates(dataset: Dataset) -> Iterator[Measure]:
    """Measures that are added up here, side by side."""
    for measure in dataset.measures:
        sides = [dataset.part(part) for part in (*measure.num_parts, *measure.den_parts)]
        if (
            measure.den
            and measure.rollup == "ratio_of_sums"
            and all(part.spread == "sum" for part in sides)
            and (dataset.id, measure.id) not in OF_AREAS
        ):
            yield measure


def unpaired(path: Path, measure: Measure) -> list[str]:
    """Codes of rows that have one side of a measure and not the other."""

    def known(parts: tuple[str, ...]) -> str:
        return "(" + " AND ".join(f"{quoted(part)} IS NOT NULL" for part in parts) + ")"

    query = (
        f"SELECT practice FROM read_parquet(?) WHERE {known(measure.num_parts)} "
        f"<> {known(measure.den_parts)} ORDER BY 1"
    )
    return [code for (code,) in duckdb.execute(query, [str(path)]).fetchall()]


@pytest.mark.parametrize("dataset", all_datasets(), ids=lambda dataset: dataset.id)
def test_no_practice_is_in_one_side_of_a_rate_only(library: LiveVersions, dataset: Dataset) -> None:
    snapshot = library.current(dataset.id)
    assert snapshot is not None
    paths = sorted((snapshot.folder / "months").glob("*/parts.parquet"))
    found = {
        (path.parent.name, measure.id): codes
        for path in (paths[0], paths[-1])
        for measure in rates(dataset)
        if (codes := unpaired(path, measure))
    }
    assert found == {}


def test_a_practice_with_one_side_is_found(tmp_path: Path) -> None:
    path = tmp_path / "parts.parquet"
    duckdb.execute(
        f"""COPY (FROM (VALUES ('A1', 1, 2), ('A2', NULL, 2), ('A3', 1, NULL), ('A4', NULL, NULL))
        rows(practice, ill, listed)) TO '{path}'"""
    )
    measure = Measure("share", "Share", num="ill", den="listed", unit="percent")
    assert unpaired(path, measure) == ["A2", "A3"]
