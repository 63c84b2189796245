"""`/api/schema/`, `/api/docs/`, `/api/redoc/`, and a JSON 404 for all that is not the API."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import Any, NoReturn

from flask import Blueprint, Response, current_app, request
from flask_smorest import Api
from werkzeug.exceptions import MethodNotAllowed, NotFound

from api.access import install as install_access
from api.errors import install as install_errors
from api.responses import json_response

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
# Addresses are relative, so that they hold under any path prefix.
SWAGGER_UI = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="../../assets/vendor/swagger-ui/swagger-ui.css"></head>
<body><main id="swagger-ui" data-schema="../schema/"></main>
<script src="../../assets/vendor/swagger-ui/swagger-ui-bundle.js"></script>
<script src="../../assets/api/swagger.js"></script></body></html>
"""
REDOC = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"></head>
<body><main id="redoc" data-schema="../schema/"></main>
<script src="../../assets/vendor/redoc/redoc.standalone.js"></script>
<script src="../../assets/api/redoc.js"></script></body></html>
"""


def blueprint(api: Api) -> Blueprint:
    docs = Blueprint("api", __name__, url_prefix="/api")
    public = frozenset(f"api.{name}" for name in ("schema", "swagger", "redoc", "nothing"))
    install_access(docs, public=public)
    install_errors(docs)

    @lru_cache(maxsize=4)
    def _document(root: str) -> dict[str, Any]:
        """Addresses are below the path prefix, if a proxy serves the site under one."""
        return api.spec.to_dict() | {"servers": [{"url": root}]}

    @docs.get("/schema/")
    def schema() -> Response:
        public_address = current_app.config["SETTINGS"].site_url
        return json_response(_document(f"{public_address}{request.script_root}" or "/"))

    @docs.get("/docs/")
    def swagger() -> Response:
        return _page(SWAGGER_UI, api.spec.title)

    @docs.get("/redoc/")
    def redoc() -> Response:
        return _page(REDOC, api.spec.title)

    @docs.route("/", defaults={"rest": ""}, methods=METHODS)
    @docs.route("/<path:rest>", methods=METHODS)
    def nothing(rest: str) -> Response:
        """Claimed here, because the site's own catch-all would answer 200 with HTML."""
        _nothing(rest)

    return docs


def _page(template: str, title: str) -> Response:
    return Response(template.format(title=escape(title)), content_type="text/html; charset=utf-8")


def _nothing(rest: str) -> NoReturn:
    """405 where another method would do, else 404."""
    adapter = current_app.create_url_adapter(request)
    if adapter is not None and request.method not in ("GET", "HEAD"):
        endpoint, _ = adapter.match(method="GET")
        if endpoint != "api.nothing":
            raise MethodNotAllowed(valid_methods=["GET", "HEAD", "OPTIONS"])
    path = f"/api/{rest}"
    raise NotFound(f"There is nothing at {path}. The index is at /api/v1/.")
