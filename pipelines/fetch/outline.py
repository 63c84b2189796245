"""What is read of publishers' web pages, in a child process that a page may keep from ending.

The text of links inside links grows with the square of their number: 4,000 of them take seconds,
and a page as large as we accept would take hours. JSON is read where it arrives: its parser takes
time in step with its length, which is bounded before.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from data.confined import Limits

LIMITS = Limits(memory=1 << 30, cpu=20, wall=120.0, written=0, answer=32 << 20)
_ATTACHMENTS = '#resources [data-uipath="ps.publication.resources-attachment"] a[href]'
_PUBLISHED = ('[data-uipath*="publication-date"]', '[itemprop="datePublished"]')


@dataclass(frozen=True, slots=True)
class Link:
    href: str
    text: str
    heading: str  # of the card that the link is, where it is one
    tags: str
    attached: bool  # among a release's files


@dataclass(frozen=True, slots=True)
class Outline:
    """The parts of a page from which releases and files are known."""

    heading: str
    dates: tuple[str, ...]  # texts in which the day of publication may stand, likeliest first
    links: tuple[Link, ...]


def outlined(parts: dict[str, Any]) -> Outline:
    """From what `read` returns."""
    links = (
        Link(str(href), str(text), str(heading), str(tags), bool(attached))
        for href, text, heading, tags, attached in parts["links"]
    )
    dates = (str(text) for text in parts["dates"])
    return Outline(str(parts["heading"]), tuple(dates), tuple(links))


def read(html: str) -> dict[str, Any]:
    """In the child: the parts of an outline as JSON has them."""
    tree = LexborHTMLParser(html)
    attached = {anchor.mem_id for anchor in tree.css(_ATTACHMENTS)}
    heading = tree.css_first("h1")
    published = [node for selector in _PUBLISHED for node in tree.css(selector)]
    published += [
        detail
        for term, detail in pairwise(tree.css("dt, dd"))
        if term.tag == "dt" and _text(term).lower().startswith("publication date")
    ]
    return {
        "heading": _text(heading) if heading else "",
        "dates": [node.attributes.get("content") or _text(node) for node in published],
        "links": [(*_link(anchor), anchor.mem_id in attached) for anchor in tree.css("a[href]")],
    }


def _link(anchor: LexborNode) -> tuple[str, str, str, str]:
    heading = anchor.css_first("p.nhsd-t-heading-xs")
    tags = " ".join(_text(tag) for tag in anchor.css("span.nhsd-a-tag"))
    href = (anchor.attributes.get("href") or "").strip()
    return href, _text(anchor), _text(heading) if heading else "", tags


def _text(node: LexborNode) -> str:
    return " ".join(node.text(separator=" ").split())
