"""Names of practices and PCNs, which the accounts know only by code."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app

EXTENSION = "haresign-organisation-label"


def register(app: Flask, label_of: Callable[[str], str]) -> None:
    """`label_of` gives the name and code to show for a code."""
    app.extensions[EXTENSION] = label_of


def label(code: str) -> str:
    label_of: Callable[[str], str] = current_app.extensions.get(EXTENSION, str)
    return label_of(code)
