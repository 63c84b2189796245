"""The data's peers, figures and verdicts as a view of a dashboard asks for them."""

from __future__ import annotations

from datetime import date

from components.charts.palette import Role
from data.absence import Absence
from data.questions import absence, judgement, queries
from data.questions import deciles as data_deciles
from data.questions import peers as data_peers
from data.questions.deciles import Deciles
from data.questions.history import History
from data.questions.peers import Peers, Subject
from data.questions.queries import Figure
from data.questions.verdict import Verdict
from data.spec import ENGLAND, Level, Measure
from data.versions.orgs import Org
from data.versions.snapshot import Floats, Snapshot
from pages.dashboard.context import View, months


def subject(view: View) -> Subject:
    """The organisation and period of a view, as questions of comparison take them."""
    return Subject(
        snapshot=view.snapshot,
        lists=view.lists,
        directory=view.directory,
        org=view.org,
        period=view.period,
        membership=view.membership,
        history=tuple(months(view)),
    )


def peers(view: View) -> Peers:
    """The benchmark group of a view."""
    return data_peers.peers_of(subject(view), view.group)


def figure(view: View, measure: Measure, org: Org | None = None) -> Figure:
    """A measure in the view's month, of its organisation or of another."""
    return queries.figure(
        view.snapshot, measure, org or view.org, month=view.period, membership=view.membership
    )


def benchmark(view: View, group: Peers, measure: Measure) -> float | None:
    """The group's number: the area's own, or the median of its practices."""
    return data_peers.benchmark(subject(view), group, measure)


def verdict(view: View, group: Peers, now: Figure) -> Verdict:
    """All that may be said of a figure of the view's organisation in its group."""
    return judgement.verdict(subject(view), group, now)


def own_history(view: View, measure: Measure) -> History | None:
    """The view's organisation beside its own earlier periods, those that the trend shows."""
    return judgement.own_history(subject(view), measure)


def status(subject: Subject, measure: Measure) -> Absence | None:
    """Why an organisation has no value in a period, or none to compare."""
    return absence.status(subject, subject.figure(measure))


def spread_level(view: View) -> Level:
    """Whose values a measure is spread over: practices for regions and England."""
    return data_peers.spread_level(view.org.level)


def spread(view: View, group: Peers, measure: Measure) -> Floats:
    """Comparable values of the group, smallest first; nothing of a period that is not held."""
    return data_peers.spread(subject(view), group, measure)


def is_thin(view: View) -> bool:
    """Whether too few of an area's patients are covered to say where it lies."""
    return judgement.is_thin(subject(view))


def deciles(
    snapshot: Snapshot, measure: Measure, level: Level = "practice", peer: str = ENGLAND
) -> dict[date, Deciles]:
    """The distribution of a measure in every month of a version."""
    return {
        one.period: one for one in data_deciles.deciles(snapshot, measure, level=level, peer=peer)
    }


def role(org: Org) -> Role:
    """The colour and mark of a comparator, the same on every page."""
    roles: dict[Level, Role] = {
        "pcn": "pcn",
        "sub_icb": "sub_icb",
        "icb": "icb",
        "region": "region",
        "england": "england",
    }
    return roles[org.level]
