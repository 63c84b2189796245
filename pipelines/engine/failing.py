"""Why a period is not used, in words and for whoever may let it through."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from data import periods
from data.versions.accepted import Refused
from data.versions.manifest import Check
from pipelines.engine.plan import MonthPlan
from pipelines.engine.units import Series


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a period of a release is not used. What was `judged` a person may let through.

    `culprit` is the issue at which it lies, where trying has shown which one that is. Of files that
    do not agree `rivals`, SHA-256, are left out too.
    """

    period: date
    plan: MonthPlan
    release: str  # slug
    check: Check
    judged: bool = False
    culprit: str | None = None
    rivals: tuple[str, ...] = ()
    of_shared: bool = False  # its own files are as they were, the map of practices is not

    @property
    def issue(self) -> str:
        """What is left out next: the culprit, else the newest of the release's files."""
        if self.culprit is not None:
            return self.culprit
        own = [issue for issue in self.plan.issues if issue.partition(" ")[0] == self.release]
        return next(iter(own), self.release if self.plan.issues else self.plan.key)

    def said(self, series: Series) -> str:
        text = f"{self.release} failed the check “{self.check.name}”: {self.check.found}."
        if not self.judged:
            return text
        period = periods.key(series.dataset.period, self.period)
        command = f'flask data accept {series.dataset.id} {period} --why "…"'
        return f"{text} To publish it all the same: {command}."

    def refused(self) -> Refused:
        tables = [table for same in self.plan.sources.tables.values() for table in same]
        tables += self.plan.shared if self.of_shared else ()
        files = self.plan.every_file if self.of_shared else self.plan.files
        names = {table.name for table in tables if table.sha256 in files}
        return Refused(self.period, files, tuple(sorted(names)), self.check.found)


def dated(series: Series, month: date, check: Check) -> Check:
    return replace(check, found=f"{series.named(month)}: {check.found}")
