"""Answers are kept up to a number of bytes, the least recently used dropped first."""

from __future__ import annotations

from data.response_cache import LARGEST, OVERHEAD, Answer, ResponseCache


def sized(count: int) -> Answer:
    return Answer(b"x" * count, ())


def test_the_least_recently_used_answer_makes_room() -> None:
    kept = ResponseCache(100 + 2 * OVERHEAD)
    kept.keep("first", sized(40))
    kept.keep("second", sized(40))
    assert kept.get("first") == sized(40)
    kept.keep("third", sized(40))
    assert kept.get("second") is None
    assert kept.get("first") and kept.get("third")


def test_an_answer_kept_again_counts_once() -> None:
    kept = ResponseCache(110 + 2 * OVERHEAD)
    for _ in range(5):
        kept.keep("same", sized(60))
    kept.keep("other", sized(40))
    assert kept.get("same") and kept.get("other")


def test_a_very_large_answer_is_not_kept() -> None:
    kept = ResponseCache(10 * LARGEST)
    kept.keep("large", sized(LARGEST + 1))
    assert kept.get("large") is None


def test_keys_and_headers_count_as_what_they_hold() -> None:
    kept = ResponseCache(10_000)
    for number in range(50):
        kept.keep(("GET", f"{number}{'x' * 3_000}"), sized(1))
    assert sum(kept.get(("GET", f"{n}{'x' * 3_000}")) is not None for n in range(50)) == 2
    kept.keep("headed", Answer(b"", (("Link", "y" * 9_000),)))
    assert kept.get("headed") and kept.get(("GET", f"49{'x' * 3_000}")) is None
