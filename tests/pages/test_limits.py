"""What is too long, too large or impossible is refused before anything reads it."""

from __future__ import annotations

import io
import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from auth import csrf
from components import url_state
from data.versions import db
from data.versions.orgs import LONGEST
from pages.site.serving import limits

CALLBACK = "/_dash-update-component"


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    return site.test_client()


@pytest.mark.parametrize("path", ["/tools/list-size/", "/api/v1/", "/search/", CALLBACK])
def test_an_address_has_a_longest(client: FlaskClient, path: str) -> None:
    method = "POST" if path == CALLBACK else "GET"
    assert client.open(f"{path}?org={'x' * limits.LONGEST}", method=method).status_code == 414


@pytest.mark.parametrize("path", [CALLBACK, "/accounts/sign-in/", "/api/v1/", "/contact/"])
def test_a_body_that_brings_no_file_is_small(client: FlaskClient, path: str) -> None:
    unread = io.BytesIO(b"x" * (csrf.LARGEST_BODY + 1))
    answer = client.post(path, input_stream=unread, content_length=csrf.LARGEST_BODY + 1)
    assert answer.status_code == 413
    assert unread.tell() == 0


@pytest.mark.parametrize("path", ["/accounts/documents/", "/accounts/admin/imports/"])
def test_a_strangers_file_is_not_read(client: FlaskClient, path: str) -> None:
    body = b"--b\r\n" + b"x" * (csrf.LARGEST_BODY + 1)
    unread = io.BytesIO(body)
    answer = client.post(
        path,
        input_stream=unread,
        content_length=len(body),
        content_type="multipart/form-data; boundary=b",
    )
    assert answer.status_code == 413
    assert unread.tell() == 0


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("path", ["/tools/list-size/", "/organisations/A81001/", "/search/"])
def test_a_question_has_no_body(client: FlaskClient, method: str, path: str) -> None:
    assert client.open(path, method=method, data=b"x" * 100).status_code == 400


def test_json_that_is_nested_very_deep_is_refused(client: FlaskClient) -> None:
    body = "[" * 100_000
    answer = client.post(CALLBACK, data=body, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("address", "status"),
    [("/organisations/A81%00/", 404), ("/search/?q=a%00b", 400), ("/api/v1/%00", 404)],
)
def test_a_nul_is_no_part_of_an_address(client: FlaskClient, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_an_overlong_selection_in_a_callback_is_no_selection(client: FlaskClient) -> None:
    search = f"?org={'A81001' * 2_000}"
    body = {
        "output": "list-size-body.children",
        "outputs": {"id": "list-size-body", "property": "children"},
        "inputs": [{"id": "url", "property": "search", "value": search}],
        "changedPropIds": ["url.search"],
        "state": [],
    }
    answer = client.post(CALLBACK, data=json.dumps(body), content_type="application/json")
    assert answer.status_code == 200
    assert url_state.parse(search) == {}


def test_a_search_looks_at_the_first_characters_only(asked: Flask) -> None:
    """Whatever follows changes nothing, so its length costs nothing."""
    directory = db.library().directory()
    for text in ("Quens Prk Medcal", "park", "TS1 2AA", "zzzz"):
        padded = text.ljust(LONGEST) + " x" * 5_000
        assert directory.search(padded) == directory.search(text)
    assert directory.nearest_codes("A8100" + "1" * 5_000) == directory.nearest_codes(
        ("A8100" + "1" * 5_000)[:LONGEST]
    )
