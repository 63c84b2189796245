"""`/changes/feed.xml`: what each version changed, as an Atom feed (RFC 4287)."""

from __future__ import annotations

import heapq
import uuid
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

from flask import Blueprint, Response, request

from data.registry import all_datasets, dataset
from data.versions import changes
from data.versions.changes import Changes
from data.versions.db import library
from pages import links
from pages.site import change_words as words

BLUEPRINT = Blueprint("feed", __name__)
ATOM = "http://www.w3.org/2005/Atom"
MOST_ENTRIES = 50
NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # when nothing is published the feed still needs a date


@BLUEPRINT.get("/changes/feed.xml")
def feed() -> Response:
    """The newest versions of all datasets, newest first."""
    store = library().store
    told = (changes.recent(store, declared.id, MOST_ENTRIES) for declared in all_datasets())
    newest = heapq.nlargest(
        MOST_ENTRIES, (one for found in told for one in found), key=lambda one: one.made_at
    )
    response = Response(_atom(newest), content_type="application/atom+xml; charset=utf-8")
    response.cache_control.public = True
    response.cache_control.max_age = 300
    response.add_etag()
    response.make_conditional(request)
    return response


def _identity(name: str) -> str:
    """The same for a version wherever it is served, as readers tell entries apart by it."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'haresign:{name}')}"


def _atom(found: list[Changes]) -> bytes:
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "en-GB"})
    _add(root, "title", "Haresign: changes of data")
    _add(root, "id", _identity("changes"))
    _add(root, "updated", _moment(found[0].made_at if found else NEVER))
    _link(root, "self", links.absolute(links.path("/changes/feed.xml")), "application/atom+xml")
    _link(root, "alternate", links.absolute(links.path("/changes/")), "text/html")
    _add(ET.SubElement(root, f"{{{ATOM}}}author"), "name", "Haresign")
    for one in found:
        _entry(root, one)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _entry(root: ET.Element, change: Changes) -> None:
    declared = dataset(change.dataset)
    entry = ET.SubElement(root, f"{{{ATOM}}}entry")
    title = f"{declared.title}: {change.why or change.release}"
    _add(entry, "title", f"Demonstration: {title}" if change.demo else title)
    _add(entry, "id", _identity(f"{change.dataset}:{change.entry}"))
    _add(entry, "updated", _moment(change.made_at))
    href = links.absolute(links.page("/changes/", {"version": change.entry}))
    _link(entry, "alternate", href, "text/html")
    ET.SubElement(entry, f"{{{ATOM}}}category", {"term": declared.id, "label": declared.title})
    _add(entry, "rights", declared.licence)
    said = " ".join((words.summary(change), words.headline(change))).strip()
    _add(entry, "summary", said)


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = text


def _link(parent: ET.Element, rel: str, href: str, kind: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}link", {"rel": rel, "href": href, "type": kind})


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
