"""Pages without JavaScript: whole pages, and what comes first.

`?plain=1` is a page that the server draws: every section as HTML, with charts as SVG and tables,
and one form for the controls. The address without it shows the page, or the first sections of a
dashboard, in the same way until Dash has drawn them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from components.markup import Node, attrs, html, link
from components.render import as_html, still
from components.render.as_html import Form
from components.render.still import Ways
from components.url_state import build
from data.versions.db import library
from pages import links
from pages.dashboard import bodies
from pages.dashboard.bodies import Body

KEY = "plain"
FORM = "show"
MATCHES = 10


def address(path: str, values: Mapping[str, str]) -> str:
    """The page without JavaScript of an address."""
    return links.path(path) + build({**values, KEY: "1"})


def first(body: Body | Node) -> Node:
    """A page until Dash has drawn it; of a dashboard the head with its first sections."""
    if isinstance(body, Node):
        return still.until_drawn(body)
    sections = [as_html.section(section) for section in bodies.for_document(body)]
    return still.until_drawn(bodies.framed(body, *sections, bar=as_html.bar(body.bar)))


def whole(
    path: str, body: Body | Node, values: Mapping[str, str], *, paths: Collection[str]
) -> Node:
    """The whole page. `paths` are those of all pages that are drawn like this."""
    page = _whole(path, body, values) if isinstance(body, Body) else body
    pages = frozenset(map(links.path, paths))
    return still.without_scripts(page, Ways(partial(_search, path), partial(_plainly, pages)))


def _plainly(pages: Collection[str], href: str) -> str:
    """The address of a plain page where the link leads to one of these pages."""
    parts = urlsplit(href)
    if parts.path not in pages or parts.netloc:
        return href
    query = f"{parts.query}&{KEY}=1" if parts.query else f"{KEY}=1"
    return parts._replace(query=query).geturl()


def _whole(path: str, body: Body, values: Mapping[str, str]) -> Node:
    sections = [one.draw() for one in body.steps]
    controls = {control.name for control in body.bar.every}
    controls |= {control.name for section in sections for control in section.controls}
    kept = {name: of for name, of in values.items() if name not in {"org", KEY, *controls}}
    form = Form(FORM, links.path(path), {KEY: "1", **kept})
    return bodies.framed(
        body,
        _about(path, body, values),
        *(as_html.section(one, form) for one in sections),
        bar=as_html.bar(body.bar, form),
    )


def _about(path: str, body: Body, values: Mapping[str, str]) -> Node:
    """What is shown, and where else to go from it."""
    href = links.path(path) + build(values)
    scripted = html.A("Show it with JavaScript", href=href, rel=still.AS_IT_IS)
    near = [html.Li(link(words, href)) for words, href in body.nearby]
    return html.Nav(
        [
            html.P([f"{body.spoken}. This page needs no JavaScript. ", scripted]),
            html.Ul(near, className="plain-links"),
        ],
        className="panel near",
        **attrs({"aria-label": "Other views"}),
    )


def _search(path: str, place: Node) -> Node:
    """A search box as a form of its own."""
    name, said = f"{FORM}-{place.attributes['data-name']}", place.attributes
    return html.Form(
        [
            html.Input(type="hidden", name=KEY, value="1"),
            html.Label(said["data-label"], htmlFor=name, className="l"),
            html.Input(
                type="text",
                id=name,
                name="org",
                className="form-control",
                value=said["data-value"],
                placeholder=said["data-placeholder"],
            ),
            html.Button("Show", type="submit", className="btn btn-primary"),
        ],
        method="get",
        action=links.path(path),
        className="plain-search",
    )


def with_matches(page: Node, text: str, href: Callable[[str], str]) -> Node:
    """A page with the organisations of a name, postcode or town that was typed into its search.

    `href` is the address of an organisation, by its code.
    """
    matching = library().directory().search(text, limit=MATCHES) if text else []
    if not matching:
        return page
    listed = [html.Li(link(org.label, href(org.code))) for org in matching]
    matches = html.Section(
        [html.H2(f"Organisations like {text[:40]}"), html.Ul(listed)],
        className="panel",
        **attrs({"aria-label": "Matches"}),
    )
    *before, main = page.children
    head, *rest = main.children if isinstance(main, Node) else ()
    return replace(page, children=(*before, html.Main([head, matches, *rest], id="main")))
