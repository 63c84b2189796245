"""What tests build once for all runs of the same sources, because it takes half a minute."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = ("data/**/*", "pipelines/**/*", "tests/conftest.py", "requirements.txt")
KEPT = 3  # builds, of the sources last tested


def once(name: str, build: Callable[[Path], None]) -> Path:
    """The folder that `build` fills, as it left it for these sources. Link it, never change it."""
    root = Path(tempfile.gettempdir()) / f"haresign-tests-{os.getuid()}"
    root.mkdir(mode=0o700, exist_ok=True)
    folder = root / f"{name}-{_digest()}"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = root / f"{name}.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            build(unfinished)
            unfinished.rename(folder)
            for old in sorted(root.glob(f"{name}-*"), key=_last_used)[:-KEPT]:
                shutil.rmtree(old, ignore_errors=True)
        os.utime(folder)
    return folder


def link(folder: Path, target: Path) -> None:
    """A copy whose files are links: what replaces one of them leaves the original alone."""
    shutil.copytree(folder, target, copy_function=os.link, symlinks=True)


def _last_used(folder: Path) -> float:
    return folder.stat().st_mtime


def _digest() -> str:
    found = hashlib.sha256()
    for path in sorted(path for pattern in SOURCES for path in ROOT.glob(pattern)):
        if path.is_file() and "__pycache__" not in path.parts:
            found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]
