"""`/accounts/admin/imports/`: administrators hand in published files and see what became of them.

The file is loaded by `flask data refresh DATASET --from FILE` in a process of its own: a web
process never writes published versions, and a file that fails a check changes nothing.
"""

from __future__ import annotations

import logging
import secrets
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from flask import Blueprint, current_app, redirect, request, url_for
from sqlalchemy import update
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response as Answer

from auth import administration, audit, csrf
from auth.background import in_turn
from auth.forms import Form
from auth.models import ImportJob, db
from auth.moments import now
from auth.sessions import account, is_platform_admin, platform_admin
from auth.views import frame, problems
from data.registry import all_datasets

BLUEPRINT = Blueprint("imports", __name__, template_folder="../templates")
ADDRESS = "/accounts/admin/imports/"
FOLDER = "imports"
ENDINGS = (".csv", ".csv.gz", ".zip", ".xlsx")
LARGEST = 600 * 1024 * 1024  # bytes: the largest published archives have some 300 MB
LONGEST = timedelta(hours=1)
TOLD = 2000  # characters of what the command printed
ROOT = Path(__file__).parents[2]

log = logging.getLogger(__name__)

csrf.allow_larger(ADDRESS, LARGEST, may=is_platform_admin)
problems.draw_for(BLUEPRINT)


@BLUEPRINT.route(ADDRESS, methods=["GET", "POST"])
@platform_admin
def page() -> Answer | str:
    form = Form.sent("dataset")
    if request.method == "POST":
        file = request.files.get("file")
        name = secure_filename(file.filename or "")[-150:] if file else ""
        if form["dataset"] not in {one.id for one in all_datasets()}:
            form.errors["dataset"] = "Choose the dataset that the file belongs to."
        if not name.lower().endswith(ENDINGS):
            form.errors["file"] = "Choose a CSV, CSV.gz, ZIP or XLSX file, as it was published."
        if file and not form.errors:
            path = _home() / FOLDER / secrets.token_hex(8) / name
            path.parent.mkdir(parents=True, mode=0o700)
            file.save(path)
            _hand_in(form["dataset"], path)
            return redirect(url_for("imports.page", done="handed-in"))
    return frame.page(
        "imports.html",
        title="Import jobs",
        form=form,
        waiting=administration.waiting(),
        said="The file is being checked and loaded." if request.args.get("done") else None,
        jobs=administration.import_jobs(),
        datasets=all_datasets(),
    )


def _home() -> Path:
    home: Path = current_app.config["SETTINGS"].home
    return home.resolve()


def _hand_in(dataset: str, path: Path) -> None:
    db.session.execute(
        update(ImportJob)
        .where(
            ImportJob.state.in_(("waiting", "running")), ImportJob.created_at < now() - 2 * LONGEST
        )
        .values(state="failed", message="The site was stopped meanwhile.", finished_at=now())
    )
    job = ImportJob(
        dataset=dataset,
        file_name=path.name,
        state="waiting",
        created_at=now(),
        created_by=account().id,
    )
    db.session.add(job)
    db.session.flush()
    audit.record("file handed in", actor_id=account().id, detail=f"{dataset} job {job.id}")
    number = job.id
    db.session.commit()
    in_turn(_load, number, dataset, path)


def _load(number: int, dataset: str, path: Path) -> None:
    _note(number, state="running", started_at=now())
    command = [sys.executable, "-m", "flask", "data", "refresh", dataset, "--from", str(path)]
    try:
        ended = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST.total_seconds()
        )
        state = "done" if ended.returncode == 0 else "failed"
        told = "\n".join(
            line
            for line in f"{ended.stdout}\n{ended.stderr}".splitlines()
            if line.startswith(f"{dataset}:")
        )
        if not told:
            log.error("import job %s ended with code %s", number, ended.returncode)
    except subprocess.TimeoutExpired:
        state, told = "failed", "It took longer than an hour."
    finally:
        path.unlink(missing_ok=True)
        path.parent.rmdir()
    _note(number, state=state, message=told[-TOLD:] or "See the log.", finished_at=now())


def _note(number: int, **values: object) -> None:
    db.session.execute(update(ImportJob).where(ImportJob.id == number).values(**values))
    db.session.commit()
