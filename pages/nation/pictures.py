"""`/download/state-of-the-nation/<tool>/<figure>.svg` and `.png`: a figure of those pages."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from pages import links
from pages.dashboard.files import pictures
from pages.nation import contents, standard

blueprint = Blueprint("nation_pictures", __name__)


@blueprint.get(f"/download/{standard.FOLDER}/<slug>/<name>.<ending>")
def picture(slug: str, name: str, ending: str) -> Response:
    """The file of a figure."""
    dashboard = pictures.declared(slug)
    nation = standard.read(dashboard, request.args.to_dict())
    if nation is None:
        abort(404)
    address = links.path(dashboard.tool.nation_path) + standard.query(nation)
    return pictures.answer(
        contents.steps_of(nation, dashboard),
        name,
        ending,
        file=f"{standard.FOLDER}-{slug}-{pictures.period(nation.view)}",
        address=links.absolute(address),
        version=nation.view.snapshot.version,
    )
