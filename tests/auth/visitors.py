"""Someone at a browser of their own, who fills in the site's forms as they are drawn."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.mailbox import Mailbox

PASSWORD = "three random words apart"


class _Forms(HTMLParser):
    """Hidden fields of every form, and every control's name, by the form's action."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, dict[str, str]] = {}
        self.names: dict[str, set[str]] = {}
        self._action = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._action = found.get("action", "")
            self.hidden[self._action], self.names[self._action] = {}, set()
        elif tag in ("input", "textarea", "select", "button") and self._action in self.hidden:
            name = found.get("name", "")
            self.names[self._action].add(name)
            if found.get("type") == "hidden" or (tag == "button" and name == "csrf_token"):
                self.hidden[self._action][name] = found.get("value", "")


def forms(page: str) -> _Forms:
    parser = _Forms()
    parser.feed(page)
    return parser


class Visitor:
    """Every visitor has a network address of their own, so that limits stay apart."""

    def __init__(self, site: Flask, mailbox: Mailbox, number: int, *, secure: bool = True) -> None:
        self.site, self.mailbox, self.number = site, mailbox, number
        self.email = f"visitor{number}@practice.example"
        self.name = f"Visitor Number{number}"
        self.password = PASSWORD
        self.base_url = "https://haresign.example" if secure else "http://localhost"
        self.client: FlaskClient = site.test_client()
        self.ip = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"

    def get(self, path: str, **options: object) -> TestResponse:
        return self.client.get(path, **self._at(), **options)  # type: ignore[arg-type]

    def post(self, path: str, data: dict[str, str] | None = None, **headers: str) -> TestResponse:
        """Send fields as they are, without a page before."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(path, data=data or {}, headers=sent, **self._at())  # type: ignore[arg-type]

    def submit(self, page: str, action: str | None = None, **fields: str) -> TestResponse:
        """Load a page, fill in its form with that action, send it. Fields must be in the form."""
        loaded = self.get(page)
        assert loaded.status_code == 200, f"{page}: {loaded.status_code}"
        return self.answer(loaded, page, action, **fields)

    def answer(
        self, shown: TestResponse, page: str, action: str | None = None, **fields: str
    ) -> TestResponse:
        """Fill in a form of a page that is shown already."""
        found = forms(shown.get_data(as_text=True))
        chosen = self._form(found, page, action)
        missing = set(fields) - found.names[chosen]
        assert not missing, f"{page} has no field {missing}"
        return self.post(chosen or page, found.hidden[chosen] | fields)

    def _form(self, found: _Forms, page: str, action: str | None) -> str:
        if action is not None:
            assert action in found.hidden, f"{page} has forms {sorted(found.hidden)}"
            return action
        within = [one for one in found.hidden if not one.endswith("/logout/")]
        return page if page in within else within[0]

    def _at(self) -> dict[str, object]:
        return {"base_url": self.base_url, "environ_overrides": {"REMOTE_ADDR": self.ip}}

    def cookie(self) -> str:
        name = "__Host-session" if self.base_url.startswith("https") else "session"
        host = self.base_url.partition("://")[2]
        found = self.client.get_cookie(name, domain=host)
        return found.value if found else ""

    # What people do.

    def register(self) -> TestResponse:
        return self.submit(
            "/accounts/register/", name=self.name, email=self.email, password=self.password
        )

    def link(self, part: str, count: int = 1) -> str:
        return self.mailbox.link(self.email, part, count)

    def verify(self, count: int = 1) -> TestResponse:
        """Activate the account at another browser, which is then signed in."""
        return self.elsewhere().submit(self.link("/verify/", count), password=self.password)

    def sign_in(self, **fields: str) -> TestResponse:
        sent = {"email": self.email, "password": self.password} | fields
        return self.submit("/accounts/login/", **sent)

    def joined(self) -> Visitor:
        """Registered and activated, which signs in."""
        self.register()
        assert self.submit(self.link("/verify/"), password=self.password).status_code == 302
        return self

    def is_signed_in(self) -> bool:
        return self.get("/accounts/profile/").status_code == 200

    def elsewhere(self) -> Visitor:
        """The same person at another browser."""
        other = Visitor(self.site, self.mailbox, self.number)
        other.password = self.password
        return other


def said(response: TestResponse) -> str:
    """The words of a page, without its markup."""
    text = re.sub(
        r"<(script|style|noscript)\b.*?</\1>", " ", response.get_data(as_text=True), flags=re.S
    )
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).strip()
