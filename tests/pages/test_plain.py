"""What the server draws of every page by itself, beside what it sends to Dash."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

import dash
import pytest
from flask import Flask

from components.blocks import Absent, Figure, flat
from components.markup import Node
from components.render import as_dash
from components.speed.short import written_out
from pages import registration
from pages.dashboard.bodies import Body

PRACTICE = "A81001"
READ = ("td", "th", "dd", "dt", "b", "li", "h2", "h3")
PATHS = sorted(registration.bodies())
AT_ONCE = ("/", "/tools/", "/status/", "/changes/", "/data-sources/", "/state-of-the-nation/")
NOWHERE = "/site/not-found-404"  # the page of addresses that lead nowhere
EVERY = [f"{path}?org={PRACTICE}" for path in PATHS] + PATHS


def words(part: Node | str) -> Iterator[str]:
    if isinstance(part, str):
        yield part
        return
    whole = written_out(part)
    if "data-copy" not in whole.attributes:  # which only scripts answer
        for child in whole.children:
            yield from words(child)


def read(part: Node | str) -> Iterator[tuple[str, str]]:
    """What is read in each cell, heading and line, in order."""
    if isinstance(part, str):
        return
    whole = written_out(part)
    if whole.kind in READ:
        yield whole.kind, " ".join("".join(words(whole)).split())
    for child in whole.children:
        yield from read(child)


class Reader(HTMLParser):
    """The same of a document, and what stands in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.entries: list[tuple[str, list[str]]] = []
        self.ids: list[str] = []
        self._open: list[tuple[str, list[str]]] = []
        self._copies = False  # in a button that only scripts answer
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self._copies = self._copies or "data-copy" in dict(attrs)
        if tag in READ:
            self.entries.append((tag, []))
            self._open.append(self.entries[-1])

    def handle_endtag(self, tag: str) -> None:
        self._copies = self._copies and tag != "button"
        if tag in READ:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        for _, texts in [] if self._copies else self._open:
            texts.append(data)

    @property
    def read(self) -> list[tuple[str, str]]:
        return [(tag, " ".join("".join(texts).split())) for tag, texts in self.entries]


def page_of(site: Flask, address: str) -> str:
    path, _, query = address.partition("?")
    answer = site.test_client().get(f"{path}?{query}&plain=1".replace("?&", "?"))
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def body_of(site: Flask, address: str) -> Body:
    path, _, query = address.partition("?")
    with site.test_request_context(address):
        body = registration.bodies()[path](dict(p.split("=") for p in query.split("&") if p))
    assert isinstance(body, Body)
    return body


@pytest.mark.parametrize("address", EVERY)
def test_a_plain_page_reads_as_what_dash_is_sent(site: Flask, address: str) -> None:
    body = body_of(site, address)
    with site.test_request_context(address):
        sent = [as_dash.section(one.draw()) for one in body.steps]
    wanted = [entry for section in sent for entry in read(section)]
    drawn = page_of(site, address).partition("<section")[2].partition("</main>")[0]
    assert len(wanted) > 100
    assert Reader(drawn).read == wanted


@pytest.mark.parametrize("address", EVERY)
def test_every_chart_and_every_table_is_on_the_plain_page(site: Flask, address: str) -> None:
    text = page_of(site, address)
    reader = Reader(text)
    assert len(reader.ids) == len(set(reader.ids))
    body = body_of(site, address)
    with site.test_request_context(address):
        blocks = [one for step in body.steps for one in flat(step.draw().blocks)]
    for step in body.steps:
        assert f'id="{step.slug}"' in text
    figures = [one for one in blocks if isinstance(one, Figure)]
    charts = [one for one in figures if not isinstance(one.chart, Absent)]
    assert charts
    assert text.count('class="picture"') == text.count("data-do=") + len(charts)
    tables = [one.frame.id for one in charts]
    assert all(f'href="#{name}-table"' in text and f'id="{name}-table"' in text for name in tables)
    assert re.search(r'<svg class="chart[^>]*role="img" aria-label="[^"]{30,}"', text)


@pytest.mark.parametrize("address", EVERY)
def test_the_first_answer_holds_summary_cards_and_lead_chart(site: Flask, address: str) -> None:
    text = site.test_client().get(address).get_data(as_text=True)
    begun = text.partition('class="meanwhile"')[2].partition("<script")[0]
    given = Reader(begun)
    body = body_of(site, address)
    with site.test_request_context(address):
        summary = as_dash.section(body.steps[0].draw())
    numbers = [entry for entry in read(summary) if entry[0] in ("b", "dt", "dd")]
    assert numbers and set(numbers) <= {(tag, text) for tag, text in given.read}
    assert "<svg" in begun and 'class="picture"' in begun
    assert given.ids == []  # these belong to what Dash draws
    (plain,) = re.findall(r'<noscript><meta http-equiv="refresh" content="0; url=([^"]+)">', text)
    assert site.test_client().get(unescape(plain)).status_code == 200
    assert "plain=1" in plain


def test_every_page_is_drawn_without_scripts(site: Flask) -> None:
    addresses = {page["path"] for page in dash.page_registry.values() if page["path"]}
    assert {"/", "/tools/", "/status/", "/changes/", "/state-of-the-nation/", *PATHS} <= addresses
    for address in addresses - {NOWHERE}:
        main = page_of(site, address).partition("<main")[2].partition("</main>")[0]
        assert "<h1" in main and "data-built" not in main
        begun = site.test_client().get(address).get_data(as_text=True)
        assert f'content="0; url={address}?plain=1"' in begun and "<h1" in begun


@pytest.mark.parametrize("address", AT_ONCE)
def test_a_page_drawn_at_once_reads_the_same_everywhere(site: Flask, address: str) -> None:
    (page,) = (page for page in dash.page_registry.values() if page["path"] == address)
    with site.test_request_context(address):
        sent = list(read(page["node"]()))
    plain = page_of(site, address).partition("<main")[2].partition("</main>")[0]
    text = site.test_client().get(address).get_data(as_text=True)
    begun = Reader(text.partition('class="meanwhile"')[2].partition("<script")[0])
    assert len(sent) > 5
    in_main = sent[-len(Reader(plain).read) :]
    assert Reader(plain).read == in_main and set(sent) <= set(begun.read)
    assert begun.ids == []  # these belong to what Dash draws


def test_the_index_of_tools_is_a_form_without_scripts(site: Flask) -> None:
    def shown(query: str) -> list[str]:
        text = page_of(site, f"/tools/?{query}")
        assert 'name="q"' in text and 'name="kind"' in text and 'type="submit"' in text
        rows = re.findall(r'<li ([^>]*data-text="[^>]*)>', text)
        return [row for row in rows if "hidden" not in row.split()]

    everything, benchmarks = shown(""), shown("kind=dashboard")
    assert 0 < len(benchmarks) < len(everything)
    both = shown("kind=dashboard&kind=calculator")
    assert set(benchmarks) < set(both) <= set(everything)
    assert any("list size" in tool for tool in shown("q=list+size"))
    assert "No tool answers that yet" in page_of(site, "/tools/?q=zzzz") and not shown("q=zzzz")


def test_home_finds_organisations_without_scripts(site: Flask) -> None:
    text = page_of(site, f"/?org={PRACTICE}")
    assert f'href="/organisations/{PRACTICE}/"' in text
    assert "/organisations/" not in page_of(site, "/?org=zzzzzzzz").partition("<main")[2]
    assert "<script>x" not in page_of(site, f"/?org={PRACTICE}<script>x")


def test_a_name_in_place_of_a_code_leads_to_its_organisations(site: Flask) -> None:
    (path,) = (path for path in PATHS if path.endswith("/tools/list-size/"))
    body = body_of(site, f"{path}?org={PRACTICE}")
    name = body.bar.text.partition(" (")[0]
    text = page_of(site, f"{path}?org={name}")
    assert f'href="{path}?org={PRACTICE}&amp;plain=1"' in text
    assert 'name="org"' in text


def test_what_an_address_says_is_text(site: Flask) -> None:
    for query in ("org=<script>x</script>&plain=1", "v=<b>{%scripts%}&month=<b>"):
        text = site.test_client().get(f"{PATHS[0]}?{query}").get_data(as_text=True)
        assert "<script>x" not in text and "<b>{" not in text and "<b>&" not in text


def test_ticks_of_a_form_are_one_choice(site: Flask) -> None:
    path = "/tools/list-size/"
    several = page_of(site, f"{path}?org={PRACTICE}&vs=none&vs=icb&vs=england")
    ticked = re.findall(r'value="(\w+)" checked class="form-check-input"', several)
    assert ticked == ["icb", "england"]
    none = page_of(site, f"{path}?org={PRACTICE}&vs=none")
    assert not re.findall(r'value="(\w+)" checked class="form-check-input"', none)
