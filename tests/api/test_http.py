"""Caching, limits and cross-origin reading."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

from flask import Flask

from auth.api_keys import keys
from data.versions.store import store
from tests.api.conftest import Get, Sites, make_app
from tests.restated import restate


def test_an_unchanged_answer_is_304_without_a_body(get: Get) -> None:
    first = get("gp-appointments/", practice="A81001")
    tag = first.headers["ETag"]
    again = get("gp-appointments/", headers={"If-None-Match": f'"other", {tag}'}, practice="A81001")
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == tag
    assert "X-RateLimit-Remaining" in again.headers
    other = get("gp-appointments/", headers={"If-None-Match": tag}, practice="A81002")
    assert other.status_code == 200


def test_a_kept_answer_is_the_same_answer(get: Get) -> None:
    first, again = (get("list-sizes/", org="U22221") for _ in range(2))
    assert first.data == again.data
    assert first.headers["ETag"] == again.headers["ETag"]


def test_a_new_version_has_another_tag(home: Path, tmp_path: Path, sites: Sites) -> None:
    shutil.copytree(home / "real/snapshots", tmp_path / "real/snapshots", copy_function=os.link)
    get = sites(tmp_path).get
    address = "list-sizes/?org=ENG&month=2026-01-01&sex=ALL&age_band=ALL"
    before = get(address)
    restate(store(tmp_path, "real"), "list-sizes", on=date(2026, 6, 1))
    after = get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert before.json and after.json
    assert after.status_code == 200
    assert after.json["results"] != before.json["results"]
    assert after.json["meta"]["version"] > before.json["meta"]["version"]


def test_a_304_needs_a_key_too(app: Flask, get: Get) -> None:
    tag = get("pcns/").headers["ETag"]
    assert app.test_client().get("/api/v1/pcns/", headers={"If-None-Match": tag}).status_code == 401


def test_keyed_answers_are_private_and_errors_are_not_kept(app: Flask, get: Get) -> None:
    assert get("pcns/").headers["Cache-Control"] == "private, max-age=300"
    assert get("nope/").headers["Cache-Control"] == "no-store"
    public = app.test_client().get("/api/v1/")
    assert public.headers["Cache-Control"] == "public, max-age=300"


def test_a_used_up_limit_is_429_with_the_time_to_wait(home: Path, tmp_path: Path) -> None:
    accounts = f"sqlite:///{tmp_path / 'accounts.db'}"
    app = make_app(home, database_url=accounts, api_hourly_limit=3, api_daily_limit=100)
    with app.app_context():
        signed = {"Authorization": f"Bearer {keys.issue('k')}"}
        other = {"Authorization": f"Bearer {keys.issue('other')}"}
    client = app.test_client()
    left = []
    for _ in range(3):
        answer = client.get("/api/v1/pcns/", headers=signed)
        assert answer.status_code == 200
        assert answer.headers["X-RateLimit-Limit"] == "3"
        left.append(answer.headers["X-RateLimit-Remaining"])
    assert left == ["2", "1", "0"]
    refused = client.get("/api/v1/pcns/", headers=signed)
    assert refused.status_code == 429
    assert refused.json["code"] == "rate_limited"
    assert 1 <= int(refused.headers["Retry-After"]) <= 3600
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert client.get("/api/v1/pcns/", headers=other).status_code == 200


def test_a_revoked_key_stops_within_a_second(app: Flask) -> None:
    import time

    with app.app_context():
        key = keys.issue("k")
    client = app.test_client()
    signed = {"Authorization": f"Bearer {key}"}
    assert client.get("/api/v1/pcns/", headers=signed).status_code == 200
    assert app.test_cli_runner().invoke(args=["keys", "revoke", key[:12]]).exit_code == 0
    time.sleep(1)
    assert client.get("/api/v1/pcns/", headers=signed).status_code == 401


def test_browsers_of_other_sites_may_read_without_credentials(app: Flask, get: Get) -> None:
    preflight = app.test_client().options(
        "/api/v1/pcns/", headers={"Origin": "https://example.org"}
    )
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    assert preflight.headers["Allow"] == "GET, HEAD, OPTIONS"
    answer = get("pcns/", headers={"Origin": "https://example.org"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_head_is_get_without_a_body(app: Flask, key: str) -> None:
    answer = app.test_client().head("/api/v1/pcns/", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200
    assert answer.data == b""
