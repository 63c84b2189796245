"""A worker ends when its parent does, however the parent ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
LOOK_EVERY = 0.5  # seconds, where the system cannot tell


def end_with_parent(parent: int) -> None:
    """Kill this process as soon as `parent`, which began it, has ended."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:
        _end()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY)
    _end()


def _end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
