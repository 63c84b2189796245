"""`/download/<tool>/<figure>.svg` and `.png`: a figure of a dashboard, drawn for the same query.

The picture is made of the blocks of the page, so that it shows what the page shows.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, abort, request

from components import charts
from components.blocks import Absent, Figure, flat
from components.charts import svg
from components.figure import Frame
from data import periods
from pages.dashboard import contents, context, registry
from pages.dashboard.context import View
from pages.dashboard.declaration import Dashboard
from pages.dashboard.standard import shown
from pages.dashboard.steps import Step

KINDS = {"svg": "image/svg+xml; charset=utf-8", "png": "image/png"}

blueprint = Blueprint("pictures", __name__)


@blueprint.get("/download/<slug>/<name>.<ending>")
def picture(slug: str, name: str, ending: str) -> Response:
    """The file of a figure; 404 for an unknown organisation."""
    dashboard = declared(slug)
    view = context.read(dashboard.tool, request.args.to_dict())
    if not isinstance(view, View):
        abort(404)
    return answer(
        shown(view, dashboard, contents.steps_of),
        name,
        ending,
        file=f"{slug}-{view.org.code.lower()}-{period(view)}",
        address=context.permanent(view),
        version=view.snapshot.version,
    )


def declared(slug: str) -> Dashboard:
    """The dashboard of that address; 404 where there is none."""
    found = next((one for one in registry.declared() if one.tool.slug == slug), None)
    return found or abort(404)


def period(view: View) -> str:
    """The period of a view, as file names write it."""
    return periods.key(view.snapshot.dataset.period, view.period)


def answer(
    steps: Sequence[Step], name: str, ending: str, *, file: str, address: str, version: str
) -> Response:
    """The picture of a figure; 404 for an unknown figure or kind, and where there is no chart."""
    figure = find(steps, name) if ending in KINDS else None
    if figure is None:
        abort(404)
    if isinstance(figure.chart, Absent):
        abort(404, description=figure.chart.sentence)
    text = svg.file(
        charts.draw(figure.chart),
        charts.describe(figure.chart),
        labels(figure.frame, address),
    )
    return Response(
        text.encode() if ending == "svg" else svg.png(text),
        content_type=KINDS[ending],
        headers={
            "Content-Disposition": f'attachment; filename="haresign-{file}-{name}.{ending}"',
            "X-Data-Version": version,
        },
    )


def find(steps: Sequence[Step], name: str) -> Figure | None:
    """The figure of that name. The section that has its name is searched first."""
    for step in sorted(steps, key=lambda one: not name.startswith(one.slug)):
        for block in flat(step.draw().blocks):
            if isinstance(block, Figure) and block.frame.picture == name:
                return block
    return None


def labels(frame: Frame, address: str) -> svg.Labels:
    """Title, subtitle and source as they stand around the figure, and its address."""
    coverage = f"{frame.coverage} " if frame.coverage else ""
    return svg.Labels(
        title=frame.title,
        subtitle=frame.subtitle,
        foot=f"{coverage}{frame.source.citation} Haresign: {address}#{frame.id}",
    )
