"""The child of `data.confined`: takes calls from standard input until there are no more."""

from __future__ import annotations

import ctypes
import errno
import importlib
import json
import logging
import math
import os
import resource
import signal
import sys
import time
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

from data.confined import DISK_FULL, OUT_OF_MEMORY, TOO_LARGE

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_CODES = {errno.EFBIG: TOO_LARGE, errno.ENOSPC: DISK_FULL, errno.EDQUOT: DISK_FULL}


def main() -> None:
    limits: dict[str, Any] = json.loads(sys.argv[1])
    _end_with(os.getppid())
    _limit(resource.RLIMIT_AS, limits["memory"])
    _limit(resource.RLIMIT_FSIZE, limits["written"])
    _limit(resource.RLIMIT_NOFILE, limits["files"])
    _limit(resource.RLIMIT_CORE, 0)
    logging.disable(logging.CRITICAL)
    answers = os.dup(1)
    os.dup2(2, 1)  # what libraries print is no answer

    def give_up(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Say where an error was, and nothing of its words: they may quote what was read."""
        if issubclass(kind, MemoryError):
            os._exit(OUT_OF_MEMORY)
        if isinstance(error, OSError) and error.errno in _CODES:
            os._exit(_CODES[error.errno])
        place = traceback.extract_tb(trace)[-1]
        where = f"{kind.__name__} at {Path(place.filename).name}:{place.lineno}"
        _send(answers, {"fault": where})

    sys.excepthook = give_up
    for line in sys.stdin.buffer:
        order = json.loads(line)
        module, _, name = order["function"].partition(":")
        function = getattr(importlib.import_module(module), name)
        _limit_time(math.ceil(time.process_time()) + limits["cpu"])
        _send(answers, {"value": function(*order["arguments"])})


def _limit(which: int, most: int) -> None:
    hard = resource.getrlimit(which)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(which, (most, most))


def _limit_time(seconds: int) -> None:
    """The soft limit alone: a child that answers many calls gets more for each."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = seconds if hard == resource.RLIM_INFINITY else min(seconds, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _end_with(parent: int) -> None:
    """End at once when the parent does, also in the middle of a call."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _send(answers: int, answer: dict[str, Any]) -> None:
    line = json.dumps(answer).encode() + b"\n"
    while line:
        line = line[os.write(answers, line) :]


if __name__ == "__main__":
    main()
