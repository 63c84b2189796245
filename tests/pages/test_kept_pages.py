"""A page drawn twice is drawn once, until the data or the outcome of a refresh change."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from data.settings import Settings
from data.versions.db import library
from pages.dashboard import standard
from pages.site.serving.delivery import POLICY


@pytest.fixture
def client(home: Path, tmp_path: Path) -> FlaskClient:
    """A site of its own over a copy of the little country."""
    shutil.copytree(home, tmp_path / "home")
    client = create_app(Settings(home=tmp_path / "home")).test_client()
    client.get("/")
    return client


def ask(client: FlaskClient, search: str, **headers: str) -> TestResponse:
    return client.post(
        "/_dash-update-component",
        data=json.dumps(
            {
                "output": "list-size-body.children",
                "outputs": {"id": "list-size-body", "property": "children"},
                "inputs": [{"id": "url", "property": "search", "value": search}],
                "changedPropIds": ["url.search"],
                "state": [],
            }
        ),
        content_type="application/json",
        headers=headers,
    )


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The organisations for which a page was really drawn."""
    asked: list[str] = []
    actual = standard.context.read

    def counted(tool: object, values: dict[str, str | None]) -> object:
        asked.append(values.get("org") or "")
        return actual(tool, values)  # type: ignore[arg-type]

    monkeypatch.setattr(standard.context, "read", counted)
    return asked


def test_the_same_question_is_answered_from_memory(client: FlaskClient, drawn: list[str]) -> None:
    first, again = ask(client, "?org=A81001"), ask(client, "?org=A81001")
    assert first.status_code == again.status_code == 200
    assert first.data == again.data
    assert drawn == ["A81001"]
    assert again.headers[POLICY] == first.headers[POLICY]
    assert ask(client, "?org=A81002").data != first.data


def test_each_encoding_is_kept_by_itself(client: FlaskClient) -> None:
    plain = ask(client, "?org=A81001")
    for _ in range(2):
        packed = ask(client, "?org=A81001", **{"Accept-Encoding": "br"})
        assert packed.headers["Content-Encoding"] == "br"
        assert brotli.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in ask(client, "?org=A81001").headers


def test_a_refresh_that_failed_is_on_the_page_at_once(
    client: FlaskClient, drawn: list[str]
) -> None:
    before = ask(client, "?org=A81001")
    library().store.record_status("list-sizes", "failed", message="A column is missing.")
    after = ask(client, "?org=A81001")
    assert b"failed our checks" in after.data
    assert b"failed our checks" not in before.data
    assert len(drawn) == 2


def test_data_answers_have_a_policy_without_scripts_and_pages_one_with_theirs(
    client: FlaskClient,
) -> None:
    assert "script-src" not in client.get("/api/v1/").headers[POLICY]
    assert "script-src 'self' 'sha256-" in client.get("/tools/list-size/").headers[POLICY]
