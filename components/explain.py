"""Explain a figure: what it is made of, from which file, and how to quote it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from components.markup import Child, Node, html, lines
from components.speed.short import bullets, copyable, disclosure
from data import format as fmt
from data.provenance import Working

_NARROW = "narrower than the rounding of the number"
Entry = tuple[str, Sequence[Child]]  # its name and what is said


def _link(text: str, href: str) -> Child:
    return html.A(text, href=href) if href else text


def _sum(working: Working, *, top: str, bottom: str, shown: str) -> str:
    if working.denominator is None:
        return shown
    times = {"percent": " × 100", "per_1000": " × 1,000", "per_100": " × 100"}.get(working.unit, "")
    return f"{top} ÷ {bottom}{times} = {shown}"


@lru_cache(maxsize=64)
def _origin(
    title: str, url: str, files: tuple[tuple[str, str, str], ...], version: str, checks: str
) -> Sequence[Entry]:
    """Where the number comes from: the same for every number of a month."""
    entries: list[Entry] = []
    if title:
        entries.append(("Release", [_link(title, url)]))
    if files:
        named = [_link(name, address) for name, address, _ in files]
        entries.append(("File" if len(files) == 1 else "Files", lines(named)))
    if version:
        words: list[Child] = [html.Span(version, className="code")]
        entries.append(("Data version", [*words, f", {checks}"] if checks else words))
    return entries


def _entries(working: Working) -> list[Entry]:
    top = fmt.value(working.numerator, "count")
    bottom = fmt.value(working.denominator, "count")
    shown = fmt.with_unit(working.value, working.unit)
    counts = [f"{working.numerator_label}: {top}"]
    if working.denominator_label:
        counts.append(f"{working.denominator_label}: {bottom}")
    entries: list[Entry] = [
        ("Number", [f"{_of(working)}: {shown}"]),
        ("What it is", [working.formula]),
        ("Counts", lines(counts)),
        ("Working", [_sum(working, top=top, bottom=bottom, shown=shown)]),
    ]
    if working.low is not None:
        interval = fmt.interval(working.low, working.high, working.unit) or _NARROW
        entries.append(("95% interval", [f"{interval} ({working.method})"]))
    if working.moved:
        entries.append(("Change", [working.moved.words]))
    if working.filters:
        entries.append(("Rows used", [working.filters]))
    entries += _origin(
        working.release_title, working.release_url, working.files, working.version, working.checks
    )
    if working.caveats:
        entries.append(("Keep in mind", [bullets(working.caveats)]))
    if working.citation:
        entries.append(("Cite as", [copyable(working.citation)]))
    if working.api_call:
        entries.append(("From the API", [copyable(working.api_call)]))
    return entries


def _of(working: Working) -> str:
    """The measure and the period: a chart shows many, of which one is explained."""
    return f"{working.measure}, {working.when}" if working.when else working.measure


def explain(working: Working) -> Node:
    """A native disclosure, so it works with the keyboard and without our scripts."""
    return disclosure("Explain", said=f": {_of(working)}", rows=_entries(working))


def explain_icon(working: Working) -> Node:
    """The same behind an icon, where there is no room for a word."""
    return disclosure("", said=f"Explain {_of(working)}", rows=_entries(working))
