"""`/download/<tool>.zip`, `.xlsx` and `.json`: a dashboard as a file, for the same query string."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Blueprint, Response, abort, redirect, request
from werkzeug.wrappers import Response as Answer

from components.blocks import Section
from components.render import as_files, as_json
from components.render.as_files import Cover
from components.render.as_tables import Sheet, sheets
from pages import links
from pages.dashboard import context, registry
from pages.dashboard.context import View
from pages.dashboard.declaration import Dashboard
from pages.dashboard.files import exports

blueprint = Blueprint("downloads", __name__)

Write = Callable[[Cover, Sequence[Section]], bytes]


def _of_tables(write: Callable[[Cover, Sequence[Sheet]], bytes]) -> Write:
    return lambda cover, sections: write(cover, sheets(sections))


KINDS: dict[str, tuple[str, Write]] = {
    "zip": ("application/zip", _of_tables(as_files.zip_of_csv)),
    "xlsx": (exports.XLSX, _of_tables(as_files.xlsx)),
    "json": ("application/json", as_json.document),
}


@blueprint.get("/download/<slug>.csv")
def csv(slug: str) -> Answer:
    """The earlier address of one CSV with every table; it leads on to the ZIP."""
    _dashboard(slug)
    query = request.query_string.decode("ascii", "replace")
    return redirect(links.path(f"/download/{slug}.zip") + (f"?{query}" if query else ""), code=301)


@blueprint.get("/download/<slug>.<ending>")
def download(slug: str, ending: str) -> Response:
    """The file; 404 for an unknown tool, kind or organisation."""
    dashboard = _dashboard(slug)
    if ending not in KINDS:
        abort(404)
    view = context.read(dashboard.tool, request.args.to_dict())
    if not isinstance(view, View):
        abort(404)
    kind, write = KINDS[ending]
    name = exports.file_name(view, ending)
    return Response(
        write(exports.cover(view, link=context.permanent(view)), exports.sections(view, dashboard)),
        content_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Data-Version": view.snapshot.version,
        },
    )


def _dashboard(slug: str) -> Dashboard:
    found = next((one for one in registry.declared() if one.tool.slug == slug), None)
    return found or abort(404)
