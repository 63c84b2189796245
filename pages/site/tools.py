"""The index of tools: what each answers, for whom, and with which data."""

from __future__ import annotations

import dash

from components import cards, shell
from components.markup import Node, attrs, html, icon, link
from components.speed.serialise import drawn
from components.speed.short import built
from pages import links, plain
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
    count = len(tool_index.matching(chosen))
    bar = _bar(count, everything=chosen.is_everything)
    index = html.Div(
        [built(_search(chosen)), *_index(chosen, built(bar))],
        id="tool-index",
        className="ti",
        **attrs({"data-skip": SKIPPED}),
    )
    return _page(index, count)


def without_scripts(**values: str | None) -> Node:
    """The page where its words and ticks are fields of a form."""
    chosen = tool_index.read(values)
    count = len(tool_index.matching(chosen))
    bar = [
        html.Button("Show", type="submit", className="btn btn-primary"),
        html.P(_matches(count), className="ti-count"),
        *([] if chosen.is_everything else [link("Clear", links.path(PATH))]),
    ]
    index = html.Form(
        [
            html.Input(type="hidden", name=plain.KEY, value="1"),
            _search(chosen),
            *_index(chosen, html.Div([html.Div(bar, className="ti-bar"), _none(count)])),
        ],
        id="tool-index",
        className="ti open",
        method="get",
        action=links.path(PATH),
    )
    return _page(index, count)


def _page(index: Node, count: int) -> Node:
    return shell.frame(
        index,
        shell.section("questions", "Start with a question", built(_questions(), className="box")),
        shell.page_state(TITLE, f"Tools. {_matches(count)}"),
        title=TITLE,
        crumbs=[shell.Crumb("Home", links.path("/")), shell.Crumb(TITLE)],
        lead=LEAD,
    )


def _matches(count: int) -> str:
    return "1 tool matches" if count == 1 else f"{count} tools match"


def _index(chosen: Chosen, bar: Node) -> list[Node]:
    """What stands below the search: questions, filters, and the tools of each subject."""
    fitting = tool_index.matching(chosen)
    groups = [
        cards.tool_group(
            tool_index.slug(subject),
            subject,
            [tool_index.row(tool, shown=tool.slug in fitting) for tool in tools],
        )
        for subject, tools in tool_index.by_subject().items()
    ]
    return [
        cards.questions(
            "People often ask",
            [(text, links.page(path, values)) for text, path, values in OFTEN_ASKED],
        ),
        html.Div(
            [built(_filters(chosen), className="ti-side"), html.Div([bar, *groups])],
            className="ti-cols",
        ),
    ]


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
                name=tool_index.WORDS,
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


def _bar(count: int, *, everything: bool) -> Node:
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
                    html.P(_matches(count), className="ti-count"),
                    html.Button(
                        "Clear",
                        type="button",
                        className="ti-clear",
                        **(hidden if everything else {}),
                    ),
                ],
                className="ti-bar",
            ),
            _none(count),
        ]
    )


def _none(count: int) -> Node:
    return html.P(
        "No tool answers that yet. Fewer words or fewer ticks may find one.",
        className="ti-none",
        **(attrs({"hidden": ""}) if count else {}),
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


dash.register_page(
    __name__,
    path=PATH,
    title=f"{TITLE} | Haresign",
    layout=drawn(layout),
    node=layout,
    plain=without_scripts,
)
