"""The frame of a page's figures, and how the numbers in them were worked out."""

from __future__ import annotations

from components.menu import Frame
from data.provenance import Working
from data.questions import provenance, workings
from data.questions.queries import Figure
from data.remembered import remembered
from pages import links
from pages.dashboard.context import View, permanent, permanent_query
from pages.dashboard.peers import figure


def frame(view: View, slug: str, title: str, subtitle: str, *, coverage: str = "") -> Frame:
    """The frame of one figure of a page. `slug` is unique on the page."""
    return Frame(
        id=f"{view.tool.slug}-{slug}",
        title=title,
        subtitle=subtitle,
        source=provenance.source(view.snapshot, view.period),
        coverage=coverage,
        about=f"{view.org.label}, {view.when}",
        name=slug,
        files=files_of(view.tool.slug, permanent_query(view)),
        link=permanent(view),
    )


def files_of(folder: str, query: str) -> str:
    """The addresses of the figures of a page as files (`pages.dashboard.files.pictures`)."""
    return links.path(f"/download/{folder}/") + "{name}.{kind}" + query


def of_measure(view: View, measure_id: str) -> Figure:
    """A measure of the view's organisation and month."""
    return figure(view, view.snapshot.dataset.measure(measure_id))


def headline(view: View) -> Figure:
    """The figure whose England total is the dataset's control total."""
    return of_measure(view, view.snapshot.dataset.headline)


def working(view: View, now: Figure) -> Working:
    """How a figure of the page was worked out."""
    return workings.working(
        view.snapshot,
        now,
        membership=view.membership,
        address=permanent(view),
        api=_api_address(view),
    )


def api_call(view: View, now: Figure) -> str:
    """The request that returns a figure of the page; empty if none does."""
    return workings.api_call(
        view.snapshot.dataset, now, membership=view.membership, api=_api_address(view)
    )


@remembered
def _api_address(view: View) -> str:
    return links.absolute(links.path(f"/api/v1/{view.tool.dataset}/"))
