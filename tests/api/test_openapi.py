"""The OpenAPI document against the application, by list and by generated requests."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from api.filters import filters
from api.v1 import listed
from data.db import library
from data.registry import all_datasets

load_all_checks()
# Filters of which one must be given cannot be said in OpenAPI, so a valid request may be 400.
LEFT_OUT = {"positive_data_acceptance", "ignored_auth"}


def _document(app: Flask) -> dict[str, Any]:
    found = app.test_client().get("/api/schema/").json
    assert found is not None
    return dict(found)


def test_every_endpoint_is_in_the_document(app: Flask) -> None:
    documented = set(_document(app)["paths"])
    served = {
        str(rule).replace("<string:", "{").replace(">", "}")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("v1.")
    }
    assert documented == served


@pytest.mark.parametrize("dataset", listed(), ids=lambda d: d.id)
def test_every_filter_of_a_dataset_is_documented(app: Flask, dataset: Any) -> None:
    operation = _document(app)["paths"][f"/api/v1/{dataset.id}/"]["get"]
    parameters = {parameter["name"]: parameter for parameter in operation["parameters"]}
    for declared in filters(dataset):
        told = parameters[declared.name]["description"]
        assert ("at least one" in told) == declared.starred


def test_every_dataset_is_served(app: Flask) -> None:
    paths = _document(app)["paths"]
    for dataset in all_datasets():
        assert f"/api/v1/{dataset.id}/" in paths


def test_only_the_index_needs_no_key(app: Flask) -> None:
    paths = _document(app)["paths"]
    public = {path for path, item in paths.items() if not item["get"].get("security")}
    assert public == {"/api/v1/"}
    client = app.test_client()
    for path in paths:
        status = client.get(path.replace("{ods_code}", "A81001").replace(
            "{dataset_id}", "list-sizes")).status_code  # fmt: skip
        assert status == (200 if path in public else 401)


def test_generated_requests_get_documented_answers(app: Flask, key: str) -> None:
    """Bounded and deterministic: some valid and invalid requests to every operation."""
    schema = schemathesis.openapi.from_dict(_document(app))
    schema.app = app
    checks = [check for check in CHECKS.get_all() if check.__name__ not in LEFT_OUT]
    tried = 0
    loaded = {snapshot.dataset.id for snapshot in library().live()}
    absent = {declared.id for declared in all_datasets()} - loaded
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path.removeprefix("/api/v1/").split("/")[0] in absent:
            continue  # answers 503 here; tests of the demonstration cover it
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @settings(
                max_examples=15,
                derandomize=True,
                deadline=None,
                database=None,
                phases=(Phase.generate,),
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case: Any) -> None:
                nonlocal tried
                tried += 1
                case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=checks)

            # Nothing about a request without parameters can be made wrong.
            with suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext():
                ask()
    assert tried > 100
