"""Plain addresses beside the Dash pages: search, downloads, organisation pages."""

from __future__ import annotations

from flask import Flask

from pages.support import downloads, organisation, search
from pages.workspaces import registration

BLUEPRINTS = (downloads.blueprint, search.BLUEPRINT, organisation.BLUEPRINT)


def register(app: Flask) -> None:
    """Add every blueprint that is not a Dash page and not the API."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    registration.register(app)
