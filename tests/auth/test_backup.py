"""A backup brings back accounts, documents and data, on either kind of database."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from auth import files, keys, people
from auth.models import Document, db
from auth.moments import now
from data.settings import Settings
from tests import postgres
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
                    key=KEY, owner_id=owner.id, org_code="A81001", shared=True, name="Minutes.pdf",
                    content_type="application/pdf", size=11, created_at=now(),
                    digest=hashlib.sha256(b"the minutes").hexdigest(),
                )
            )  # fmt: skip
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
    damaged, foreign, outside = (tmp_path / f"{n}.tar" for n in ("damaged", "foreign", "outside"))
    damaged.write_bytes(body)
    foreign.write_bytes(b"not a backup" * 100)
    _pack(outside, "files/../../escaped")
    target = create_app(Settings(home=tmp_path / "target"))
    for path in (damaged, foreign, outside):
        refused = target.test_cli_runner().invoke(args=["restore", str(path)])
        assert refused.exit_code == 1, path
        assert "Error" in refused.output
    assert not (tmp_path / "escaped").exists()
    with target.app_context():
        assert db.session.query(Document).count() == 0


def _pack(path: Path, name: str) -> None:
    sums = f"{hashlib.sha256(b'x').hexdigest()}  {name}".encode()
    with tarfile.open(path, "w") as archive:
        for member, body in ((name, b"x"), ("SHA256SUMS", sums)):
            info = tarfile.TarInfo(member)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
