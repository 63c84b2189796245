"""A backup brings back accounts, documents and data, on either kind of database."""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import signal
import subprocess
import sys
import tarfile
import threading
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from auth.accounts import people
from auth.api_keys import keys
from auth.backups import restoring, tables
from auth.models import Document, db
from auth.moments import now
from auth.workspaces import files
from data.settings import Settings
from tests import postgres
from tests.auth import killed_restore
from tests.auth.conftest import Visit
from tests.auth.visitors import Visitor
from tests.mailbox import Mailbox

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, mailbox: Mailbox, tmp_path: Path) -> Flask:
    """A site without anything, to restore into."""
    url = ""
    if request.param == "postgresql":
        url = postgres.fresh_database(request.getfixturevalue("postgres_server"))
    home = tmp_path / "restored"
    return create_app(Settings(home=home, database_url=url, smtp_url=mailbox.url))


def filled(site: Flask, person: Visitor) -> str:
    """A document, a published version and a key in the site's home; returns the key."""
    home = Path(site.config["SETTINGS"].home)
    version = home / "real" / "snapshots" / "list-sizes" / "2026-10-15"
    version.mkdir(parents=True, exist_ok=True)
    (version / "fact.parquet").write_bytes(bytes(range(256)) * 40)
    (version.parent / "current.json").write_text('{"version": "2026-10-15"}')
    building = version.parent / ".staging-1"
    building.mkdir(exist_ok=True)
    (building / "fact.parquet").write_bytes(b"half")
    with site.app_context():
        files.path(KEY).parent.mkdir(parents=True, exist_ok=True)
        files.path(KEY).write_bytes(b"the minutes")
        owner = people.by_email(person.email)
        assert owner is not None
        if not db.session.query(Document).filter_by(key=KEY).count():
            db.session.add(
                Document(
                    key=KEY,
                    owner_id=owner.id,
                    org_code="A81001",
                    shared=True,
                    name="Minutes.pdf",
                    content_type="application/pdf",
                    size=11,
                    created_at=now(),
                    digest=hashlib.sha256(b"the minutes").hexdigest(),
                )
            )
        db.session.commit()
        return keys.issue("kept")


def run(site: Flask, *arguments: str) -> str:
    result = site.test_cli_runner().invoke(args=list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def test_everything_is_back_after_a_restore(
    visit: Visit, site: Flask, empty: Flask, mailbox: Mailbox, tmp_path: Path
) -> None:
    person = visit().joined()
    key = filled(site, person)
    archive = tmp_path / "haresign.tar"
    run(site, "backup", str(archive))
    assert archive.stat().st_mode & 0o077 == 0
    run(empty, "restore", str(archive))
    again = create_app(empty.config["SETTINGS"])  # a new start, with the secret that came back
    there = Visitor(again, mailbox, person.number)
    there.client.set_cookie("__Host-session", person.cookie(), domain="haresign.example")
    assert there.is_signed_in()
    there = Visitor(again, mailbox, person.number)
    assert there.sign_in().status_code == 302
    bearer = {"headers": {"Authorization": f"Bearer {key}"}}
    assert there.get("/api/v1/practices/", **bearer).status_code != 401
    home = Path(again.config["SETTINGS"].home)
    with again.app_context():
        document = db.session.query(Document).filter_by(key=KEY).one()
        assert document.name == "Minutes.pdf"
        assert files.path(KEY).read_bytes() == b"the minutes"
    kept = home / "real" / "snapshots" / "list-sizes"
    assert (kept / "2026-10-15" / "fact.parquet").read_bytes() == bytes(range(256)) * 40
    assert (kept / "current.json").exists()
    assert not (kept / ".staging-1").exists()
    fresh = Visitor(again, mailbox, 500_000 + person.number)
    assert fresh.joined().is_signed_in()  # new numbers do not collide with the old ones


def test_a_site_with_accounts_is_not_overwritten(visit: Visit, site: Flask, tmp_path: Path) -> None:
    person = visit().joined()
    archive = tmp_path / "haresign.tar"
    run(site, "backup", str(archive))
    refused = site.test_cli_runner().invoke(args=["restore", str(archive)])
    assert refused.exit_code == 1
    assert "already" in refused.output
    assert person.is_signed_in()


def test_a_damaged_or_hostile_backup_changes_nothing(
    visit: Visit, site: Flask, mailbox: Mailbox, tmp_path: Path
) -> None:
    visit().joined()
    archive = tmp_path / "haresign.tar"
    run(site, "backup", str(archive))
    body = bytearray(archive.read_bytes())
    at = body.index(b"argon2id") + 30
    body[at] ^= 1
    damaged, foreign = (tmp_path / f"{n}.tar" for n in ("damaged", "foreign"))
    damaged.write_bytes(body)
    foreign.write_bytes(b"not a backup" * 100)
    target = create_app(Settings(home=tmp_path / "target"))
    for path in (damaged, foreign):
        refused = target.test_cli_runner().invoke(args=["restore", str(path)])
        assert refused.exit_code == 1, path
        assert "Error" in refused.output
    with target.app_context():
        assert db.session.query(Document).count() == 0


NOWHERE = (
    "files/../../escaped",
    "files//{outside}",
    "files/{outside}",
    "/{outside}",
    "files/real/../../escaped",
    "files/real/landing/./x",
    "files/real/x",
    "files/app.py",
    "files/real/landing/a\tb",
    "accounts/../files/x",
    "accounts/{outside}",
    "files",
    "files/",
    "files/real/landing/behind/escaped",
    "elsewhere/x",
)


def test_a_restore_writes_only_where_backups_keep_things(tmp_path: Path) -> None:
    home, outside, archive = (tmp_path / name for name in ("target", "outside", "hostile.tar"))
    target = create_app(Settings(home=home))
    outside.mkdir()
    (home / "real" / "landing").mkdir(parents=True)
    (home / "real" / "landing" / "behind").symlink_to(outside)
    for name in NOWHERE:
        for kind in ("file", "link", "hard link"):
            _pack(archive, name.replace("{outside}", f"{outside}/escaped"), kind)
            refused = target.test_cli_runner().invoke(args=["restore", str(archive)])
            assert refused.exit_code == 1 and "Error" in refused.output, (name, refused.output)
            assert set(tmp_path.iterdir()) == {home, outside, archive}
            assert list(outside.iterdir()) == []
    for kind in ("link", "hard link"):
        _pack(archive, "files/real/landing/list-sizes/x.csv", kind)
        refused = target.test_cli_runner().invoke(args=["restore", str(archive)])
        assert refused.exit_code == 1 and "is not a file" in refused.output, refused.output


def _without(archive: Path, target: Path, change: dict[str, bytes]) -> None:
    """The backup with members of other contents, and sums that fit."""
    with tarfile.open(archive) as kept:
        bodies = {m.name: kept.extractfile(m).read() for m in kept.getmembers()}  # type: ignore[union-attr]
    bodies |= change
    sums = [f"{hashlib.sha256(b).hexdigest()}  {n}" for n, b in bodies.items() if n != "SHA256SUMS"]
    bodies["SHA256SUMS"] = "\n".join(sums).encode()
    with tarfile.open(target, "w") as made:
        for name, body in bodies.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            made.addfile(info, io.BytesIO(body))


UNLOADABLE = {
    "a revision of nowhere": ({"accounts/revision": b"9999"}, "revision '9999'"),
    "rows that are no rows": ({"accounts/account.jsonl": b"{}\nnonsense"}, "the table account"),
    "columns of nowhere": ({"accounts/account.jsonl": b'{"shoe": 4}'}, "the table account"),
    "a link on the way": ({"files/real/landing/behind/x": b"x"}, "behind a link"),
}


def test_a_restore_that_fails_leaves_the_home_and_the_database_as_they_were(
    visit: Visit, site: Flask, empty: Flask, mailbox: Mailbox, tmp_path: Path
) -> None:
    person = visit().joined()
    filled(site, person)
    sound, broken = tmp_path / "sound.tar", tmp_path / "broken.tar"
    run(site, "backup", str(sound))
    home = Path(empty.config["SETTINGS"].home)
    (tmp_path / "outside").mkdir()
    (home / "real" / "landing").mkdir(parents=True)
    (home / "real" / "landing" / "behind").symlink_to(tmp_path / "outside")

    def everything() -> dict[str, bytes]:
        return {
            path.relative_to(home).as_posix(): path.read_bytes() if path.is_file() else b""
            for path in home.rglob("*")
            if not path.name.startswith("accounts.sqlite3")
        }

    before = everything()
    assert "secret" in before
    for kind, (change, why) in UNLOADABLE.items():
        _without(sound, broken, change)
        refused = empty.test_cli_runner().invoke(args=["restore", str(broken)])
        assert refused.exit_code == 1 and why in refused.output, (kind, refused.output)
        assert person.email not in refused.output
        assert everything() == before, kind
    run(empty, "restore", str(sound))  # the database is empty and whole, or this would be refused
    again = Visitor(create_app(empty.config["SETTINGS"]), mailbox, person.number)
    assert again.sign_in().status_code == 302


MOMENTS = 6


def _restore(home: Path, archive: Path, moment: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.auth.killed_restore", home, archive, str(moment)]
    root = Path(__file__).parents[2]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)


def test_a_restore_that_is_killed_has_come_to_its_end_or_left_nothing(
    visit: Visit, site: Flask, tmp_path: Path
) -> None:
    """Whenever it is killed: after the next start there is everything of the backup, or nothing."""
    filled(site, visit().joined())
    archive = tmp_path / "kept.tar"
    run(site, "backup", str(archive))
    with tarfile.open(archive) as kept:
        names = {name.partition("/")[2] for name in kept.getnames() if name.startswith("files/")}
    done = _restore(tmp_path / "whole", archive)
    assert done.returncode == 0, done.stderr
    last, outcomes = int(done.stdout), set()
    for number in range(MOMENTS):
        home = tmp_path / f"killed-{number}"
        moment = 1 + (last - 2) * number // (MOMENTS - 1)
        assert _restore(home, archive, moment).returncode == -signal.SIGKILL
        again = killed_restore.site(home)
        with again.app_context():
            restoring.finish(home)
            is_back = not tables.is_empty()
            db.engine.dispose()
        there = {
            path.relative_to(home).as_posix()
            for path in home.rglob("*")
            if path.is_file() and not path.name.startswith("accounts.sqlite3")
        }
        assert there == (names if is_back else set()), moment
        assert not (home / restoring.FOLDER).exists()
        outcomes.add(is_back)
        if is_back:
            assert (home / "real/snapshots/list-sizes/2026-10-15/fact.parquet").stat().st_size
        else:
            assert _restore(home, archive).returncode == 0
    assert outcomes == {True, False}


def _pack(path: Path, name: str, kind: str) -> None:
    sums = "\n".join(
        f"{hashlib.sha256(body).hexdigest()}  {member}"
        for member, body in (("accounts/revision", b"x"), (name, b"x"))
    ).encode()
    with tarfile.open(path, "w") as archive:
        for member, body in (("accounts/revision", b"x"), ("SHA256SUMS", sums)):
            info = tarfile.TarInfo(member)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
        info = tarfile.TarInfo(name)
        if kind == "file":
            info.size = 1
            archive.addfile(info, io.BytesIO(b"x"))
        else:
            info.type = tarfile.SYMTYPE if kind == "link" else tarfile.LNKTYPE
            info.linkname = "accounts/revision"
            archive.addfile(info)


def test_documents_that_come_and_go_during_a_backup_have_rows_and_files_or_neither(
    visit: Visit, site: Flask, empty: Flask, tmp_path: Path
) -> None:
    """Somebody uploads and deletes as fast as the server goes while backups are taken."""
    owner = visit().joined()
    filled(site, owner)
    stop = threading.Event()
    removed: list[str] = []

    def churn() -> None:
        with site.app_context():
            person = people.by_email(owner.email)
            assert person is not None
            number, kept = person.id, []
            while not stop.is_set():
                key = secrets.token_hex(16)
                with files.draft(io.BytesIO(b"minutes")) as draft:
                    files.keep(draft, key)
                row = Document(
                    key=key,
                    owner_id=number,
                    shared=False,
                    name="x.pdf",
                    size=7,
                    content_type="application/pdf",
                    created_at=now(),
                    digest="",
                )
                db.session.add(row)
                db.session.commit()
                kept.append(key)
                if len(kept) > 20:
                    gone = kept.pop(0)
                    db.session.query(Document).filter_by(key=gone).delete()
                    db.session.commit()
                    files.remove(gone)
                    removed.append(gone)

    busy = threading.Thread(target=churn)
    busy.start()
    try:
        for turn in range(6):
            archive = tmp_path / f"{turn}.tar"
            run(site, "backup", str(archive))
            with tarfile.open(archive) as kept:
                lines = kept.extractfile("accounts/document.jsonl")
                assert lines is not None
                rows = {json.loads(line)["key"] for line in lines.read().splitlines()}
                names = {n.rpartition("/")[2] for n in kept.getnames() if "/documents/" in n}
            assert rows == names and KEY in rows
    finally:
        stop.set()
        busy.join()
    assert removed  # documents did come and go
    home = Path(site.config["SETTINGS"].home)
    assert not list(home.glob(".backup-*"))
    run(empty, "restore", str(archive))
