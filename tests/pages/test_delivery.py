"""How answers leave the site: encodings, headers, addresses without their slash, refusals."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from importlib import import_module
from itertools import product
from pathlib import Path

import brotli
import dash
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from auth.api_keys import keys
from components import static
from data.settings import Settings
from tests.pages.test_kept_pages import ask
from tests.serving import ROOT

PUBLIC = "https://haresign.example"
STYLES = f"/assets/{static.STYLES}"
LIST = "/api/v1/gp-appointments/"
ONCE = (
    "Referrer-Policy",
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Cache-Control",
    "Strict-Transport-Security",
)
DECODE = {"gzip": gzip.decompress, "br": brotli.decompress}


@pytest.fixture(scope="module")
def public(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The site at a public address, behind a proxy."""
    accounts = tmp_path_factory.mktemp("public") / "accounts.db"
    return create_app(
        Settings(home=home, database_url=f"sqlite:///{accounts}", site_url=PUBLIC, proxies=1)
    )


@pytest.fixture(scope="module")
def signed(public: Flask) -> dict[str, str]:
    with public.app_context():
        return {"Authorization": f"Bearer {keys.issue('delivery')}"}


@pytest.fixture
def client(public: Flask) -> FlaskClient:
    return public.test_client()


def answer_in(
    client: FlaskClient, kind: str, signed: dict[str, str], encoding: str
) -> TestResponse:
    headers = {"Accept-Encoding": encoding}
    if kind == "callback":
        return ask(client, "?org=A81001", **headers)
    return client.get(kind, headers=headers | signed)


@pytest.mark.parametrize(
    "kind", ["/organisations/A81001", "callback", f"{LIST}?practice=A81001", STYLES]
)
@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("gzip, br", "br"),
        ("gzip;q=0.5, *;q=0.1", "gzip"),
        ("br", "br"),
    ],
)
def test_every_kind_of_answer_comes_in_an_encoding_that_its_client_reads(
    client: FlaskClient, signed: dict[str, str], kind: str, accepted: str, encoding: str
) -> None:
    for _ in range(2):  # the second may be a kept one
        answer = answer_in(client, kind, signed, accepted)
        plain = answer_in(client, kind, signed, "")
        assert answer.headers["Content-Encoding"] == encoding
        assert DECODE[encoding](answer.data) == plain.data
        assert "Content-Encoding" not in plain.headers
        for each in (answer, plain):
            assert "Accept-Encoding" in ", ".join(each.headers.getlist("Vary"))


@pytest.mark.parametrize("address", [f"{LIST}?practice=A81001", STYLES])
def test_a_tag_of_all_encodings_is_weak_and_known_again(
    client: FlaskClient, signed: dict[str, str], address: str
) -> None:
    for encoding in ("", "gzip", "br"):
        first = answer_in(client, address, signed, encoding)
        tag = first.headers["ETag"]
        assert tag.startswith('W/"')
        for known in (tag, tag.removeprefix("W/")):
            again = client.get(
                address,
                headers={"Accept-Encoding": encoding, "If-None-Match": known} | signed,
            )
            assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("prefix", ["", "/haresign"])
def test_pages_are_found_without_the_slash_at_their_end(home: Path, prefix: str) -> None:
    client = create_app(Settings(home=home, prefix=prefix)).test_client()
    paths = [page["path"] for page in dash.page_registry.values() if page["path"][1:].endswith("/")]
    assert {"/tools/", "/status/"} <= set(paths)
    for path in paths:
        answer = client.get(f"{prefix}{path.rstrip('/')}?org=A81001&a=b%20c")
        assert answer.status_code == 308
        assert answer.headers["Location"] == f"{prefix}{path}?org=A81001&a=b%20c"
    assert client.get(f"{prefix}/nothing").status_code == 404


def test_each_header_is_there_once(public: Flask, client: FlaskClient) -> None:
    rules = [
        r for r in public.url_map.iter_rules() if "GET" in (r.methods or ()) and not r.arguments
    ]
    paths = [rule.rule for rule in rules] + [
        "/nothing/",
        "/nothing",
        "/api/nothing",
        "/tools",
        STYLES,
    ]
    for path in paths:
        answer = client.get(path)
        for name in ONCE:
            assert len(answer.headers.getlist(name)) <= 1, (path, name)
        assert len(answer.headers.getlist("Referrer-Policy")) == 1, path
        assert len(answer.headers.getlist("Strict-Transport-Security")) == 1, path


WAYS = (
    {"Host": "haresign.example"},
    {"Host": "127.0.0.1:8050", "X-Forwarded-Host": "haresign.example"},
    {"Host": "127.0.0.1:8050"},
    {"Host": "site:8050", "X-Forwarded-Host": "haresign.example:443"},
)
SCHEMES: tuple[dict[str, str], ...] = (
    {},
    {"X-Forwarded-Proto": "http"},
    {"X-Forwarded-Proto": "https"},
)


@pytest.mark.parametrize(("way", "scheme"), list(product(WAYS, SCHEMES)))
def test_whole_addresses_are_public_whatever_the_proxy_sends(
    client: FlaskClient, signed: dict[str, str], way: dict[str, str], scheme: dict[str, str]
) -> None:
    def get(path: str) -> TestResponse:
        return client.get(path, headers=way | scheme | signed)

    listed = get(f"{LIST}?practice=A81001&page_size=1").get_json()
    assert listed["next"].startswith(f"{PUBLIC}{LIST}?")
    assert get("/api/schema/").get_json()["servers"] == [{"url": PUBLIC}]
    for path in ("/changes/feed.xml", "/api/v1/", "/status/"):
        answer = get(path)
        assert answer.status_code == 200
        text = answer.get_data(as_text=True)
        assert PUBLIC in text
        assert not re.search(r"http://haresign|127\.0\.0\.1|//site:", text), path
    assert get("/contact").headers["Location"] == f"{PUBLIC}/contact/"


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Host": "site:8050", "X-Forwarded-Host": "evil.example"}]
)
def test_other_hosts_are_refused_with_a_way_on(
    client: FlaskClient, signed: dict[str, str], headers: dict[str, str]
) -> None:
    page = client.get("/status/", headers=headers)
    assert page.status_code == 400
    assert 'href="/"' in page.get_data(as_text=True)
    data = client.get(LIST, headers=headers | signed)
    assert data.status_code == 400
    assert data.get_json()["code"] == "bad_request"


def test_without_a_proxy_nobody_names_the_host(home: Path) -> None:
    client = create_app(Settings(home=home, site_url=PUBLIC)).test_client()
    headers = {"Host": "evil.example", "X-Forwarded-Host": "haresign.example"}
    assert client.get("/status/", headers=headers).status_code == 400


def test_the_form_of_a_browser_on_this_machine_is_its_own(client: FlaskClient) -> None:
    """Pages work at 127.0.0.1 too, where whoever runs the site looks at it."""
    host = "127.0.0.1:8050"
    assert ask(client, "?org=A81001", Host=host, Origin=f"http://{host}").status_code == 200
    assert ask(client, "?org=A81001", Host=host, Origin=PUBLIC).status_code == 200
    assert ask(client, "?org=A81001", Host=host, Origin="https://evil.example").status_code == 403


@pytest.fixture
def failing(home: Path) -> FlaskClient:
    """A site with addresses that fail, in all the ways that an answer can."""
    app = create_app(Settings(home=home))
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def fail(status: int) -> str:
        if status == 500:
            raise RuntimeError("<script>alert(1)</script>")
        from werkzeug.exceptions import abort

        abort(status)

    app.add_url_rule("/fail/<int:status>/", "fail", fail)
    app.add_url_rule("/api/fail/<int:status>/", "fail_api", fail)
    return app.test_client()


@pytest.mark.parametrize("status", [400, 403, 404, 405, 408, 413, 414, 415, 429, 500, 503])
def test_every_refusal_has_a_way_on(failing: FlaskClient, status: int) -> None:
    page = failing.get(f"/fail/{status}/")
    text = page.get_data(as_text=True)
    assert page.status_code == status
    assert page.content_type == "text/html; charset=utf-8"
    assert 'href="/"' in text
    assert "<h1" in text
    assert "alert(1)" not in text
    data = failing.get(f"/api/fail/{status}/")
    assert data.status_code == status
    assert set(data.get_json()) >= {"detail", "code", "errors"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing/", 404),
        ("/assets/none.css", 404),
        ("/status/?org=%00", 400),
        (f"/status/?{'x' * 9000}", 414),
    ],
)
def test_real_refusals_have_a_way_on_too(client: FlaskClient, path: str, status: int) -> None:
    page = client.get(path)
    assert page.status_code == status
    assert 'href="/"' in page.get_data(as_text=True)


def test_a_script_that_there_is_not_is_not_found(client: FlaskClient) -> None:
    client.get("/tools/list-size/")
    files = {
        f"{package}/{path}": Path(str(import_module(package).__file__)).parent / path
        for package, paths in dash.get_app().registered_paths.items()
        for path in paths
    }
    there = {address for address, file in files.items() if file.is_file()}
    assert len(there) > 20
    for path in (*files, "dash/nothing.js", "nothing/a.js", "os/path.py", "dash/../../app.py"):
        answer = client.get(f"/_dash-component-suites/{path}")
        assert answer.status_code == (200 if path in there else 404), path
        assert path in there or b'href="/"' in answer.data


def test_a_worker_has_every_script_before_it_has_drawn_a_page(home: Path) -> None:
    asked = (
        "import app; answer = app.serve().test_client().get("
        "'/_dash-component-suites/dash/dcc/async-graph.js'); print(answer.status_code)"
    )
    told = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=ROOT,
        env={"HARESIGN_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert told.stdout.split() == ["200"]


def test_scripts_of_other_sites_may_send_the_usual_headers(client: FlaskClient) -> None:
    answer = client.options(
        LIST,
        headers={
            "Origin": "https://dashboard.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "content-type",
        },
    )
    allowed = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")
    usual = {
        "accept",
        "authorization",
        "cache-control",
        "content-type",
        "if-none-match",
        "pragma",
        "x-requested-with",
    }
    assert usual <= set(allowed)
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Access-Control-Allow-Origin" not in client.get("/status/").headers
