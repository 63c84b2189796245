"""Month folders of a version in the making: built, taken over from the live one, or refused."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import duckdb

from data.versions.manifest import Check, Manifest, PeriodRecord
from data.versions.snapshot import LAYOUT, VersionFiles, month_folder
from data.versions.undone import Earlier
from pipelines.engine import alone, unplaced
from pipelines.engine.checks import PLACED, has_begun, is_of_series
from pipelines.engine.failing import Failure, dated
from pipelines.engine.judging import Candidate, lesser, misfits
from pipelines.engine.plan import MonthPlan, plan_months
from pipelines.engine.reading import area_codes
from pipelines.engine.sizes import number, rows_of
from pipelines.engine.tables import Tables
from pipelines.engine.units import BadRelease, Month, Progress, Series, Sources
from pipelines.files.errors import UNREADABLE, why_unreadable


@dataclass(slots=True)
class Build:
    """Month folders of a version in the making."""

    staged: Path
    months: dict[date, tuple[MonthPlan, PeriodRecord, Month | None]] = field(default_factory=dict)
    failed: list[Failure] = field(default_factory=list)
    rows: int = 0  # of the months built now, for progress

    def go_back(self, earlier: Earlier) -> None:
        """Months that nothing but a withdrawn file gives become what they were before it."""
        for month, (folder, record) in earlier.items():
            _link(month_folder(folder, month), month_folder(self.staged, month))
            self.months[month] = (_no_plan(record), record, None)


@dataclass(frozen=True, slots=True)
class Builder:
    """What the months of a version are built with and judged by.

    `accepted` are the periods, with the SHA-256 of their files, that a person let through, and
    `lists` the live list sizes.
    """

    con: duckdb.DuckDBPyConnection
    series: Series
    tables: Tables
    needs: Mapping[str, VersionFiles]
    before: Manifest | None
    old: Path | None  # folder of the live version
    accepted: frozenset[tuple[date, tuple[str, ...]]]
    progress: Progress
    damaged: frozenset[date]  # months of which the live version has a file that is not right
    lists: VersionFiles | None = None

    def build(self, staged: Path) -> Build:
        """Build every month whose key is new; start over without each issue that is refused."""
        build = Build(staged)
        refused, unlike = list[Failure](), list[Failure]()  # unlike some that may be refused yet
        while True:
            failed = [*refused, *unlike]
            rejected = {*self.tables.incomplete, *(failure.issue for failure in failed)}
            rejected |= {rival for failure in failed for rival in failure.rivals}
            self._build_new(build, rejected)
            self._keep_older(build, {failure.plan.key for failure in failed})  # keys of periods
            if broken := self._broken(build, rejected):
                refused += broken
            elif unfit := self._misfitting(build):
                unlike += unfit
            elif less := self._lesser(build):
                refused, unlike = refused + less, []
            elif doubtful := self._doubtful(build, rejected):
                refused, unlike = refused + doubtful, []
            else:
                build.failed += failed
                return build

    def _build_new(self, build: Build, rejected: set[str]) -> None:
        series = self.series
        plans = plan_months(series, self.tables.without(rejected), needs=self.needs)
        for done, (month, plan) in enumerate(plans.items()):
            held = build.months.get(month)
            if held and held[1].key == plan.key:
                build.months[month] = (plan, plan.described(held[1]), held[2])
                continue
            kept = self.before.periods.get(month) if self.before else None
            if self.old and kept and kept.key == plan.key and month not in self.damaged:
                _link(month_folder(self.old, month), month_folder(build.staged, month))
                build.months[month] = (plan, plan.described(kept), None)
                continue
            share = 0.1 + 0.75 * done / len(plans)
            self.progress(f"reading {series.named(month)}", share, rows=build.rows)
            build.months[month] = self._build_month(plan, build.staged)
            build.rows += rows_of(self.con, month_folder(build.staged, month))
        for month in build.months.keys() - plans.keys():
            shutil.rmtree(month_folder(build.staged, month), ignore_errors=True)
            del build.months[month]

    def _keep_older(self, build: Build, dropped: set[str]) -> None:
        """Months that only a rejected issue would give stay as the live version has them."""
        for month, record in self.before.periods.items() if self.before else ():
            if self.old and month not in build.months and record.key not in dropped:
                _link(month_folder(self.old, month), month_folder(build.staged, month))
                build.months[month] = (_no_plan(record), record, None)

    def _broken(self, build: Build, rejected: Collection[str]) -> list[Failure]:
        """Failed checks of the months that were built now, and periods that lack a part."""
        series, failures = self.series, []
        for month, (plan, record, built) in sorted(build.months.items()):
            if built is None:
                continue
            failed = [(plan.release, check) for check in built.checks if not check.passed]
            culprit = self._culprit(build, plan, rejected) if failed else None
            if record.partial and series.parts and series.parts.held_back:
                found = f"{record.incompleteness}. It is held back until they are there"
                failed, culprit = [(plan.release, Check("every part", False, found))], None
            failures += [
                Failure(month, plan, slug, dated(series, month, check), culprit=culprit)
                for slug, check in failed
            ]
            failures += [
                Failure(month, plan, slug, dated(series, month, check))
                for slug, check in built.refused
            ]
        return failures

    def _culprit(self, build: Build, plan: MonthPlan, rejected: Collection[str]) -> str | None:
        """Of several issues of a period that which breaks it: without it the period is sound.

        Where no single one is that, one that is broken by itself.
        """

        def sound(without: set[str]) -> bool | None:
            """Whether the period is, without some issues; None where nothing is left of it."""
            left = self.tables.without({*rejected, *without})
            plans = plan_months(self.series, left, needs=self.needs)
            rest = plans.get(plan.sources.month)
            if rest is None:
                return None
            with tempfile.TemporaryDirectory(dir=build.staged, prefix=".trial-") as trial:
                _, _, month = self._build_month(rest, Path(trial))
            return all(check.passed for check in month.checks)

        issues = plan.issues if len(plan.issues) > 1 else ()
        without = (issue for issue in issues if sound({issue}))
        alone = (issue for issue in issues if sound({*issues} - {issue}) is False)
        return next(without, None) or next(alone, None)

    def _misfitting(self, build: Build) -> list[Failure]:
        """Periods that do not fit their neighbours, if anything is new."""
        live = self.before.periods.keys() if self.before else frozenset()
        if all(built is None for _, _, built in build.months.values()):
            return []
        found = misfits(self._candidates(build), live=live)
        return [self._judged(build, month, check) for month, check in sorted(found.items())]

    def _lesser(self, build: Build) -> list[Failure]:
        """Periods that would replace more than they hold."""
        pairs = []
        for one in self._candidates(build):
            was = self.before.periods.get(one.month) if self.before else None
            if one.live or was is None or self.before is None or self.old is None:
                continue
            if one.accepted and not one.stays:
                continue
            if one.stays and not self._is_placed_anew(build, one.month):
                continue
            same = self.before.layout == LAYOUT
            folder = month_folder(self.old, one.month) if same else self.old / "other-layout"
            pairs.append((one, replace(one, folder=folder, record=was, live=True)))
        candidates = self._candidates(build)
        found = lesser(pairs, candidates)
        by_itself = {one.month for one in alone.alone(candidates, of_all=True)}
        for new, before in pairs:
            judged = found.get(new.month) if new.month in by_itself else None
            if judged and (rival := alone.rivals(new, before)):
                found[new.month] = replace(rival, found=f"{judged.found}. {rival.found}")
        return [self._judged(build, month, check) for month, check in found.items()]

    def _doubtful(self, build: Build, rejected: Collection[str]) -> list[Failure]:
        """Periods without neighbours that lack listed practices, or of which files disagree."""
        candidates = self._candidates(build)
        live = self.before.periods.keys() if self.before else ()
        lists = self.lists
        short = alone.unlisted(self.con, candidates, lists, live=live) if lists else {}
        failures = [self._judged(build, month, check) for month, check in short.items()]
        for one in () if failures else alone.alone(candidates, of_all=True):
            failures += self._disagreeing(build, one, rejected)
        return failures

    def _disagreeing(
        self, build: Build, one: Candidate, rejected: Collection[str]
    ) -> list[Failure]:
        """A period that an earlier file of it does not give way to; both wait if neither does."""
        used = build.months[one.month][0].headline_files(self.series)
        left = self.tables.without({*rejected, *used})
        rest = plan_months(self.series, left, needs=self.needs).get(one.month)
        if rest is None or one.record.partial:
            return []
        with tempfile.TemporaryDirectory(dir=build.staged, prefix=".trial-") as trial:
            _, record, month = self._build_month(rest, Path(trial))
            folder = month_folder(Path(trial), one.month)
            other = replace(one, folder=folder, record=record)
            if record.partial or not all(check.passed for check in month.checks):
                return []
            if not (failed := one.failed_instead_of(other)):
                return []
            rival = alone.rivals(one, other)
        judged = self._judged(build, one.month, rival or failed[0])
        others = rest.headline_files(self.series) if rival else ()
        return [replace(judged, culprit=used[0], rivals=(*used, *others))]

    def _is_placed_anew(self, build: Build, month: date) -> bool:
        """Whether nothing has changed of a period but the map of practices that it is made with.

        What Haresign reads otherwise, and what other datasets say, has been judged elsewhere.
        """
        plan, before = build.months[month][0], self.before
        if before is None or not self._is_placed(plan) or (month, plan.every_file) in self.accepted:
            return False
        now = {needed: version.version for needed, version in self.needs.items()}
        as_before = (before.transform, before.inputs) == (self.series.transform, now)
        return as_before and month not in self.damaged

    def _is_placed(self, plan: MonthPlan) -> bool:
        return any(table.kind in self.series.placing_kinds for table in plan.shared)

    def _build_month(self, plan: MonthPlan, staged: Path) -> tuple[MonthPlan, PeriodRecord, Month]:
        folder = month_folder(staged, plan.sources.month)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        names = {
            kind: tuple(table.name for table in used) for kind, used in plan.sources.tables.items()
        }
        try:
            month = self.series.build(self.con, plan.sources, folder)
            if empty := [name for name, total in month.totals.items() if total is None]:
                raise BadRelease(f"no row has a figure from which {empty[0]} could be counted")
            beside = unplaced.note(self.con, folder, series=self.series, period=plan.sources.month)
            files = ", ".join(sorted(name for used in names.values() for name in used))
            checks = (
                *month.checks,
                has_begun(self.series, plan.sources.month),
                is_of_series(self.series, plan.sources.month),
                *area_codes.check(self.con, folder / "geography.parquet", files=files),
            )
            notes = (*month.notes, *beside, *self._encodings(plan))
            month = replace(month, checks=checks, notes=notes)
        except UNREADABLE as error:
            files = ", ".join(sorted(name for used in names.values() for name in used))
            month = Month(0, {}, (Check("readable", False, f"{files}: {why_unreadable(error)}"),))
        totals = {name: number(total) for name, total in month.totals.items()}
        record = PeriodRecord(
            month.practices,
            totals,
            plan.release,
            names,
            plan.key,
            plan.files,
            plan.parts,
            plan.missing,
        )
        return plan, record, month

    def _encodings(self, plan: MonthPlan) -> list[str]:
        """A note for each table of the month whose text is not UTF-8."""
        used = {table.name for same in plan.sources.tables.values() for table in same}
        undated = (t for same in plan.sources.nearby.values() for t in same if t.period is None)
        used |= {table.name for table in undated}
        period = self.series.named(plan.sources.month)
        return [
            f"{period}: {name} is not in UTF-8; it was read as Windows-1252."
            for name in sorted(used & self.tables.in_windows_1252)
        ]

    def _is_of_live(self, month: date, record: PeriodRecord) -> bool:
        """Whether the live version has the period from the same files."""
        was = self.before.periods.get(month) if self.before else None
        return bool(self.before and was and set(record.files) == _files_of(self.before, was))

    def _judged(self, build: Build, month: date, check: Check) -> Failure:
        plan, record, built = build.months[month]
        stays = built is not None and self._is_of_live(month, record)
        of_homes = check.name == PLACED and self._is_placed(plan)
        if not (stays and (of_homes or self._is_placed_anew(build, month))):
            found = dated(self.series, month, check)
            return Failure(month, plan, plan.release, found, judged=True)
        names = ", ".join(sorted(table.name for table in plan.shared))
        check = dated(self.series, month, replace(check, found=f"{check.found} ({names})"))
        return Failure(
            month,
            plan,
            plan.release,
            check,
            judged=True,
            culprit=plan.newest_shared,
            of_shared=True,
        )

    def _candidates(self, build: Build) -> list[Candidate]:
        return [
            Candidate(
                self.con,
                self.series,
                month,
                month_folder(build.staged, month),
                record,
                accepted=bool({(month, record.files), (month, plan.every_file)} & self.accepted),
                live=built is None,
                stays=self._is_of_live(month, record),
            )
            for month, (plan, record, built) in build.months.items()
        ]


def _files_of(manifest: Manifest, record: PeriodRecord) -> set[str]:
    """SHA-256 of the files of a period; by their names where the record is an older one."""
    if record.files:
        return set(record.files)
    names = {name.partition(": ")[0] for read in record.sources.values() for name in read}
    return {
        file.sha256
        for release in manifest.releases
        if release.slug == record.release
        for file in release.files
        if file.name in names
    }


def _no_plan(record: PeriodRecord) -> MonthPlan:
    return MonthPlan(Sources(date.min, {}, {}, {}), record.release, record.key, record.files)


def _link(source: Path, target: Path) -> None:
    """Share an unchanged month with the version it comes from: same files, no copy."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, copy_function=os.link)
