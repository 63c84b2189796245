"""Requests that another site makes, addresses that lead elsewhere, and what headers say."""

from __future__ import annotations

import pytest

from auth import csrf
from auth.email.addresses import is_email, normalise, own_path
from data.settings import Settings
from tests.auth.conftest import Visit
from tests.auth.visitors import forms
from tests.mailbox import Mailbox


def test_a_form_without_its_token_is_refused(visit: Visit) -> None:
    person = visit().joined()
    for sent in ({}, {"csrf_token": ""}, {"csrf_token": "a.b"}, {"csrf_token": "é.ü"}):
        assert person.post("/accounts/profile/", sent | {"name": "Changed"}).status_code == 400
    assert "Changed" not in person.get("/accounts/profile/").get_data(as_text=True)


def test_a_token_serves_only_the_browser_it_was_drawn_for(visit: Visit) -> None:
    person, other = visit().joined(), visit().joined()
    page = other.get("/accounts/profile/").get_data(as_text=True)
    hidden = forms(page).hidden["/accounts/profile/"]
    assert person.post("/accounts/profile/", hidden | {"name": "Changed"}).status_code == 400
    assert other.post("/accounts/profile/", hidden | {"name": "Changed"}).status_code == 302


def test_a_token_from_before_sign_in_is_dead_after_it(visit: Visit) -> None:
    person = visit()
    page = person.get("/accounts/login/").get_data(as_text=True)
    before = forms(page).hidden["/accounts/login/"]
    person.joined()
    assert person.post("/accounts/profile/", before | {"name": "Changed"}).status_code == 400


def test_a_body_that_is_too_large_is_not_read(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csrf, "LARGEST_BODY", 1000)
    person = visit()
    assert person.post("/accounts/login/", {"email": "x" * 2000}).status_code == 413
    assert person.post("/accounts/login/", {"email": "x" * 200}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://haresign.example.evil.example"},
        {"Origin": "http://[::1"},
    ],
)
@pytest.mark.parametrize("path", ["/accounts/profile/", "/_dash-update-component"])
def test_what_another_origin_sends_is_refused(
    visit: Visit, path: str, headers: dict[str, str]
) -> None:
    person = visit().joined()
    page = person.get("/accounts/profile/").get_data(as_text=True)
    hidden = forms(page).hidden["/accounts/profile/"]
    assert person.post(path, hidden | {"name": "Changed"}, **headers).status_code == 403
    assert person.is_signed_in()


def test_our_own_origin_is_let_through(visit: Visit) -> None:
    person = visit().joined()
    page = person.get("/accounts/profile/").get_data(as_text=True)
    hidden = forms(page).hidden["/accounts/profile/"]
    answer = person.post(
        "/accounts/profile/",
        hidden | {"name": "Changed"},
        Origin="https://haresign.example",
        Sec_Fetch_Site="same-origin",
    )
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("target", "goes"),
    [
        ("/tools/", "/tools/"),
        ("/tools/gp-appointments/?org=A81001&month=2026-05", None),
        ("//evil.example", ""),
        ("/\\evil.example", ""),
        ("/\t/evil.example", ""),
        ("https://evil.example/", ""),
        ("javascript:alert(1)", ""),
        ("tools", ""),
        ("/ok\r\nSet-Cookie: a=b", ""),
        ("/" + "a" * 3000, ""),
        ("", ""),
    ],
)
def test_only_our_own_paths_are_followed(target: str, goes: str | None) -> None:
    assert own_path(target) == (target if goes is None else goes)


def test_sign_in_never_leads_to_another_site(visit: Visit) -> None:
    person = visit()
    person.register()
    person.verify()
    page = person.get("/accounts/login/?next=//evil.example/")
    assert "evil.example" not in page.get_data(as_text=True)
    hidden = forms(page.get_data(as_text=True)).hidden["/accounts/login/"]
    sent = hidden | {"email": person.email, "password": person.password, "next": "//evil.example/"}
    assert person.post("/accounts/login/", sent).headers["Location"] == "/accounts/profile/"


def test_sign_in_leads_back_to_where_it_was_asked_for(visit: Visit) -> None:
    person = visit()
    person.register()
    person.verify()
    led = person.get("/accounts/api-keys/").headers["Location"]
    answer = person.answer(
        person.get(led), "/accounts/login/", email=person.email, password=person.password
    )
    assert answer.headers["Location"] == "/accounts/api-keys/"


def test_links_in_mail_never_carry_a_host_that_the_sender_chose(visit: Visit) -> None:
    person = visit()
    person.base_url = "https://evil.example"
    person.register()
    assert "evil.example" not in str(person.mailbox.wait(person.email))


def test_a_site_with_a_known_address_answers_to_no_other(
    mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from app import create_app

    home = tmp_path_factory.mktemp("known")
    app = create_app(Settings(home=home, site_url="https://haresign.example"))
    client = app.test_client()
    assert client.get("/accounts/login/", base_url="https://haresign.example").status_code == 200
    assert client.get("/accounts/login/", base_url="http://127.0.0.1:8050").status_code == 200
    assert client.get("/accounts/login/", base_url="https://evil.example").status_code == 400


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/register/", "/contact/"])
def test_security_headers(visit: Visit, path: str) -> None:
    headers = visit().get(path).headers
    policy = headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert part in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "origin" in headers["Referrer-Policy"]


def test_what_is_typed_stays_text(visit: Visit) -> None:
    person = visit()
    person.name = '<script>alert("x")</script>'
    person.joined()
    page = person.get("/accounts/profile/").get_data(as_text=True)
    assert "<script>alert" not in page
    shown = person.submit("/accounts/profile/", "/accounts/profile/", name="")
    assert "Enter your name" in shown.get_data(as_text=True)


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        (" Priya.Raman@Example.ORG ", True),
        ("o'neil+nhs@nhs.net", True),
        ("a@b.c", False),
        ("a@localhost", False),
        ("a b@example.org", False),
        ("a@example.org\nBcc: b@example.org", False),
        ("a@exam ple.org", False),
        ("@example.org", False),
        ("x" * 65 + "@example.org", False),
    ],
)
def test_addresses(typed: str, fits: bool) -> None:
    assert is_email(normalise(typed)) is fits
