"""Work on published data that administrators ask for: `flask data …` in a process of its own.

A web process never writes published versions. Jobs run one after the other, and how each ended is
in the table of jobs and in the audit record.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from auth import audit
from auth.background import in_turn
from auth.credentials.sessions import account
from auth.models import ImportJob, db
from auth.moments import now

LONGEST = timedelta(hours=1)
STOPPED = "The site was stopped before this ended."
TOLD = 2000  # characters of what the command printed
ROOT = Path(__file__).parents[3]

log = logging.getLogger(__name__)


def begin(
    dataset: str, what: str, command: Sequence[str], *, event: str, upload: Path | None = None
) -> None:
    """Note a job for the account of the request, and do it after those before it.

    `command` follows `flask data`; `upload` is removed afterwards, with its folder.
    """
    db.session.execute(
        update(ImportJob)
        .where(
            ImportJob.state.in_(("waiting", "running")), ImportJob.created_at < now() - 2 * LONGEST
        )
        .values(state="failed", message=STOPPED, finished_at=now())
    )
    by = account().id
    job = ImportJob(
        dataset=dataset, file_name=what[:200], state="waiting", created_at=now(), created_by=by
    )
    db.session.add(job)
    db.session.flush()
    number = job.id
    audit.record(event, actor_id=by, detail=f"{dataset} job {number}")
    db.session.commit()
    in_turn(_work, number, dataset, tuple(command), event, by, upload)


def _work(
    number: int, dataset: str, command: Sequence[str], event: str, by: int, upload: Path | None
) -> None:
    _note(number, state="running", started_at=now())
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "flask", "data", *command],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=LONGEST.total_seconds(),
        )
        state = "done" if ended.returncode == 0 else "failed"
        lines = f"{ended.stdout}\n{ended.stderr}".replace("Error: ", "").splitlines()
        told = "\n".join(line for line in lines if line.startswith(f"{dataset}:"))
        if not told:
            log.error("job %s ended with code %s", number, ended.returncode)
    except subprocess.TimeoutExpired:
        state, told = "failed", "It took longer than an hour."
    finally:
        if upload is not None:
            upload.unlink(missing_ok=True)
            upload.parent.rmdir()
    audit.record(f"{event}: {state}", actor_id=by, detail=f"{dataset} job {number}")
    _note(number, state=state, message=told[-TOLD:] or "See the log.", finished_at=now())


def _note(number: int, **values: object) -> None:
    db.session.execute(update(ImportJob).where(ImportJob.id == number).values(**values))
    db.session.commit()
