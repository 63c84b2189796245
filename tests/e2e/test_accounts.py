"""Accounts in a real browser: from registration, with the link out of the mail, to the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Cast
from tests.e2e.watching import at, drawn, opened
from tests.mailbox import Mailbox, receiving
from tests.serving import ROOT, served

pytestmark = pytest.mark.browser

PASSWORD = "three random words apart"
OUTSIDE = (
    "/accounts/register/",
    "/accounts/login/",
    "/accounts/verify/",
    "/accounts/password-reset/",
    "/contact/",
    "/privacy-policy/",
    "/cookie-policy/",
    "/accessibility/",
    "/terms/",
)
INSIDE = (
    "/accounts/profile/",
    "/accounts/security/",
    "/accounts/password/",
    "/accounts/email/",
    "/accounts/second-factor/",
    "/accounts/api-keys/",
    "/accounts/delete/",
    "/accounts/admin/",
    "/accounts/admin/users/",
    "/accounts/admin/keys/",
    "/accounts/admin/notices/",
    "/accounts/admin/messages/",
    "/accounts/admin/audit/",
    "/accounts/admin/imports/",
    "/accounts/admin/data/",
    "/accounts/admin/data/list-sizes/",
)


@dataclass(frozen=True)
class Running:
    url: str
    home: Path
    mailbox: Mailbox


@pytest.fixture(scope="module")
def running(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The site over a copy of the fictional England, with a mail server."""
    home = tmp_path_factory.mktemp("accounts") / "home"
    shutil.copytree(
        demo_home, home, copy_function=os.link, ignore=shutil.ignore_patterns("accounts.*")
    )
    with receiving() as mailbox, served(home, HARESIGN_SMTP_URL=mailbox.url) as site:
        yield Running(site.url, home, mailbox)


def register(page: Page, running: Running, email: str, name: str = "Priya Raman") -> None:
    page.goto(f"{running.url}/accounts/register/")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your e-mail")
    page.goto(running.url + running.mailbox.link(email, "/verify/"))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Activate my account").click()
    expect(page.get_by_text("Your e-mail address is confirmed")).to_be_visible()


def sign_in(
    page: Page, running: Running, email: str, *, leads_to: str = "/accounts/profile/"
) -> None:
    if "/accounts/login/" not in page.url:
        page.goto(f"{running.url}/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    at(page, leads_to)


def test_from_registration_to_the_end_of_the_account(
    chromium: Browser, running: Running, cast: Cast
) -> None:
    email, code = "priya@practice.example", cast.practice.code
    with opened(chromium, running.url) as window:
        page = window.page
        register(page, running, email)
        window.go("/tools/gp-appointments/")
        account = page.locator("header details.account")
        expect(account.locator("summary")).to_contain_text("PR")
        window.go(f"/tools/gp-appointments/?org={code}&unit=count")
        title = drawn(page).locator("#page-state").get_attribute("data-title") or ""
        page.locator("details.presets summary").click()
        page.get_by_role("link", name="Save these selections").click()
        page.get_by_label("Name", exact=True).fill("Board pack")
        page.get_by_role("button", name="Save preset").click()
        expect(page.get_by_text("The preset is saved.")).to_be_visible()
        with opened(chromium, running.url, width=390) as phone:
            sign_in(phone.page, running, email)
            phone.go("/accounts/presets/")
            phone.page.get_by_role("link", name="Board pack", exact=True).click()
            at(phone.page, "/tools/gp-appointments/", f"org={code}", "unit=count")
            expect(phone.page.locator("#page-state")).to_have_attribute("data-title", title)
            page.goto(f"{running.url}/accounts/security/")
            page.get_by_role("button", name="Sign out Chrome").click()
            expect(page.get_by_text("That browser is signed out.")).to_be_visible()
            phone.page.goto(f"{running.url}/accounts/profile/")
            at(phone.page, "/accounts/login/")
        window.go("/tools/gp-appointments/")
        account.locator("summary").click()
        account.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("You are signed out.")).to_be_visible()
        sign_in(page, running, email, leads_to="/tools/gp-appointments/")  # where it was left
        page.goto(f"{running.url}/accounts/delete/")
        page.get_by_label("Your password").fill(PASSWORD)
        page.get_by_role("button", name="Delete my account").click()
        expect(page.get_by_text("Your account is deleted.")).to_be_visible()


def test_everything_works_without_scripts(chromium: Browser, running: Running) -> None:
    email = "no-scripts@practice.example"
    with opened(chromium, running.url, width=390, java_script_enabled=False) as window:
        page = window.page
        register(page, running, email)
        expect(page.get_by_role("link", name="Tools").first).to_be_visible()
        page.locator("header .enter-menu").get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("You are signed out.")).to_be_visible()


def test_a_mistake_gets_the_focus_and_names_its_field(chromium: Browser, running: Running) -> None:
    with opened(chromium, running.url) as window:
        page = window.go("/accounts/login/")
        page.get_by_label("E-mail").fill("nobody@practice.example")
        page.get_by_label("Password", exact=True).fill("not the right one")
        page.locator("main").get_by_role("button", name="Sign in").click()
        problem = page.get_by_role("alert")
        expect(problem).to_be_focused()
        problem.get_by_role("link").click()
        field = page.get_by_label("Password", exact=True)
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")
        field.fill("shown")
        page.get_by_role("button", name="Show password").click()
        expect(field).to_have_attribute("type", "text")
        assert window.axe() == []


def test_contact_knows_the_page_it_was_opened_from(chromium: Browser, running: Running) -> None:
    with opened(chromium, running.url) as window:
        page = window.go("/tools/list-size/?month=2026-09")
        page.get_by_role("contentinfo").get_by_role("link", name="Contact").click()
        at(page, "/contact/")
        expect(page.locator("#f-tool")).to_have_value("List size")
        expect(page.locator("#f-period")).to_have_value("2026-09")


def test_an_administrator_hands_in_a_file(chromium: Browser, running: Running) -> None:
    email = "administrator@practice.example"
    other = b"POSTCODE,COLOUR\nTS1 1AA,green\n"
    with opened(chromium, running.url) as window:
        page = window.page
        register(page, running, email)
        _appoint(running, email)
        page.goto(f"{running.url}/accounts/admin/imports/")
        page.get_by_label("Dataset").select_option("gp-appointments")
        page.locator("#f-file").set_input_files(
            {"name": "../../odd name.csv", "mimeType": "text/csv", "buffer": other}
        )
        page.get_by_role("button", name="Hand in").click()
        expect(page.get_by_text("The file is being checked")).to_be_visible()
        row = page.get_by_role("row", name="odd_name.csv")
        for _ in range(60):
            if row.get_by_text("Failed").count():
                break
            page.wait_for_timeout(500)
            page.reload()
        expect(row).to_contain_text("gp-appointments:")
    assert not any((running.home / "imports").iterdir())


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing(chromium: Browser, running: Running, width: int, theme: str) -> None:
    email = f"axe-{width}-{theme}@practice.example"
    with opened(chromium, running.url, width=width, theme=theme) as window:
        for path in OUTSIDE:
            window.go(path)
            window.sees(width=width, theme=theme)
            assert window.axe() == [], path
        register(window.page, running, email, name="Axe")
        _appoint(running, email)
        for path in INSIDE:
            window.go(path)
            window.sees(width=width, theme=theme)
            assert window.axe() == [], path


def _appoint(running: Running, email: str) -> None:
    command = [str(Path(sys.executable).parent / "flask"), "accounts", "create-admin"]
    subprocess.run(
        [*command, "--email", email],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=60,
        env={**os.environ, "HARESIGN_HOME": str(running.home)},
    )
