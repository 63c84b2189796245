"""`/search/`: everything that a search finds, and the same as JSON for the search boxes."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import orjson
from flask import Blueprint, Response, render_template, request

from components.markup import Node, attrs, html, link
from components.text import to_text
from components.url_state import build
from data import format as fmt
from data.versions.orgs import LONGEST
from pages import links
from pages.dashboard import registry
from pages.site import search
from pages.site.search import KINDS, Group, Item, Kind, Results

BLUEPRINT = Blueprint("search", __name__, template_folder="../templates")
FIRST = 20  # results of each kind on the first page
A_PAGE = 100  # results of one kind on a page of its own
KEEP = 60  # seconds that a browser may show suggestions again


@BLUEPRINT.get(links.SUGGESTIONS)
def suggestions() -> Response:
    """The first results, for assets/combobox.js."""
    text = _asked()
    results = search.results(text)
    body = orjson.dumps(
        {
            "groups": [_as_json(group) for group in results.groups],
            "said": results.counted,
            "all": search.address(text) if results.has_more else "",
        }
    )
    response = Response(body, content_type="application/json; charset=utf-8")
    response.cache_control.public = True
    response.cache_control.max_age = KEEP
    return response


def _asked() -> str:
    return request.args.get("q", "").strip()[:LONGEST]


def _as_json(group: Group) -> dict[str, object]:
    items = [
        {"name": one.name, "code": one.code, "detail": one.detail, "href": one.href}
        for one in group.items
    ]
    shown = group.counted if len(group.items) < group.total else ""
    return {"label": group.kind.label, "items": items, "total": group.total, "shown": shown}


@BLUEPRINT.get(links.SEARCH)
def page() -> Response:
    text, back = _asked(), _back()
    kind = next((one for one in KINDS if one.slug == request.args.get("kind")), None)
    number = max(1, request.args.get("page", 1, type=int))
    if kind is None:
        kinds = tuple(one for one in KINDS if one.levels) if back else KINDS
        shown = search.results(text, kinds=kinds, most=FIRST, path=back)
    else:
        start = (number - 1) * A_PAGE
        shown = search.results(text, kinds=(kind,), start=start, most=A_PAGE, path=back)
    body = render_template(
        "plain.html",
        title=f"Search: {text}" if text else "Search",
        page=to_text(_page(text, shown, kind=kind, number=number, back=back)),
    )
    return Response(body, content_type="text/html; charset=utf-8")


def _back() -> str:
    """The page that the search began on, where a choice leads back to; only one of our own."""
    parts = urlsplit(request.args.get("to", "")[: 4 * LONGEST])
    pages = {links.path(tool.path) for tool in registry.tools() if tool.built}
    pages |= {links.path(tool.nation_path) for tool in registry.dashboards()}
    if parts.scheme or parts.netloc or parts.path not in pages:
        return ""
    kept = {name: value for name, value in parse_qsl(parts.query) if name != "org"}
    return parts.path + build(kept)


def _page(text: str, results: Results, *, kind: Kind | None, number: int, back: str) -> list[Node]:
    return [
        html.Nav(
            html.Ol(
                [
                    html.Li(link("Home", links.path("/"))),
                    html.Li("Search", **attrs({"aria-current": "page"})),
                ]
            ),
            className="crumbs",
            **attrs({"aria-label": "Breadcrumb"}),
        ),
        html.Main(
            [
                html.Div(html.Div(html.H1("Search"), className="t"), className="phead"),
                _form(text, back),
                *_outcome(text, results),
                *(
                    _group(group, text, kind=kind, number=number, back=back)
                    for group in results.groups
                ),
            ],
            id="main",
            tabIndex="-1",
        ),
    ]


def _form(text: str, back: str) -> Node:
    kept = [html.Input(type="hidden", name="to", value=back)] if back else []
    return html.Form(
        [
            *kept,
            html.Label("Name, code, postcode, town or measure", htmlFor="q", className="l"),
            html.Input(
                type="search",
                id="q",
                name="q",
                className="form-control",
                value=text,
                maxLength=str(LONGEST),
                autoComplete="off",
            ),
            html.Button("Search", type="submit", className="btn btn-primary"),
        ],
        method="get",
        action=links.path(links.SEARCH),
        className="plain-search",
        role="search",
    )


def _outcome(text: str, results: Results) -> list[Node]:
    """What was found, in a sentence; nothing before anything was asked."""
    if not text:
        return []
    if not results.groups:
        advice = "Try fewer words, a code such as A81001, or a postcode."
        return [html.P(f"Nothing found for “{text}”. {advice}", role="status")]
    if results.near:
        return [html.P(f"Nothing is called “{text}”. These are the most like it.", role="status")]
    return [html.P(f"{results.counted} for “{text}”.", role="status")]


def _group(group: Group, text: str, *, kind: Kind | None, number: int, back: str) -> Node:
    slug = group.kind.slug
    return html.Section(
        [
            html.Div(
                [html.H2(group.kind.label, id=f"{slug}-h"), html.P(_counted(group, kind, number))],
                className="sh",
            ),
            html.Ul([_result(item) for item in group.items], className="org-tools"),
            *_further(group, text, kind=kind, number=number, back=back),
        ],
        **attrs({"aria-labelledby": f"{slug}-h"}),
    )


def _counted(group: Group, kind: Kind | None, number: int) -> str:
    if kind is None or group.total <= A_PAGE:
        return group.counted
    first = (number - 1) * A_PAGE + 1
    last = first + len(group.items) - 1
    return f"{first:,} to {last:,} of {fmt.plural(group.total, *kind.nouns)}"


def _result(item: Item) -> Node:
    return html.Li([link(item.name, item.href), html.Span(item.detail)])


def _further(group: Group, text: str, *, kind: Kind | None, number: int, back: str) -> list[Node]:
    """All of a kind, or the pages before and after this one."""
    kept = {"kind": group.kind.slug, **({"to": back} if back else {})}
    if kind is None:
        if len(group.items) == group.total:
            return []
        words = f"Show all {fmt.plural(group.total, *group.kind.nouns)}"
        return [html.P(link(words, search.address(text, **kept)))]
    pages = []
    if number > 1:
        pages.append(link("Earlier", search.address(text, **kept, page=str(number - 1))))
    if number * A_PAGE < group.total:
        pages.append(link("Next", search.address(text, **kept, page=str(number + 1))))
    return [html.P([part for one in pages for part in (one, " ")])] if pages else []
