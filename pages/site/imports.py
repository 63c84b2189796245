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

from auth import administration, csrf
from auth.forms import Form
from auth.sessions import is_platform_admin, platform_admin
from auth.views import frame
from data.registry import all_datasets
from pages.site import jobs

BLUEPRINT = Blueprint("imports", __name__, template_folder="../templates")
ADDRESS = "/accounts/admin/imports/"
FOLDER = "imports"
ENDINGS = (".csv", ".csv.gz", ".zip", ".xlsx")
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
