"""New periods with nothing beside them in the live version: by what else they are judged.

By the practices with a registered list of their month, where list sizes are live, and by the other
files that were given of the same period. Which came first makes no difference: of two files of
which neither may take the other's place, a person says which is right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

import duckdb

from data import periods
from data.spec import UNASSIGNED
from data.versions.manifest import Check
from data.versions.snapshot import VersionFiles, month_folder
from pipelines.engine import geography
from pipelines.engine.checks import enough
from pipelines.engine.judging import Candidate
from pipelines.engine.naming import first_codes
from pipelines.engine.sizes import Size
from pipelines.engine.units import Series

UNSEEN = "has no other period beside it: nothing tells whether rows are missing from its files"
_BESIDE = 12  # periods: what is further away does not vouch for one
_DRIFT = 0.002  # by which shares may be less for each month between a period and the lists
_FAR = 60  # months: lists of another time do not say who is missing
_MOST = 0.5  # share of a table's practices below which a kind of its rows is not of all of them
_ALIKE = 0.8  # share of the practices of both that two files of the same practices have


def alone(candidates: Sequence[Candidate], *, of_all: bool = False) -> Iterator[Candidate]:
    """New periods that no period of the live version stands beside; `of_all`, no other period."""
    for one in candidates:
        near = any(
            _is_beside(one.series, one.month, other.month)
            for other in candidates
            if other.compared_as == one.compared_as and (other.stays or of_all)
        )
        if not (one.live or one.stays or one.accepted or near):
            yield one


def _is_beside(series: Series, month: date, other: date) -> bool:
    apart = periods.apart(series.dataset.period, *sorted((month, other)))
    return month != other and apart <= _BESIDE


def notes(series: Series, held: Collection[date]) -> list[str]:
    """Periods of which nothing that is held says whether rows of their files are missing.

    Lists say which practices and PCNs there are. Of practices there are about as many rows each;
    of a PCN there are as many as it has people.
    """
    if "practice" in series.dataset.levels:
        return []
    by_themselves = [
        month for month in sorted(held) if not any(_is_beside(series, month, o) for o in held)
    ]
    return [f"{series.named(month)} {UNSEEN}." for month in by_themselves]


def unlisted(
    con: duckdb.DuckDBPyConnection,
    candidates: Sequence[Candidate],
    lists: VersionFiles,
    *,
    live: Collection[date],
) -> dict[date, Check]:
    """Periods that lack more of the practices with a list than the series ever does.

    One that is `live` already is judged beside what it replaces.
    """
    failed = {}
    for one in alone(candidates):
        series = one.series
        held = geography.nearest_period(lists.months, series.placed(one.month))
        judged = series.listed_share and not one.record.partial and one.month not in live
        if held is None or not judged:
            continue
        check = _of_the_listed(con, one, lists, held)
        if not check.passed:
            failed[one.month] = check
    return failed


def _listed(
    con: duckdb.DuckDBPyConnection, lists: VersionFiles, held: date, *, pcns: bool
) -> frozenset[str]:
    """Practices with a list, or the PCNs that they are in, as the series' periods call them."""
    folder = month_folder(lists.folder, held)
    query, path = "SELECT practice FROM read_parquet(?) WHERE registered > 0", "parts.parquet"
    if pcns:
        query = f"SELECT DISTINCT '{UNASSIGNED}' || pcn FROM read_parquet(?) WHERE pcn <> ''"
        path = "geography.parquet"
    return frozenset(code for (code,) in con.execute(query, [str(folder / path)]).fetchall())


def _of_the_listed(
    con: duckdb.DuckDBPyConnection, one: Candidate, lists: VersionFiles, held: date
) -> Check:
    series, size = one.series, one.size
    pcns = "practice" not in series.dataset.levels
    kind = "PCNs" if pcns else "practices"
    name = f"{series.listed_share:.0%} of the {kind} with a list"
    gap = periods.months_apart(*sorted((one.month, held)))
    if not (size.of_practices or pcns) or gap > _FAR:
        return Check(name, True, "no list says who is missing")
    listed = _listed(con, lists, held, pcns=pcns)
    least = series.listed_share - _DRIFT * gap
    lost = sorted(listed - size.listed)
    if not enough(len(listed), len(listed) - len(lost), least):
        codes = first_codes([code.removeprefix(UNASSIGNED) for code in lost])
        found = (
            f"{len(lost):,} of the {len(listed):,} {kind} with a list in {held:%B %Y} are "
            f"missing ({codes})"
        )
        return Check(name, False, found)
    for table in series.kinds_of_rows:
        usual = _usual_reach(size, table)
        if usual is not None and not enough(len(listed), usual, least):
            found = (
                f"half of the kinds of row of {table} are of {usual:,} practices or fewer, where "
                f"{len(listed):,} have a list in {held:%B %Y}"
            )
            return Check(name, False, found)
    return Check(name, True, "about all of them are there")


def _usual_reach(size: Size, table: str) -> int | None:
    """Practices of the middle kind of row of a table, of those that are of most of them."""
    own = sorted(many for kind, many in size.reach.items() if kind.partition(" ")[0] == table)
    most = [many for many in own if many >= own[-1] * _MOST]
    return most[len(most) // 2] if most else None


def rivals(new: Candidate, other: Candidate) -> Check | None:
    """Why two files of one period both wait for a person: neither may take the other's place.

    They are of the same practices; those of others do not disagree, whatever else is wrong.
    """
    here, there = new.size.codes, other.size.codes
    alike = len(here & there) >= _ALIKE * max(len(here), len(there))
    if not (alike and new.failed_instead_of(other) and other.failed_instead_of(new)):
        return None
    control = new.series.dataset.control
    told = sorted(
        f"{', '.join(headline_files(one.series, one))} ({control}: {one.record.totals[control]:,})"
        for one in (new, other)
    )
    found = (
        f"{' and '.join(told)} do not agree, and no period beside it says which is right. Set the "
        'wrong one aside: flask data withdraw "FILE" --why "…"'
    )
    return Check("one file of a period", False, found)


def headline_files(series: Series, one: Candidate) -> tuple[str, ...]:
    """The files that make a period, as people know them."""
    names: list[str] = []
    for kind in series.headlines:
        used = one.record.sources.get(kind, ())
        names += used if series.adds_up(kind) else used[:1]
    return tuple(sorted({name.partition(": ")[0] for name in names}))
