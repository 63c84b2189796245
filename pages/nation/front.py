"""The front page of State of the Nation: England in a few numbers, one page per dataset."""

from __future__ import annotations

import dash

from components import kpi, shell
from components.figure import note
from components.kpi import Kpi
from components.markup import Node, html, link
from components.speed.serialise import drawn
from data import format as fmt
from data import periods
from data.absence import WORDS
from data.questions import absence, queries
from data.questions.change import change
from data.questions.coverage import named
from data.questions.peers import Subject
from data.versions.db import library
from data.versions.orgs import ENGLAND_ORG
from pages import links
from pages.anchors import data_status
from pages.catalogue import Tool
from pages.dashboard import holdings, registry
from pages.dashboard.context import LISTS
from pages.dashboard.declaration import Dashboard
from pages.nation.standard import PATH, TITLE

MOST = 5  # numbers of a dataset that names none


def layout(**_: str | None) -> Node:
    return shell.frame(
        *(_dataset(one) for one in registry.declared()),
        html.P(
            "Each page has the long trend, how practices and PCNs are spread now and a year ago, "
            "areas side by side, what the newest release changed, and coverage. There are no lists "
            "of the highest and lowest practices."
        ),
        shell.page_state(TITLE, TITLE),
        title=TITLE,
        crumbs=[shell.Crumb("Home", links.path("/")), shell.Crumb(TITLE)],
        lead="General practice in England as a whole, dataset by dataset.",
    )


def _dataset(dashboard: Dashboard) -> Node:
    tool = dashboard.tool
    snapshot = library().current(tool.dataset)
    if snapshot is None:
        return shell.section(
            tool.slug, tool.title, note("No data is loaded yet.", link=data_status())
        )
    found = []
    declared = dashboard.nation
    subject = Subject(
        snapshot=snapshot,
        lists=library().current(LISTS),
        directory=library().directory(),
        org=ENGLAND_ORG,
        period=snapshot.latest,
    )
    for measure_id in declared.front or declared.measures[:MOST]:
        now = queries.figure(
            snapshot, snapshot.dataset.measure(measure_id), ENGLAND_ORG, month=snapshot.latest
        )
        kind = absence.status(subject, now)
        words = change(snapshot, library().directory(), now, months=12).card
        found.append(
            Kpi(
                label=now.measure.name,
                value=now.value,
                unit=now.measure.unit,
                change=words,
                href=links.page(tool.nation_path, {"measure": measure_id}),
                missing=f"{fmt.sentence_case(WORDS[kind])}, {now.when_short}" if kind else "",
                status=kind,
            )
        )
    england = named(snapshot, library().directory(), ENGLAND_ORG, month=snapshot.latest)
    remark = f"{england.name}, {periods.label(snapshot.dataset.period, snapshot.latest)}"
    return shell.section(
        tool.slug,
        tool.title,
        kpi.kpis(found),
        html.P(
            [
                link(f"{tool.title} in England", links.path(tool.nation_path)),
                f" · {_changed(tool)}",
            ],
            className="more-link",
        ),
        remark=remark,
    )


def _changed(tool: Tool) -> str:
    held = next(one for one in holdings.holdings() if one.declared.id == tool.dataset)
    return f"{holdings.release_words(held)}. {holdings.restated_words(held)}"


dash.register_page(
    __name__, path=PATH, title=f"{TITLE} | Haresign", layout=drawn(layout), node=layout
)
