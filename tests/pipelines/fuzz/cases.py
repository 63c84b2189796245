"""One odd file from landing to verdict."""

from __future__ import annotations

import re
import shutil
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Literal

import duckdb

from data.versions.landed import usable
from data.versions.manifest import Manifest
from data.versions.snapshot import Snapshot
from data.versions.store import Store
from pipelines.cli.recounting import compared
from pipelines.engine.runner import Refresh, publish_landed
from pipelines.engine.series import series
from pipelines.engine.uses import Reading, sentences
from pipelines.fetch.landing import Given, import_local
from pipelines.files.errors import UNREADABLE
from tests.pipelines.fuzz import grids
from tests.pipelines.fuzz.mutations import MUTATIONS, Mutation
from tests.pipelines.fuzz.stage import Plan, Stage, case_home, digest, land, moment_of

_ASKED = 40  # figures of a period that are counted again, besides every one of England
_LOOKED_AT = 3  # periods of one odd file that are counted again
_RAW = re.compile(
    r"\b(Key|Index|Attribute|Type|Value|Assertion|Unicode\w*|StopIteration)Error\b|Traceback"
    r"|(Binder|Catalog|Parser|Internal|Constraint|Out of Range|Dependency) Error"
    r"|mistake in Haresign"
)
_OURS: tuple[type[BaseException], ...] = (
    *UNREADABLE,
    duckdb.Error,
    OSError,
    RuntimeError,
    AttributeError,
    AssertionError,
)
Verdict = Literal["equal", "refused", "fault"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one odd file."""

    dataset: str
    family: str
    name: str
    file: str
    verdict: Verdict
    message: str

    def __str__(self) -> str:
        said = f"{self.dataset}: {self.name} in {self.file}: {self.verdict}"
        return f"{said}: {self.message}"


def run(
    stage: Stage, name: str, mutation: Mutation, seed: int, *, later_too: bool
) -> Outcome | None:
    """One odd file from landing to verdict; None where the change does not apply to the dataset."""
    stage.prepare(name)
    rng = Random(f"{name} {mutation.name} {seed}")
    plan = stage.plans[name]
    scratch = stage.folder / "case"
    shutil.rmtree(scratch, ignore_errors=True)
    (scratch / "odd").mkdir(parents=True)
    for source, grid in _tables(rng, plan):
        odd = scratch / "odd" / source.name
        if _write_odd(mutation, rng, source, grid, odd):
            break
    else:
        return None
    case = _Case(stage, plan, mutation, source, odd, rng, scratch, f"{source.name} {grid.name}")
    return case.verdict(later_too=later_too)


def _tables(rng: Random, plan: Plan) -> Iterator[tuple[Path, grids.Grid]]:
    """Every table of the release in any order."""
    for source in rng.sample(plan.target.files, len(plan.target.files)):
        tables = grids.read(source)
        for grid in rng.sample(tables, len(tables)):
            if len(grid.rows) > 1:
                yield source, grid


def _write_odd(mutation: Mutation, rng: Random, source: Path, grid: grids.Grid, odd: Path) -> bool:
    if mutation.of_bytes:
        odd.write_bytes(mutation.of_bytes(rng, source.read_bytes()))
        return True
    changed = mutation.change(rng, grid) if mutation.change else None
    if changed is None or (isinstance(changed, grids.Grid) and changed.rows == grid.rows):
        return False
    if isinstance(changed, bytes):
        if source.name.lower().endswith(grids.WORKBOOKS):
            return False
        grids.write_bytes(source, odd, grid.name, changed)
    else:
        grids.write_grid(source, odd, changed)
    return True


@dataclass(slots=True)
class _Case:
    stage: Stage
    plan: Plan
    mutation: Mutation
    source: Path
    odd: Path
    rng: Random
    scratch: Path
    place: str

    def verdict(self, *, later_too: bool) -> Outcome:
        try:
            verdict, message = self._verdict(later_too=later_too)
        except _OURS:  # whatever it is, it is a fault of ours and is told
            verdict, message = "fault", traceback.format_exc(limit=-4)
        return Outcome(
            self.plan.dataset,
            self.mutation.family,
            self.mutation.name,
            self.place,
            verdict,
            message,
        )

    def _verdict(self, *, later_too: bool) -> tuple[Verdict, str]:
        name = self.plan.dataset
        shelf = case_home(self.stage, name, self.scratch / "home")
        before = shelf.manifest(name)
        local = self.rng.random() < 0.4 and name != "practices"
        local = local or not series(name).wants(self.odd.name)
        files = [self.odd if path == self.source else path for path in self.plan.target.files]
        if self.mutation.name == "twice":
            files.append(self._again())
        if local:
            import_local(shelf.landing, name, files, now=moment_of(self.plan.target))
        else:
            land(shelf, self.plan.target, files)
        seen: list[Reading] = []
        refresh = publish_landed(shelf, series(name), memory_mb=256, look=seen.append)
        after = shelf.manifest(name)
        used = self._used(shelf, seen)
        fault = self._fault(shelf, refresh, before, after, used)
        if fault is None and later_too:
            fault = self._later(shelf, local=local)
        if fault:
            return "fault", f"{fault} [{refresh.outcome}: {refresh.message}]"
        changed = _changed(before, after)
        return ("equal" if changed else "refused"), refresh.message

    def _used(self, shelf: Store, seen: Sequence[Reading]) -> str:
        """What somebody is told who hands the file in."""
        name = self.plan.dataset
        own = [one for one in usable(shelf.landing, name) if one.path.name == self.odd.name]
        if not seen or not own:
            return ""
        return " ".join(sentences([Given(self.odd, own[-1])], seen[-1]))

    def _again(self) -> Path:
        copy = self.odd.with_name(f"copy of {self.odd.name}")
        shutil.copyfile(self.odd, copy)
        return copy

    def _fault(
        self,
        shelf: Store,
        refresh: Refresh,
        before: Manifest | None,
        after: Manifest | None,
        used: str,
    ) -> str | None:
        name = self.plan.dataset
        if raw := _RAW.search(refresh.message):
            return f"the reason is no sentence ({raw[0]})"
        changed = _changed(before, after)
        set_aside = "not used" in used or "not recognised" in used
        if refresh.outcome != "failed" and not changed and not set_aside:
            return "nothing was published and nothing said"
        if refresh.outcome == "failed" and not self._names_a_place(refresh.message):
            return "the reason names neither file nor release"
        told = refresh.outcome == "failed" or set_aside
        if after is not None and changed:
            right = self.stage.right(name)
            notes = set(after.notes) - right.notes
            told = told or bool(notes)
            for month in Random(1).sample(changed, min(_LOOKED_AT, len(changed))):
                if unlike := next(_wrong(shelf, after, month), None):
                    return f"not what the file says: {unlike}"
            unlike_good = [m for m in changed if digest(shelf, after, m) != right.digests.get(m)]
            if unlike_good and not told and self.mutation.told:
                return f"{unlike_good[0]:%Y-%m} differs from the good file, and nothing is said"
            if unlike_good and not told and not self._is_used(after, changed):
                return "the odd file was left out in silence"
        return None

    def _names_a_place(self, message: str) -> bool:
        places = [
            self.odd.name,
            self.plan.target.slug,
            "local-",
            *(r.slug for r in self.plan.before),
        ]
        return any(place in message for place in places)

    def _is_used(self, after: Manifest, changed: Sequence[date]) -> bool:
        names = {
            one.partition(": ")[0]
            for month in changed
            for found in after.periods[month].sources.values()
            for one in found
        }
        return self.odd.name in names

    def _later(self, shelf: Store, *, local: bool) -> str | None:
        """The right file of the period and that of the next are not stopped by the odd one."""
        name, good = self.plan.dataset, self.stage.later(self.plan.dataset)
        if local:
            import_local(
                shelf.landing,
                name,
                self.plan.target.files,
                now=moment_of(self.plan.target) + timedelta(minutes=5),
            )
        else:
            land(shelf, self.plan.target, self.plan.target.files, later=5)
        for release in self.plan.after:
            land(shelf, release, release.files)
        refresh = publish_landed(shelf, series(name), memory_mb=256)
        manifest = shelf.manifest(name)
        for month in good:
            if manifest is None or month not in manifest.periods:
                return f"{month:%Y-%m} is missing after the right files: {refresh.message}"
            if digest(shelf, manifest, month) != good[month]:
                return f"{month:%Y-%m} is not as in the right files: {refresh.message}"
        return None


def _changed(before: Manifest | None, after: Manifest | None) -> list[date]:
    if after is None:
        return []
    held = {month: record.key for month, record in before.periods.items()} if before else {}
    return [month for month, record in after.periods.items() if held.get(month) != record.key]


def _wrong(shelf: Store, manifest: Manifest, month: date) -> Iterator[str]:
    snapshot = Snapshot(shelf.version_folder(manifest.dataset, manifest.version), manifest)
    try:
        found = compared(shelf, snapshot, month, count=_ASKED, rng=Random(1))
        yield from (unlike for _, unlike in found if unlike)
    except (ValueError, KeyError, LookupError, OSError) as error:
        yield f"it cannot be counted again: {type(error).__name__}: {error}"


def outcomes(
    stage: Stage, name: str, count: int, seed: int, *, only: str = ""
) -> Iterator[Outcome]:
    """So many odd files of a dataset, every change in turn, each followed by the right files."""
    wanted = [mutation for mutation in MUTATIONS if only in mutation.name]
    order = Random(f"{name} {seed}").sample(wanted, len(wanted))
    done, turn = 0, 0
    while done < count and turn < max(count, len(order)) * 3:
        mutation = order[turn % len(order)]
        outcome = run(stage, name, mutation, seed + turn // len(order), later_too=True)
        turn += 1
        if outcome:
            done += 1
            yield outcome
