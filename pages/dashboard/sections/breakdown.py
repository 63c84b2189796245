"""What makes up the whole, figure by figure."""

from __future__ import annotations

from collections.abc import Sequence

from components.blocks import Beside, Block, Fold, Section
from pages.dashboard import breakdowns
from pages.dashboard.context import View
from pages.dashboard.declaration import Dashboard, Draw
from pages.dashboard.steps import Step, step

IN_A_ROW = 2


def breakdown(view: View, dashboard: Dashboard) -> Step | None:
    """The section under the dashboard's own title; None where nothing is broken down."""
    rows, more = _rows(view, dashboard)
    if not rows:
        return None
    title = dashboard.breakdown

    @step("breakdown", title)
    def draw() -> Section:
        blocks = _drawn(view, rows)
        if more:
            blocks.append(Fold(f"More of: {title.lower()}", tuple(_drawn(view, more))))
        return Section(slug="breakdown", title=title, blocks=tuple(blocks), remark=view.when)

    return draw()


def _rows(
    view: View, dashboard: Dashboard
) -> tuple[Sequence[Sequence[Draw]], Sequence[Sequence[Draw]]]:
    """Rows of figures in sight, and those behind a line."""
    if dashboard.rows:
        return dashboard.rows, dashboard.more
    every = [breakdowns.any_split(one, dashboard.noun) for one in view.snapshot.dataset.breakdowns]
    rows = [every[start : start + IN_A_ROW] for start in range(0, len(every), IN_A_ROW)]
    return rows[:1], rows[1:]


def _drawn(view: View, rows: Sequence[Sequence[Draw]]) -> list[Block]:
    blocks: list[Block] = []
    for row in rows:
        figures = tuple(draw(view) for draw in row)
        blocks += [Beside(figures)] if len(figures) > 1 else figures
    return blocks
