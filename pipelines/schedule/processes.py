"""What can be told of other processes of this machine."""

from __future__ import annotations

import os


def is_running(pid: int) -> bool:
    """Whether a process has not ended; True where that cannot be told."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
