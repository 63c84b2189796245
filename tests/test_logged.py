"""What the end of a run looks for in the logs."""

from __future__ import annotations

import pytest

from tests import logged


@pytest.mark.parametrize(
    "line",
    [
        "to visitor12@practice.example",
        "email=visitor12%40practice.example",
        "Visitor Number3 signed in",
        "password 'three random words apart'",
        "admin@board.example",
        "hash $argon2id$v=19$m=19456",
        "key hsk_abcdefgh_" + "Q" * 40,
        "Exception on /accounts/verify/abcdefghijklmnopqrstuvwxyz012345/",
        "[parameters: ('somebody', 3)]",
    ],
)
def test_what_no_log_may_hold_is_noticed(line: str) -> None:
    assert logged.SILENT.search(f"2026-12-01 ERROR app {line}")


@pytest.mark.parametrize(
    "line",
    [
        "Exception on /accounts/verify/<token>/ [POST]",
        "security event signed in account=3 actor=3",
        "[SQL parameters hidden due to hide_parameters=True]",
        "key hsk_abcdefgh_<key>",
    ],
)
def test_what_the_site_logs_is_not(line: str) -> None:
    assert not logged.SILENT.search(f"2026-12-01 INFO auth {line}")
