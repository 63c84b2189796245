"""Results live as long as what they belong to, under one budget."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from data import remembered
from data.remembered import OVERHEAD, Owner, Results, size_of


class Version(Owner):
    """As a snapshot: told apart by identity."""


@pytest.fixture()
def results(monkeypatch: pytest.MonkeyPatch) -> Iterator[Results]:
    own = Results(100_000)
    monkeypatch.setattr(remembered, "RESULTS", own)
    yield own


def test_a_result_is_worked_out_once_for_each_owner_and_question(results: Results) -> None:
    asked = []

    @remembered.remembered
    def doubled(version: Version, number: int, *, more: int = 0) -> int:
        asked.append(number)
        return 2 * number + more

    first, second = Version(), Version()
    for _ in range(3):
        assert [doubled(first, 1), doubled(second, 1), doubled(first, 2)] == [2, 2, 4]
        assert doubled(first, 1, more=1) == 3
    assert asked == [1, 1, 2, 1]


def test_results_go_with_the_first_of_their_owners(results: Results) -> None:
    @remembered.remembered
    def between(version: Version, other: Version | None, name: str) -> list[bytes]:
        return [bytes(1000)]

    first, second = Version(), Version()
    between(first, second, "both")
    between(first, None, "first")
    between(second, None, "second")
    assert results.bytes > 3 * (1000 + OVERHEAD)
    del second
    assert 1000 + OVERHEAD < results.bytes < 2 * (1000 + OVERHEAD)
    del first
    assert results.bytes == 0 and not results._entries and not results._owned


def test_those_asked_for_least_recently_go_first(results: Results) -> None:
    made = []

    @remembered.remembered
    def page(version: Version, name: int) -> np.ndarray:
        made.append(name)
        return np.zeros(1_000)

    version = Version()
    for name in range(11):
        page(version, name)
    page(version, 0)
    for name in range(11, 20):
        page(version, name)
        page(version, 0)
    assert results.bytes <= 100_000
    made.clear()
    page(version, 0), page(version, 19), page(version, 1)
    assert made == [1]


def test_what_is_larger_than_the_budget_is_not_kept(results: Results) -> None:
    @remembered.remembered
    def large(version: Version) -> np.ndarray:
        return np.zeros(20_000)

    version = Version()
    assert large(version) is not large(version) and results.bytes == 0


def test_owners_that_go_in_many_threads_leave_nothing(results: Results) -> None:
    @remembered.remembered
    def page(version: Version, name: int) -> bytes:
        return bytes(100)

    def work() -> None:
        for _ in range(300):
            version = Version()
            for name in range(3):
                page(version, name)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    last = Version()
    page(last, 1)
    del last
    assert results.bytes == 0 and not results._entries and not results._owned


@dataclass(frozen=True, slots=True)
class Record:
    name: str
    numbers: tuple[int, ...]


def test_sizes_are_about_what_values_hold() -> None:
    assert size_of(np.zeros(1000)) > 8000
    many = {f"A{n:05d}": n for n in range(10_000)}
    assert 10_000 * 80 < size_of(many) < 10_000 * 250
    assert size_of((Record("a", tuple(range(1000))),)) > 1000 * 28
    assert size_of([bytes(5000)] * 10) > 10 * 5000
