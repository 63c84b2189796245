"""Dash, as this site has it."""

from __future__ import annotations

from typing import Any

import dash

from components import scripts
from pages.site.serving import without_scripts


class Site(dash.Dash):
    """Dash, whose document names only the scripts that pages use, and begins with their content."""

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]
        return str(
            super().interpolate_index(**{**parts, "scripts": scripts.used(parts["scripts"])})
        )

    def index(self, *args: Any, **values: Any) -> str:
        """The document of an address."""
        return without_scripts.begun(str(super().index(*args, **values)))
