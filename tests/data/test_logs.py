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
        "level": "info", "logger": "tests.logs", "event": "refresh", "dataset": "list-sizes",
        "seconds": 1.5, "message": 'a "b"\nc',
    }  # fmt: skip
    assert (plain["event"], plain["message"], plain["level"]) == (
        "message", "this is odd\r\n", "warning",
    )  # fmt: skip
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
