"""Where a number comes from, as plain values: for pages, API, exports and reports alike."""

from __future__ import annotations

from dataclasses import dataclass

from data.spec import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a figure comes from. `period` is as shown: Sep 2026."""

    publisher: str
    series: str
    period: str
    licence: str
    url: str = ""  # the release page

    @property
    def line(self) -> str:
        return f"{self.publisher}, {self.series}, {self.period}"

    @property
    def citation(self) -> str:
        return f"{self.publisher}. {self.series}, {self.period}. {self.licence}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """How a number changed since a period: `value` in its unit (points of a percentage)."""

    words: str  # 3.9% more than Sep 2025. 4 of 5 practices; ...
    since: str
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """Everything needed to work the number out again.

    `numerator` and `denominator` are counts; `denominator` is None for a plain total.
    `low` and `high` bound the interval that `method` gives. Hashes are whole.
    """

    measure: str
    value: float | None
    unit: Unit
    formula: str  # in words: what over what
    numerator: float | None
    numerator_label: str
    denominator: float | None = None
    denominator_label: str = ""
    low: float | None = None
    high: float | None = None
    method: str = ""
    when: str = ""  # its period: September 2026
    filters: str = ""  # which rows: Y99001, September 2026
    release_title: str = ""
    release_url: str = ""
    files: tuple[tuple[str, str, str], ...] = ()  # (name, url, SHA-256) of each file read
    version: str = ""
    checks: str = ""  # 6 of 6 checks passed
    caveats: tuple[str, ...] = ()
    moved: Moved | None = None
    citation: str = ""
    api_call: str = ""
