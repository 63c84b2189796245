"""Decides what may be said of a figure, here alone; the answer is a `Verdict` to be printed."""

from __future__ import annotations

from data.questions import absence, funnel, queries
from data.questions.coverage import Coverage, coverage_of
from data.questions.history import History, control, history
from data.questions.names import lower_first
from data.questions.peers import Peers, Subject, benchmark
from data.questions.queries import Figure
from data.questions.verdict import Verdict, difference
from data.spec import Measure


def verdict(subject: Subject, group: Peers, now: Figure) -> Verdict:
    """All that may be said of a figure of the organisation in its group.

    A size is compared with nothing; beside a value on fewer than ten, and beside an area too few
    of whose patients are covered, only the comparator's value is given.
    """
    own, kind = own_history(subject, now.measure), absence.status(subject, now)
    if now.measure.is_size or now.org.level == "england":
        return Verdict(figure=now, status=kind, history=own)
    name = group.benchmark_name
    if group.area is None:
        name = f"the {lower_first(name)}"
    value = benchmark(subject, group, now.measure)
    if kind is not None or is_thin(subject):
        return Verdict(figure=now, comparator=name, benchmark=value, status=kind, history=own)
    clear = difference(now, value)
    position = queries.position(subject.snapshot, now, codes=group.codes)
    judged = position is not None and clear in ("above", "below")
    unusual = None
    if judged:
        between = funnel.between_variance(subject.snapshot, now.measure, now.org.level, now.period)
        unusual = funnel.outside(now, value, between)
    return Verdict(
        figure=now,
        comparator=name,
        benchmark=value,
        among=group.among,
        position=position,
        difference=clear,
        unusual=unusual,
        history=own,
    )


def own_history(subject: Subject, measure: Measure) -> History | None:
    """The organisation's newest period beside its own earlier ones."""
    months = subject.history
    if not months:
        return None
    spc = control(
        subject.snapshot, measure, subject.org, months=months, membership=subject.membership
    )
    return history(spc, months, subject.snapshot.dataset.period)


def covered(subject: Subject) -> Coverage | None:
    """How much of an area the period covers; None where that is not to be asked or not known."""
    return coverage_of(
        subject.snapshot,
        subject.directory,
        subject.org,
        month=subject.period,
        membership=subject.membership,
    )


def is_thin(subject: Subject) -> bool:
    """Whether too few of an area's patients are covered to say where it lies."""
    share = covered(subject)
    return share is not None and share.is_thin
