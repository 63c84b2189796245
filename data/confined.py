"""Functions that read what others made, called in a child process that may be lost.

Some files make their reader use all the memory or time that there is, and a library that cannot
have the memory it wants ends its process. Here that process is a child with limits on memory,
processor time, files and output, with none of our settings in its environment. Arguments and
values travel as JSON: whatever took over a child could send back text, and nothing that runs.
"""

from __future__ import annotations

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from data import logs

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[1]
OUT_OF_MEMORY, TOO_LARGE, DISK_FULL = 70, 71, 72  # exit codes of the child
_CHUNK = 1 << 16
_GOODBYE = 10.0  # seconds in which a process that ends is gone

Why = Literal["memory", "time", "size", "disk", "fault"]
_BY_CODE: dict[int, Why] = {
    OUT_OF_MEMORY: "memory",
    TOO_LARGE: "size",
    DISK_FULL: "disk",
    -signal.SIGABRT: "memory",  # how libraries end that were refused memory
    -signal.SIGKILL: "memory",  # by a system that has none left
    -signal.SIGXCPU: "time",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one child may use; times are of each call."""

    memory: int  # bytes of address space
    cpu: int  # seconds
    wall: float  # seconds
    written: int  # bytes of any one file
    files: int = 64  # open at once
    answer: int = 4 << 20  # bytes


class Lost(Exception):
    """The child ended, or was ended, without an answer. `why` is the limit that it met."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(f"{why} {detail}".strip())
        self.why = why


def run(function: Callable[..., Any], *arguments: Any, limits: Limits) -> Any:
    """The value of a function of a module, called in a child of its own. Raises `Lost`."""
    with Child(limits) as child:
        return child.call(function, *arguments)


class Child:
    """A child that is started at the first call and again at the first call after it was lost."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """The value, which is whatever JSON the child sent: check it. Raises `Lost`."""
        name = f"{function.__module__}:{function.__qualname__}"
        process = self._process or self._start()
        answered = False
        try:
            value = self._ask(process, {"function": name, "arguments": arguments})
            answered = True
            return value
        except Lost as lost:
            logs.event(log, "confined-child-lost", function=name, why=str(lost))
            raise
        finally:
            if not answered:
                self._end()

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            [sys.executable, "-s", "-m", "data.confined_child", json.dumps(asdict(self._limits))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # libraries quote there what they read
            cwd=ROOT,
            env={"LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )
        return self._process

    def _ask(self, process: subprocess.Popen[bytes], order: dict[str, Any]) -> Any:
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(order).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            raise _lost(process) from None
        try:
            answer = json.loads(self._line(process))
            if "value" in answer:
                return answer["value"]
            raise Lost("fault", str(answer["fault"])[:200])
        except (ValueError, TypeError, KeyError, RecursionError):
            raise Lost("fault", "it sent no answer that can be read") from None

    def _line(self, process: subprocess.Popen[bytes]) -> bytes:
        """The child's next line, within the time and the length that it may have."""
        assert process.stdout is not None
        deadline = time.monotonic() + self._limits.wall
        received = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while not received.endswith(b"\n"):
                left = deadline - time.monotonic()
                if left <= 0 or not selector.select(left):
                    raise Lost("time", f"more than {self._limits.wall:g} s")
                chunk = os.read(process.stdout.fileno(), _CHUNK)
                if not chunk:
                    raise _lost(process)
                received += chunk
                if len(received) > self._limits.answer:
                    raise Lost("size", "its answer is too long")
        return bytes(received)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def _lost(process: subprocess.Popen[bytes]) -> Lost:
    try:
        code = process.wait(_GOODBYE)
    except subprocess.TimeoutExpired:
        return Lost("fault", "it closed its output and went on")
    return Lost(_BY_CODE.get(code, "fault"), f"it ended with {code}")
