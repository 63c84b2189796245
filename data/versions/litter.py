"""What killed processes leave behind, and its removal.

Everything is removed that no living process can be at work on: by the caller's lock on a dataset,
by the number of the process in a name, or by age.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from data.versions.store import STAGING_PREFIX, Store, is_abandoned

LONG_AGO = 24 * 60 * 60  # seconds: a download that is older is not taken up again
UPLOADS = "imports"  # files that administrators hand in, each in a folder of its own
WHOLE_FOLDERS = (
    ".publications-*",
    ".backup-*",
)  # of demonstrations and backups, anywhere in a home
_DRAFT = re.compile(r"\..+\.json\.(\d+)")  # as `data.versions.store.write_atomically` names them


def sweep(store: Store, dataset_id: str) -> int:
    """Remove what earlier refreshes of a dataset left; the caller holds its lock."""
    return sum(map(_remove, [*_landing(store, dataset_id), *_staged(store, dataset_id)]))


def sweep_home(home: Path) -> int:
    """Remove what belongs to no dataset: drafts of small files, folders of uploads."""
    old = [path for pattern in WHOLE_FOLDERS for path in _anywhere(home, pattern) if _is_old(path)]
    old += [folder for folder in (home / UPLOADS).glob("*") if _is_old(folder)]
    old += [
        path
        for path in (*home.glob("*/*/.*.json.*"), *home.glob("*/*/*/.*.json.*"))
        if (found := _DRAFT.fullmatch(path.name))
        and _has_ended(int(found[1]))
        and _is_old(path, 60)
    ]
    return sum(map(_remove, old))


def _anywhere(home: Path, pattern: str) -> Iterator[Path]:
    yield from home.glob(pattern)
    yield from home.glob(f"*/{pattern}")


def _landing(store: Store, dataset_id: str) -> Iterator[Path]:
    """Parts of files, unless a download may go on from them, and files without a receipt.

    A demonstration is landed without the lock, so what is young there may be somebody's.
    """
    for folder in (store.landing / dataset_id).glob("*/"):
        names = {path.name for path in folder.iterdir()}
        for path in (folder / name for name in sorted(names)):
            useless = _is_left(path.name, names) and not store.demo
            given_up = (_is_left(path.name, names) or _is_part(path.name)) and _is_old(path)
            if useless or given_up:
                yield path


def _is_part(name: str) -> bool:
    return name.endswith((".part", ".part.json"))


def _is_left(name: str, names: set[str]) -> bool:
    """Whether a file in a release's folder is of no use to anybody."""
    if name.endswith(".json.part"):
        return True
    if name.endswith(".part"):
        return f"{name}.json" not in names
    if name.endswith(".json"):
        return name.removesuffix(".json") not in names
    return f"{name}.json" not in names


def _staged(store: Store, dataset_id: str) -> Iterator[Path]:
    staged = store.folder(dataset_id).glob(f"{STAGING_PREFIX}*")
    return (folder for folder in staged if is_abandoned(folder))


def _is_old(path: Path, seconds: float = LONG_AGO) -> bool:
    try:
        return time.time() - path.stat().st_mtime > seconds
    except FileNotFoundError:
        return False


def _has_ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False


def _remove(path: Path) -> int:
    """Remove a file or folder, and the folder of a release that holds nothing else."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    if path.parent.parent.parent.name == "landing" and not any(path.parent.iterdir()):
        path.parent.rmdir()
    return 1
