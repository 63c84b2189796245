"""Accounts and API keys: the only package that touches passwords, sessions, keys and their data."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from flask import Flask

    from data.settings import Settings

THIS_MACHINE = ("localhost", "127.0.0.1")


def register(app: Flask, settings: Settings) -> None:
    """Connect the accounts database, watch sessions and forms, and add the commands.

    Imported here: a process that only inspects an upload needs none of them.
    """
    from auth import background, cli, converters, csrf, database, notices, secret, views
    from auth.api_keys import gate
    from auth.backups import restoring
    from auth.credentials import devices, sessions
    from auth.email import postman

    app.config["SETTINGS"] = settings
    if settings.site_url:
        app.config["TRUSTED_HOSTS"] = [str(urlsplit(settings.site_url).hostname), *THIS_MACHINE]
    converters.register(app)
    database.register(app, settings)
    with app.app_context():
        restoring.finish(settings.home)
    secret.register(app, settings)
    background.register(app)
    postman.register(app)
    notices.register(app)
    sessions.register(app)
    devices.register(app)
    csrf.register(app)
    views.register(app)
    gate.register(app, settings)
    cli.register(app)


def begin(app: Flask) -> None:
    """What a web worker does beside its answers: send the e-mails that wait."""
    from auth.email import postman

    postman.begin(app)
