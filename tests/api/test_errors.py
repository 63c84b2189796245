from __future__ import annotations

import logging

import pytest
from flask import Flask

from auth.api_keys import keys
from tests.api.conftest import Get

BODY = {"detail", "code", "errors"}


def test_no_key_is_401_and_a_wrong_one_too(app: Flask, key: str) -> None:
    client = app.test_client()
    address = "/api/v1/list-sizes/?month=2026-01-01"
    for header, code in (
        (None, "not_authenticated"),
        ("Basic abc", "not_authenticated"),
        ("Bearer ", "not_authenticated"),
        ("Bearer nonsense", "invalid_key"),
        (f"Bearer {key}x", "invalid_key"),
        ("Bearer hsk_\x80\xff", "invalid_key"),
    ):
        answer = client.get(address, headers={"Authorization": header} if header else {})
        assert answer.status_code == 401, header
        assert answer.json["code"] == code
        assert set(answer.json) == BODY
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_missing_key_comes_before_a_wrong_parameter(app: Flask) -> None:
    assert app.test_client().get("/api/v1/gp-appointments/?nope=1").status_code == 401


@pytest.mark.parametrize(
    ("path", "starred"),
    [
        ("gp-appointments/", {"month", "practice", "pcn", "sub_icb"}),
        ("gp-appointments/?supplier=EMIS", {"month", "practice", "pcn", "sub_icb"}),
        ("list-sizes/?org_type=pcn", {"month", "org", "pcn", "sub_icb", "icb", "region"}),
    ],
)
def test_a_missing_filter_names_those_that_would_do(get: Get, path: str, starred: set[str]) -> None:
    answer = get(path)
    assert answer.status_code == 400
    assert answer.json["code"] == "missing_filter"
    assert set(answer.json["errors"]) == starred
    assert all(name in answer.json["detail"] for name in starred)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("practice", "A81001\n"),
        ("practice", "A8100１"),
        ("month", "2026-01-01\n"),
        ("month", "202６-01-01"),
        ("include", "caveats\n"),
    ],
)
def test_a_code_or_month_is_matched_whole_and_in_ascii(get: Get, name: str, value: str) -> None:
    given = {"practice": "A81001"} | {name: value}
    answer = get("gp-appointments/", **given)
    assert answer.status_code == 400, answer.json
    assert set(answer.json["errors"]) == {name}


def test_an_unknown_parameter_is_named_with_a_suggestion(get: Get) -> None:
    answer = get("gp-appointments/", practise="A81001")
    assert answer.status_code == 400
    assert answer.json["code"] == "unknown_parameter"
    assert "Did you mean 'practice'?" in answer.json["detail"]
    assert set(answer.json["errors"]) == {"practise"}
    for path in ("", "practices/", "pcns/", "practices/A81001/population/", "datasets/"):
        assert get(f"{path}?nope=1").status_code == 400, path


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("month=2026-01", "month"),
        ("month=2026-01-15", "month"),
        ("month=2026-13-01", "month"),
        ("month=", "month"),
        ("practice=", "practice"),
        ("practice=A8'%20OR%201=1", "practice"),
        ("practice=A%00B", "practice"),
        ("practice=" + "A" * 500, "practice"),
        ("month=2026-01-01&page=0", "page"),
        ("month=2026-01-01&page=-1", "page"),
        ("month=2026-01-01&page=x", "page"),
        ("month=2026-01-01&page=" + "9" * 40, "page"),
        ("month=2026-01-01&page_size=501", "page_size"),
        ("month=2026-01-01&page_size=0", "page_size"),
        ("month=2026-01-01&membership=future", "membership"),
        ("month=2026-01-01&month=2026-03-01", "month"),
    ],
)
def test_an_invalid_parameter_is_named(get: Get, query: str, field: str) -> None:
    answer = get(f"gp-appointments/?{query}")
    assert answer.status_code == 400
    assert answer.json["code"] == "invalid_parameter"
    assert set(answer.json["errors"]) == {field}


def test_hostile_text_finds_nothing_and_breaks_nothing(get: Get) -> None:
    for text in ("'; DROP TABLE api_key; --", "%", "<script>", "\x00", "../..", "😀" * 20, "ﬀ"):
        for path, name in (("practices/", "search"), ("pcns/", "search")):
            answer = get(path, **{name: text})
            assert answer.status_code == 200, text
        answer = get("gp-appointments/", month="2026-01-01", supplier=text)
        assert answer.json["results"] == []


def test_unknown_paths_are_json_404(app: Flask) -> None:
    client = app.test_client()
    for path in ("/api/", "/api/nope", "/api/v1/nope/", "/api/v2/", "/api/v1/%2e%2e/", "/api/a/b"):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert set(answer.json) == BODY
        assert answer.json["code"] == "not_found"
    assert client.get("/elsewhere").text == "<html>elsewhere</html>"


def test_another_method_is_405(app: Flask, key: str) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for path in ("/api/v1/practices/", "/api/v1/", "/api/schema/"):
            answer = app.test_client().open(
                path, method=method, headers={"Authorization": f"Bearer {key}"}
            )
            assert answer.status_code == 405
            assert answer.json["code"] == "method_not_allowed"
            assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_a_failure_is_500_with_a_request_id_that_the_log_has(
    app: Flask, key: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("api.endpoints.wide.page", fail)
    caplog.set_level(logging.ERROR)
    answer = app.test_client().get(
        "/api/v1/gp-appointments/?month=2025-12-01&page=7",
        headers={"Authorization": f"Bearer {key}"},
    )
    assert answer.status_code == 500
    assert set(answer.json) == BODY | {"request_id"}
    assert answer.headers["X-Request-Id"] == answer.json["request_id"]
    assert answer.json["request_id"] in caplog.text
    assert "secret" not in answer.text
    assert key not in caplog.text


def test_without_data_lists_say_so(tmp_path: object) -> None:
    from pathlib import Path

    from tests.api.conftest import make_app

    empty = make_app(Path(str(tmp_path)))
    with empty.app_context():
        signed = {"Authorization": f"Bearer {keys.issue('k')}"}
    client = empty.test_client()
    for path in ("list-sizes/?org=ENG", "practices/", "pcns/"):
        answer = client.get(f"/api/v1/{path}", headers=signed)
        assert answer.status_code == 503
        assert answer.json["code"] == "not_loaded"
    assert client.get("/api/v1/").status_code == 200
