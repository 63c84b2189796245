"""The site over the little country of `tests.worlds`, and people with accounts on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from flask import Flask, g

from app import create_app
from auth.accounts import people
from auth.credentials import passwords, sessions
from auth.credentials.sessions import Account
from auth.models import Membership, User
from auth.models import db as accounts
from auth.models.workspaces import OrgType, State
from auth.moments import now
from auth.workspaces import rosters
from data.settings import Settings
from data.versions import db
from tests import worlds
from tests.auth.conftest import (  # noqa: F401 - fixtures of the accounts, used here by name
    Visit,
    database_url,
    mailbox,
    postgres_server,
    visit,
)
from tests.auth.visitors import PASSWORD, Visitor
from tests.mailbox import Mailbox

PRACTICE, OTHER_PRACTICE, PCN = "A81001", "A81002", "U11111"
CLOSED = "C82003"


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspaces")
    worlds.build(folder)
    return folder


@pytest.fixture(scope="session")
def site(home: Path, database_url: str, mailbox: Mailbox) -> Flask:  # noqa: F811
    return create_app(
        Settings(
            home=home,
            database_url=database_url,
            smtp_url=mailbox.url,
            mail_from="haresign@haresign.example",
        )
    )


@pytest.fixture(autouse=True)
def this_country(home: Path) -> None:
    db.configure(home)


@pytest.fixture(scope="session")
def password_hash(site: Flask) -> str:
    with site.app_context():
        return passwords.hashed(PASSWORD)


Person = Callable[..., Visitor]


@pytest.fixture()
def person(site: Flask, visit: Visit, password_hash: str) -> Person:  # noqa: F811
    """A function that gives somebody signed in, with memberships as {code: state}."""

    def one(links: dict[str, State] | None = None, *, platform_admin: bool = False) -> Visitor:
        visitor = visit()
        with site.app_context():
            user = people.create(visitor.email, visitor.name, password_hash, verified=True)
            user.is_platform_admin = platform_admin
            for code, state in (links or {}).items():
                kind = "pcn" if code.startswith("U") else "practice"
                join(user.id, code, state, cast("OrgType", kind))
            accounts.session.commit()
        signed_in(site, visitor)
        return visitor

    return one


def signed_in(site: Flask, visitor: Visitor) -> None:
    """Give the visitor's browser a session without the cost of checking a password."""
    with site.test_request_context("/", base_url=visitor.base_url):
        user = people.by_email(visitor.email)
        assert user is not None
        sessions.begin(user, remembered=False)
        accounts.session.commit()
        value = g.session_value
    visitor.client.set_cookie("__Host-session", value, domain="haresign.example", secure=True)


def join(user_id: int, code: str, state: State, kind: OrgType = "practice") -> None:
    accounts.session.add(
        Membership(user_id=user_id, org_code=code, org_type=kind, state=state, requested_at=now())
    )


@pytest.fixture(autouse=True)
def nobody_linked(site: Flask) -> Iterator[None]:
    """Every test begins with organisations that nobody belongs to."""
    yield
    with site.app_context():
        accounts.session.execute(accounts.delete(Membership))
        accounts.session.execute(accounts.update(User).values(is_platform_admin=False))
        accounts.session.commit()


def account_of(site: Flask, visitor: Visitor) -> Account:
    """The account as a request of that visitor sees it."""
    with site.app_context():
        user = people.by_email(visitor.email)
        assert user is not None
        return Account(user.id, user.email, user.name, user.is_platform_admin, user.workspace, 0)


def membership_id(site: Flask, visitor: Visitor, code: str) -> int:
    with site.app_context():
        found = [one for one in rosters.links(account_of(site, visitor)) if one.org_code == code]
    return found[0].id


def state_of(site: Flask, visitor: Visitor, code: str) -> State | None:
    with site.app_context():
        links = rosters.links(account_of(site, visitor))
    return next((one.state for one in links if one.org_code == code), None)
