"""The pages of accounts: plain forms that work without scripts."""

from __future__ import annotations

from flask import Flask

from auth.views import admin, entry, frame, keys, problems, profile, security

BLUEPRINTS = (
    entry.BLUEPRINT,
    profile.BLUEPRINT,
    security.BLUEPRINT,
    keys.BLUEPRINT,
    admin.BLUEPRINT,
)


def register(app: Flask) -> None:
    frame.register(app)
    problems.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
