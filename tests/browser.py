"""Where Chromium is on this machine."""

from __future__ import annotations

import os
import shutil


def chromium_path() -> str | None:
    """Path of Chromium or Chrome, from `CHROMIUM` or the PATH; None where there is none."""
    named = os.environ.get("CHROMIUM")
    names = ("chromium", "chromium-browser", "google-chrome")
    return named or next((found for name in names if (found := shutil.which(name))), None)
