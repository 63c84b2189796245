"""`/download/<tool>/<figure>.svg`, `.png`, `.csv` and `.xlsx`: a figure for the same query.

A file is made of the blocks of the page, so that it holds what the page shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

from flask import Blueprint, Response, abort, request

from components import charts
from components.blocks import Absent, Block, Comparison, Figure, Members, Section, Table, flat
from components.charts import svg
from components.menu import Frame
from components.render import as_files
from components.render.as_files import Cover
from components.render.as_tables import sheets
from data import periods
from pages.dashboard import contents, context, registry
from pages.dashboard.context import View
from pages.dashboard.declaration import Dashboard
from pages.dashboard.files import exports
from pages.dashboard.standard import shown
from pages.dashboard.steps import Step

PICTURES = {"svg": "image/svg+xml; charset=utf-8", "png": "image/png"}
TABLES = {"csv": "text/csv; charset=utf-8", "xlsx": exports.XLSX}
Framed = Figure | Comparison | Members | Table

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
        cover=exports.cover(view, link=context.permanent(view)),
    )


def declared(slug: str) -> Dashboard:
    """The dashboard of that address; 404 where there is none."""
    found = next((one for one in registry.declared() if one.tool.slug == slug), None)
    return found or abort(404)


def period(view: View) -> str:
    """The period of a view, as file names write it."""
    return periods.key(view.snapshot.dataset.period, view.period)


def answer(steps: Sequence[Step], name: str, ending: str, *, file: str, cover: Cover) -> Response:
    """The file of a figure; 404 for an unknown figure or kind, and where there is nothing drawn."""
    kinds = PICTURES | TABLES
    block = find(steps, name) if ending in kinds else None
    if block is None:
        abort(404)
    if isinstance(block, Figure) and isinstance(block.chart, Absent):
        abort(404, description=block.chart.sentence)
    body = _drawn(block, ending, cover.link) if ending in PICTURES else _table(block, ending, cover)
    return Response(
        body,
        content_type=kinds[ending],
        headers={
            "Content-Disposition": f'attachment; filename="haresign-{file}-{name}.{ending}"',
            "X-Data-Version": cover.version,
        },
    )


def _drawn(block: Framed, ending: str, address: str) -> bytes:
    if not isinstance(block, Figure) or isinstance(block.chart, Absent):
        abort(404, description="This is a table, not a chart: it can be had as CSV and XLSX.")
    text = svg.file(
        charts.draw(block.chart), charts.describe(block.chart), labels(block.frame, address)
    )
    return text.encode() if ending == "svg" else svg.png(text)


def _table(block: Framed, ending: str, cover: Cover) -> bytes:
    (sheet,) = sheets([Section(slug=block.frame.id, title=block.frame.title, blocks=(block,))])
    if ending == "csv":
        return as_files.sourced_csv(cover, sheet, link=f"{cover.link}#{block.frame.id}")
    return as_files.xlsx(cover, [sheet])


def find(steps: Sequence[Step], name: str) -> Framed | None:
    """The figure or table of that name. The section that has its name is searched first."""
    for step in sorted(steps, key=lambda one: not name.startswith(one.slug)):
        for block in flat(step.draw().blocks):
            if _is_framed(block) and block.frame.name == name:
                return block
    return None


def _is_framed(block: Block) -> TypeGuard[Framed]:
    return isinstance(block, Figure | Comparison | Members | Table)


def labels(frame: Frame, address: str) -> svg.Labels:
    """Title, subtitle and source as they stand around the figure, and its address."""
    coverage = f"{frame.coverage} " if frame.coverage else ""
    return svg.Labels(
        title=frame.title,
        subtitle=frame.subtitle,
        foot=f"{coverage}{frame.source.citation} Haresign: {address}#{frame.id}",
    )
