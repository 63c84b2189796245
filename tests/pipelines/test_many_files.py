"""A landing folder of many files takes work in step with their number."""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from pipelines.engine.runner import quiet
from pipelines.engine.series import series
from pipelines.engine.tables import Tables
from pipelines.files.unpacking import Unpacker

LISTS = series("list-sizes")
FEW, MANY = 50, 200


def calls(root: Path, count: int) -> int:
    """Function calls of going through the folder when every file was looked at before."""
    folder, scratch = root / LISTS.dataset.id / "local", root / "scratch"
    folder.mkdir(parents=True)
    scratch.mkdir()
    for number in range(count):
        body = f"CODE,THING\nA{number},{number}\n".encode()
        path = folder / f"small{number}.csv"
        path.write_bytes(body)
        receipt = {
            "url": "",
            "sha256": hashlib.sha256(body).hexdigest(),
            "bytes": len(body),
            "fetched_at": datetime.now(UTC).isoformat(),
            "published": None,
        }
        path.with_name(f"{path.name}.json").write_text(json.dumps(receipt))
    made = 0

    def note(frame: object, event: str, argument: object) -> None:
        nonlocal made
        made += event == "call"

    with Unpacker() as unpacker:
        for _ in range(2):
            made = 0
            sys.setprofile(note)
            try:
                tables = Tables(root, LISTS, scratch, unpacker=unpacker, progress=quiet)
            finally:
                sys.setprofile(None)
            assert len(tables.names) == count
    return made


def test_four_times_the_files_take_about_four_times_the_work(tmp_path: Path) -> None:
    few, many = calls(tmp_path / "few", FEW), calls(tmp_path / "many", MANY)
    assert many < 1.25 * MANY / FEW * few, (few, many)
