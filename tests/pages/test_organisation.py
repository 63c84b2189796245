"""`/organisations/<code>/`: complete without scripts, safe with hostile names."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask

from data.versions import db
from tests import worlds

HOSTILE = "<script>alert(\"x\")</script> & 'Sons'"


class Tags(HTMLParser):
    """The tags of a document, and the text of its first heading as a browser reads it."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.heading = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_data(self, data: str) -> None:
        if self.seen and self.seen[-1] == "h1":
            self.heading += data

    def handle_endtag(self, tag: str) -> None:
        self.seen.append(f"/{tag}")


def page(site: Flask, home: Path, code: str, status: int = 200) -> str:
    db.configure(home)
    response = site.test_client().get(f"/organisations/{code}/")
    assert response.status_code == status
    return response.get_data(as_text=True)


def test_a_practice_has_its_charts_tables_tools_and_areas(site: Flask, home: Path) -> None:
    said = page(site, home, "A81001")
    assert "<h1>The Park Surgery</h1>" in said
    assert said.count('<svg class="chart wide" role="img"') == 2
    assert said.count("<table") == 2
    assert "/tools/gp-appointments/?org=A81001" in said
    assert "/organisations/U11111/" in said and "/organisations/QHM/" in said


def test_scripts_are_those_of_the_header_alone(site: Flask, home: Path) -> None:
    tags = Tags(page(site, home, "A81001"))
    assert tags.seen.count("script") == 2
    assert tags.seen.count("main") == tags.seen.count("h1") == 1


def test_areas_list_their_members(site: Flask, home: Path) -> None:
    assert "/organisations/A81002/" in page(site, home, "U11111")
    assert "/organisations/16C/" in page(site, home, "QHM")


def test_an_abolished_code_says_what_took_over(site: Flask, home: Path) -> None:
    said = page(site, home, "QK1")
    assert "last used in March 2026" in said
    assert "QNEW" in said


def test_other_spellings_lead_to_the_code_and_unknown_ones_to_suggestions(
    site: Flask, home: Path
) -> None:
    db.configure(home)
    moved = site.test_client().get("/organisations/a81001")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/organisations/A81001/")
    said = page(site, home, "A81009", 404)
    assert "/organisations/A81001/" in said


def test_hostile_names_and_codes_stay_text(
    site: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = tuple(replace(p, name=HOSTILE) if p.code == "A81001" else p for p in worlds.PRACTICES)
    monkeypatch.setattr(worlds, "PRACTICES", changed)
    worlds.build(tmp_path)
    tags = Tags(page(site, tmp_path, "A81001"))
    assert tags.heading == HOSTILE
    assert tags.seen.count("script") == 2
    assert "<script>" not in page(site, tmp_path, "%3Cscript%3E", 404)
