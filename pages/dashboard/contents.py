"""The sections of a dashboard, in order, from its declaration."""

from __future__ import annotations

from pages.dashboard import peers
from pages.dashboard.context import View
from pages.dashboard.declaration import Dashboard
from pages.dashboard.sections.breakdown import breakdown
from pages.dashboard.sections.comparison import comparison
from pages.dashboard.sections.members import members
from pages.dashboard.sections.notes import notes
from pages.dashboard.sections.related import related
from pages.dashboard.sections.summary import summary
from pages.dashboard.sections.trend import trend
from pages.dashboard.steps import Step


def steps_of(view: View, dashboard: Dashboard) -> list[Step]:
    """The sections of a view, each drawn when it is needed."""
    group = peers.peers(view)
    every = [
        summary(view, group, dashboard),
        trend(view, group, dashboard),
        comparison(view, group, dashboard),
        breakdown(view, dashboard),
        *(section(view, group) for section in dashboard.sections),
        members(view, dashboard),
        notes(view, *dashboard.notes(view)),
        related(view),
    ]
    return [step for step in every if step is not None]
