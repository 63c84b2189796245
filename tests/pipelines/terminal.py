"""The `flask data …` commands, as somebody at a terminal gives them."""

from __future__ import annotations

from click.testing import Result
from flask import Flask

from data.settings import Settings
from pipelines.cli.commands import data as data_commands
from pipelines.fetch.http import Manners

# A publisher on this machine need not be spared.
QUICK = Manners(gap=0, attempts=3, first_wait=0.01, longest_wait=0.02, timeout=5)


def data_command(settings: Settings, *arguments: object) -> Result:
    """What `flask data` with these arguments prints, and how it ends."""
    app = Flask("haresign")
    app.config.update(SETTINGS=settings, MANNERS=QUICK)
    app.cli.add_command(data_commands)
    return app.test_cli_runner().invoke(args=["data", *map(str, arguments)])
