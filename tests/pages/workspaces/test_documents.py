"""Documents: uploaded, listed, shared, downloaded and deleted, by whom they belong to."""

from __future__ import annotations

import io
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from auth.accounts import deletion
from auth.models import Document
from auth.models import db as accounts
from auth.workspaces import documents, files
from auth.workspaces.rosters import Hidden
from tests.auth.conftest import Visit
from tests.auth.uploads import made
from tests.auth.visitors import Visitor, forms, said
from tests.pages.workspaces.conftest import (
    OTHER_PRACTICE,
    PRACTICE,
    Person,
    account_of,
    membership_id,
)

SHELF = "/accounts/documents/"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def upload(
    visitor: Visitor,
    name: str = "report.pdf",
    body: bytes = made.SOUND["report.pdf"],
    share: str = "",
) -> TestResponse:
    token = forms(visitor.get(SHELF).get_data(as_text=True)).hidden[SHELF]["csrf_token"]
    return visitor.client.post(
        SHELF,
        data={"csrf_token": token, "with": share, "file": (io.BytesIO(body), name)},
        content_type="multipart/form-data",
        base_url=visitor.base_url,
        environ_overrides={"REMOTE_ADDR": visitor.ip},
    )


def kept(site: Flask, visitor: Visitor) -> list[documents.Kept]:
    with site.app_context():
        return documents.own(account_of(site, visitor))


def uploaded(site: Flask, visitor: Visitor, name: str = "report.pdf", share: str = "") -> int:
    answer = upload(visitor, name, made.SOUND.get(name, made.SOUND["report.pdf"]), share)
    assert answer.status_code == 302, said(answer)
    return kept(site, visitor)[0].id


def on_disk(home: Path) -> list[Path]:
    return [path for path in (home / files.FOLDER).rglob("*") if path.is_file()]


def token_of(visitor: Visitor) -> dict[str, str]:
    found = forms(visitor.get(SHELF).get_data(as_text=True)).hidden
    return {"csrf_token": found[SHELF]["csrf_token"]}


def test_a_document_is_uploaded_listed_downloaded_and_deleted(
    site: Flask, home: Path, person: Person
) -> None:
    """ "My documents: Manage documents you have uploaded or shared through the document
    library."
    """
    visitor = person()
    for name, body in made.SOUND.items():
        assert upload(visitor, name, body).status_code == 302
        newest = kept(site, visitor)[0]
        assert name in said(visitor.get(SHELF))
        answer = visitor.get(f"{SHELF}{newest.id}/")
        assert answer.get_data() == body
    before = len(on_disk(home))
    visitor.submit(f"{SHELF}{newest.id}/delete/")
    assert visitor.get(f"{SHELF}{newest.id}/").status_code == 404
    assert len(on_disk(home)) == before - 1


def test_of_several_who_delete_it_at_once_nobody_sees_a_failure(
    site: Flask, person: Person
) -> None:
    visitor = person()
    sent = {"data": token_of(visitor), "base_url": visitor.base_url}
    cookie = {"Cookie": f"__Host-session={visitor.cookie()}"}

    def delete(address: str) -> int:
        client = site.test_client(use_cookies=False)
        return client.post(address, headers=cookie, **sent).status_code  # type: ignore[arg-type]

    for _ in range(4):
        address = f"{SHELF}{uploaded(site, visitor)}/delete/"
        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(delete, [address] * 8)) <= {302, 404}
        assert delete(address) == 404


def test_downloads_are_saved_and_never_shown(site: Flask, person: Person) -> None:
    visitor = person()
    for name in made.SOUND:
        answer = visitor.get(f"{SHELF}{uploaded(site, visitor, name)}/")
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "html" not in answer.headers["Content-Type"]


def test_files_lie_outside_the_web_root_under_random_names(
    site: Flask, home: Path, person: Person
) -> None:
    visitor = person()
    before = set(on_disk(home))
    uploaded(site, visitor, "report.pdf")
    (path,) = set(on_disk(home)) - before
    assert path.name == kept(site, visitor)[0].key
    assert len(path.name) == 32
    assert "report" not in str(path.relative_to(home))
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    for address in (f"/documents/{path.name}", f"/assets/../{path.name}", f"{SHELF}{path.name}/"):
        assert visitor.get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\x.pdf", "x.pdf"),
        ("/absolute/x.pdf", "x.pdf"),
        ('a"b<c>d.pdf', "a_b_c_d.pdf"),
        ("line\r\nSet-Cookie: x.pdf", "line__Set-Cookie_ x.pdf"),
        ("\u202efdp.exe.pdf", "_fdp.exe.pdf"),
        ("Bericht für März.pdf", "Bericht für März.pdf"),
        ("x" * 400 + ".pdf", "x" * 188 + ".pdf"),
    ],
)
def test_names_are_shown_without_their_tricks(name: str, expected: str) -> None:
    assert documents.safe_name(name) == expected


def test_a_name_from_a_browser_cannot_leave_the_folder(
    site: Flask, home: Path, person: Person
) -> None:
    visitor = person()
    assert upload(visitor, "../../../../tmp/evil.pdf").status_code == 302
    assert kept(site, visitor)[0].name == "evil.pdf"
    assert all((home / files.FOLDER) in path.parents for path in on_disk(home))


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("x.svg", SVG, "which can run scripts"),
        ("x.csv", SVG, "which can run scripts"),
        ("x.png", SVG, "which can run scripts"),
        ("x.html", b"<html>", "which can run scripts"),
        ("x.pdf", made.SOUND["chart.png"], "the content is PNG image"),
        ("x.png", made.png() + made.zipped({"a": "b"}), "something else in it"),
        ("x.docx", made.word("x", more={"a": bytes(30_000_000)}), "unpacks to far more"),
        ("x.csv", made.csv("Note", "943 476 5919"), "could be NHS numbers"),
        ("x.xlsx", made.excel([["Name", "DOB"], ["x", "y"]]), "dates of birth beside names"),
        ("x.exe", b"MZ" + bytes(99), "This kind of file is not kept"),
        ("x.csv", b"", "The file is empty"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refused_uploads_leave_nothing_behind(
    site: Flask, home: Path, person: Person, name: str, body: bytes, why: str
) -> None:
    """ "Avoid uploading unnecessary patient-identifiable information." """
    visitor = person()
    before = on_disk(home)
    answer = upload(visitor, name, body)
    assert answer.status_code == 200
    assert why in said(answer)
    assert kept(site, visitor) == []
    assert on_disk(home) == before


def test_a_file_that_is_too_large_is_refused_before_it_is_read(site: Flask, person: Person) -> None:
    visitor = person()
    answer = upload(visitor, "x.pdf", bytes(11 * 1024**2 - 1000))
    assert answer.status_code == 413
    assert "Up to 10 MB; this file has 11 MB." in said(answer)  # as every file that is refused
    assert 'href="#f-file"' in answer.get_data(as_text=True)
    nearly = upload(visitor, "x.pdf", bytes(documents.LARGEST + 1))
    assert "Up to 10 MB; this file has 10.1 MB." in said(nearly)


def test_the_number_and_the_room_of_documents_are_limited(
    site: Flask, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = person()
    uploaded(site, visitor)
    monkeypatch.setattr(documents, "ROOM", len(made.SOUND["report.pdf"]) + 10)
    assert "may have 0 MB together" in said(upload(visitor))
    monkeypatch.undo()
    monkeypatch.setattr(documents, "MOST", 1)
    assert "may keep 1 documents" in said(upload(visitor))


def test_a_form_without_a_file_says_so(person: Person) -> None:
    assert "Choose a file" in said(upload(person(), name=""))


def test_sharing_is_for_members_of_that_workspace_only(site: Flask, person: Person) -> None:
    owner, member, admin = (person({PRACTICE: s}) for s in ("active", "active", "admin"))
    shared = uploaded(site, owner, "report.pdf", PRACTICE)
    private = uploaded(site, owner, "letter.docx")
    library = f"{SHELF}?scope={PRACTICE}"
    for one in (member, admin):
        page = said(one.get(library))
        assert "report.pdf" in page
        assert "letter.docx" not in page
        assert owner.name in page
        assert one.get(f"{SHELF}{shared}/").status_code == 200
        for verb in ("", "share/", "delete/"):
            assert one.get(f"{SHELF}{private}/{verb}").status_code == 404
        assert one.post(f"{SHELF}{shared}/delete/", token_of(one)).status_code == 404
    sent = token_of(member) | {"with": ""}
    assert member.post(f"{SHELF}{shared}/share/", sent).status_code == 404
    assert admin.submit(f"{SHELF}{shared}/share/").status_code == 302  # taken out of the library
    assert member.get(f"{SHELF}{shared}/").status_code == 404
    assert owner.get(f"{SHELF}{shared}/").status_code == 200


def test_outsiders_learn_nothing(site: Flask, person: Person, visit: Visit) -> None:
    owner = person({PRACTICE: "active"})
    numbers = uploaded(site, owner, "report.pdf", PRACTICE), uploaded(site, owner, "letter.docx")
    outsiders = (
        person(),
        person({PRACTICE: "pending"}),
        person({PRACTICE: "removed"}),
        person({OTHER_PRACTICE: "admin"}),
        person(platform_admin=True),
    )
    for outsider in outsiders:
        missing = outsider.get(f"{SHELF}999999/")
        assert outsider.get(f"{SHELF}?scope={PRACTICE}").status_code == 404
        for number in numbers:
            for path in ("", "share/", "delete/"):
                answer = outsider.get(f"{SHELF}{number}/{path}")
                assert (answer.status_code, said(answer)) == (404, said(missing))
            for path in ("share/", "delete/"):
                sent = token_of(outsider) | {"with": ""}
                assert outsider.post(f"{SHELF}{number}/{path}", sent).status_code == 404
        refused = outsider.client.post(
            SHELF,
            data=token_of(outsider)
            | {"with": PRACTICE, "file": (io.BytesIO(made.SOUND["dot.gif"]), "dot.gif")},
            base_url=outsider.base_url,
        )
        assert refused.status_code == 404
        with site.app_context(), pytest.raises(Hidden):
            documents.read(account_of(site, outsider), numbers[0])
    stranger = visit()
    for path in (SHELF, f"{SHELF}{numbers[0]}/"):
        assert stranger.get(path).headers["Location"].startswith("/accounts/login/")
    assert len(kept(site, owner)) == 2


def test_whoever_is_removed_loses_the_library_at_once(site: Flask, person: Person) -> None:
    owner, member, admin = (person({PRACTICE: s}) for s in ("active", "active", "admin"))
    shared = uploaded(site, owner, "report.pdf", PRACTICE)
    assert member.get(f"{SHELF}{shared}/").status_code == 200
    admin.submit(f"/accounts/memberships/{membership_id(site, member, PRACTICE)}/remove/")
    assert member.get(f"{SHELF}{shared}/").status_code == 404


def test_shared_documents_stay_without_their_author(
    site: Flask, home: Path, person: Person
) -> None:
    """ "Documents you have uploaded may remain available if they were already shared, but they will
    no longer be associated with your account."
    """
    owner, member, admin = (person({PRACTICE: s}) for s in ("active", "active", "admin"))
    shared = uploaded(site, owner, "report.pdf", PRACTICE)
    private = uploaded(site, owner, "letter.docx")
    before = len(on_disk(home))
    with site.test_request_context("/", base_url="https://haresign.example"):
        deletion.delete(account_of(site, owner).id, {})
        gone = select(func.count()).select_from(Document).where(Document.id == private)
        assert accounts.session.scalar(gone) == 0
    assert len(on_disk(home)) == before - 1
    page = said(member.get(f"{SHELF}?scope={PRACTICE}"))
    assert "report.pdf" in page
    assert owner.name not in page
    assert member.get(f"{SHELF}{shared}/").status_code == 200
    assert admin.submit(f"{SHELF}{shared}/delete/").status_code == 302


def test_a_damaged_file_is_not_served(site: Flask, person: Person) -> None:
    visitor = person()
    number = uploaded(site, visitor)
    with site.app_context():
        path = files.path(kept(site, visitor)[0].key)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert "damaged on the server" in said(visitor.get(f"{SHELF}{number}/"))
    path.unlink()
    assert "missing on the server" in said(visitor.get(f"{SHELF}{number}/"))


def test_documents_are_reached_from_the_profile(site: Flask, person: Person) -> None:
    """ "Access your uploaded documents." """
    visitor = person({PRACTICE: "active"})
    uploaded(site, visitor, "report.pdf", PRACTICE)
    profile = said(visitor.get("/accounts/profile/"))
    assert "Shared with The Park Surgery" in profile
    assert "Yours : 1" in profile


def test_the_page_says_what_is_checked_and_what_is_not(person: Person) -> None:
    """ "Read the instructions on the specific tool page before uploading." """
    page = said(person().get(SHELF))
    assert "NHS numbers" in page
    assert "Pictures are not read" in page
    assert "not scanned for viruses" in page
    assert "Up to 10 MB a file and 200 files" in page
