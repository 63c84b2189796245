"""A process whose clock is set forward and back while it runs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# faketime slows waits too, and stops some for good; a clock that is set anew moves the time of day.
SHIFTED = r"""
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static long offset(void) {
    long seconds = 0;
    FILE *file = fopen(getenv("CLOCK_OFFSET_FILE"), "r");
    if (file) { if (fscanf(file, "%ld", &seconds) != 1) seconds = 0; fclose(file); }
    return seconds;
}
int clock_gettime(clockid_t clock, struct timespec *now) {
    int wrong = syscall(SYS_clock_gettime, clock, now);
    if (!wrong && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += offset();
    return wrong;
}
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec exact;
    int wrong = clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return wrong;
}
time_t time(time_t *told) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (told) *told = exact.tv_sec;
    return exact.tv_sec;
}
"""

needs_compiler = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None,
    reason="a C compiler, which makes the clock of a process movable, is away",
)


class Clock:
    """The time of day of whatever runs under it, as an offset in a file."""

    def __init__(self, folder: Path) -> None:
        self._file, source = folder / "clock", folder / "shifted.c"
        self._library = folder / "shifted.so"
        source.write_text(SHIFTED)
        subprocess.run(["cc", "-shared", "-fPIC", "-o", self._library, source], check=True)
        self.set(0)

    def set(self, seconds: int) -> None:
        draft = self._file.with_name("clock.new")
        draft.write_text(f"{seconds}\n")
        draft.replace(self._file)

    @property
    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self._library), "CLOCK_OFFSET_FILE": str(self._file)}
