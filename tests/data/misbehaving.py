"""What a child that reads hostile files might be made to do."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path


def add(one: int, other: int) -> int:
    return one + other


def fill_memory(size: int) -> int:
    return len(bytearray(size))


def loop() -> None:
    while True:
        pass


def sleep() -> None:
    time.sleep(600)


def write(path: str, size: int) -> int:
    return Path(path).write_bytes(bytes(size))


def open_many(path: str) -> int:
    return len([Path(path).open("wb") for _ in range(1000)])


def abort() -> None:
    os.abort()


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def leave() -> None:
    os._exit(0)


def fail(words: str) -> None:
    raise ValueError(words)


def say_much() -> str:
    return "x" * 10_000_000


def say(line: str) -> None:
    """An answer of its own making, as code that took over the child could send one."""
    for descriptor in range(3, 10):
        try:
            os.write(descriptor, line.encode())
        except OSError:
            continue
    time.sleep(600)


def print_much() -> str:
    sys.stdout.write("x" * 1_000_000)
    sys.stdout.write(json.dumps({"value": "printed"}) + "\n")
    sys.stdout.flush()
    return "returned"


def seen() -> dict[str, object]:
    """What the child can see of us, and which limits it has."""
    return {
        "environment": dict(os.environ),
        "pid": os.getpid(),
        "core": resource.getrlimit(resource.RLIMIT_CORE)[1],
        "modules": sorted({name.partition(".")[0] for name in sys.modules}),
    }
