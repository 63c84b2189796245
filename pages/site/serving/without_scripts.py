"""What the server draws of a page by itself: whole pages, and the first part of a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash
from flask import Flask, has_request_context, render_template, request

from components import shell, url_state
from components.header import banners
from components.markup import Node
from components.render import still
from components.text import to_text
from components.url_state import NONE, join
from pages import links, plain, registration
from pages.dashboard.bodies import Body
from pages.site import surroundings


def register(app: Flask) -> None:
    """Answer `?plain=1` at the address of every page."""

    @app.before_request
    def answer_plain() -> str | None:
        if plain.KEY not in request.args or request.method not in ("GET", "HEAD"):
            return None
        values = _values()
        body = _unscripted(request.path, values)
        if body is None:
            return None
        paths = {*registration.bodies(), *_drawn_at_once()}
        page = plain.whole(request.path, body, values, paths=paths)
        title = body.name if isinstance(body, Body) else page_title(body)
        return render_template("plain.html", title=title, page=to_text(page.children))


def _drawn_at_once() -> Mapping[str, dict[str, Any]]:
    """The pages that name the `node` of which all is drawn at once, by their paths.

    What they show without scripts is that node, or what they name as `plain` beside it.
    """
    return {page["path"]: page for page in dash.page_registry.values() if "node" in page}


def _unscripted(path: str, values: dict[str, str]) -> Body | Node | None:
    """What a page shows where no script runs; None where no page has the address."""
    if page := _drawn_at_once().get(path):
        drawn: Node = page.get("plain", page["node"])(**values)
        return drawn
    if path not in registration.bodies():
        return None
    body = registration.bodies()[path](values)
    if isinstance(body, Body):
        return body
    return plain.with_matches(
        body, values.get("org", ""), lambda code: links.page(path, {**values, "org": code})
    )


def page_title(page: Node) -> str:
    """The heading of a page that has no figures to show."""
    return next((str(one.children[0]) for one in _every(page) if one.kind == "h1"), shell.NAME)


def _every(node: Node) -> list[Node]:
    inside = [one for child in node.children if isinstance(child, Node) for one in _every(child)]
    return [node, *inside]


def begun(document: str) -> str:
    """The document of Dash with what comes first on its page, and the way to the plain one."""
    if not has_request_context():
        return document
    values = _values()
    if page := _drawn_at_once().get(request.path):
        body = page["node"](**values)
    elif read := registration.bodies().get(request.path):
        body = read(values)
    else:
        return document
    address = plain.address(request.path, values)
    around = [still.until_drawn(one) for one in banners(surroundings.around())]
    return shell.begun(document, first=to_text([*around, plain.first(body)]), plain=address)


def _values() -> dict[str, str]:
    """The values of the address. A form gives each tick by itself."""
    values = url_state.parse(request.query_string.decode("utf-8", "replace"))
    for name, several in request.args.lists():
        if name in values and len(several) > 1:
            values[name] = join(one for one in several if one != NONE)
    return {name: of for name, of in values.items() if name != plain.KEY}
