"""The API on one core, beside what else could serve the same rows there."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import orjson

from app import create_app
from auth.api_keys import keys
from data.settings import Settings
from tests.bench import homes
from tests.bench.budgets import ENGINEERING
from tests.bench.counts import Counts
from tests.bench.load import SERVING, Loads, NeverAsked, Target, in_turn
from tests.bench.references import datasette
from tests.bench.references.figures import DATASET, FILE, MEASURE, Figures
from tests.bench.report import Row, Spread, not_measured
from tests.serving import Served, served, served_application

REFERENCES = "tests.bench.references"
LIST = f"/api/v1/{DATASET}/"
LARGEST_PAGE = 500
SIZES = range(100, LARGEST_PAGE)  # of pages that hold any practice's months
TREND = f"&fields=month,rates.{MEASURE}"
OF_DATASETTE = "/rows/rows.json?_shape=objects&_nocol=practice&practice=%s&_size=%d"


@dataclass(frozen=True, slots=True)
class Servers:
    """All of them on one core; `datasette` says why where it is not there."""

    site: Served
    key: str
    figures: Figures
    scratch: Path
    empty: Served
    without_bridge: Served
    lookups: Served
    datasette: Served | str

    def new(self, site: Served, path: str) -> NeverAsked:
        return NeverAsked(site, path, self.figures.codes, SIZES, self.scratch, self.key)


@contextmanager
def _servers(home: Path) -> Iterator[Servers]:
    app = create_app(Settings(home=home))
    with app.app_context():
        key = keys.issue("bench over http")
    figures = Figures.of_site(home)
    with ExitStack() as open_now, tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        figures.write(scratch / "figures.npz")
        environment = {FILE: str(scratch / "figures.npz")}

        def reference(target: str, interface: str) -> Served:
            return open_now.enter_context(
                served_application(
                    f"{REFERENCES}.{target}", core=SERVING, interface=interface, **environment
                )
            )

        yield Servers(
            site=open_now.enter_context(served(home, core=SERVING)),
            key=key,
            figures=figures,
            scratch=scratch,
            empty=reference("empty_flask:behind", "rsgi"),
            without_bridge=reference("empty_flask:app", "wsgi"),
            lookups=reference("numpy_lookups:behind", "rsgi"),
            datasette=_datasette(figures, scratch, open_now),
        )


def _datasette(figures: Figures, scratch: Path, open_now: ExitStack) -> Served | str:
    try:
        command = datasette.installed(homes.HOMES / "datasette")
    except datasette.NotInstalled as error:
        return str(error)
    datasette.write_database(figures, scratch / "rows.db")
    return open_now.enter_context(datasette.served(command, scratch / "rows.db", core=SERVING))


def rows(home: Path, counts: Counts) -> list[Row]:
    if shutil.which("wrk") is None:
        return [not_measured("the API under load", "wrk is not installed")]
    with _servers(home) as servers:
        return [*_trends(servers, counts), *_all_practices(servers, counts)]


def _trends(servers: Servers, counts: Counts) -> list[Row]:
    code, site = servers.figures.codes[0], servers.site
    new = f"{LIST}?practice=%s{TREND}&page_size=%d"
    targets: list[Target | NeverAsked] = [
        Target(servers.empty, "/"),
        Target(servers.without_bridge, "/"),
        servers.new(servers.lookups, "/?practice=%s&size=%d"),
        Target(site, new % (code, LARGEST_PAGE), servers.key),
        servers.new(site, new),
        servers.new(site, f"{LIST}?practice=%s&page_size=%d"),
    ]
    if isinstance(servers.datasette, Served):
        targets.append(servers.new(servers.datasette, OF_DATASETTE))
    empty, without, lookups, hot, first, whole, *rest = in_turn(targets, counts)
    return [
        _empty_flask(empty, without),
        _numpy_lookups(lookups, empty),
        _datasette_row(rest[0] if rest else str(servers.datasette), lookups),
        _hot(hot, empty),
        _never_asked(first, lookups),
        *([_beside_datasette(first, rest[0])] if rest else []),
        _whole_rows(whole, lookups),
    ]


def _empty_flask(empty: Loads, without: Loads) -> Row:
    return Row(
        what="reference: an empty Flask application behind the site's server",
        measured=str(empty),
        reference=f"the same by Granian's own WSGI, {without.rate:,.0f} req/s",
        ratio=empty.rate / without.rate,
    )


def _numpy_lookups(lookups: Loads, empty: Loads) -> Row:
    return Row(
        what="reference: a practice's trend from a bare numpy array behind the site's server",
        measured=str(lookups),
        reference=f"an empty Flask application, {empty.rate:,.0f} req/s",
        ratio=lookups.rate / empty.rate,
    )


def _datasette_row(loads: Loads | str, lookups: Loads) -> Row:
    what = "reference: a practice's trend from Datasette over the same rows"
    if isinstance(loads, str):
        return not_measured(what, loads)
    return Row(
        what=what,
        measured=str(loads),
        reference=f"a bare numpy array, {lookups.rate:,.0f} req/s",
        ratio=loads.rate / lookups.rate,
    )


def _hot(loads: Loads, empty: Loads) -> Row:
    return Row(
        what="API, the same practice's trend again and again (the answer is kept and sent again)",
        measured=str(loads),
        reference=f"an empty Flask application, {empty.rate:,.0f} req/s",
        ratio=loads.rate / empty.rate,
        budget=ENGINEERING["api"],
        against=loads.against,
        quoted=True,
    )


def _never_asked(loads: Loads, lookups: Loads) -> Row:
    return Row(
        what="API, a practice's trend at an address never asked for before (no cache answers)",
        measured=str(loads),
        reference=f"a bare numpy array, {lookups.rate:,.0f} req/s",
        ratio=loads.rate / lookups.rate,
        budget=ENGINEERING["api"],
        against=loads.against,
        quoted=True,
    )


def _beside_datasette(first: Loads, loads: Loads) -> Row:
    return Row(
        what="the same beside Datasette",
        measured=f"{first.rate:,.0f} req/s, p99 {first.slow:.1f} ms",
        reference=f"Datasette, {loads.rate:,.0f} req/s, p99 {loads.slow:.1f} ms",
        ratio=first.rate / loads.rate,
    )


def _whole_rows(loads: Loads, lookups: Loads) -> Row:
    return Row(
        what="API, a practice's whole rows at an address never asked for before",
        measured=str(loads),
        reference=f"one rate from a bare numpy array, {lookups.rate:,.0f} req/s",
        ratio=loads.rate / lookups.rate,
    )


def _all_practices(servers: Servers, counts: Counts) -> list[Row]:
    """One rate of every practice in a month, page by page where a server has pages."""
    months = servers.figures.months[-counts.visits :]
    practices = len(servers.figures.codes)

    def site(month: str) -> int:
        return _paged(servers, month)

    def lookups(month: str) -> int:
        return len(_asked(servers.lookups, f"/?month={month[:7]}")["results"])

    def of_datasette(month: str) -> int:
        assert isinstance(servers.datasette, Served)
        path = f"/rows/rows.json?_shape=objects&month={month}&_size=max"
        return len(_asked(servers.datasette, path)["rows"])

    ours = Spread.of(_timed(site, month) for month in months)
    bare = Spread.of(_timed(lookups, month) for month in months)
    told = f"a bare numpy array, {bare}"
    if isinstance(servers.datasette, Served):
        told += f"; Datasette, {Spread.of(_timed(of_datasette, month) for month in months)}"
    return [
        Row(
            what=f"API, one measure for all practices of a month ({practices:,}, "
            f"{-(-practices // LARGEST_PAGE)} pages), asked for the first time",
            measured=ours,
            reference=told,
            ratio=ours.median / bare.median,
            quoted=True,
        )
    ]


def _timed(ask: Callable[[str], int], month: str) -> float:
    began = time.perf_counter()
    if not ask(month):
        raise RuntimeError(f"nothing was answered for {month}")
    return 1000 * (time.perf_counter() - began)


def _paged(servers: Servers, month: str) -> int:
    query = f"{LIST}?month={month}&fields=ods_code,rates.{MEASURE}&page_size={LARGEST_PAGE}"
    page, rows = 1, 0
    while True:
        answer = _asked(servers.site, f"{query}&page={page}", servers.key)
        rows += len(answer["results"])
        if answer["next"] is None:
            return rows
        page += 1


def _asked(site: Served, path: str, key: str = "") -> dict[str, list[object]]:
    connection = HTTPConnection("127.0.0.1", site.port, timeout=60)
    connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}: {body[:200]!r}")
    read: dict[str, list[object]] = orjson.loads(body)
    return read
