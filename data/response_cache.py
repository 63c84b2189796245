"""Answers kept in memory: a published version never changes, so neither do answers about it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from sys import getsizeof

LARGEST = 512 * 1024  # bytes of one answer with its key
OVERHEAD = 512  # bytes of the objects that hold an answer


@dataclass(frozen=True, slots=True)
class Answer:
    """A body as it is sent, and the headers that belong to it."""

    body: bytes
    headers: tuple[tuple[str, str], ...]


class ResponseCache:
    """Answers by a key that stands for the question and the versions that answer it.

    The least recently used are dropped beyond `limit` bytes of answers, headers and keys. Nothing
    expires, because another version makes another key.
    """

    def __init__(self, limit: int) -> None:
        self._limit, self._bytes = limit, 0
        self._answers: OrderedDict[Hashable, tuple[Answer, int]] = OrderedDict()  # with its size
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Answer | None:
        with self._lock:
            known = self._answers.get(key)
            if known is None:
                return None
            self._answers.move_to_end(key)
            return known[0]

    def keep(self, key: Hashable, answer: Answer) -> None:
        size = _size(key, answer)
        if size > LARGEST:
            return
        with self._lock:
            self._bytes -= self._answers.pop(key, (answer, 0))[1]
            self._bytes += size
            self._answers[key] = answer, size
            while self._bytes > self._limit:
                self._bytes -= self._answers.popitem(last=False)[1][1]


def _size(key: Hashable, answer: Answer) -> int:
    """Bytes that an answer takes up with its headers and its key, whoever chose the key."""
    return OVERHEAD + len(answer.body) + _length(answer.headers) + _length(key)


def _length(value: object) -> int:
    if isinstance(value, tuple):
        return sum(_length(part) for part in value)
    return len(value) if isinstance(value, str | bytes) else getsizeof(value)
