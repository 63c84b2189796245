"""A child that reads hostile files meets its limits, and its parent goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from data.confined import Child, Limits, Lost, run
from tests.data import misbehaving

ROOT = Path(__file__).parents[2]
LIMITS = Limits(memory=200 << 20, cpu=1, wall=20, written=1 << 20, answer=1 << 16)


def lost(function: Callable[..., object], *arguments: object, limits: Limits = LIMITS) -> Lost:
    with pytest.raises(Lost) as ended:
        run(function, *arguments, limits=limits)
    return ended.value


def test_a_value_comes_back() -> None:
    assert run(misbehaving.add, 2, 3, limits=LIMITS) == 5
    assert run(misbehaving.fill_memory, 20 << 20, limits=LIMITS) == 20 << 20


def test_memory_time_and_output_are_limited(tmp_path: Path) -> None:
    assert lost(misbehaving.fill_memory, 300 << 20).why == "memory"
    assert lost(misbehaving.loop).why == "time"
    assert lost(misbehaving.sleep, limits=replace(LIMITS, wall=0.5)).why == "time"
    assert lost(misbehaving.write, str(tmp_path / "large"), 2 << 20).why == "size"
    assert (tmp_path / "large").stat().st_size <= 1 << 20
    assert run(misbehaving.write, str(tmp_path / "small"), 1 << 19, limits=LIMITS) == 1 << 19
    assert lost(misbehaving.open_many, str(tmp_path / "one")).why == "fault"
    assert lost(misbehaving.say_much).why == "size"


def test_ends_of_every_kind_are_one_kind_of_error() -> None:
    assert lost(misbehaving.abort).why == "memory"
    assert lost(misbehaving.kill).why == "memory"
    assert lost(misbehaving.leave).why == "fault"


@pytest.mark.parametrize("line", ["nonsense\n", "[1]\n", "{}\n", "[" * 50_000 + "\n", "\xff\n"])
def test_an_answer_of_the_childs_own_making_does_no_harm(line: str) -> None:
    assert lost(misbehaving.say, line).why == "fault"


def test_an_error_is_told_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    ended = lost(misbehaving.fail, "Agnes Patient 943 476 5919")
    assert "ValueError at misbehaving.py:" in str(ended)
    assert "Agnes" not in str(ended) + caplog.text
    assert "misbehaving:fail" in caplog.text


def test_what_a_library_prints_is_no_answer() -> None:
    assert run(misbehaving.print_much, limits=LIMITS) == "returned"


def test_a_child_knows_nothing_of_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARESIGN_MAIL_PASSWORD", "hush")
    seen = run(misbehaving.seen, limits=LIMITS)
    assert set(seen["environment"]) <= {"LC_ALL", "LC_CTYPE"}
    assert seen["core"] == 0
    assert not {"flask", "sqlalchemy", "duckdb", "numpy"} & set(seen["modules"])


def test_one_child_answers_many_calls_and_another_follows_it() -> None:
    with Child(LIMITS) as child:
        first = child.call(misbehaving.seen)["pid"]
        assert child.call(misbehaving.seen)["pid"] == first
        with pytest.raises(Lost):
            child.call(misbehaving.kill)
        second = child.call(misbehaving.seen)["pid"]
        assert second != first
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_a_child_does_not_outlive_its_parent() -> None:
    code = (
        "from tests.data.test_confined import *; import threading; child = Child(LIMITS);"
        "print(child.call(misbehaving.seen)['pid'], flush=True); child.call(misbehaving.sleep)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(100):
        try:
            state = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    pytest.fail("the child went on without its parent")
