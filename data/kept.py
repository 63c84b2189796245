"""Answers kept in memory: a published version never changes, so neither do answers about it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

LARGEST = 512 * 1024  # bytes of one answer


@dataclass(frozen=True, slots=True)
class Answer:
    """A body as it is sent, and the headers that belong to it."""

    body: bytes
    headers: tuple[tuple[str, str], ...]


class Kept:
    """Answers by a key that stands for the question and the versions that answer it.

    The least recently used are dropped beyond `limit` bytes. Nothing expires, because another
    version makes another key.
    """

    def __init__(self, limit: int) -> None:
        self._limit, self._bytes = limit, 0
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Answer | None:
        with self._lock:
            answer = self._answers.get(key)
            if answer is not None:
                self._answers.move_to_end(key)
            return answer

    def keep(self, key: Hashable, answer: Answer) -> None:
        if len(answer.body) > LARGEST:
            return
        with self._lock:
            before = self._answers.pop(key, None)
            self._bytes += len(answer.body) - (len(before.body) if before else 0)
            self._answers[key] = answer
            while self._bytes > self._limit:
                self._bytes -= len(self._answers.popitem(last=False)[1].body)
