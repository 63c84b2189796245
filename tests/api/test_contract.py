"""Every dataset with a tool has an endpoint whose parameters and rows follow its declaration."""

from __future__ import annotations

import pytest

from api import schemas
from api.filters import query_schema
from api.v1 import listed
from data import periods
from data.rows import field_names
from data.spec import Dataset


@pytest.mark.parametrize(
    "declared",
    [one for one in listed() if one.tool],
    ids=lambda one: one.id,
)
def test_a_dataset_with_a_tool_has_an_endpoint(declared: Dataset) -> None:
    assert declared in listed()
    assert periods.column(declared) in query_schema(declared).fields
    row = schemas.dataset_rows(declared)().fields["results"].inner.schema  # type: ignore[attr-defined]
    assert {name.partition(".")[0] for name in field_names(declared)} <= set(row.fields)
