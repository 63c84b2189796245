"""Every dataset with a tool has an endpoint whose parameters and rows follow its declaration."""

from __future__ import annotations

import pytest

from api import schemas
from api.lists import LISTS, OWN
from data import periods
from data.registry import all_datasets
from data.rows import field_names
from data.spec import Dataset

SERVED = {one.path: one for one in LISTS}
DECLARED = [one for one in all_datasets() if f"{one.id}/" not in {own.path for own in OWN}]


@pytest.mark.parametrize("dataset", [one for one in DECLARED if one.tool], ids=lambda one: one.id)
def test_a_dataset_with_a_tool_has_an_endpoint(dataset: Dataset) -> None:
    served = SERVED[f"{dataset.id}/"]
    assert periods.column(dataset) in {one.name for one in served.filters}
    row = schemas.listing("Row", served.row)().fields["results"].inner.schema  # type: ignore[attr-defined]
    assert {name.partition(".")[0] for name in field_names(dataset)} <= set(row.fields)
