"""Results of questions to versions, kept for as long as the versions are open.

A result belongs to the versions (and whatever else is an `Owner`) that it was worked out of, and
goes with the first of them. All results of a process share one budget of bytes; those asked for
least recently go first. A result must not hold an owner, which would then never go.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import fields, is_dataclass
from functools import wraps
from itertools import islice
from sys import getsizeof
from typing import Any, NamedTuple, ParamSpec, TypeVar, cast

import numpy as np

BUDGET = 48 * 1024 * 1024  # bytes of all results of a process
OVERHEAD = 600  # bytes of what keeps one
SAMPLE = 50  # members by which the size of a long collection is reckoned

_HOLDERS = (np.ndarray, dict, tuple, list, set, frozenset)
Asked = ParamSpec("Asked")
Result = TypeVar("Result")


class Owner:
    """What results are kept for. Owners are told apart by identity."""

    __slots__ = ()


class _Entry(NamedTuple):
    value: Any
    size: int
    owners: tuple[weakref.ref[Owner], ...]


class Results:
    """Results by question, of which none outlives its owners."""

    def __init__(self, budget: int) -> None:
        self._budget, self._bytes = budget, 0
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._owned: dict[weakref.ref[Owner], set[Hashable]] = {}
        self._gone: deque[weakref.ref[Owner]] = deque()
        self._lock = threading.Lock()

    @property
    def bytes(self) -> int:
        return self._bytes

    def get(self, question: Hashable) -> _Entry | None:
        with self._lock:
            entry = self._entries.get(question)
            if entry is not None:
                self._entries.move_to_end(question)
            return entry

    def keep(self, question: Hashable, value: object, owners: Iterable[Owner]) -> None:
        size = OVERHEAD + size_of(value)
        if size > self._budget:
            return
        with self._lock:
            self._clear()
            self._remove(question)
            entry = _Entry(value, size, tuple(weakref.ref(owner) for owner in owners))
            for owner, ref in zip(owners, entry.owners, strict=True):
                if ref not in self._owned:
                    self._owned[ref] = set()
                    weakref.finalize(owner, self._forget, ref).atexit = False
                self._owned[ref].add(question)
            self._entries[question] = entry
            self._bytes += size
            while self._bytes > self._budget:
                self._remove(next(iter(self._entries)))

    def empty(self) -> None:
        """Forget everything, as a process that starts now."""
        with self._lock:
            for question in [*self._entries]:
                self._remove(question)

    def _forget(self, owner: weakref.ref[Owner]) -> None:
        """Called when an owner goes, in any thread and at any moment, also within a call."""
        self._gone.append(owner)
        if self._lock.acquire(blocking=False):
            try:
                self._clear()
            finally:
                self._lock.release()

    def _clear(self) -> None:
        while self._gone:
            for question in [*self._owned.pop(self._gone.popleft(), ())]:
                self._remove(question)

    def _remove(self, question: Hashable) -> None:
        entry = self._entries.pop(question, None)
        if entry is None:
            return
        self._bytes -= entry.size
        for owner in entry.owners:
            self._owned.get(owner, set()).discard(question)


RESULTS = Results(BUDGET)


def remembered(function: Callable[Asked, Result]) -> Callable[Asked, Result]:
    """Keep what a function answers to its arguments for as long as their owners are there."""

    @wraps(function)
    def ask(*args: Asked.args, **named: Asked.kwargs) -> Result:
        given = (*args, *named.values())
        question = (
            function,
            *[weakref.ref(one) if isinstance(one, Owner) else one for one in given],
            *named,
        )
        entry = RESULTS.get(question)
        if entry is not None:
            return cast("Result", entry.value)
        value = function(*args, **named)
        RESULTS.keep(question, value, [one for one in given if isinstance(one, Owner)])
        return value

    return ask


def size_of(value: object) -> int:
    """About how many bytes a value takes up. Of records what they hold, not what they name."""
    if isinstance(value, np.ndarray):
        return int(value.nbytes) + getsizeof(value)
    if isinstance(value, dict):
        return getsizeof(value) + _together(value.items(), len(value))
    if isinstance(value, tuple | list | set | frozenset):
        return getsizeof(value) + _together(value, len(value))
    if is_dataclass(value):
        held = [getattr(value, field.name) for field in fields(value)]
        many = (
            one for one in held if isinstance(one, np.ndarray | dict | tuple | list | frozenset)
        )
        return getsizeof(value) + sum(map(size_of, many))
    return getsizeof(value)


def _together(members: Iterable[object], count: int) -> int:
    looked_at = min(count, SAMPLE)
    return sum(map(size_of, islice(members, looked_at))) * count // max(looked_at, 1)
