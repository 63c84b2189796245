"""`/accounts/admin/data/`: what is published, and taking it back: versions, files, withdrawn files.

Administrators say why and confirm; `flask data rollback` or `withdraw` then runs as a job.
"""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answer

from auth.credentials.sessions import account, platform_admin
from auth.forms import Form
from data import periods
from data.registry import UnknownDataset, all_datasets, dataset
from data.spec import Dataset
from data.versions import revisions, undone
from data.versions.db import library
from data.versions.landed import files_of, landed, withdrawn
from pages.dashboard.words import span
from pages.site.administration import jobs
from pages.site.administration import undo_pages as pages
from pages.site.administration.undo_pages import ADDRESS, File, Odd, Version

BLUEPRINT = Blueprint("published", __name__)
LONGEST_REASON = 300  # characters
MOST_FILES = 200
MOST_VERSIONS = 50
MOST_ODD = 200


def _declared(dataset_id: str) -> Dataset:
    try:
        return dataset(dataset_id)
    except UnknownDataset as error:
        raise NotFound from error


def _versions(declared: Dataset) -> list[Version]:
    store = library().store
    live = store.current_version(declared.id)
    rows = []
    for name in store.versions(declared.id)[:MOST_VERSIONS]:
        manifest = revisions.kept(store, declared.id, name)
        if manifest is None or not manifest.periods:
            rows.append(Version(name, None, "Its record cannot be read", name == live, ""))
            continue
        taken = undone.reason(store, declared.id, name)
        note = f"Taken off: {taken.words}" if taken else manifest.because
        periods = span(declared, min(manifest.periods), manifest.latest)
        rows.append(Version(name, manifest.made_at, periods, name == live, note))
    return rows


def _files(declared: Dataset) -> list[File]:
    """Every landed file, newest first."""
    store = library().store
    manifest = store.manifest(declared.id)
    used = files_of(manifest) if manifest else frozenset()
    marks = {mark.identity: mark.why for mark in withdrawn(store.landing, declared.id)}
    files = sorted(landed(store.landing, declared.id), key=lambda f: f.came_at, reverse=True)
    return [
        File(
            file.path.name,
            file.receipt.sha256,
            file.came_at,
            file.receipt.bytes,
            file.identity in used and file.identity not in marks,
            marks.get(file.identity, ""),
        )
        for file in files[:MOST_FILES]
    ]


def _odd(declared: Dataset) -> list[Odd]:
    """Figures of the live version out of all proportion to their own series, newest first."""
    manifest = library().store.manifest(declared.id)
    outliers = sorted(manifest.outliers if manifest else (), key=lambda o: o.period, reverse=True)
    return [
        Odd(
            periods.label(declared.period, one.period),
            one.practice,
            declared.part(one.part).label,
            f"{one.value:,.10g}",
            f"{one.before:,.10g} and {one.after:,.10g}",
        )
        for one in outliers[:MOST_ODD]
    ]


def _done() -> str:
    return "Started: the jobs below show how it goes." if request.args.get("done") else ""


@BLUEPRINT.get(ADDRESS)
@platform_admin
def datasets() -> str:
    store = library().store
    rows = [
        (declared, store.manifest(declared.id), len(store.versions(declared.id)))
        for declared in all_datasets()
    ]
    return pages.datasets(rows, done=_done())


@BLUEPRINT.get(f"{ADDRESS}<dataset_id>/")
@platform_admin
def versions(dataset_id: str) -> str:
    declared = _declared(dataset_id)
    return pages.versions(
        declared, _versions(declared), _files(declared), _odd(declared), done=_done()
    )


@BLUEPRINT.route(f"{ADDRESS}<dataset_id>/rollback/", methods=["GET", "POST"])
@platform_admin
def rollback(dataset_id: str) -> Answer | str:
    declared = _declared(dataset_id)
    wanted = request.values.get("version", "")
    row = next((v for v in _versions(declared) if v.name == wanted and not v.live), None)
    if row is None:
        raise NotFound
    form = _reason()
    if request.method == "POST" and not form.errors:
        command = ("rollback", declared.id, row.name, f"--why={form['why']}", _by())
        jobs.begin(declared.id, f"Go back to {row.name}", command, event="data rolled back")
        return redirect(url_for("published.versions", dataset_id=declared.id, done="rollback"))
    what = f"Go back to the version made {row.made_at:%d %B %Y, %H:%M}" if row.made_at else row.name
    return _confirm(declared, form, what, f"{row.name}: {row.periods}", "version", row.name)


@BLUEPRINT.route(f"{ADDRESS}<dataset_id>/<any(withdraw,restore):action>/", methods=["GET", "POST"])
@platform_admin
def file(dataset_id: str, action: str) -> Answer | str:
    declared = _declared(dataset_id)
    wanted = request.values.get("file", "")
    rows = [row for row in _files(declared) if row.sha256 == wanted]
    again = action == "restore"
    rows = [row for row in rows if bool(row.why) == again]
    if not rows:
        raise NotFound
    names = ", ".join(sorted({row.name for row in rows}))
    form = _reason()
    if request.method == "POST" and not form.errors:
        command = ["withdraw", rows[0].sha256, "--dataset", declared.id, f"--why={form['why']}"]
        command += ["--undo"] if again else [_by()]
        what = f"Use again: {names}" if again else f"Withdraw {names}"
        event = "file used again" if again else "file withdrawn"
        jobs.begin(declared.id, what, command, event=event)
        return redirect(url_for("published.versions", dataset_id=declared.id, done=action))
    title = "Use this file again" if again else "Withdraw this file"
    return _confirm(declared, form, title, f"{names}: {wanted}", "file", wanted)


def _by() -> str:
    return f"--by=administrator {account().id}"


def _reason() -> Form:
    form = Form.sent("why")
    if request.method == "POST":
        form.require("why", "Say why: the reason is shown to everyone on the page of changes.")
        form.limit("why", LONGEST_REASON, "The reason")
    return form


def _confirm(declared: Dataset, form: Form, title: str, what: str, field: str, value: str) -> str:
    return pages.confirm(declared, form, title, what=what, field=field, value=value)
