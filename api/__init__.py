"""The REST API: blueprints, OpenAPI document and its two readers."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api

from api import docs, schemas, v1
from api.cache import ApiCache
from auth.api_keys.gate import gate_of
from data.settings import Settings

DESCRIPTION = """Figures of general practice in England, as NHS England publishes them.

* Send `Authorization: Bearer <key>` with every request but those marked public.
* Look up codes first (`practices/`, `pcns/`); treat codes and years as text.
* Filter early and page through; read field names from this document.
* Keep the period and the version with every value: publishers revise figures.
* Datasets are refreshed on different days. Handle empty results.

Every list takes `fields` (members that rows should have), `page` and `page_size`. Every list of
figures also takes

* `as_of=2026-01-31`: figures as they had been published on that day, from the versions kept here;
* `include=caveats,citation`: what to say beside the figures, and a sentence to cite them by;
* `membership=current`, where practices are chosen by area: areas of today for every period.

Examples, each with the header above:

    curl -H "Authorization: Bearer $KEY" "$SITE/api/v1/practices/?search=park&page_size=25"
    curl -H "Authorization: Bearer $KEY" "$SITE/api/v1/practices/A81001/population/"
    curl -H "Authorization: Bearer $KEY" \\
        "$SITE/api/v1/gp-appointments/?practice=A81001&month=2026-01-01"
    curl -H "Authorization: Bearer $KEY" \\
        "$SITE/api/v1/gp-appointments/?practice=A81001&fields=month,appointments,rates.attended"
    curl -H "Authorization: Bearer $KEY" \\
        "$SITE/api/v1/qof/achievement/?practice=A81001&as_of=2026-01-31&include=citation"

An error says what is wrong: `{"detail": "…", "code": "missing_filter", "errors": {…}}`.
"""


class _Api(Api):
    ERROR_SCHEMA = schemas.Error
    DEFAULT_ERROR_RESPONSE_NAME = ""

    def _register_error_handlers(self) -> None:
        """Blueprints answer their own errors: the site's pages are not JSON."""


def register(app: Flask, settings: Settings) -> None:
    """Serve everything under `/api/`. Needs `auth.register` and `data.versions.db.configure`."""
    app.config.update(
        API_TITLE="Haresign API",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "info": {"description": DESCRIPTION},
            "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        },
    )
    api = _Api(app)
    api.register_blueprint(v1.blueprint(settings))
    app.register_blueprint(docs.blueprint(api))
    app.wsgi_app = ApiCache(app.wsgi_app, gate_of(app))  # type: ignore[method-assign]
