"""One site with a mail server, and three people at browsers of their own, for every promise."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page

import auth
from auth.accounts import people
from auth.credentials import passwords
from auth.models import Membership, db
from auth.moments import now
from data.settings import Settings
from tests.e2e.conftest import Cast
from tests.e2e.watching import Window, opened
from tests.mailbox import PATIENCE, Mailbox, link_in, receiving, text_of
from tests.serving import served

PASSWORD = "three random words apart"
PRIYA, ADMINISTRATOR = "priya@practice.example", "office@haresign.example"


@dataclass(frozen=True)
class Running:
    url: str
    mailbox: Mailbox

    def heard(self, address: str, words: str) -> EmailMessage:
        """The first message to an address whose subject or text has the words."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for message in self.mailbox.to(address):
                if words in f"{message['Subject']}\n{text_of(message)}":
                    return message
            time.sleep(0.02)
        raise AssertionError(f"no message about {words} to {address}")

    def link(self, address: str, part: str) -> str:
        """The path of the link in the first message to an address that has such a one."""
        return link_in(self.heard(address, part), part)


@pytest.fixture(scope="package")
def running(
    demo_home: Path, cast: Cast, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """Priya is an admin of the practice; nobody belongs to its PCN yet."""
    home = tmp_path_factory.mktemp("promises") / "home"
    shutil.copytree(
        demo_home, home, copy_function=os.link, ignore=shutil.ignore_patterns("accounts.*")
    )
    app = Flask("haresign")
    auth.register(app, Settings(home=home))
    with app.test_request_context("/", base_url="http://127.0.0.1"):
        password = passwords.hashed(PASSWORD)
        priya = people.create(PRIYA, "Priya Raman", password, verified=True)
        office = people.create(ADMINISTRATOR, "Site Office", password, verified=True)
        office.is_platform_admin = True
        code = cast.practice.code
        db.session.add(
            Membership(
                user_id=priya.id,
                org_code=code,
                org_type="practice",
                state="admin",
                requested_at=now(),
            )
        )
        db.session.commit()
    with receiving() as mailbox, served(home, HARESIGN_SMTP_URL=mailbox.url) as site:
        yield Running(site.url, mailbox)


@pytest.fixture(scope="package")
def visitor(chromium: Browser, running: Running) -> Iterator[Window]:
    """Somebody without an account."""
    with opened(chromium, running.url) as window:
        yield window


@pytest.fixture(scope="package")
def priya(chromium: Browser, running: Running) -> Iterator[Window]:
    with opened(chromium, running.url) as window:
        sign_in(window, PRIYA)
        yield window


@pytest.fixture(scope="package")
def office(chromium: Browser, running: Running) -> Iterator[Window]:
    """A platform administrator."""
    with opened(chromium, running.url) as window:
        sign_in(window, ADMINISTRATOR)
        yield window


def sign_in(window: Window, email: str, password: str = PASSWORD) -> None:
    page = window.page
    page.goto(f"{window.site}/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    main(page).get_by_role("button", name="Sign in").click()


def main(page: Page) -> Locator:
    return page.locator("main")


def shown(window: Window, path: str) -> Page:
    """A page that the server draws whole."""
    window.page.goto(window.site + path)
    return window.page
