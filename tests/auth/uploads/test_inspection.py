"""Inspections end, and are made one at a time."""

from __future__ import annotations

import subprocess
import sys
import threading
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from auth.uploads import inspection, turns
from auth.uploads.refusal import RefusedFile

ROOT = Path(__file__).parents[3]


def endless_pdf() -> bytes:
    """A PDF of a few kilobytes with half a million texts on its page."""
    drawn = zlib.compress(b"BT /F 9 Tf " + b"(a) Tj " * 500_000 + b"ET", 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def test_an_upload_that_takes_too_long_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "endless.pdf"
    path.write_bytes(endless_pdf())
    assert inspection.LIMITS.cpu < inspection.LIMITS.wall <= turns.PATIENCE
    monkeypatch.setattr(inspection, "LIMITS", replace(inspection.LIMITS, cpu=1))
    with pytest.raises(RefusedFile, match="takes longer than any report"):
        inspection.inspect(path, "endless.pdf", folder=tmp_path / "turns")


def test_uploads_at_once_take_turns_and_too_many_are_told(tmp_path: Path) -> None:
    inside, most, waiting = 0, 0, threading.Barrier(turns.PLACES)
    refused: list[str] = []
    lock, done = threading.Lock(), threading.Event()

    def one() -> None:
        nonlocal inside, most
        waiting.wait()
        with turns.turn(tmp_path):
            with lock:
                inside += 1
                most = max(most, inside)
                first = inside == 1 and not done.is_set()
            if first:
                try:
                    while not all_taken(tmp_path):
                        pass
                    with turns.turn(tmp_path):
                        pytest.fail("a fourth upload was let in")
                except RefusedFile as error:
                    refused.append(str(error))
                done.set()
            with lock:
                inside -= 1

    threads = [threading.Thread(target=one) for _ in range(turns.PLACES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, refused) == (1, [turns.BUSY])


def all_taken(folder: Path) -> bool:
    names = [f"place-{number}" for number in range(turns.PLACES)]
    locked = Path("/proc/locks").read_text().split()
    inodes = [str((folder / name).stat().st_ino) for name in names if (folder / name).exists()]
    return len(inodes) == len(names) and all(
        any(part.endswith(f":{inode}") for part in locked) for inode in inodes
    )


def test_the_turn_of_a_killed_worker_is_free(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from auth.uploads.turns import turn\n"
        "with turn(Path(sys.argv[1])): print('in', flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    worker = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert worker.stdout is not None and worker.stdout.readline() == b"in\n"
    worker.kill()
    worker.wait()
    worker.stdout.close()
    with turns.turn(tmp_path):
        pass
