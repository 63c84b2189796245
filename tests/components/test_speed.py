"""The speed layer against what it replaces: Dash's own components, and ordinary elements."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dash
import dash_bootstrap_components as dbc
import pytest
from dash.development.base_component import Component
from playwright.sync_api import Browser

from components import explain, menu, scripts, shell, static
from components.header import Surroundings
from components.markup import TAGS, Node
from components.speed.serialise import LIBRARIES, from_dash, to_dash, to_json
from components.text import to_text
from tests.components import gallery, gallery_parts

MODULES: dict[str, Any] = {
    "dash_html_components": dash.html,
    "dash_core_components": dash.dcc,
    "dash_bootstrap_components": dbc,
}
SURROUNDINGS = Surroundings(nav=gallery.NAV, links=gallery.LINKS, search_url="/find", demo=True)
PACKAGE = Path(dash.__file__).parent
# What our scripts rely on inside Dash's, none of which it promises: file, words, who relies on it.
PRIVATE = (
    ("dcc/async-graph.js", "Plotly.react(", "speed/turns.js"),
    ("dcc/async-graph.js", "Plotly.Plots.resize(", "speed/turns.js"),
    ("dcc/dash_core_components.js", '"_dashprivate_pushstate"', "url_state.js"),
    ("dash-renderer/build/dash_renderer.min.js", "dash_clientside", "url_state.js"),
    ("dash-renderer/build/dash_renderer.min.js", "set_props", "rest.js"),
)


def _pages() -> list[Node]:
    controls = gallery.dashboard(org="Y99001")
    return [
        gallery.gallery(),
        gallery.tools(),
        controls,
        shell.layout(gallery.tools(), SURROUNDINGS),
    ]


def _sent(part: Any) -> Iterator[dict[str, Any]]:
    """Every component in what Dash is sent."""
    if isinstance(part, list):
        for child in part:
            yield from _sent(child)
    elif isinstance(part, dict) and {"props", "type", "namespace"} == part.keys():
        yield part
        yield from _sent(part["props"].get("children"))
        for option in part["props"].get("options", []):
            yield from _sent(option["label"])


def _as_dash_makes_it(component: dict[str, Any]) -> dict[str, Any]:
    kind: type[Component] = getattr(MODULES[component["namespace"]], component["type"])
    made = kind(**component["props"])  # TypeError for a property that it does not know
    return {
        "props": {
            name: value
            for name, value in made.to_plotly_json()["props"].items()
            if value is not None
        },
        "type": made._type,
        "namespace": made._namespace,
    }


def test_dash_and_the_names_that_we_rely_on_are_as_they_were() -> None:
    """Fails with a new Dash that names or sends something otherwise than this layer does."""
    sent = [component for page in _pages() for component in _sent(to_dash(page))]
    assert len(sent) > 300 and set(LIBRARIES.values()) == {one["namespace"] for one in sent}
    for component in sent:
        assert _as_dash_makes_it(component) == component
    for tag in TAGS - {"input"}:  # which is only ever sent as data
        assert getattr(dash.html, tag.capitalize())._namespace == LIBRARIES["html"]
    container = json.loads(json.dumps(to_dash(from_dash(dash.page_container))))
    assert [one["type"] for one in _sent(container)] == ["Div", "Location", "Div", "Store", "Div"]
    for file, words, ours in PRIVATE:
        assert words in (PACKAGE / file).read_text(encoding="utf-8"), f"{ours} relies on {words}"
        assert (static.FOLDER / ours).is_file()


def test_scripts_that_no_page_needs_are_still_named_as_they_were() -> None:
    app = dash.Dash("names", use_pages=False)
    app.layout = dash.html.Div()
    document = app.server.test_client().get("/").get_data(as_text=True)
    assert scripts.SHARED_SCRIPT.search(document) and scripts.UNUSED_SCRIPT.search(document)
    assert "async-graph" in scripts.used(document)
    assert not re.search(r'src="[^"]*(polyfill|dash_table/)', scripts.used(document))


PARTS = {
    "members": gallery_parts.member_table,
    "comparison": gallery_parts.comparison,
    "cards": gallery_parts.headline,
    "working": lambda: explain.explain(gallery_parts.WORKING),
    "foot": lambda: menu.foot(
        gallery_parts.frame("x", "Title", "Subtitle"),
        table=True,
        kinds=menu.EVERY,
        explain=explain.explain(gallery_parts.WORKING),
    ),
    "states": lambda: gallery_parts.states()[-1],
}
SAME = """([data, text]) => {
  const sorted = (root) => [...root.querySelectorAll("*")].map((one) => [one.tagName,
    [...one.attributes].map(({ name, value }) => `${name}=${value}`).sort(),
    [...one.childNodes].filter((part) => part.nodeType === 3).map((part) => part.data)]);
  const drawn = document.createElement("div"), written = document.createElement("div");
  drawn.dataset.built = data;
  document.body.append(drawn, written);
  written.innerHTML = text;
  return new Promise((done) => setTimeout(() => {
    drawn.normalize();
    done([sorted(drawn), sorted(written)]);
  }, 50));
}"""


@pytest.mark.browser
@pytest.mark.parametrize("name", PARTS)
def test_the_browser_builds_what_the_server_writes(chromium: Browser, name: str) -> None:
    """Short forms included: with and without scripts a reader has the same elements."""
    page = chromium.new_page()
    page.set_content("<!DOCTYPE html><body></body>")
    page.add_script_tag(path=static.FOLDER / "speed" / "built.js")
    part = PARTS[name]()
    data = to_json(Node("#group", {}, tuple(_without_boxes(part))))
    drawn, written = page.evaluate(SAME, [data, to_text(list(_without_boxes(part)))])
    page.close()
    assert drawn == written and len(drawn) > 10


def _without_boxes(part: Node) -> Iterator[Node]:
    """The parts sent as data inside a node, each without the box that holds it."""
    if part.kind == "#built":
        yield from (child for child in part.children if isinstance(child, Node))
    elif part.kind.startswith("#"):
        yield part
    else:
        for child in part.children:
            if isinstance(child, Node):
                yield from _without_boxes(child)
