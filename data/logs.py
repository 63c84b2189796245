"""Logs as one line per event, for people (`text`) or for machines (`json`).

An event has a name and named values: what was done, to which dataset, how it ended, how long it
took. No event names a person, a key or a password. Times are UTC.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Literal

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
        line |= told if told is not None else {"message": record.getMessage()}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """Time, level, logger and message; line breaks in a message are escaped."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")


def configure(style: Style) -> None:
    """Send the logs of this process to standard error, unless it already sends them somewhere."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if style == "json" else TextLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for chatty in ("alembic", "apscheduler"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
