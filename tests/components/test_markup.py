"""Nodes as HTML: whatever is written into one is read as text, and never run."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from components.markup import TAGS, Node, attrs, dcc, html, icon, is_place, link
from components.speed.serialise import to_dash, to_json
from components.speed.short import built, copyable
from components.text import VOID, to_text

HOSTILE = (
    "<script>alert(1)</script>",
    "</p><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "&lt;b&gt; & &amp;",
    "]]><!--",
    "\x00\u2028\u202e<b>",
)
RUNS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " \tjava\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "blob:https://x",
)
PLACES = (
    "/tools/?q=a:b",
    "?a=javascript:1",
    "#notes",
    "https://nhs.uk/",
    "mailto:a@b.uk",
    "",
    "a/b:c",
)


class _Reader(HTMLParser):
    """The elements, attributes and text of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, found: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(found)))

    def handle_data(self, data: str) -> None:
        self.text += data


@settings(deadline=None)
@given(st.sampled_from(HOSTILE) | st.text(st.characters(exclude_characters="\r\x00")))
def test_text_and_attributes_come_back_as_they_went_in(text: str) -> None:
    written = to_text(html.P(text, title=text, className=text, **attrs({"data-v": text})))
    reader = _Reader(written)
    if "\x00" not in text:
        assert reader.text == text
        expected = {"title": text, "class": text, "data-v": text}
        assert reader.elements == [("p", {k: v or None for k, v in expected.items()})]
    assert [tag for tag, _ in reader.elements] == ["p"]


def test_text_that_says_it_is_markup_is_not_believed() -> None:
    assert to_text(html.P(Markup("<b>x</b>"), title=Markup('"'))) == (
        '<p title="&#34;">&lt;b&gt;x&lt;/b&gt;</p>'
    )


@pytest.mark.parametrize("address", RUNS)
def test_an_address_that_would_run_is_left_out_of_every_output(address: str) -> None:
    assert not is_place(address)
    for node in (
        link("x", address),
        html.A("x", href=address),
        html.Img(src=address),
        html.Form("x", action=address),
        html.Button("x", formAction=address),
    ):
        sent = json.dumps(to_dash([node, built(node)])) + to_json(node) + to_text(node)
        assert "alert" not in sent and "script:" not in sent and "blob" not in sent


@pytest.mark.parametrize("address", PLACES)
def test_an_address_of_a_place_is_kept(address: str) -> None:
    assert html.A("x", href=address).attributes["href"] == address


@pytest.mark.parametrize("name", ["onclick x", "x>", 'a"b', "", "1"])
def test_the_name_of_an_attribute_is_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="is not the name of an attribute"):
        to_text(html.P("x", **attrs({name: "1"})))


@pytest.mark.parametrize("tag", ["Script", "Style", "Iframe", "Object", "div", "DIV", "Base"])
def test_there_is_no_way_to_write_what_runs(tag: str) -> None:
    with pytest.raises(AttributeError, match="not in components.markup.TAGS"):
        getattr(html, tag)


def test_outputs_agree_on_what_is_left_out() -> None:
    node = html.Button(["a", None, html.B("b")], hidden=False, title=None, disabled=True)
    assert to_text(node) == "<button disabled>a<b>b</b></button>"
    assert json.loads(to_json(node)) == ["button", {"disabled": ""}, "a", ["b", {}, "b"]]
    props = to_dash(node)["props"]
    assert props["hidden"] is False and props["disabled"] is True and "title" not in props
    assert to_text(html.Br()) == "<br>" and "br" in VOID <= TAGS


def test_what_only_dash_draws_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match=r"dcc\.Graph is drawn by Dash"):
        to_text(html.Div(dcc.Graph(id="x")))


def test_an_icon_that_is_not_drawn_is_refused() -> None:
    with pytest.raises(KeyError):
        icon("nothing")


def test_a_part_sent_as_data_is_whole_without_scripts() -> None:
    part = built(copyable("a < b"), className="box")
    assert to_text(part) == (
        '<div class="box"><div class="copyable"><code>a &lt; b</code>'
        '<button type="button" class="copy" data-copy="a &lt; b">Copy</button></div></div>'
    )
    assert isinstance(part, Node) and list(to_dash(part)["props"]) == ["className", "data-built"]
