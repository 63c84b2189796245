"""Workspaces and presets in real browsers: saved in one, restored in another."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

import auth
from auth.accounts import people
from auth.credentials import passwords
from auth.credentials.sessions import Account
from auth.models import Membership, db
from auth.moments import now
from auth.workspaces import documents, memberships
from data.settings import Settings
from tests.auth.uploads import made
from tests.e2e.conftest import Cast
from tests.e2e.watching import Window, at, drawn, opened
from tests.serving import served

pytestmark = pytest.mark.browser

PASSWORD = "three random words apart"
PRIYA, DANIEL, HELEN = "priya@practice.example", "daniel@practice.example", "helen@other.example"
PAGES = (
    "/accounts/workspaces/",
    "/accounts/link/?kind=practice&q=surgery",
    "/accounts/profile/",
    "/accounts/organisations/{org}/",
    "/accounts/admin/organisations/",
    "/accounts/presets/",
    "/accounts/presets/new/?tool=list-size&query=org%3D{org}",
    "/accounts/documents/",
    "/accounts/documents/?scope={org}",
    "/accounts/documents/1/share/",
    "/accounts/documents/1/delete/",
    "/accounts/memberships/1/leave/",
    "/accounts/memberships/5/",
    "/accounts/memberships/5/reject/",
)


@dataclass(frozen=True)
class Running:
    url: str
    home: Path


@pytest.fixture(scope="module")
def running(
    demo_home: Path, cast: Cast, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """The site over a copy of the fictional England, with three people of one practice."""
    home = tmp_path_factory.mktemp("workspaces") / "home"
    shutil.copytree(
        demo_home, home, copy_function=os.link, ignore=shutil.ignore_patterns("accounts.*")
    )
    _people(home, cast)
    with served(home) as site:
        yield Running(site.url, home)


def _people(home: Path, cast: Cast) -> None:
    app = Flask("haresign")
    auth.register(app, Settings(home=home))
    practice, pcn = cast.practice.code, cast.pcn.code
    with app.test_request_context("/", base_url="http://127.0.0.1"):
        password = passwords.hashed(PASSWORD)
        for name, email, state in (
            ("Priya Raman", PRIYA, "admin"),
            ("Daniel Okafor", DANIEL, "active"),
            ("Helen Marsh", HELEN, "pending"),
        ):
            user = people.create(email, name, password, verified=True)
            user.is_platform_admin = email == PRIYA
            for code, kind in ((practice, "practice"), (pcn, "pcn")):
                one = Membership(
                    user_id=user.id, org_code=code, org_type=kind, state=state, requested_at=now()
                )
                db.session.add(one)
            db.session.commit()
            if email == PRIYA:
                account = Account(user.id, email, name, True, None, 0)
                table = io.BytesIO(made.SOUND["table.csv"])
                documents.upload(account, "table.csv", table, share_with=practice)
                memberships.use(account, practice)


def sign_in(window: Window, email: str) -> None:
    page = window.page
    page.goto(f"{window.site}/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    at(page, "/accounts/profile/")


def use(page: Page, name: str) -> None:
    """Choose a workspace in the header."""
    page.locator("header .org").click()
    page.locator("#switcher-panel .linked button", has_text=name).click()
    expect(page.locator("header .org b")).to_have_text(name)


def seen(page: Page) -> tuple[str, str, str]:
    """Address, heading and every figure of the page."""
    drawn(page)
    return (
        page.url,
        page.locator("#page-state").get_attribute("data-title") or "",
        "\n".join(page.locator("main section").all_inner_texts()),
    )


def test_a_preset_is_restored_in_another_browser(
    chromium: Browser, running: Running, cast: Cast
) -> None:
    code, name = cast.practice.code, cast.practice.name
    with opened(chromium, running.url) as window:
        page = window.page
        sign_in(window, PRIYA)
        window.go("/tools/")
        page.locator("main").get_by_role("link", name="GP appointments").first.click()
        at(page, "/tools/gp-appointments/", f"org={code}")  # without loading the site again
        page.get_by_text("More options").click()
        page.locator("label.seg-l", has_text="Counts").click()
        at(page, "unit=count")
        expect(page.get_by_role("heading", level=1)).to_have_text("GP appointments")
        page.locator(".fig .fmenu > summary").first.click()
        page.locator(".fig [data-do=table]").first.click()
        at(page, "table=")
        page.locator("details.presets summary").click()
        page.get_by_role("link", name="Save these selections").click()
        page.get_by_label("Name", exact=True).fill("Board pack: access")
        page.get_by_label(f"Share with the members of {name}").check()
        page.get_by_role("button", name="Save preset").click()
        at(page, "/tools/gp-appointments/", "unit=count", "table=")  # where it was saved
        expect(page.get_by_text("The preset is saved.")).to_be_visible()
        page.locator(".saved-note").get_by_role("link", name="All presets").click()
        page.get_by_role("link", name="Board pack: access", exact=True).click()
        at(page, "unit=count", "table=")
        saved = seen(page)
        assert window.problems == []
    with opened(chromium, running.url) as window:
        page = window.page
        sign_in(window, DANIEL)
        window.go("/tools/gp-appointments/")
        use(page, name)
        at(page, "/tools/gp-appointments/", f"org={code}")
        page.locator("details.presets summary").click()
        page.locator("[data-preset] a", has_text="Board pack: access").click()
        at(page, "unit=count", "table=")
        assert seen(page) == saved
        assert page.locator('[data-fig][data-table="true"]').count() == 1
        assert window.problems == []


def test_the_header_switches_and_an_address_wins(
    chromium: Browser, running: Running, cast: Cast
) -> None:
    with opened(chromium, running.url) as window:
        page = window.page
        sign_in(window, DANIEL)
        window.go(f"/tools/list-size/?org={cast.practice.code}&unit=count")
        use(page, cast.pcn.name)
        at(page, "/tools/list-size/", f"org={cast.pcn.code}", "unit=count")
        window.go(f"/tools/gp-appointments/?org={cast.icb.code}")
        at(page, f"org={cast.icb.code}")
        expect(page.locator("header .org b")).to_contain_text(cast.icb.name)
        window.go("/tools/gp-appointments/")
        at(page, f"org={cast.pcn.code}")
        assert window.problems == []


def test_without_an_account_tools_ask_for_an_organisation(
    chromium: Browser, running: Running
) -> None:
    with opened(chromium, running.url) as window:
        page = window.go("/tools/gp-appointments/")
        assert "org=" not in page.url
        expect(page.locator("header .org b")).to_have_text("Choose a practice")
        page.locator("details.presets summary").click()
        page.get_by_role("link", name="Save these selections").click()
        at(page, "/accounts/login/", "next=")
        page.get_by_label("E-mail").fill(DANIEL)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.locator("main").get_by_role("button", name="Sign in").click()
        at(page, "/accounts/presets/new/", "tool=gp-appointments")


def test_axe_finds_nothing_and_nothing_overflows(
    chromium: Browser, running: Running, cast: Cast
) -> None:
    with opened(chromium, running.url) as window:
        sign_in(window, PRIYA)
        for path in PAGES:
            window.page.goto(running.url + path.format(org=cast.practice.code))
            expect(window.page.locator("h1")).to_be_visible()
            for width, theme in ((1440, "light"), (390, "dark")):
                window.sees(width=width, theme=theme)
                assert window.axe() == [], f"{path} {width} px, {theme}"
        assert window.problems == []


def test_linking_works_without_scripts(chromium: Browser, running: Running, cast: Cast) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{running.url}/accounts/login/")
    page.get_by_label("E-mail").fill(PRIYA)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.goto(f"{running.url}/accounts/organisations/{cast.practice.code}/")
    page.get_by_role("button", name="Approve Helen Marsh").click()
    expect(page.get_by_text("The request is approved.")).to_be_visible()
    page.goto(f"{running.url}/accounts/documents/")
    page.get_by_label("File").set_input_files(
        {"name": "x.csv", "mimeType": "text/csv", "buffer": made.csv("Note", "943 476 5919")}
    )
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("#e-file")).to_contain_text("could be NHS numbers")
    context.close()
