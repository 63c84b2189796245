"""`/download/<tool>.csv` and `.xlsx`: the tables of a dashboard, for the same query string."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from data.export import csv_bytes, xlsx_bytes
from pages.catalogue import DASHBOARDS
from pages.dashboard import context, exports
from pages.dashboard.context import View

blueprint = Blueprint("downloads", __name__)

KINDS = {
    "csv": ("text/csv; charset=utf-8", csv_bytes),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_bytes),
}


@blueprint.get("/download/<slug>.<ending>")
def download(slug: str, ending: str) -> Response:
    """The file; 404 for an unknown tool, kind or organisation, as the page would say."""
    tool = next((tool for tool in DASHBOARDS if tool.slug == slug), None)
    if tool is None or ending not in KINDS:
        abort(404)
    view = context.read(tool, request.args.to_dict())
    if not isinstance(view, View):
        abort(404)
    kind, write = KINDS[ending]
    body = write(exports.cover(view), exports.sheets(view))
    name = exports.file_name(view, ending)
    return Response(
        body,
        mimetype=kind.split(";")[0],
        content_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Data-Version": view.snapshot.version,
        },
    )
