"""Plain addresses beside the Dash pages: search, downloads, organisations, policies, the icon."""

from __future__ import annotations

from flask import Flask, Response

from components import static
from pages.dashboard.files import downloads, pictures
from pages.nation import pictures as nation_pictures
from pages.site import contact, feed, live, organisation, search_pages, statements
from pages.site.administration import imports, undo
from pages.workspaces import registration

BLUEPRINTS = (
    downloads.blueprint,
    pictures.blueprint,
    nation_pictures.blueprint,
    search_pages.BLUEPRINT,
    organisation.BLUEPRINT,
    contact.BLUEPRINT,
    statements.BLUEPRINT,
    feed.BLUEPRINT,
    imports.BLUEPRINT,
    undo.BLUEPRINT,
    live.BLUEPRINT,
)
ICON = "mark.svg"
ONE_DAY = 24 * 60 * 60


def register(app: Flask) -> None:
    """Add every blueprint that is not a Dash page and not the API."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    registration.register(app)
    app.add_url_rule("/favicon.ico", "icon", _icon)


def _icon() -> Response:
    """What a browser asks for beside a document that names no icon, such as an API answer."""
    found = static.read(ICON)
    if found is None:
        raise FileNotFoundError(f"assets/{ICON}")
    response = Response(found.body, content_type=found.content_type)
    response.cache_control.public = True
    response.cache_control.max_age = ONE_DAY
    return response
