"""The page and the feed of what versions changed."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from data.versions import changes, db
from pages.site import change_words
from tests import worlds
from tests.pages.tools import words_at

ATOM = "{http://www.w3.org/2005/Atom}"
FEED = "/changes/feed.xml"
PATH = "/changes/"


@pytest.fixture(scope="module")
def revised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two versions of everything, the second with other numbers."""
    home = tmp_path_factory.mktemp("revised")
    for seed in (1, 2):
        worlds.build(home, seed=seed)
    return home


def is_atom(text: bytes) -> ET.Element:
    """RFC 4287: what a feed and its entries must have, once each, in the forms it demands."""
    root = ET.fromstring(text)
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            found = element.findall(f"{ATOM}{name}")
            assert len(found) == 1 and found[0].text, (element.tag, name)
        assert urlsplit(element.findtext(f"{ATOM}id")).scheme == "urn"
        updated = element.findtext(f"{ATOM}updated")
        assert updated and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", updated)
        alternates = [
            link for link in element.findall(f"{ATOM}link") if link.get("rel") == "alternate"
        ]
        assert len(alternates) == 1
        assert all(urlsplit(link.get("href")).scheme for link in element.findall(f"{ATOM}link"))
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    ids = [element.text for element in root.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids))
    return root


def test_the_feed_is_atom_and_leads_to_every_version(site: Flask, revised: Path) -> None:
    db.configure(revised)
    answer = site.test_client().get(FEED, base_url="https://haresign.example")
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    root = is_atom(answer.data)
    entries = root.findall(f"{ATOM}entry")
    store = db.library().store
    versions = {v for d in ("list-sizes", "gp-appointments") for v in store.versions(d)}
    linked = set()
    for entry in entries:
        link = entry.find(f"{ATOM}link")
        assert link is not None
        address = urlsplit(str(link.get("href")))
        assert address.hostname == "haresign.example"
        linked |= set(parse_qs(address.query)["version"])
    assert linked == versions
    moments = [datetime.fromisoformat(str(e.findtext(f"{ATOM}updated"))) for e in entries]
    assert moments == sorted(moments, reverse=True)
    assert root.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")


def test_the_feed_of_an_empty_site_is_atom_too(site: Flask, tmp_path: Path) -> None:
    db.configure(tmp_path)
    assert is_atom(site.test_client().get(FEED).data).find(f"{ATOM}entry") is None


def test_a_feed_that_did_not_change_is_not_sent_again(site: Flask, revised: Path) -> None:
    db.configure(revised)
    client = site.test_client()
    first = client.get(FEED)
    assert client.get(FEED, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_the_page_tells_each_version_and_one_in_full(asked: Flask, revised: Path) -> None:
    db.configure(revised)
    store = db.library().store
    found = changes.recent(store, "list-sizes", 5)
    assert len(found) == 2
    page = words_at(PATH)
    for one in found:
        assert change_words.summary(one) in page
    full = words_at(PATH, version=found[0].version)
    assert found[0].version in full and str(found[0].previous) in full
    assert "Every ICB" in full and "Practices that moved most" in full
    assert change_words.headline(found[0]) in full


@pytest.mark.parametrize("version", ["", "nothing", "../../etc", "<script>"])
def test_an_unknown_version_shows_all(asked: Flask, revised: Path, version: str) -> None:
    db.configure(revised)
    assert words_at(PATH, version=version) == words_at(PATH)
