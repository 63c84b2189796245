"""Datasette over the same rows, in an environment of its own that is made when it is wanted."""

from __future__ import annotations

import math
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.references.figures import Figures
from tests.serving import Served, served_command

PINNED = "datasette==0.65.5"
MOST_ROWS = 10_000  # that it may answer with at once


class NotInstalled(Exception):
    """Says why, in a sentence for the table."""


def installed(folder: Path) -> Path:
    """Its command, installed below a folder if it is not there. Raises `NotInstalled`."""
    command = folder / "bin" / "datasette"
    if command.exists():
        return command
    try:
        for step in (
            [sys.executable, "-m", "venv", "--clear", str(folder)],
            [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", PINNED],
        ):
            subprocess.run(step, check=True, capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        raise NotInstalled(f"{PINNED} did not come within five minutes") from None
    except subprocess.CalledProcessError as error:
        told = (error.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        raise NotInstalled(f"{PINNED} could not be installed: {told[:120]}") from None
    return command


def write_database(figures: Figures, path: Path) -> None:
    """One table, with an index for each of the two questions."""
    rates = figures.rates
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE TABLE rows (practice TEXT, month TEXT, rate REAL, numerator REAL, "
            "denominator REAL)"
        )
        database.executemany(
            "INSERT INTO rows VALUES (?, ?, ?, ?, ?)",
            (
                (code, month, *(None if math.isnan(n) else n for n in numbers))
                for row, code in enumerate(figures.codes)
                for month, *numbers in zip(
                    figures.months,
                    rates[row].tolist(),
                    figures.numerators[row].tolist(),
                    figures.denominators[row].tolist(),
                    strict=True,
                )
            ),
        )
        database.execute("CREATE INDEX by_practice ON rows (practice, month)")
        database.execute("CREATE INDEX by_month ON rows (month, practice)")
    database.close()


@contextmanager
def served(command: Path, database: Path, *, core: int) -> Iterator[Served]:
    """Its own server, with answers as large as the site's."""
    options = [
        "--immutable",
        str(database),
        "--host",
        "127.0.0.1",
        "--setting",
        "max_returned_rows",
        str(MOST_ROWS),
    ]
    with served_command(
        lambda port: [str(command), "serve", *options, "--port", str(port)], core=core
    ) as site:
        yield site
