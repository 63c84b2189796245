"""What the benchmark says of its numbers: budgets, references, and what was never asked before."""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import brotli
import pytest

from tests import readme
from tests.bench import report
from tests.bench.budgets import ENGINEERING, Budget
from tests.bench.counts import QUICK
from tests.bench.dashboards import left_for_later
from tests.bench.load import NeverAsked, Target, in_turn
from tests.bench.report import Row, Spread
from tests.bench.steps import measured
from tests.serving import Served

ENGINEERING_FILE = (
    Path(os.environ.get("REAL_DATA_DIR", report.ROOT.parent / "shared" / "data")).parent
    / "engineering.md"
)


def test_a_missed_budget_is_called_missed_and_names_the_limits() -> None:
    api = ENGINEERING["api"]
    missed = Row(what="slow", measured="", budget=api, against=(2499.0, 10.0, 1))
    assert missed.verdict == "**missed**: ≥ 2,500 req/s, errors ≤ 0"
    kept = Row(what="fast", measured="", budget=api, against=(2500.0, 10.0, 0))
    assert kept.verdict == "met"
    assert Row(what="free", measured="").verdict == ""
    with pytest.raises(ValueError):
        api.missed((2500.0,))


def test_every_row_shows_its_budget_with_the_line_it_comes_from() -> None:
    row = Row(what="shift", measured="0.1", budget=ENGINEERING["shift"], against=(0.1,))
    assert "≤ 0.05 (layout shift) | **missed**: ≤ 0.05" in report.table([row])


@pytest.mark.skipif(not ENGINEERING_FILE.exists(), reason="engineering.md is not here")
@pytest.mark.parametrize("budget", ENGINEERING.values(), ids=ENGINEERING)
def test_a_budget_of_engineering_is_what_its_line_says(budget: Budget) -> None:
    lines = re.findall(
        r"^\| (.+?) \| (.+?) \| .* \|$", ENGINEERING_FILE.read_text(encoding="utf-8"), re.MULTILINE
    )
    told = dict(lines)[budget.line].replace("\N{NO-BREAK SPACE}", " ")
    for limit in budget.limits:
        assert f"{limit.value:,.10g}" in told, f"{limit} is not in: {told}"


def test_the_readme_quotes_ten_rows_at_most_and_every_miss() -> None:
    slow = Row(what="callbacks", measured="", budget=ENGINEERING["callback"], against=(26.0,))
    quoted = [Row(what=f"row {n}", measured=Spread.of([n, n]), quoted=True) for n in range(10)]
    text = report.quotation([slow, *quoted])
    assert text.count("\n| row ") == 10
    assert "Of 1 budgets 1 is missed: callbacks." in text
    with pytest.raises(ValueError, match="at most 10 rows, not 11"):
        report.quotation([*quoted, quoted[0]])


def test_the_block_of_the_readme_is_short() -> None:
    text = readme.README.read_text(encoding="utf-8")
    block = text.split("<!-- bench:start -->")[1].split("<!-- bench:end -->")[0]
    assert len(block.splitlines()) <= report.MOST_QUOTED + 10


def test_a_spread_is_least_median_and_most() -> None:
    assert str(Spread.of([3.0, 1.0, 2.0])) == "1 / 2 / 3 ms"
    assert str(Spread.of([1234.5, 0.123], "s")) == "0.123 / 617 / 1,234 s"


def test_sections_left_for_later_are_asked_for_as_the_page_says() -> None:
    tree = {
        "props": {
            "data-asked": json.dumps({"values": {"org": "A"}}),
            "children": [
                {"id": {"part": "place"}, "data-section": name, "data-asking": '{"part": "ask"}'}
                for name in ("b", "a")
            ],
        }
    }
    later = left_for_later(brotli.compress(json.dumps(tree).encode()))
    assert [(one.section, one.place, one.asking, one.data["section"]) for one in later] == [
        ("a", {"part": "place"}, {"part": "ask"}, "a"),
        ("b", {"part": "place"}, {"part": "ask"}, "b"),
    ]
    with pytest.raises(RuntimeError, match="nothing for later"):
        left_for_later(brotli.compress(b"[]"))


class _Noting(BaseHTTPRequestHandler):
    asked: list[str]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the addresses are noted."""


@pytest.fixture
def noting() -> Iterator[tuple[Served, list[str]]]:
    asked: list[str] = []
    handler = type("Handler", (_Noting,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Served(server.server_port, 0, 0.0), asked
        server.shutdown()


@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed")
def test_no_address_is_asked_for_twice_in_any_round(
    noting: tuple[Served, list[str]], tmp_path: Path
) -> None:
    site, asked = noting
    new = NeverAsked(
        site, "/?practice=%s&page_size=%d", ["A", "B", "C"], range(100, 10**6), tmp_path
    )
    (loads,) = in_turn([new], QUICK)
    assert len(loads.rounds) == QUICK.rounds
    assert len(asked) > 10 and len(set(asked)) == len(asked)
    codes = [parse_qs(urlsplit(path).query)["practice"][0] for path in asked]
    assert all(abs(codes.count("A") - codes.count(other)) < 20 for other in "BC")
    assert loads.errors == 0


@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed")
def test_a_server_that_runs_out_of_new_addresses_fails_the_run(
    noting: tuple[Served, list[str]], tmp_path: Path
) -> None:
    site, _ = noting
    few = NeverAsked(site, "/?practice=%s&page_size=%d", ["A"], range(100, 101), tmp_path)
    with pytest.raises(RuntimeError, match="every address was asked for"):
        few.ask(1)
    assert Target(site, "/").ask(1).errors == 0


def test_the_peak_memory_of_a_step_is_its_own(tmp_path: Path) -> None:
    source = tmp_path / "few.csv"
    source.write_text("a,b\n1,2\n", encoding="utf-8")
    held = bytearray(600 << 20)
    held[::4096] = b"x" * len(held[::4096])
    assert measured("raw_copy", source).megabytes < 300
    assert len(held) == 600 << 20
