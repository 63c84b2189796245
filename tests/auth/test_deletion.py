"""The end of an account: nobody is left without an admin, and no key outlives its owner."""

from __future__ import annotations

from flask import Flask

from auth.accounts import people
from auth.api_keys import gate, keys
from auth.models import Membership, OrganisationEvent, Preset, db
from auth.moments import now
from tests.auth.conftest import Visit
from tests.auth.visitors import Visitor, said


def number_of(person: Visitor) -> int:
    with person.site.app_context():
        user = people.by_email(person.email)
        assert user is not None
        return user.id


def member(person: Visitor, code: str, state: str) -> None:
    with person.site.app_context():
        db.session.add(
            Membership(
                user_id=number_of(person),
                org_code=code,
                org_type="practice",
                state=state,
                requested_at=now(),
            )
        )
        db.session.commit()


def state_of(person: Visitor, code: str) -> str:
    with person.site.app_context():
        return (
            db.session.query(Membership)
            .filter_by(user_id=number_of(person), org_code=code)
            .one()
            .state
        )


def test_the_last_admin_hands_over_first(visit: Visit) -> None:
    admin, colleague, waiting = (visit().joined() for _ in range(3))
    code = f"T{admin.number:05d}"
    member(admin, code, "admin")
    member(colleague, code, "active")
    member(waiting, code, "pending")
    page = admin.get("/accounts/delete/")
    assert f"New admin of {code}" in said(page)
    assert waiting.name not in said(page)
    field = f"admin-{code}"
    refused = admin.submit("/accounts/delete/", password=admin.password)
    assert f"Choose who becomes the admin of {code}" in said(refused)
    forged = {field: str(number_of(waiting)), "password": admin.password}
    assert "Choose who becomes" in said(admin.submit("/accounts/delete/", **forged))
    chosen = {field: str(number_of(colleague)), "password": admin.password}
    assert admin.submit("/accounts/delete/", **chosen).status_code == 302
    assert state_of(colleague, code) == "admin"
    assert code in colleague.mailbox.wait(colleague.email, count=2)["Subject"]
    with colleague.site.app_context():
        events = db.session.query(OrganisationEvent).filter_by(org_code=code).all()
        assert [event.kind for event in events] == ["handed over", "an admin is gone"]


def test_who_is_not_the_last_admin_just_leaves(visit: Visit) -> None:
    one, other, alone = (visit().joined() for _ in range(3))
    code = f"T{one.number:05d}"
    member(one, code, "admin")
    member(other, code, "admin")
    member(alone, f"T{alone.number:05d}", "admin")
    for person in (one, alone):
        page = said(person.get("/accounts/delete/"))
        assert "New admin of" not in page
        assert person.submit("/accounts/delete/", password=person.password).status_code == 302
    assert state_of(other, code) == "admin"


def test_private_presets_go_and_shared_ones_stay(visit: Visit, site: Flask) -> None:
    person = visit().joined()
    name = f"Preset of {person.number}"
    with site.app_context():
        for shared in (True, False):
            db.session.add(
                Preset(
                    owner_id=number_of(person),
                    org_code="A81001",
                    shared=shared,
                    tool="list-size",
                    name=name,
                    query="",
                    created_at=now(),
                    updated_at=now(),
                )
            )
        db.session.commit()
    person.submit("/accounts/delete/", password=person.password)
    with site.app_context():
        left = db.session.query(Preset).filter_by(name=name).all()
        assert [(one.shared, one.owner_id) for one in left] == [(True, None)]


def test_keys_stop_with_their_owner(visit: Visit, site: Flask) -> None:
    from auth.accounts import administration

    person = visit().joined()
    number = number_of(person)
    with site.app_context():
        key = keys.issue("mine", owner_id=number)
        assert gate.admit(key) is not None
        boss = people.create(f"boss{number}@site.example", "Boss", "x", verified=True)
        boss.is_platform_admin = True
        db.session.commit()
        administration.suspend(number, by=boss.id)
        fresh = gate.Gate(db.engine, hourly_limit=5, daily_limit=5)  # another worker
        assert fresh.admit(key) is None
        administration.restore(number, by=boss.id)
        assert fresh.admit(key) is not None
    person.sign_in()
    person.submit("/accounts/delete/", password=person.password)
    with site.app_context():
        assert gate.Gate(db.engine, hourly_limit=5, daily_limit=5).admit(key) is None


def test_limits_of_a_key_are_its_own(site: Flask) -> None:
    with site.app_context():
        key = keys.issue("small", hourly_limit=2, daily_limit=3)
        answers = [gate.admit(key) for _ in range(3)]
    assert [one.allowed for one in answers if one] == [True, True, False]
    assert answers[0] is not None
    assert (answers[0].hour.limit, answers[0].day.limit) == (2, 3)
