"""What may be done once, or so many times, is so when several do it at the same moment."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask, g
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from auth.accounts import administration, deletion, people
from auth.api_keys import key_requests
from auth.credentials.sessions import Account
from auth.models import ApiKeyRequest, Document, Membership, OrganisationEvent, Preset, User, db
from auth.moments import now
from auth.uploads.refusal import RefusedFile
from auth.workspaces import documents, memberships, presets

AT_ONCE = 8
ROUNDS = 3


def account_of(user: User) -> Account:
    return Account(user.id, user.email, user.name, user.is_platform_admin, user.workspace, 0)


def person(number: int, *, platform: bool = False) -> Account:
    user = people.create(f"racer{number}@races.example", f"Racer {number}", "x", verified=True)
    user.is_platform_admin = platform
    db.session.commit()
    return account_of(db.session.get_one(User, user.id))


def together(app: Flask, *works: Callable[[], object]) -> list[object]:
    """What each gave or raised, all begun at the same moment."""
    line = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        with app.app_context(), app.test_request_context():
            g.session_value = ""
            line.wait(30)
            try:
                return work()
            except (ValueError, LookupError, NotFound) as refused:
                return refused

    db.session.rollback()
    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_two_administrators_who_dismiss_each_other_leave_one(accounts: Flask, round_: int) -> None:
    one, other = person(1, platform=True), person(2, platform=True)
    act = administration.dismiss if round_ % 2 else administration.suspend
    together(accounts, lambda: act(one.id, by=other.id), lambda: act(other.id, by=one.id))
    assert len(people.platform_admins()) == 1


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_two_admins_of_a_practice_who_remove_each_other_leave_one(
    accounts: Flask, round_: int
) -> None:
    pair = [person(1), person(2)]
    rows = [
        Membership(
            user_id=one.id,
            org_code="A81001",
            org_type="practice",
            state="admin",
            requested_at=now(),
        )
        for one in pair
    ]
    db.session.add_all(rows)
    db.session.commit()
    ids = [row.id for row in rows]
    together(
        accounts,
        lambda: memberships.act(pair[0], ids[1], "remove"),
        lambda: memberships.act(pair[1], ids[0], "remove"),
    )
    left = db.session.scalars(select(Membership.state)).all()
    assert sorted(left) == ["admin", "removed"]


def test_two_admins_who_delete_their_accounts_leave_members_an_admin(accounts: Flask) -> None:
    pair, member = [person(1), person(2)], person(3)
    for one, state in ((pair[0], "admin"), (pair[1], "admin"), (member, "active")):
        db.session.add(
            Membership(
                user_id=one.id,
                org_code="A81001",
                org_type="practice",
                state=state,
                requested_at=now(),
            )
        )
    db.session.commit()
    results = together(
        accounts,
        lambda: deletion.delete(pair[0].id, {}),
        lambda: deletion.delete(pair[1].id, {}),
    )
    assert [type(one) for one in results].count(deletion.Refused) == 1
    assert "admin" in db.session.scalars(select(Membership.state)).all()


def test_the_only_administrator_of_the_site_leaves_it_only_by_saying_so(accounts: Flask) -> None:
    pair = [person(1, platform=True), person(2, platform=True)]
    with accounts.test_request_context():
        assert not deletion.is_only_administrator(pair[0].id)
        together(
            accounts,
            lambda: deletion.delete(pair[0].id, {}),
            lambda: deletion.delete(pair[1].id, {}),
        )
        [last] = db.session.scalars(select(User.id)).all()
        db.session.rollback()
        assert deletion.is_only_administrator(last)
        with pytest.raises(deletion.Refused, match="only administrator"):
            deletion.delete(last, {})
        deletion.delete(last, {}, leaves_site=True)


def test_quotas_hold_when_many_are_used_at_once(
    accounts: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = person(1)
    monkeypatch.setattr(presets, "MOST", 3)
    monkeypatch.setattr(documents, "MOST", 3)
    monkeypatch.setattr(memberships, "REQUESTS_A_DAY", 3)
    table = b"code,patients\nA81001,1200\n"

    def counted(model: type[Preset | Document | ApiKeyRequest], *conditions: object) -> int:
        return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0  # type: ignore[arg-type]

    kept = together(
        accounts,
        *[
            lambda n=n: presets.save(owner, name=f"P{n}", tool="list-size", query="")
            for n in range(AT_ONCE)
        ],
    )
    assert [type(one) for one in kept].count(presets.Full) == AT_ONCE - 3
    assert counted(Preset) == 3
    kept = together(
        accounts,
        *[
            lambda n=n: documents.upload(owner, f"{n}.csv", io.BytesIO(table))
            for n in range(AT_ONCE)
        ],
    )
    assert [type(one) for one in kept].count(RefusedFile) == AT_ONCE - 3, kept
    assert counted(Document) == 3
    folder = accounts.config["SETTINGS"].home / "documents"
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 3
    together(
        accounts,
        *[lambda n=n: key_requests.ask(owner.id, f"K{n}", "reports") for n in range(AT_ONCE)],
    )
    assert counted(ApiKeyRequest) == key_requests.MOST_WAITING
    together(
        accounts,
        *[lambda n=n: memberships.request(owner, f"A8100{n}", "practice") for n in range(AT_ONCE)],
    )
    assert counted(OrganisationEvent) == 3  # type: ignore[arg-type]


def test_an_approved_key_is_made_once(accounts: Flask) -> None:
    owner = person(1)
    key_requests.ask(owner.id, "reports", "reports")
    number = db.session.scalar(select(ApiKeyRequest.id))
    assert number is not None
    db.session.rollback()
    key_requests.decide(number, "approved", by=owner.id)
    made = together(accounts, *[lambda: key_requests.collect(number, user_id=owner.id)] * AT_ONCE)
    assert len([one for one in made if isinstance(one, str)]) == 1
