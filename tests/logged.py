"""Everything that a run of the tests logs, kept in files and searched at its end.

Applications in the test process log through a handler of ours; servers in processes of their own
write into files of the same folder. At the end each file is searched for what no log may hold.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import tempfile
from pathlib import Path

from data.logs import TextLines

FOLDER = Path(tempfile.mkdtemp(prefix="haresign-logs-"))
SILENT = re.compile(
    r"visitor\d+(?:@|%40)"  # the addresses, names, passwords of `tests.auth.visitors` …
    r"|Visitor Number\d"
    r"|three random words apart"
    r"|[\w.+-]+(?:@|%40)[\w-]+\.example\b"  # … and of everyone else that tests invent
    r"|\$argon2\w*\$v="
    r"|\bhsk_[A-Za-z0-9]{8}_[A-Za-z0-9]{20}"
    r"|/accounts/(?:verify|password-reset|email)/[A-Za-z0-9_-]{20}"
    r"|\[parameters: (?!\[?hidden|\[SQL parameters hidden)"
)


class _File(logging.FileHandler):
    """The log of the applications in this process, as the site writes it."""

    def __init__(self) -> None:
        super().__init__(FOLDER / "in-process.log", encoding="utf-8")
        self.setFormatter(TextLines())
        self.setLevel(logging.INFO)


def begin() -> None:
    logging.getLogger().addHandler(_File())
    for name in ("auth", "api", "data", "app", "haresign", "werkzeug"):
        logging.getLogger(name).setLevel(logging.INFO)


def of_server() -> Path:
    """A new file for the output of a process."""
    number, path = tempfile.mkstemp(prefix="server-", suffix=".log", dir=FOLDER)
    os.close(number)
    return Path(path)


def leaks() -> list[str]:
    """Lines that hold what no log may hold, with what was found; the files go unless some do."""
    found = []
    for path in sorted(FOLDER.glob("*.log")):
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if match := SILENT.search(line):
                    found.append(f"{path.name}: {match[0]!r} in {line.strip()[:300]}")
    if not found:
        shutil.rmtree(FOLDER, ignore_errors=True)
    return found
