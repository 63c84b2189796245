"""Figures with all that may be said of them, as rows: what pages print, for other readers."""

from __future__ import annotations

from typing import Any

from data import periods
from data.questions.judgement import covered, verdict
from data.questions.peers import Peers, Subject
from data.questions.queries import Position
from data.questions.verdict import Verdict
from data.spec import Measure

Row = dict[str, Any]


def row(subject: Subject, group: Peers, measure: Measure) -> Row:
    """A measure of an organisation in a period, and its comparison."""
    now = subject.figure(measure)
    found = verdict(subject, group, now)
    declared = subject.snapshot.dataset
    low, high = now.interval
    return {
        "org_type": subject.org.level,
        "org": subject.org.code,
        "name": subject.org.name,
        periods.column(declared): periods.written(declared.period, subject.period),
        "measure": measure.id,
        "label": measure.label,
        "unit": measure.unit,
        "value": now.value,
        "numerator": now.numerator,
        "denominator": now.denominator,
        "low": low,
        "high": high,
        "status": found.status,
        "comparison": _comparison(subject, found),
    }


def _comparison(subject: Subject, found: Verdict) -> Row:
    past, share = found.history, covered(subject)
    chip = found.chip
    return {
        "comparator": found.comparator or None,
        "value": found.benchmark,
        "difference": found.difference,
        "position": _position(found.position, found.among),
        "unusual": found.unusual,
        "words": chip.text if chip is not None else None,
        "own_history": None
        if past is None
        else {
            "signal": past.signal,
            "since": periods.written(past.kind, past.since),
            "words": past.words,
        },
        "coverage": None
        if share is None
        else {
            "published": share.published,
            "expected": share.expected,
            "percent_of_patients": share.patients_percent,
        },
    }


def _position(lies: Position | None, among: str) -> Row | None:
    if lies is None:
        return None
    return {
        "among": among,
        "peers": lies.peers,
        "lower": round(lies.higher_than * lies.peers / 100),
        "higher": round(lies.lower_than * lies.peers / 100),
        "same": lies.same,
        "percentile": lies.percentile,
        "median": lies.median,
    }
