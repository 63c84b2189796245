"""`/accounts/admin/imports/`: administrators hand in published files and see what became of them.

The file is loaded by `flask data refresh DATASET --from FILE` in a process of its own: a web
process never writes published versions, and a file that fails a check changes nothing.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from flask import Blueprint, current_app, redirect, request, url_for
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response as Answer

from auth import csrf
from auth.accounts import administration
from auth.credentials.sessions import is_platform_admin, platform_admin
from auth.forms import Form
from auth.views import fields
from auth.views.admin_pages import area
from auth.views.dates import moment
from components.markup import html
from data.registry import all_datasets
from pages.site.administration import jobs
from pages.site.administration.undo_pages import state

BLUEPRINT = Blueprint("imports", __name__)
ADDRESS = "/accounts/admin/imports/"
FOLDER = "imports"
ENDINGS = (".csv", ".csv.gz", ".zip", ".xlsx")
ACCEPTED = ".csv,.gz,.zip,.xlsx"
HINT = "CSV, CSV.gz, ZIP or XLSX, as the publisher issued it."
LARGEST = 600 * 1024 * 1024  # bytes: the largest published archives have some 300 MB

csrf.allow_larger(ADDRESS, LARGEST, may=is_platform_admin)


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
            command = ("refresh", form["dataset"], "--from", str(path))
            jobs.begin(form["dataset"], path.name, command, event="file handed in", upload=path)
            return redirect(url_for("imports.page", done="handed-in"))
    return _drawn(form, "The file is being checked and loaded." if request.args.get("done") else "")


def _drawn(form: Form, done: str) -> str:
    options = [("", "Choose a dataset"), *((one.id, one.title) for one in all_datasets())]
    rows = [
        (job.file_name, job.dataset, moment(job.created_at), state(job), job.message or "–")
        for job in administration.import_jobs()
    ]
    heads = ("File", "Dataset", "Handed in", "State", "Outcome")
    return area(
        "Import jobs",
        fields.section(
            "new",
            "Hand in a file",
            fields.form(
                fields.choice(form, "dataset", "Dataset", options),
                fields.file(form, "file", "File", accept=ACCEPTED, hint=HINT),
                fields.submit("Hand in"),
                action=fields.at(ADDRESS),
                enctype="multipart/form-data",
            ),
            remark="A file that fails a check changes nothing",
        ),
        fields.section(
            "jobs",
            "Jobs",
            fields.table("Import jobs", heads, rows) if rows else html.P("None yet."),
        ),
        form=form,
        done=done,
    )


def _home() -> Path:
    home: Path = current_app.config["SETTINGS"].home
    return home.resolve()
