"""Plain addresses beside the Dash pages: search, downloads, organisation pages."""

from __future__ import annotations

from flask import Flask

from auth import organisations, rosters
from auth.views import frame
from auth.views.frame import Entry
from pages.support import downloads, organisation, search
from pages.workspaces import current, linking, places

BLUEPRINTS = (
    downloads.blueprint,
    search.BLUEPRINT,
    organisation.BLUEPRINT,
    linking.BLUEPRINT,
)


def register(app: Flask) -> None:
    """Add every blueprint that is not a Dash page and not the API."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.before_request(current.choose_for_tool)
    organisations.register(app, places.label)
    frame.add_to_menu(
        app,
        Entry(
            "Workspaces",
            "/accounts/workspaces/",
            10,
            lambda account: len(rosters.workspaces(account)),
        ),
    )
