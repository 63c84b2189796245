"""The OpenAPI document against the application, by list and by generated requests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from api.endpoints.lists import LISTS
from data.registry import all_datasets
from tests.api.generated import ask_operations


@pytest.fixture(scope="module")
def home(demo_home: Path) -> Path:
    """Every dataset, so that every operation answers."""
    return demo_home


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


def test_every_filter_is_documented(app: Flask) -> None:
    paths = _document(app)["paths"]
    for one in LISTS:
        operation = paths[f"/api/v1/{one.path}"]["get"]
        parameters = {parameter["name"]: parameter for parameter in operation["parameters"]}
        for declared in one.filters:
            told = parameters[declared.name]["description"]
            assert ("at least one" in told) == declared.starred
            assert (f"`{declared.name}`" in operation["description"]) or not declared.starred


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
        status = client.get(
            path.replace("{ods_code}", "A81001").replace("{dataset_id}", "list-sizes")
        ).status_code
        assert status == (200 if path in public else 401)


def test_generated_requests_get_documented_answers(app: Flask, key: str) -> None:
    """Bounded and deterministic: some valid and invalid requests to every operation."""
    document = _document(app)
    asked = ask_operations(app, key, document, document["paths"])
    assert asked > 5 * len(document["paths"])
