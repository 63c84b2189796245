"""`/download/state-of-the-nation/<tool>/<figure>.<kind>`: a figure of those pages."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from pages.dashboard.files import exports, pictures
from pages.nation import contents, standard

blueprint = Blueprint("nation_pictures", __name__)


@blueprint.get(f"/download/{standard.FOLDER}/<slug>/<name>.<ending>")
def picture(slug: str, name: str, ending: str) -> Response:
    """The file of a figure."""
    dashboard = pictures.declared(slug)
    nation = standard.read(dashboard, request.args.to_dict())
    if nation is None:
        abort(404)
    return pictures.answer(
        contents.steps_of(nation, dashboard),
        name,
        ending,
        file=f"{standard.FOLDER}-{slug}-{pictures.period(nation.view)}",
        cover=exports.cover(nation.view, link=standard.permanent(nation)),
    )
