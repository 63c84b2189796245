"""Accounts and API keys: the only package that touches key digests and the accounts database."""

from __future__ import annotations

from flask import Flask

from auth import cli, database, gate
from data.settings import Settings


def register(app: Flask, settings: Settings) -> None:
    """Connect the accounts database, make its tables and add the `flask keys` commands."""
    database.register(app, settings)
    gate.register(app, settings)
    cli.register(app)
