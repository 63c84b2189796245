"""The two readers of the OpenAPI document, in a real browser under the site's own rules."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response, send_from_directory
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from tests.api.conftest import make_app

ASSETS = Path(__file__).parents[2] / "assets"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; worker-src 'self' blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def test_readers_take_nothing_from_elsewhere_and_have_no_inline_script(app: Flask) -> None:
    for path in ("/api/docs/", "/api/redoc/"):
        page = app.test_client().get(path).text
        assert "http" not in page.replace("https://", "http")
        assert "<script>" not in page
        for line in page.splitlines():
            if "../../assets/" in line:
                named = line.split("../../assets/")[1].split('"')[0]
                assert (ASSETS / named).is_file()


def test_the_document_names_the_prefix_it_is_served_under(app: Flask) -> None:
    found = app.test_client().get("/api/schema/", environ_overrides={"SCRIPT_NAME": "/haresign"})
    assert found.json["servers"] == [{"url": "/haresign"}]
    assert app.test_client().get("/api/schema/").json["servers"] == [{"url": "/"}]


@pytest.fixture()
def address(home: Path, tmp_path: Path) -> Iterator[str]:
    app = make_app(home, database_url=f"sqlite:///{tmp_path / 'accounts.db'}")

    @app.get("/assets/<path:path>")
    def asset(path: str) -> Response:
        return send_from_directory(ASSETS, path)

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.mark.browser
@pytest.mark.parametrize("reader", ["docs", "redoc"])
def test_a_reader_shows_every_endpoint_without_errors(
    chromium: Browser, address: str, reader: str
) -> None:
    said: list[str] = []
    asked: list[str] = []
    page = chromium.new_page()
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/api/{reader}/")
    page.get_by_text("/api/v1/gp-appointments/").first.wait_for(timeout=20_000)
    page.wait_for_load_state("networkidle")
    page.close()
    assert [line for line in said if "error" in line.lower()] == []
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
