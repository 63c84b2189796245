"""The web application: Flask, its extensions, the API, the Dash site and the command line."""

from __future__ import annotations

from flask import Flask

from data import db
from data.settings import Settings
from pipelines.cli import data as data_commands


def create_app(settings: Settings | None = None) -> Flask:
    """The site for these settings, or for those in the environment."""
    settings = settings or Settings.from_environment()
    app = Flask(__name__, static_folder=None)
    app.config["SETTINGS"] = settings
    settings.home.mkdir(parents=True, exist_ok=True)
    db.configure(settings.home)
    app.cli.add_command(data_commands)
    return app
