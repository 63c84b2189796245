"""What the server draws of a dashboard by itself: whole pages, and the first part of a document."""

from __future__ import annotations

from flask import Flask, has_request_context, render_template, request

from components import shell, url_state
from components.header import banners
from components.markup import Node
from components.render import still
from components.text import to_text
from components.url_state import NONE, join
from pages import plain, registration
from pages.dashboard.bodies import Body
from pages.site import surroundings


def register(app: Flask) -> None:
    """Answer `?plain=1` at the address of every dashboard and State of the Nation page."""

    @app.before_request
    def answer_plain() -> str | None:
        pages = registration.bodies()
        read = pages.get(request.path)
        if read is None or plain.KEY not in request.args or request.method not in ("GET", "HEAD"):
            return None
        values = _values()
        body = read(values)
        page = plain.whole(request.path, body, values, paths=pages)
        title = body.name if isinstance(body, Body) else page_title(body)
        return render_template("plain.html", title=title, page=to_text(page.children))


def page_title(page: Node) -> str:
    """The heading of a page that has no figures to show."""
    return next((str(one.children[0]) for one in _every(page) if one.kind == "h1"), shell.NAME)


def _every(node: Node) -> list[Node]:
    inside = [one for child in node.children if isinstance(child, Node) for one in _every(child)]
    return [node, *inside]


def begun(document: str) -> str:
    """The document of Dash with the first sections of its page, and the way to the plain one."""
    read = registration.bodies().get(request.path) if has_request_context() else None
    if read is None:
        return document
    values = _values()
    body = read(values)
    address = plain.address(request.path, values)
    first = None
    if isinstance(body, Body):
        around = [still.until_drawn(one) for one in banners(surroundings.around())]
        first = to_text([*around, plain.first(body)])
    return shell.begun(document, first=first, plain=address)


def _values() -> dict[str, str]:
    """The values of the address. A form gives each tick by itself."""
    values = url_state.parse(request.query_string.decode("utf-8", "replace"))
    for name, several in request.args.lists():
        if name in values and len(several) > 1:
            values[name] = join(one for one in several if one != NONE)
    return {name: of for name, of in values.items() if name != plain.KEY}
