"""`python -m tests.auth.killed_restore HOME ARCHIVE MOMENT`: a restore that is killed on its way.

Moments are the calls that change files or the database, before and after each. Without a moment it
comes to its end and prints how many there are.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType

from flask import Flask

from auth import database
from auth.backups import backup
from data.settings import Settings

CHANGES = {
    "commit",
    "fsync",
    "mkdir",
    "rename",
    "replace",
    "rmdir",
    "unlink",
    "utime",
    "open",
    "flock",
}


def site(home: Path) -> Flask:
    """An application that has the accounts and nothing else."""
    app = Flask("restored")
    database.register(app, Settings(home=home))
    return app


def main(home: Path, archive: Path, moment: int) -> None:
    passed = 0

    def look(_frame: FrameType, event: str, called: object) -> None:
        nonlocal passed
        if event in ("c_call", "c_return") and getattr(called, "__name__", "") in CHANGES:
            passed += 1
            if passed == moment:
                os.kill(os.getpid(), signal.SIGKILL)

    with site(home).app_context():
        sys.setprofile(look)
        backup.read(home, archive)
        sys.setprofile(None)
    sys.stdout.write(str(passed))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
