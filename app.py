"""The web application: Flask, its extensions, the API, the Dash site and the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cached_property
from typing import Any

import click
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

import api
import auth
from api import errors
from auth.views import problems
from components.document import TEMPLATES
from data import home, logs
from data.settings import Settings, SettingsError
from data.versions import db
from pages.site import routes, surroundings
from pages.site.serving import (
    callback_bodies,
    dash_site,
    delivery,
    limits,
    public_address,
    without_scripts,
)

# Seconds that a thread may compute while others wait. Python's own 5 ms is ten answers of the API.
SWITCH_INTERVAL = 0.0003
DATA_COMMANDS = "Load, refresh, check and describe the published data."


class Application(Flask):
    """Flask, whose views are all plain functions: asking each of them is a tenth of an answer."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


class DataCommands(click.Group):
    """`flask data …`: imported when somebody asks for one of them, which no web worker does."""

    @cached_property
    def _group(self) -> click.Group:
        from pipelines.cli.commands import data

        return data

    def list_commands(self, ctx: click.Context) -> list[str]:
        return self._group.list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self._group.get_command(ctx, cmd_name)


def create_app(settings: Settings | None = None) -> Flask:
    """The site for these settings, or for those in the environment.

    Ends the process with a sentence that names the variable when one is malformed.
    """
    try:
        settings = settings or Settings.from_environment()
        home.prepare(settings.home)
    except SettingsError as error:
        raise SystemExit(f"Haresign cannot start: {error}") from None
    logs.configure(settings.log)
    app = Application(__name__, static_folder=None, template_folder=str(TEMPLATES))
    app.json.sort_keys = False  # type: ignore[attr-defined]
    db.configure(settings.home)
    limits.register(app)
    auth.register(app, settings)
    api.register(app, settings)
    surroundings.register(app)
    routes.register(app)
    site = dash_site.create(app, settings)
    callback_bodies.register(app, site)
    delivery.register(app, site, settings.home / "cache")
    without_scripts.register(app)
    app.cli.add_command(DataCommands("data", help=DATA_COMMANDS))
    app.wsgi_app = delivery.UnderPrefix(  # type: ignore[method-assign]
        ProxyFix(
            public_address.AtPublicAddress(
                delivery.Guarded(app.wsgi_app), settings, app.config.get("TRUSTED_HOSTS") or ()
            ),
            x_for=settings.proxies,
            x_proto=settings.proxies,
        ),
        settings.prefix,
    )
    app.register_error_handler(HTTPException, _answer_error)
    return app


def _answer_error(error: HTTPException) -> Response:
    """What no part of the site answers itself: a page with a way on, or JSON from the API."""
    return errors.answer(error) if request.path.startswith("/api/") else problems.answer(error)


def serve() -> Flask:
    """The site of a web worker: it answers once its data are in memory, not before."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    app = create_app()
    db.library().directory()
    db.library().keep_watch()
    auth.begin(app)
    return app
