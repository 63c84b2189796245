"""Logs as one line per event, for people (`text`) or for machines (`json`).

An event has a name and named values: what was done, to which dataset, how it ended, how long it
took. No event names a person, a key or a password. Times are UTC. What other code logs, tracebacks
too, passes `redaction` on its way: one line, bounded, that names nobody.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Literal

from data import redaction

Style = Literal["text", "json"]


def event(log: logging.Logger, name: str, *, level: int = logging.INFO, **values: object) -> None:
    """Log one event; values that are None are left out."""
    told = {key: value for key, value in values.items() if value is not None}
    words = " ".join([name, *(f"{key}={_shown(value)}" for key, value in told.items())])
    log.log(level, "%s", words, extra={"event": name, "told": told})


def _shown(value: object) -> str:
    """A value in a line of text: quoted where it would read as several, never on two lines."""
    if isinstance(value, float):
        return f"{value:.1f}"
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if set(text) & set(' "=\n\r\t') else text


def _safe(value: object) -> object:
    """A value of an event in JSON: numbers stay numbers, all else becomes masked text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    return redaction.masked(str(value))


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, event, and the event's own values."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": getattr(record, "event", "message"),
        }
        told = getattr(record, "told", None)
        named = told if told is not None else {"message": record.getMessage()}
        line |= {key: _safe(value) for key, value in named.items()}
        if record.exc_info:
            line["exception"] = redaction.traceback(self.formatException(record.exc_info))
        return json.dumps(line)  # in ASCII: what is not is escaped


class TextLines(logging.Formatter):
    """Time, level, logger, message and traceback, on one line."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s ")

    def format(self, record: logging.LogRecord) -> str:
        record.asctime = self.formatTime(record)
        line = self.formatMessage(record) + redaction.masked(record.getMessage())
        if record.exc_info:
            line += f" | {redaction.traceback(self.formatException(record.exc_info))}"
        return redaction.one_line(line)


def configure(style: Style) -> None:
    """Send the logs of this process to standard error, unless it already sends them somewhere."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if style == "json" else TextLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for theirs in logging.getLogger("_granian").handlers:  # the web server's own, in its workers
        theirs.setFormatter(handler.formatter)
    for chatty in ("alembic", "apscheduler"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
