"""Home: what this is, a search for an organisation, questions, what is new, how data is treated."""

from __future__ import annotations

from datetime import date

import dash

from components import cards, selector, shell
from components.markup import Node, attrs, html, link
from components.speed.serialise import drawn
from data import format as fmt
from pages import links, plain
from pages.catalogue import ASKED
from pages.dashboard import holdings
from pages.dashboard.holdings import Holding
from pages.site.search import organisation_path

PATH = "/"
TITLE = "Published NHS data on general practice in England, made ready to use"
MOST = 5


def layout(**_: str | None) -> Node:
    return shell.frame(
        html.Div(
            [
                html.Div(
                    selector.search(
                        "home",
                        label="Find a practice, PCN or area",
                        search_url=links.path(links.SUGGESTIONS),
                        placeholder="Name, code, postcode or town",
                        flags=("follow",),
                    ),
                    className="big-find home-find",
                    role="search",
                    **attrs({"aria-label": "Organisations"}),
                ),
                cards.questions(
                    "Or start with a question",
                    [(text, links.page(path, values)) for text, path, values in ASKED],
                ),
            ],
            className="home-top",
        ),
        _releases(),
        _treatment(),
        _ways(),
        shell.page_state("Home", TITLE),
        title=TITLE,
        lead="Benchmarks for every practice, PCN and area. Free, open and without an account.",
    )


def without_scripts(org: str | None = None, **_: str | None) -> Node:
    """The page where its search box is a form: with the organisations of what was typed."""
    return plain.with_matches(layout(), org or "", lambda code: links.path(organisation_path(code)))


def _releases() -> Node:
    held = [one for one in holdings.holdings() if one.manifest]
    if not held:
        return shell.section(
            "releases",
            "Latest releases",
            html.P("No data is loaded yet. An administrator can load it with flask data refresh."),
        )
    newest = sorted(held, key=_when, reverse=True)
    rows = [_release(one) for one in newest[:MOST]]
    return shell.section("releases", "Latest releases", cards.releases(rows))


def _when(holding: Holding) -> date:
    return holdings.published(holding) or date.min


def _release(holding: Holding) -> cards.Release:
    tool = holdings.tool_of(holding.declared)
    published = holdings.published(holding)
    manifest = holding.manifest
    change = f"{holdings.headline_words(holding)} {holdings.restated_words(holding)}"
    return cards.Release(
        title=holding.declared.title,
        period=fmt.month_short(manifest.latest) if manifest else "",
        published=fmt.full_date(published) if published else "date not given",
        change=change.strip(),
        href=links.path(tool.path if tool else "/data-sources/"),
    )


def _treatment() -> Node:
    status = links.path("/status/")
    return shell.section(
        "data",
        "How we treat data",
        html.Ul(
            [
                html.Li(
                    "Every figure says which release, file and period it comes from, and can be "
                    "worked out again from the publisher's own file."
                ),
                html.Li(
                    "The rate of an area is worked out from the totals of its practices, never by "
                    "averaging their rates. What is missing is shown as missing, never as zero."
                ),
                html.Li(
                    [
                        "A failed release is not shown: the last good one stays, and ",
                        link("data status", status),
                        " says why.",
                    ]
                ),
            ],
            className="plain three",
        ),
    )


def _ways() -> Node:
    return html.P(
        [
            link("All tools", links.path("/tools/")),
            " · ",
            link("State of the Nation", links.path("/state-of-the-nation/")),
            " · ",
            link("Data sources", links.path("/data-sources/")),
            " · ",
            link("API", links.path("/api/docs/")),
        ]
    )


dash.register_page(
    __name__, path=PATH, title="Haresign", layout=drawn(layout), node=layout, plain=without_scripts
)
