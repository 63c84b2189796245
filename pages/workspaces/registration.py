"""Adds workspaces, presets and documents to the site and to the pages of an account."""

from __future__ import annotations

from flask import Flask

from auth.views import frame
from auth.views.frame import Entry
from auth.workspaces import documents, organisations, presets, requests, rosters
from pages.workspaces import current, linking, places
from pages.workspaces import documents as document_pages
from pages.workspaces import presets as preset_pages

BLUEPRINTS = (linking.BLUEPRINT, preset_pages.BLUEPRINT, document_pages.BLUEPRINT)


def register(app: Flask) -> None:
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
            requests.count,
        ),
    )
    frame.add_to_menu(app, Entry("Presets", "/accounts/presets/", 20, presets.count))
    frame.add_to_menu(app, Entry("Documents", "/accounts/documents/", 30, documents.count))
    frame.add_section(app, linking.asked_on_profile)
    frame.add_section(app, linking.on_profile)
    frame.add_section(app, preset_pages.on_profile)
    frame.add_section(app, document_pages.on_profile)
