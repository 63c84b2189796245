"""`/accounts/documents/`: upload, list, share, download and delete."""

from __future__ import annotations

import io

from flask import Blueprint, Response, redirect, request, send_file, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answer

from auth import csrf
from auth.credentials import sessions
from auth.credentials.sessions import Account, account, signed_in
from auth.forms import Form
from auth.uploads import kinds
from auth.uploads.refusal import RefusedFile
from auth.views import frame
from auth.workspaces import documents, rosters
from auth.workspaces.documents import Kept
from auth.workspaces.rosters import Hidden
from components.text import to_text
from pages.workspaces import document_pages, places
from pages.workspaces.document_pages import MINE, Row, Taken

BLUEPRINT = Blueprint("documents", __name__, url_prefix="/accounts/documents")
SAID = {
    "uploaded": "The document is kept.",
    "shared": "The document is shared.",
    "private": "The document is no longer shared.",
    "deleted": "The document is deleted.",
}
AROUND = 64 * 1024  # bytes of a form around its file
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


def size(bytes_: int) -> str:
    """As people read it: 12 KB, 3.4 MB."""
    if bytes_ < 1024**2:
        return f"{max(1, round(bytes_ / 1024)):,} KB"
    return f"{bytes_ / 1024**2:.1f}".removesuffix(".0") + " MB"


@BLUEPRINT.get("/")
@signed_in
def shelf() -> str:
    return _shelf(Form())


def _shelf(form: Form) -> str:
    scope = request.args.get("scope", MINE)
    try:
        rows = documents.own(account()) if scope == MINE else documents.library(account(), scope)
    except Hidden:
        raise NotFound from None
    linked = [places.place(one.org_code) for one in rosters.workspaces(account())]
    limits = f"Up to {size(documents.LARGEST)} a file and {documents.MOST} files."
    return document_pages.shelf(
        form,
        [_row(one) for one in rows],
        linked,
        scope=scope,
        taken=Taken(f"{kinds.ALLOWED}. {limits}", kinds.ACCEPT, documents.LARGEST),
        done=SAID.get(request.args.get("done", ""), ""),
    )


def _refuse(length: int) -> Response:
    """A file that is too large to be read is refused like every other file."""
    form = Form(errors={"file": documents.too_large(length)})
    return Response(_shelf(form), 413, content_type="text/html; charset=utf-8")


csrf.allow_larger(
    "/accounts/documents/",
    documents.LARGEST + AROUND,
    may=lambda: sessions.current() is not None,
    refuse=_refuse,
)


def _row(document: Kept) -> Row:
    return Row(
        document,
        size(document.size),
        places.place(document.org_code) if document.shared and document.org_code else None,
        may_delete=documents.may_delete(account(), document),
        may_withdraw=documents.may_withdraw(account(), document),
    )


@BLUEPRINT.post("/")
@signed_in
def upload() -> Answer | str:
    form = Form.sent("with")
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        form.errors["file"] = "Choose a file."
        return _shelf(form)
    try:
        documents.upload(account(), sent.filename, sent.stream, share_with=form["with"] or None)
    except RefusedFile as refused:
        form.errors["file"] = str(refused)
        return _shelf(form)
    except Hidden:
        raise NotFound from None
    return redirect(url_for("documents.shelf", scope=form["with"] or MINE, done="uploaded"))


@BLUEPRINT.get("/<int:document_id>/")
@signed_in
def download(document_id: int) -> Answer | str:
    """The file, to be saved and never shown: a browser must not run what somebody uploaded."""
    try:
        found, body = documents.read(account(), document_id)
    except Hidden:
        raise NotFound from None
    except RefusedFile as refused:
        return _shelf(Form(errors={"form": str(refused)}))
    answer = send_file(
        io.BytesIO(body),
        mimetype=found.content_type.partition(";")[0],
        as_attachment=True,
        download_name=found.name,
        max_age=0,
    )
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


@BLUEPRINT.route("/<int:document_id>/share/", methods=["GET", "POST"])
@signed_in
def share(document_id: int) -> Answer | str:
    one = _document(document_id)
    if not (one.own or documents.may_withdraw(account(), one)):
        raise NotFound
    if request.method == "GET":
        linked = sorted(rosters.codes(account())) if one.own else []
        return document_pages.share(one, [places.place(code) for code in linked])
    code = Form.sent("with")["with"] or None
    try:
        documents.share(account(), one.id, code)
    except Hidden:
        raise NotFound from None
    return redirect(url_for("documents.shelf", done="shared" if code else "private"))


@BLUEPRINT.route("/<int:document_id>/delete/", methods=["GET", "POST"])
@signed_in
def delete(document_id: int) -> Answer | str:
    one = _document(document_id)
    if not documents.may_delete(account(), one):
        raise NotFound
    if request.method == "GET":
        place = places.place(one.org_code) if one.shared and one.org_code else None
        return document_pages.delete(one, place)
    documents.remove(account(), one.id)
    return redirect(url_for("documents.shelf", done="deleted"))


def _document(document_id: int) -> Kept:
    try:
        return documents.get(account(), document_id)
    except Hidden:
        raise NotFound from None


def on_profile(visitor: Account) -> frame.Section:
    """The account's documents on its profile page."""
    linked = [
        (place, len(documents.library(visitor, place.code)))
        for place in (places.place(one.org_code) for one in rosters.workspaces(visitor))
    ]
    body = to_text(document_pages.counts(len(documents.own(visitor)), linked))
    return frame.Section("documents", "Documents", body)
