"""Clients that go on asking while something else happens, and note how long they wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection

from tests.bench.dashboards import SENT, Question
from tests.serving import Served


class Client:
    """One connection, kept open."""

    def __init__(self, site: Served, key: str = "") -> None:
        self._connection = HTTPConnection("127.0.0.1", site.port, timeout=120)
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    def ask(self, path: str, posted: bytes | None = None) -> bytes:
        """The body of an answer, which must be a good one."""
        headers = self._headers | (SENT if posted is not None else {})
        self._connection.request("GET" if posted is None else "POST", path, posted, headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}: {body[:200]!r}")
        return body


@dataclass(frozen=True, slots=True)
class Wait:
    """When an answer was asked for (monotonic), and for how long it was waited, in milliseconds."""

    began: float
    milliseconds: float


@dataclass(slots=True)
class Waits:
    """Those of one question, and the first fault of its client."""

    question: Question
    waits: list[Wait] = field(default_factory=list)
    fault: str = ""

    def longest(self, begin: float, end: float) -> float:
        """Of the answers that were waited for at some moment between the two."""
        here = [
            wait.milliseconds
            for wait in self.waits
            if wait.began < end and wait.began + wait.milliseconds / 1000 > begin
        ]
        if not here:
            raise RuntimeError(f"{self.question.path} was not asked for: {self.fault}")
        return max(here)


@contextmanager
def asking(
    site: Served, key: str, questions: Sequence[Question], *, pause: float
) -> Iterator[list[Waits]]:
    """A client for each question, which asks, rests for a moment and asks again."""
    over = threading.Event()
    kept = [Waits(question) for question in questions]

    def work(own: Waits) -> None:
        client = Client(site, key)
        while not over.is_set():
            began = time.monotonic()
            try:
                client.ask(own.question.path, own.question.posted)
            except (OSError, RuntimeError) as error:
                own.fault = str(error)
                return
            own.waits.append(Wait(began, 1000 * (time.monotonic() - began)))
            over.wait(pause)

    threads = [threading.Thread(target=work, args=(own,), daemon=True) for own in kept]
    for thread in threads:
        thread.start()
    try:
        yield kept
    finally:
        over.set()
        for thread in threads:
            thread.join(timeout=30)
    if faults := [f"{own.question.path}: {own.fault}" for own in kept if own.fault]:
        raise RuntimeError("; ".join(faults))
