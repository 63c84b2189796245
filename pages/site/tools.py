"""The index of tools: what each answers, for whom, and with which data."""

from __future__ import annotations

import dash

from components import cards, shell
from components.markup import Node, attrs, html, icon, link
from components.speed.serialise import drawn
from components.speed.short import built
from pages import links
from pages.catalogue import OFTEN_ASKED, QUESTIONS
from pages.dashboard import registry
from pages.site import tool_index
from pages.site.tool_index import FILTERS, SKIPPED, Chosen, Filter

PATH = "/tools/"
TITLE = "Tools"
LEAD = (
    "Benchmarks, calculators and analysis for practices and PCNs in England, built on published "
    "NHS data. Free, and most need no account."
)


def layout(**values: str | None) -> Node:
    chosen = tool_index.read(values)
    fitting = tool_index.matching(chosen)
    rows = {
        tool.slug: tool_index.row(tool, shown=tool.slug in fitting) for tool in registry.tools()
    }
    count = len(fitting)
    said = "1 tool matches" if count == 1 else f"{count} tools match"
    groups = [
        cards.tool_group(tool_index.slug(subject), subject, [rows[tool.slug] for tool in tools])
        for subject, tools in tool_index.by_subject().items()
    ]
    everything = not chosen.words and not any(chosen.ticked.values())
    return shell.frame(
        html.Div(
            [
                built(_search(chosen)),
                cards.questions(
                    "People often ask",
                    [(text, links.page(path, values)) for text, path, values in OFTEN_ASKED],
                ),
                html.Div(
                    [
                        built(_filters(chosen), className="ti-side"),
                        html.Div([built(_bar(said, count, everything=everything)), *groups]),
                    ],
                    className="ti-cols",
                ),
            ],
            id="tool-index",
            className="ti",
            **attrs({"data-skip": SKIPPED}),
        ),
        shell.section("questions", "Start with a question", built(_questions(), className="box")),
        shell.page_state(TITLE, f"Tools. {said}"),
        title=TITLE,
        crumbs=[shell.Crumb("Home", links.path("/")), shell.Crumb(TITLE)],
        lead=LEAD,
    )


def _search(chosen: Chosen) -> Node:
    return html.Div(
        [
            html.Label(
                "Search tools by name or question",
                className="vh",
                **attrs({"for": "tool-words"}),
            ),
            icon("search"),
            html.Input(
                id="tool-words",
                type="search",
                className="form-control",
                placeholder="What do you want to know?",
                value=chosen.words,
                autocomplete="off",
            ),
        ],
        className="ti-find",
        role="search",
        **attrs({"aria-label": "Tools"}),
    )


def _filters(chosen: Chosen) -> Node:
    return html.Div([_filter(one, chosen) for one in FILTERS], id="tool-filters")


def _filter(one: Filter, chosen: Chosen) -> Node:
    ticks: list[Node | str] = [html.Legend(one.title)]
    for value, label in one.values:
        count = sum(value in one.of(tool) for tool in registry.tools())
        checked = attrs({"checked": ""}) if value in chosen.ticked[one.name] else {}
        box = html.Input(
            type="checkbox", className="form-check-input", name=one.name, value=value, **checked
        )
        ticks.append(html.Label([box, label, html.Span(str(count))], className="tick"))
    return html.Fieldset(ticks, className="flt")


def _bar(said: str, count: int, *, everything: bool) -> Node:
    hidden = attrs({"hidden": ""})
    return html.Div(
        [
            html.Div(
                [
                    html.Button(
                        "Filter tools",
                        type="button",
                        className="btn btn-outline-secondary ti-toggle",
                        **attrs({"aria-expanded": "false", "aria-controls": "tool-filters"}),
                    ),
                    html.P(said, className="ti-count"),
                    html.Button(
                        "Clear",
                        type="button",
                        className="ti-clear",
                        **(hidden if everything else {}),
                    ),
                ],
                className="ti-bar",
            ),
            html.P(
                "No tool answers that yet. Fewer words or fewer ticks may find one.",
                className="ti-none",
                **(hidden if count else {}),
            ),
        ]
    )


def _questions() -> Node:
    rows = []
    by_slug = {tool.slug: tool for tool in registry.tools()}
    for question, slugs in QUESTIONS:
        found: list[Node | str] = []
        for place, slug in enumerate(slugs):
            tool = by_slug[slug]
            found += [", "] if place else []
            if tool.built:
                found.append(link(tool.title, links.path(tool.path)))
            else:
                found.append(html.Span(f"{tool.title} (coming)", className="soon-l"))
        rows.append(
            html.Tr([html.Th(question, scope="row"), html.Td(found)]),
        )
    head = html.Tr([html.Th("You want to know", scope="col"), html.Th("Tools", scope="col")])
    return html.Table([html.Thead(head), html.Tbody(rows)], className="bt asked")


dash.register_page(__name__, path=PATH, title=f"{TITLE} | Haresign", layout=drawn(layout))
