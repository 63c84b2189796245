"""Uploads made to stop whoever reads them: refused with a sentence, and the site goes on."""

from __future__ import annotations

import io
import os
import tracemalloc
from pathlib import Path

from flask import Flask

from auth.workspaces import documents, files
from tests.auth.uploads import made
from tests.auth.visitors import said
from tests.hostile import LAST, crowded_workbook, sparse_workbook
from tests.pages.workspaces.conftest import Person, account_of
from tests.pages.workspaces.test_documents import kept, on_disk, upload

ROOT = Path(__file__).parents[3]


HOSTILE = {
    "bomb.xlsx": (sparse_workbook("A1", LAST), "span 17,179,869,184 cells"),
    "crowd.xlsx": (crowded_workbook(12_000), "takes more memory"),
    "tags.docx": (made.word("x", more={"word/a.xml": "<w:tr" * 300_000}), "damaged"),
    "large.png": (made.png((b"IHDR", b"\0\0\xff\xff\0\0\xff\xff\x08\0\0\0\0")), "4,294,836,225"),
}


def test_each_is_refused_and_the_site_goes_on(site: Flask, home: Path, person: Person) -> None:
    visitor = person()
    for name, (body, why) in HOSTILE.items():
        answer = upload(visitor, name, body)
        assert answer.status_code == 200 and why in said(answer), (name, said(answer))
    assert upload(visitor).status_code == 302
    assert len(kept(site, visitor)) == 1
    assert not list((home / files.FOLDER / files.DRAFTS).iterdir())


def test_a_worker_does_not_take_an_upload_into_its_memory(
    site: Flask, home: Path, person: Person, tmp_path: Path
) -> None:
    """Three megabytes of a table of small numbers, which as Python's rows are seventy."""
    visitor, path = person(), tmp_path / "large.csv"
    path.write_bytes(b"Practice,Count\n" + b"Y99001,7,8\n" * 270_000)
    with site.app_context(), path.open("rb") as stream:
        account = account_of(site, visitor)
        documents.upload(account, "first.csv", io.BytesIO(made.SOUND["table.csv"]))
        tracemalloc.start()
        documents.upload(account, "large.csv", stream)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 1 << 20
    newest = kept(site, visitor)[0]
    assert files_hold(home, newest.key, path.read_bytes())


def files_hold(home: Path, key: str, body: bytes) -> bool:
    return (home / files.FOLDER / key[:2] / key).read_bytes() == body


def test_drafts_of_killed_workers_are_removed(site: Flask, home: Path, person: Person) -> None:
    visitor = person()
    assert upload(visitor).status_code == 302
    drafts = home / files.FOLDER / files.DRAFTS
    for name, age in (("old", 7200), ("new", 60)):
        (drafts / name).write_bytes(b"x")
        stamp = (drafts / name).stat().st_mtime - age
        os.utime(drafts / name, (stamp, stamp))
    assert upload(visitor).status_code == 302
    assert [path.name for path in drafts.iterdir()] == ["new"]
    (drafts / "new").unlink()
    assert not [path for path in on_disk(home) if path.parent == drafts]
