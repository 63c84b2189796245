"""Plain addresses beside the Dash pages: search, downloads, organisations, contact, policies."""

from __future__ import annotations

from flask import Flask

from pages.support import contact, downloads, organisation, search, statements

BLUEPRINTS = (
    downloads.blueprint,
    search.BLUEPRINT,
    organisation.BLUEPRINT,
    contact.BLUEPRINT,
    statements.BLUEPRINT,
)


def register(app: Flask) -> None:
    """Add every blueprint that is not a Dash page and not the API."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
