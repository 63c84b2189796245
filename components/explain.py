"""Explain this number: what it is made of, from which file, and how to quote it."""

from __future__ import annotations

from dataclasses import dataclass

from components import format as fmt
from components.light import Child, Node, bullets, copyable, disclosure, html, lines
from data.spec import Unit


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
    filters: str = ""  # which rows: Y99001, September 2026
    release_title: str = ""
    release_url: str = ""
    files: tuple[tuple[str, str, str], ...] = ()  # (name, url, SHA-256) of each file read
    version: str = ""
    checks: str = ""  # 6 of 6 checks passed
    caveats: tuple[str, ...] = ()
    citation: str = ""
    api_call: str = ""


def _link(text: str, href: str) -> Child:
    return html.A(text, href=href) if href else text


def _sum(working: Working, *, top: str, bottom: str, shown: str) -> str:
    if working.denominator is None:
        return shown
    times = {"percent": " × 100", "per_1000": " × 1,000", "per_100": " × 100"}.get(working.unit, "")
    return f"{top} ÷ {bottom}{times} = {shown}"


def _entries(working: Working) -> list[tuple[str, list[Child]]]:
    top = fmt.value(working.numerator, "count")
    bottom = fmt.value(working.denominator, "count")
    shown = fmt.with_unit(working.value, working.unit)
    counts = [f"{working.numerator_label}: {top}"]
    if working.denominator_label:
        counts.append(f"{working.denominator_label}: {bottom}")
    entries: list[tuple[str, list[Child]]] = [
        ("Number", [f"{working.measure}: {shown}"]),
        ("What it is", [working.formula]),
        ("Counts", lines(counts)),
        ("Working", [_sum(working, top=top, bottom=bottom, shown=shown)]),
    ]
    if working.low is not None:
        interval = fmt.between(working.low, working.high, working.unit)
        entries.append(("95% interval", [f"{interval} ({working.method})"]))
    if working.filters:
        entries.append(("Rows used", [working.filters]))
    if working.release_title:
        entries.append(("Release", [_link(working.release_title, working.release_url)]))
    if working.files:
        named: list[Child] = []
        for name, url, sha256 in working.files:
            short = html.Span(f"SHA-256 {sha256[:12]}", className="code", title=sha256)
            named += [_link(name, url), short]
        entries.append(("File" if len(working.files) == 1 else "Files", lines(named)))
    if working.version:
        version: list[Child] = [html.Span(working.version, className="code")]
        entries.append(
            ("Version", [*version, f", {working.checks}"] if working.checks else version)
        )
    if working.caveats:
        entries.append(("Keep in mind", [bullets(working.caveats)]))
    if working.citation:
        entries.append(("Cite as", [copyable(working.citation)]))
    if working.api_call:
        entries.append(("From the API", [copyable(working.api_call)]))
    return entries


def explain(working: Working, *, label: str = "Explain this number") -> Node:
    """A native disclosure, so it works with the keyboard and without our scripts."""
    return disclosure(label, said=f": {working.measure}", rows=_entries(working))
