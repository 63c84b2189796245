"""What a page of State of the Nation is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from data.questions import areas
from data.questions.peers import Peers
from data.questions.queries import months_before
from data.spec import Level, Measure
from data.versions.orgs import Org
from pages.dashboard import peers
from pages.dashboard.context import View


@dataclass(frozen=True, slots=True)
class NationView:
    """England in the newest month, by one measure, its areas and its practices or PCNs.

    `view` is the dashboard's own view of England, from which figures and workings come. `mine` is
    an organisation to be marked; `unknown` a code that none has.
    """

    view: View
    measure: Measure
    level: Level
    among: Level
    mine: Org | None
    unknown: str

    @property
    def before(self) -> date:
        return months_before(self.view.period, 12)

    @property
    def peers(self) -> Peers:
        return peers.peers(self.view)

    @property
    def home(self) -> Org | None:
        """The area of the chosen level that the marked organisation is or belongs to."""
        if self.mine is None:
            return None
        if self.mine.level == self.level:
            return self.mine
        view = self.view
        above = areas.above(view.snapshot, view.directory, self.mine, month=view.period)
        code = above.get(self.level)
        return self.view.directory.at(self.level, code) if code else None
