"""One line per event, for people and for machines."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from data import logs


class Lines(logging.Handler):
    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture()
def log() -> Iterator[logging.Logger]:
    logger = logging.getLogger("tests.logs")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    yield logger
    logger.handlers.clear()


def test_an_event_is_one_json_object_with_its_values(log: logging.Logger) -> None:
    kept = Lines(logs.JsonLines())
    log.addHandler(kept)
    logs.event(log, "refresh", dataset="list-sizes", seconds=1.5, version=None, message='a "b"\nc')
    log.warning("%s is odd\r\n", "this")
    try:
        raise ValueError("no")
    except ValueError:
        log.exception("it broke")
    assert all("\n" not in line for line in kept.lines)
    event, plain, broken = map(json.loads, kept.lines)
    assert event.pop("at").endswith("+00:00")
    assert event == {
        "level": "info",
        "logger": "tests.logs",
        "event": "refresh",
        "dataset": "list-sizes",
        "seconds": 1.5,
        "message": 'a "b"\nc',
    }
    assert (plain["event"], plain["message"], plain["level"]) == (
        "message",
        "this is odd\r\n",
        "warning",
    )
    assert "ValueError: no" in broken["exception"]


def test_an_event_is_one_line_of_text_with_its_values(log: logging.Logger) -> None:
    kept = Lines(logs.TextLines())
    log.addHandler(kept)
    logs.event(log, "refresh", dataset="list-sizes", seconds=1.25, message="Published\nforged=1")
    log.warning("one\nINFO two")
    assert kept.lines[0].endswith(
        r'INFO tests.logs refresh dataset=list-sizes seconds=1.2 message="Published\nforged=1"'
    )
    assert kept.lines[1].endswith(r"one\nINFO two")


FORGED = "1999-12-31 10:00:00,000 INFO auth.audit security event suspended account=1 actor=2"
BREAKS = ["\n", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x1b[2K\r", "\x9b2K"]


@pytest.mark.parametrize("formatter", [logs.JsonLines, logs.TextLines])
@pytest.mark.parametrize("mark", BREAKS)
def test_no_message_or_exception_begins_a_line_or_steers_a_terminal(
    log: logging.Logger, formatter: type[logging.Formatter], mark: str
) -> None:
    kept = Lines(formatter())
    log.addHandler(kept)
    log.warning("no such page: %s", f"/x{mark}{FORGED}")
    logs.event(log, "refresh", message=f"x{mark}{FORGED}", level=logging.WARNING)
    try:
        raise ValueError(f"x{mark}{FORGED}")
    except ValueError:
        log.exception("it broke at %s", mark)
    assert len(kept.lines) == 3
    for line in kept.lines:
        assert line.isprintable()
        assert len(line.splitlines()) == 1
        assert not line.startswith(FORGED[:10])


@pytest.mark.parametrize("formatter", [logs.JsonLines, logs.TextLines])
def test_lines_name_nobody_and_hold_no_secret(
    log: logging.Logger, formatter: type[logging.Formatter]
) -> None:
    kept = Lines(formatter())
    log.addHandler(kept)
    secrets = [
        "asha.rao@practice.example",
        "asha.rao%40practice.example",
        "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
        "hsk_abcdefgh_" + "Z" * 40,
    ]
    addresses = [
        "/accounts/password-reset/Tok-en_1234567890abcdefghijklmnopqrs/",
        "/accounts/verify/Tok-en_1234567890abcdefghijklmnopqrs/",
        "/haresign/accounts/email/Tok-en_1234567890abcdefghijklmnopqrs/",
        "/api/v1/x?key=Tok-en_1234567890abcdefghijklmnopqrs&measure=total",
    ]
    for text in (*secrets, *addresses):
        log.error("Exception on %s [POST]", text)
        try:
            raise ValueError(f'duplicate key\nDETAIL:  Key (name)=(Asha Rao, 1)\n"{text}"')
        except ValueError:
            log.exception("it broke")
        logs.event(log, "sent", level=logging.WARNING, to=text)
    whole = "\n".join(kept.lines)
    for word in ("asha", "Asha", "c2FsdHNhbHQ", "aGFzaGhhc2g", "ZZZZ", "Tok-en"):
        assert word not in whole
    assert "measure=total" in whole
    assert "hsk_abcdefgh_" in whole  # the prefix is what `flask keys list` shows


@pytest.mark.parametrize("formatter", [logs.JsonLines, logs.TextLines])
def test_a_line_is_bounded_and_a_traceback_keeps_its_end(
    log: logging.Logger, formatter: type[logging.Formatter]
) -> None:
    kept = Lines(formatter())
    log.addHandler(kept)
    log.error("%s", "a" * 1_000_000)
    try:
        raise ValueError("b" * 1_000_000 + " and so it ended")
    except ValueError:
        log.exception("it broke")
    assert all(len(line) < 20_000 for line in kept.lines)
    assert "and so it ended" in kept.lines[1]
