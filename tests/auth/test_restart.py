"""What was acknowledged is stored, when PostgreSQL ends in the middle of it and starts again."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from app import create_app
from auth.accounts import people
from auth.models import Preset, User, db
from data.settings import Settings
from tests import postgres
from tests.auth.conftest import NO_POSTGRES
from tests.auth.visitors import Visitor
from tests.mailbox import Mailbox

WRITERS, EACH, RESTARTS = 6, 14, 2
PATIENCE = 120.0  # seconds for each writer
LONGEST_LEASE = 240.0  # seconds until a mail is due again whose sender lost the database
BASE = 900_000  # numbers of visitors that no other test has


def test_acknowledged_is_stored_over_restarts_of_the_database(
    tmp_path: Path, mailbox: Mailbox
) -> None:
    """Registrations and presets at the same time; every refusal is a sentence, not a fault."""
    if postgres.programs() is None:
        pytest.skip(NO_POSTGRES)
    with postgres.restartable() as cluster:
        site = create_app(
            Settings(
                home=tmp_path,
                database_url=postgres.fresh_database(cluster.address),
                smtp_url=mailbox.url,
            )
        )
        keepers = [Visitor(site, mailbox, BASE + number) for number in range(WRITERS)]
        with site.app_context():
            hashed = people.passwords.hashed(keepers[0].password)
            for keeper in keepers:
                people.create(keeper.email, keeper.name, hashed, verified=True)
        for keeper in keepers:
            assert keeper.sign_in().status_code == 302
        acknowledged: list[str] = []
        statuses: list[int] = []
        begun, over = threading.Semaphore(0), threading.Event()

        def write(number: int) -> None:
            """In turns; one in which the database is away is begun again, for a while."""
            done, deadline = 0, time.monotonic() + PATIENCE
            for turn in count():
                if done == EACH or time.monotonic() > deadline:
                    return
                fresh = Visitor(site, mailbox, BASE + 1000 * (number + 1) + turn)
                page = fresh.get("/accounts/register/")
                seen = [page.status_code]
                if page.status_code == 200:
                    answer = fresh.answer(
                        page,
                        "/accounts/register/",
                        name=fresh.name,
                        email=fresh.email,
                        password=fresh.password,
                    )
                    seen.append(answer.status_code)
                    if answer.status_code == 200:
                        acknowledged.append(fresh.email)
                name = f"preset {number} {turn}"
                new = "/accounts/presets/new/?tool=list-size&query="
                page = keepers[number].get(new)
                seen.append(page.status_code)
                if page.status_code == 200:
                    answer = keepers[number].answer(page, new, None, name=name)
                    seen.append(answer.status_code)
                    if answer.status_code == 302:
                        acknowledged.append(name)
                statuses.extend(seen)
                begun.release()
                if 503 in seen:
                    time.sleep(0.25)
                else:
                    done += 1

        def restart() -> None:
            for _ in range(RESTARTS):
                for _ in range(WRITERS * EACH // (RESTARTS + 1)):
                    begun.acquire(timeout=60)
                cluster.restart()
            over.set()

        with ThreadPoolExecutor(WRITERS + 1) as pool:
            restarting = pool.submit(restart)
            list(pool.map(write, range(WRITERS)))
            restarting.result()
        assert set(statuses) <= {200, 302, 503}, sorted(set(statuses))
        with site.app_context():
            stored = {*db.session.scalars(select(User.email))}
            stored |= {*db.session.scalars(select(Preset.name))}
            db.session.rollback()
            assert set(acknowledged) <= stored
            assert len(acknowledged) > WRITERS * EACH // 2  # of four times as many
            for number in range(3):  # the pool has got over it
                assert people.by_email(keepers[number].email) is not None
            db.session.rollback()
        registered = [one for one in acknowledged if "@" in one]
        deadline = time.monotonic() + LONGEST_LEASE
        while not all(mailbox.to(email) for email in registered[-3:]):
            assert time.monotonic() < deadline, "a registration had no mail"
            time.sleep(0.1)
        with site.app_context():
            db.engine.dispose()
