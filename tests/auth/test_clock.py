"""The clock of a running server is set forward and back: nobody is shut out, no link comes back."""

from __future__ import annotations

import time
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener

from auth.credentials import throttle
from tests.auth.visitors import PASSWORD, forms
from tests.mailbox import Mailbox
from tests.moving_clock import Clock, needs_compiler
from tests.serving import Served, served

GONE = 8.0  # seconds: longer than links and sessions that are over stay
LOGIN, RESET = "/accounts/login/", "/accounts/password-reset/"

MINUTES, DAYS = 60, 86_400

pytestmark = needs_compiler


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:  # type: ignore[override]
        return None


class Browser:
    def __init__(self, site: Served) -> None:
        self._site = site
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()), _Stay)

    def ask(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        body = urlencode(fields).encode() if fields is not None else None
        try:
            with self._opener.open(f"{self._site.url}{path}", body, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as answer:
            return answer.code, answer.read().decode()

    def submit(self, path: str, **fields: str) -> int:
        """Fill in the page's form; the status of the page where there is none to fill in."""
        status, page = self.ask(path)
        shown = forms(page)
        chosen = next((f for f, names in shown.names.items() if set(fields) <= names), None)
        if chosen is None:
            return status if status != 200 else 410
        return self.ask(chosen or path, shown.hidden[chosen] | fields)[0]

    def sign_in(self, email: str, password: str) -> int:
        return self.submit(LOGIN, email=email, password=password)

    def is_signed_in(self) -> bool:
        return self.ask("/accounts/profile/")[0] == 200


def joined(site: Served, mailbox: Mailbox, email: str) -> Browser:
    browser = Browser(site)
    fields = {"name": "Somebody Here", "email": email, "password": PASSWORD}
    assert browser.submit("/accounts/register/", **fields) == 200
    assert browser.submit(mailbox.link(email, "/verify/"), password=PASSWORD) == 302
    assert browser.is_signed_in()
    return browser


def test_jumps_of_the_clock_shut_nobody_out_and_bring_no_link_back(
    tmp_path: Path, mailbox: Mailbox
) -> None:
    clock = Clock(tmp_path)
    environment = {**clock.environment, "HARESIGN_SMTP_URL": mailbox.url}
    (tmp_path / "home").mkdir()
    with served(tmp_path / "home", **environment) as site:
        email, password = "clock@practice.example", PASSWORD

        def reset(number: int) -> str:
            assert Browser(site).submit(RESET, email=email) == 200
            return mailbox.link(email, "/password-reset/", number)

        def choose(link: str, new: str) -> int:
            return Browser(site).submit(link, password=new)

        person = joined(site, mailbox, email)
        over = reset(2)
        clock.set(11 * MINUTES)
        assert choose(over, "another three words here") != 302
        time.sleep(GONE)
        clock.set(0)
        assert choose(over, "another three words here") != 302, "an old link came back"
        used, password = reset(3), "another three words here"
        assert choose(used, password) == 302
        for offset in (-2 * DAYS, 2 * DAYS, 0):
            clock.set(offset)
            assert choose(used, PASSWORD) != 302, f"a used link came back at {offset}"

        person = Browser(site)
        assert person.sign_in(email, password) == 302
        clock.set(2 * DAYS)
        assert not person.is_signed_in()
        time.sleep(GONE)
        clock.set(0)
        assert not person.is_signed_in(), "a session that had ended came back"

        for ahead, back in ((2 * DAYS, 0), (0, -2 * DAYS)):
            clock.set(ahead)
            guesses = [
                Browser(site).sign_in(email, "never the right one")
                for _ in range(throttle.PER_ACCOUNT["sign-in"].free + 1)
            ]
            assert guesses[-1] == 429
            clock.set(back)
            assert Browser(site).sign_in(email, password) == 302, f"shut out at {back}"
        later = Browser(site)
        assert later.sign_in(email, password) == 302  # at -2d
        clock.set(0)
        assert not later.is_signed_in() and later.sign_in(email, password) == 302
        clock.set(-2 * DAYS)
        newcomer = joined(site, mailbox, "newcomer@practice.example")
        assert newcomer.is_signed_in()
