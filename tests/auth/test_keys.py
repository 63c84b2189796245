from __future__ import annotations

import hashlib
import logging
import re
import sqlite3
from pathlib import Path

import pytest
from flask import Flask

from auth.api_keys import keys


@pytest.mark.parametrize("accounts", ["sqlite"], indirect=True)
def test_a_key_has_the_documented_shape_and_only_its_digest_is_stored(
    accounts: Flask, tmp_path: Path
) -> None:
    key = keys.issue("reports")
    assert re.fullmatch(r"hsk_[A-Za-z0-9]{8}_[A-Za-z0-9]{32,}", key)
    with sqlite3.connect(tmp_path / "accounts.sqlite3") as connection:
        dump = "\n".join(connection.iterdump())
    assert hashlib.sha256(key.encode()).hexdigest() in dump
    assert key.split("_")[2] not in dump


def test_two_keys_are_never_the_same(accounts: Flask) -> None:
    assert len({keys.issue("many") for _ in range(20)}) == 20


def test_revoking_names_an_unknown_prefix(accounts: Flask) -> None:
    with pytest.raises(keys.UnknownKey, match="nothere1"):
        keys.revoke("nothere1")


@pytest.mark.parametrize("accounts", ["sqlite"], indirect=True)
def test_the_database_waits_for_writers_and_keeps_a_log_ahead(accounts: Flask) -> None:
    from auth.models import db

    with db.engine.connect() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "busy_timeout", "synchronous", "foreign_keys")
        ]
    assert found == ["wal", 5000, 1, 1]


def test_issue_prints_the_key_alone_on_the_last_line(
    accounts: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    result = accounts.test_cli_runner().invoke(args=["keys", "issue", "--name", "Power BI"])
    key = result.output.splitlines()[-1]
    assert result.exit_code == 0
    assert keys.prefix_of(key)
    assert key not in caplog.text
    listed = accounts.test_cli_runner().invoke(args=["keys", "list"]).output
    assert key[:12] in listed
    assert "Power BI" in listed
    assert key not in listed


def test_revoke_marks_the_key_in_the_list(accounts: Flask) -> None:
    key = keys.issue("old")
    runner = accounts.test_cli_runner()
    assert runner.invoke(args=["keys", "revoke", key[:12]]).exit_code == 0
    assert " - " not in runner.invoke(args=["keys", "list"]).output.splitlines()[-1]
    missing = runner.invoke(args=["keys", "revoke", "zzzzzzzz"])
    assert missing.exit_code == 1
    assert "zzzzzzzz" in missing.output


def test_a_nameless_key_is_refused(accounts: Flask) -> None:
    assert accounts.test_cli_runner().invoke(args=["keys", "issue", "--name", " "]).exit_code == 2
