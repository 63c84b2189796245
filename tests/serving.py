"""Servers in processes of their own, on free ports of this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
UNLIMITED = {"HARESIGN_API_HOURLY_LIMIT": "100000000", "HARESIGN_API_DAILY_LIMIT": "1000000000"}


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes of a process: its own, and of files that it reads through memory.

    The latter are shared by all workers, and the system takes them back when it needs the room.
    """

    own: float
    files: float

    @property
    def resident(self) -> float:
        return self.own + self.files


@dataclass(frozen=True, slots=True)
class Served:
    """A running server. `started` is seconds from the command to the first answer."""

    port: int
    pid: int
    started: float

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def memory_mb(self) -> Memory:
        """Of the largest worker process."""
        found = [_memory(pid) for pid in (self.pid, *_children(self.pid))]
        return max(found, key=lambda one: one.resident)


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def _memory(pid: int) -> Memory:
    told = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    kilobytes = {
        name: int(rest.split()[0])
        for name, _, rest in (line.partition(":") for line in told)
        if name in ("RssAnon", "RssFile", "RssShmem")
    }
    own = kilobytes["RssAnon"] + kilobytes["RssShmem"]
    return Memory(own / 1024, kilobytes["RssFile"] / 1024)
