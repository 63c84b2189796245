"""The folder that holds all state."""

from __future__ import annotations

import tempfile
from pathlib import Path

from data.settings import SettingsError


def prepare(home: Path) -> None:
    """Make the folder where it is missing. Raises `SettingsError` if nothing can be written."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        raise SettingsError(
            f"HARESIGN_HOME is {str(home)!r}, where nothing can be written ({error.strerror}). "
            "Name a folder that this user may write to, on a disk with room."
        ) from error
