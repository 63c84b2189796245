"""What a fictional publication consists of, and when it comes out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

_THURSDAY = 3


@dataclass(frozen=True, slots=True)
class DemoRelease:
    """One release: `slug` as in the address of its page, `files` as they would be downloaded."""

    dataset: str
    slug: str
    title: str
    published: date
    files: tuple[Path, ...]


Writing = Iterator[tuple[DemoRelease, float]]
"""Releases as they are written, each with the share of the dataset that is then done."""


def month_slug(month: date) -> str:
    return f"{month:%B-%Y}".lower()


def second_thursday(month: date) -> date:
    return month + timedelta(days=(_THURSDAY - month.weekday()) % 7 + 7)


def last_thursday(month: date) -> date:
    after = (month + timedelta(days=32)).replace(day=1)
    last = after - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - _THURSDAY) % 7)
