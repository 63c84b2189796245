"""Messages: two parts, no way to add headers, and the outbox where no server is set."""

from __future__ import annotations

import logging
import time
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

import auth
from auth.email import mail
from auth.email.addresses import is_email, normalise
from auth.models import db
from data.settings import Settings, SettingsError
from tests.mailbox import Mailbox, text_of

LINES = ["Hello & <b>goodbye</b>.", mail.Link("Open", "https://haresign.example/a?b=1&c=2")]


def written(home: Path) -> list[Path]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = sorted((home / "outbox").glob("*.eml"))
        if found and found[-1].stat().st_size:
            return found
        time.sleep(0.01)
    return []


def test_a_message_has_a_text_and_an_html_part(mailbox: Mailbox, tmp_path: Path) -> None:
    app = Flask("haresign")
    auth.register(app, Settings(home=tmp_path, smtp_url=mailbox.url, mail_from="h@a.example"))
    with app.app_context():
        mail.send("two-parts@a.example", "Sübject", LINES)
        db.session.commit()
    message = mailbox.wait("two-parts@a.example")
    assert message["Subject"] == "Sübject"
    assert message["From"] == "Haresign <h@a.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "Hello & <b>goodbye</b>." in text_of(message)
    assert "https://haresign.example/a?b=1&c=2" in text_of(message)
    html = message.get_body(("html",))
    assert html is not None
    assert "Hello &amp; &lt;b&gt;goodbye" in html.get_content()
    assert 'href="https://haresign.example/a?b=1&amp;c=2"' in html.get_content()


OTHERS = (  # each was sent to an address that is not the account's
    "a\x01b@a.example",
    "a\u202eb@a.example",
    "a\x7fb@a.example",
    "é@a.example",
    "=?utf-8?q?b?=@a.example",
    "=?utf-8?q?b=40c.example=2c=20a?=@a.example",
)


@pytest.mark.parametrize("written", OTHERS)
def test_no_address_stands_for_another(written: str) -> None:
    assert not is_email(normalise(written))


@given(st.from_regex(r"[!-~\x7f-\u212a]{1,12}@[a-z]{2,4}\.example", fullmatch=True))
@settings(deadline=None, max_examples=300)
def test_a_message_goes_to_the_address_that_was_taken(written: str) -> None:
    address = normalise(written)
    if is_email(address):
        message = mail.compose(Settings(home=Path()), address, "Subject", LINES)
        read = message_from_bytes(message.as_bytes(), policy=policy.default)
        assert [one.addr_spec.replace('"', "") for one in read["To"].addresses] == [address]


def test_without_a_server_messages_are_files_and_the_console_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    app = Flask("haresign")
    auth.register(app, Settings(home=tmp_path))
    with app.app_context():
        mail.send("someone@a.example", "Subject", LINES)
        db.session.commit()
    [path] = written(tmp_path)
    assert path.stat().st_mode & 0o077 == 0
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert message["To"] == "someone@a.example"
    deadline = time.monotonic() + 5
    while str(path) not in caplog.text and time.monotonic() < deadline:
        time.sleep(0.01)
    assert str(path) in caplog.text
    assert "HARESIGN_SMTP_URL" in caplog.text
    assert "someone@a.example" not in caplog.text


@pytest.mark.parametrize("subject", ["One\nBcc: b@a.example", "One\r\nTo: b@a.example"])
def test_headers_cannot_be_added(tmp_path: Path, subject: str) -> None:
    with pytest.raises(ValueError, match="linefeed|newline|carriage"):
        mail.compose(Settings(home=tmp_path), "a@a.example", subject, LINES)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HARESIGN_SMTP_URL", "mail.example.org"),
        ("HARESIGN_SMTP_URL", "http://mail.example.org"),
        ("HARESIGN_SITE_URL", "haresign.example"),
        ("HARESIGN_SITE_URL", "https://haresign.example/path"),
        ("HARESIGN_MAIL_FROM", "nobody"),
    ],
)
def test_malformed_settings_are_named(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        Settings.from_environment({variable: value})


def test_a_password_in_a_malformed_address_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"HARESIGN_SMTP_URL": "ftp://user:hush@mail.example.org"})
    assert "hush" not in str(caught.value)


@given(
    st.lists(
        st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=110), max_size=9
    )
)
@settings(deadline=None, max_examples=300)
def test_no_subject_begins_with_an_empty_line(words: list[str]) -> None:
    """Whatever the names in it are: a program that shows only the first line shows something."""
    subject = " ".join("".join(["You", *(f" {one}" for one in words)]).split())
    for written in (subject, subject[4:] or "x", "A" * 75 + subject):
        message = mail.compose(Settings(home=Path()), "a@a.example", written, LINES)
        lines = message.as_bytes().splitlines()
        first = next(line for line in lines if line.startswith(b"Subject:"))
        assert first.removeprefix(b"Subject:").strip(), lines[:12]
        read = message_from_bytes(message.as_bytes(), policy=policy.default)
        assert "".join(read["Subject"].split()) == "".join(written.split())
