"""Why an upload is not kept."""

from __future__ import annotations


class RefusedFile(ValueError):
    """The message explains it to whoever uploaded the file. Nothing was kept."""
