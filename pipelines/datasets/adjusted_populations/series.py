"""PCN Adjusted Populations: a row for each practice with its list and adjusted population.

A file counts 1 January; the financial year that it pays for begins in the April after. Headings
are found by the words in them, below whatever stands above.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import duckdb

from data.datasets.adjusted_populations import DATASET
from data.formula import quoted
from data.settings import Settings
from data.spec import UNALLOCATED
from data.versions.manifest import Check
from pipelines.engine import geography
from pipelines.engine.folder import write_fact, write_parts
from pipelines.engine.reading.sheets import tidy
from pipelines.engine.units import BadRelease, Month, Preview, Series, Sources, Table, csv_below
from pipelines.fetch import discovery
from pipelines.fetch.http import Client
from pipelines.files.errors import DiscoveryError

_LOOKED_AT = 40  # rows among which headings are looked for
_JANUARY = (
    re.compile(r"(20\d\d)[-_ /]0?1[-_ /]0?1(?!\d)"),
    re.compile(r"\bJAN(?:UARY)?[ _-]+(20\d\d)"),
)
_FINANCIAL = re.compile(r"(?<!\d)(20\d\d)[-_/ ](?:20)?(\d\d)(?!\d)")
_FILE = re.compile(r"adjusted[-_ %20]*population", re.IGNORECASE)
_NATIONAL_TOLERANCE = 0.005  # of the registered list, to which adjusted populations add up
_SMALLEST_NATIONAL = 6000  # practices from which a file must be of all England


@dataclass(frozen=True, slots=True)
class _Found:
    """Headings of a table, and which of them mean what."""

    row: int
    names: tuple[str, ...]
    columns: dict[str, str]


def wants(name: str) -> bool:
    return bool(_FILE.search(name)) and name.lower().endswith((".csv", ".xlsx", ".zip", ".csv.gz"))


def recognise(preview: Preview) -> tuple[str, date] | None:
    found = _find(preview.path)
    return ("practices", _year(preview.path, found, preview.name)) if found else None


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as text:
        return list(islice(csv.reader(text), _LOOKED_AT))


def _find(path: Path) -> _Found | None:
    """The first row with a practice code, a registered list and an adjusted population."""
    for number, row in enumerate(_rows(path)):
        names = _numbered([tidy(cell.replace("_", " ")) for cell in row])
        columns = {}
        for to, wanted, refused in (
            ("practice", ("PRACTICE", "CODE"), ()),
            ("practice_name", ("PRACTICE", "NAME"), ()),
            ("adjusted", ("ADJUSTED",), ("REGISTERED", "RATIO", "%")),
            ("registered", ("REGISTERED",), ("ADJUSTED",)),
            ("pcn", ("PCN", "CODE"), ()),
            ("pcn_name", ("PCN", "NAME"), ()),
            ("sub_icb", ("SUB ICB", "CODE"), ()),
            ("sub_icb_name", ("SUB ICB", "NAME"), ()),
            ("icb", ("ICB", "CODE"), ("SUB",)),
            ("icb_name", ("ICB", "NAME"), ("SUB",)),
            ("region", ("REGION", "CODE"), ()),
        ):
            fitting = [
                name
                for name in names
                if all(word in name for word in wanted) and not any(w in name for w in refused)
            ]
            if fitting:
                columns[to] = fitting[0]
        if {"practice", "adjusted", "registered"} <= columns.keys():
            return _Found(number, names, columns)
    return None


def _numbered(names: Sequence[str]) -> tuple[str, ...]:
    """Names without repeats or blanks."""
    seen: dict[str, int] = {}
    found = []
    for place, name in enumerate(names, 1):
        name = name or f"COLUMN {place}"
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return tuple(found)


def _year(path: Path, found: _Found, name: str) -> date:
    """The year that a file pays for: from its headings, the lines above, or its name."""
    above = " ".join(cell for row in _rows(path)[: found.row] for cell in row).upper()
    headings = f"{found.columns['adjusted']} {found.columns['registered']}"
    for text in (headings, above, tidy(Path(name).name)):
        for pattern in _JANUARY:
            if day := pattern.search(text.upper()):
                return date(int(day[1]), 4, 1)
        for first, second in _FINANCIAL.findall(text):
            if (int(first) + 1) % 100 == int(second):
                return date(int(first), 4, 1)
    raise BadRelease(
        f"{name} says neither which 1 January it counts nor which year it pays for. "
        f"Its headings are: {', '.join(found.names)[:400]}. Put the year in its name, such as "
        "adjusted-populations-2026-27.xlsx."
    )


def build(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> Month:
    year, table = sources.month, sources.tables["practices"][0]
    found = _find(table.path)
    if found is None:
        raise BadRelease(f"{table.name} has no practice code, registered list and adjusted list.")
    con.execute(f"CREATE OR REPLACE TEMP TABLE counted AS {_query(found, table)}")
    checks = [*_checks(con, table)]
    fact = f"""SELECT practice, DATE '{year}' AS month, registered::INTEGER AS registered, adjusted
        FROM counted"""
    if not all(check.passed for check in checks):
        return Month(0, {}, tuple(checks))
    write_fact(con, fact, target)
    write_parts(con, DATASET, fact, target)
    listed = "SELECT practice, " + ", ".join(_home(found)) + " FROM counted"
    notes = geography.complete(con, sources, listed, target)
    practices, total = con.execute("SELECT count(*), sum(adjusted) FROM counted").fetchall()[0]
    return Month(practices, {DATASET.control: total}, tuple(checks), notes)


def _query(found: _Found, table: Table) -> str:
    """Practice rows as text columns under our names, numbers in their own types."""

    def cell(to: str) -> str:
        return f"trim({quoted(found.columns[to])})"

    def number(to: str) -> str:
        return f"replace({cell(to)}, ',', '')::DECIMAL(18, 6) AS {to}"

    texts = [
        f"CASE WHEN lower({cell(to)}) IN ('no_data', 'no data', 'n/a', '-') THEN '' "
        f"ELSE {cell(to)} END AS {to}"
        for to in found.columns
        if to not in ("practice", "registered", "adjusted")
    ]
    scan = csv_below(table.path, found.names, skip=found.row + 1)
    chosen = ", ".join([number("registered"), number("adjusted"), *texts])
    return (
        f"SELECT upper({cell('practice')}) AS practice, {chosen} FROM {scan} "
        f"WHERE regexp_matches({cell('practice')}, '^[A-Za-z][0-9]{{5}}$')"
    )


def _home(found: _Found) -> Iterator[str]:
    known = found.columns
    for area in ("practice_name", "pcn_name", "sub_icb", "sub_icb_name", "icb", "icb_name"):
        if area in known:
            yield area
    if "region" in known:
        yield "CASE WHEN regexp_matches(region, '^Y[0-9]{2}$') THEN region ELSE '' END AS region"
    if "pcn" in known:
        yield f"""CASE WHEN regexp_matches(pcn, '^U[0-9]{{5}}$') THEN pcn
            ELSE '{UNALLOCATED}' END AS pcn"""


def _checks(con: duckdb.DuckDBPyConnection, table: Table) -> Iterator[Check]:
    practices, distinct, registered, adjusted, odd = con.execute(
        """SELECT count(*), count(DISTINCT practice), sum(registered), sum(adjusted),
                  count(*) FILTER (WHERE registered <> registered::INTEGER OR registered < 0
                                   OR adjusted < 0) FROM counted"""
    ).fetchall()[0]
    yield Check("practices", practices > 0, f"{table.name} has {practices:,} practices")
    found = "every practice appears once"
    if practices != distinct:
        found = f"{table.name} lists {practices - distinct} practices more than once"
    yield Check("unique practices", practices == distinct, found)
    yield Check("lists are counts", not odd, f"{odd} lists are negative or no whole number")
    if practices >= _SMALLEST_NATIONAL:
        apart = abs(float(adjusted - registered)) / float(registered)
        yield Check(
            "adjusted populations add up to the list",
            apart <= _NATIONAL_TOLERANCE,
            f"{registered:,.0f} registered and {adjusted:,.0f} adjusted, {apart:.3%} apart",
        )


def _january(period: date) -> date:
    return date(period.year, 1, 1)


def discover(client: Client, settings: Settings) -> Iterable[discovery.Release]:
    """Workbooks that the contract page links to, newest year first."""
    page = client.page(settings.contract_url)
    found: dict[str, discovery.Release] = {}
    for link in page.outline.links:
        url = urljoin(page.url, link.href)
        name = unquote(urlsplit(url).path.rpartition("/")[2])
        title = link.text
        if not wants(name) and not (_FILE.search(title) and name.lower().endswith(".xlsx")):
            continue
        years = _FINANCIAL.search(f"{title} {name}")
        slug = "adjusted-populations" + (f"-{years[1]}-{years[2]}" if years else "")
        file = discovery.ReleaseFile(name, url, title, name.rpartition(".")[2].upper(), None)
        found.setdefault(
            slug, discovery.Release(slug, page.url, title or name, None, None, (file,))
        )
    if not found:
        raise DiscoveryError(
            f"{settings.contract_url} links to no workbook of adjusted populations. Download it "
            "by hand and load it with --from."
        )
    return [found[slug] for slug in sorted(found, reverse=True)]


SERIES = Series(
    dataset=DATASET,
    transform=1,
    slug="",
    wants=wants,
    recognise=recognise,
    headline_kind="practices",
    shared_kinds=(),
    build=build,
    tolerance=0.03,
    per_working_day=False,
    member_month=_january,
    known_share=0.95,
    discover=discover,
)
