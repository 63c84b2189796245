"""Dash, as this site has it."""

from __future__ import annotations

from typing import Any

import dash
from flask import Flask

from components import scripts, shell, static, url_state
from components.speed.serialise import from_dash, outermost
from data.settings import Settings
from pages import registration
from pages.site import surroundings
from pages.site.serving import without_scripts

DESCRIPTION = (
    "Free benchmarks of published NHS data for every GP practice, PCN and area in England."
)
FOLDER = "pages"  # in which Dash looks for modules that register a page


class Site(dash.Dash):
    """Dash, whose document names only the scripts that pages use, and begins with their content."""

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]
        return str(
            super().interpolate_index(**{**parts, "scripts": scripts.used(parts["scripts"])})
        )

    def index(self, *args: Any, **values: Any) -> str:
        """The document of an address."""
        return without_scripts.begun(str(super().index(*args, **values)))


def create(app: Flask, settings: Settings) -> Site:
    """The Dash pages, drawn into a document that names every file it needs, in order."""
    site = Site(
        app.import_name,
        server=app,  # type: ignore[arg-type]
        use_pages=True,
        pages_folder=FOLDER,
        assets_folder=str(static.FOLDER),
        assets_ignore=shell.ASSETS_IGNORE,
        assets_url_path="dash-assets",
        index_string=shell.index_string(
            static.addresses(settings.prefix),
            home=f"{settings.prefix}/",
            nav=surroundings.main_links(settings.prefix),
        ),
        requests_pathname_prefix=f"{settings.prefix}/",
        routes_pathname_prefix="/",
        suppress_callback_exceptions=True,
        update_title="",
        title=shell.NAME,
        description=DESCRIPTION,
        enable_mcp=False,
    )
    url_state.register(site)
    registration.register(site)
    container = from_dash(dash.page_container)
    site.layout = lambda: outermost(shell.layout(container, surroundings.around()))
    return site
