"""A landed file that would stop its reader is set aside by name, and the refresh goes on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.engine.series import series
from pipelines.engine.tables import Tables
from pipelines.fetch.landing import land_copy
from pipelines.files.errors import RefusedFile
from pipelines.files.unpacking import LIMITS, READER, Unpacker
from tests.hostile import LAST, crowded_workbook, sparse_document, sparse_workbook, zipped
from tests.pipelines.desk import FEBRUARY, MARCH, Desk

BOMBS = {
    "bomb.xlsx": (sparse_workbook("A1", LAST), "its sheets span 17,179,869,184 cells"),
    "bomb.ods": (sparse_document(columns=16_384, rows=1_048_576), "its sheets span"),
    "line.csv": (b"PRACTICE_CODE,NUMBER\n" + b"1" * (3 << 20), "a line in it is longer"),
    "wide.csv": (b",".join(b"%d" % n for n in range(100_000)), "has 100,000 columns"),
    "wide.zip": (zipped({"a.csv": "x\n" + "," * 30_000}), "a.csv: a row in it has 30,001 columns"),
    "open.csv": (b'"' + b"x\n" * 200_000, "its first rows are not CSV"),
}


def test_a_refresh_goes_on_without_them(desk: Desk, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    for name, (body, _) in BOMBS.items():
        (given / name).write_bytes(body)
    first = desk.flask("refresh", "list-sizes", "--from", str(given))
    assert first.exit_code == 1
    for name, (_, why) in BOMBS.items():
        assert f"{name} was refused: " in first.output and why in first.output
    second = desk.flask("refresh", "list-sizes")
    assert "bomb.xlsx was refused" in second.output
    assert max(desk.manifest().periods) == FEBRUARY
    desk.publish_lists(MARCH)
    desk.flask("refresh", "list-sizes")
    assert max(desk.manifest().periods) == MARCH
    assert desk.flask("verify").exit_code == 0


def test_a_file_that_stops_the_reader_is_not_opened_again(tmp_path: Path) -> None:
    """A workbook of 70 kB whose cells all hold one long text, 900 MB of it."""
    one, scratch = series("online-consultations"), tmp_path / "scratch"
    scratch.mkdir()
    source = tmp_path / "crowd.xlsx"
    source.write_bytes(crowded_workbook())
    assert source.stat().st_size < 100_000
    land_copy(tmp_path, one.dataset.id, source, release="local", now=datetime.now(UTC))
    looked: list[str] = []

    def look() -> list[tuple[str, str]]:
        looked.clear()
        limits = replace(LIMITS, memory=200 << 20)
        with Unpacker(limits) as unpacker:
            tables = Tables(
                tmp_path,
                one,
                scratch,
                unpacker=unpacker,
                progress=lambda step, done, **_: looked.append(step),
            )
        return tables.refused

    ((name, reason),) = first = look()
    assert looked == ["looking at crowd.xlsx"]
    assert (name, "GB of memory" in reason) == ("crowd.xlsx", True), reason
    assert "`flask data withdraw crowd.xlsx`" in reason
    assert look() == first and looked == []
    notes = tmp_path / one.dataset.id / ".recognised.json"
    notes.write_text(json.dumps(json.loads(notes.read_text()) | {"reader": READER - 1}))
    assert look() == first and looked == ["looking at crowd.xlsx"]


def test_a_reader_that_was_lost_reads_the_next_file(tmp_path: Path) -> None:
    crowd, good = tmp_path / "crowd.xlsx", tmp_path / "good.csv"
    crowd.write_bytes(crowded_workbook())
    good.write_bytes(b"CODE,NUMBER\nA1,7\n")
    limits = replace(LIMITS, memory=200 << 20)
    with Unpacker(limits) as unpacker:
        for number in range(2):
            folder = tmp_path / str(number)
            folder.mkdir()
            with pytest.raises(RefusedFile, match="crowd.xlsx: reading it takes more than"):
                unpacker.unpack(crowd, folder)
            assert unpacker.unpack(good, folder) == ({"good.csv": good}, set())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_not_the_fault_of_a_file(tmp_path: Path) -> None:
    book, folder = tmp_path / "good.xlsx", tmp_path / "folder"
    book.write_bytes(sparse_workbook("A1", "B1"))
    folder.mkdir()
    (folder / "good-0.csv").symlink_to("/dev/full")
    with Unpacker() as unpacker, pytest.raises(OSError, match="No space left") as failed:
        unpacker.unpack(book, folder)
    assert not isinstance(failed.value, RefusedFile)
