"""`/organisations/<code>/`: complete without scripts, safe with hostile names."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from components import svg
from components.charts.specs import Series
from data import db
from tests import worlds

HOSTILE = "<script>alert(\"x\")</script> & 'Sons'"
MONTHS = [date(2026, month, 1) for month in range(1, 7)]


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)


def page(site: Flask, home: Path, code: str, status: int = 200) -> str:
    db.configure(home)
    response = site.test_client().get(f"/organisations/{code}/")
    assert response.status_code == status
    return response.get_data(as_text=True)


def test_a_practice_has_its_charts_tables_tools_and_areas(site: Flask, home: Path) -> None:
    said = page(site, home, "A81001")
    assert "<h1>The Park Surgery</h1>" in said
    pictures = re.findall(r"<svg class=\"trend\".*?</svg></svg>.*?</svg>|<svg class.*?</svg>", said)
    assert len(pictures) >= 2
    assert said.count("<table") == 2
    assert "/tools/gp-appointments/?org=A81001" in said
    assert "/organisations/U11111/" in said and "/organisations/QHM/" in said


def test_scripts_are_those_of_the_header_alone(site: Flask, home: Path) -> None:
    tags = Tags()
    tags.feed(page(site, home, "A81001"))
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
    said = page(site, tmp_path, "A81001")
    assert "alert(&#34;x&#34;)" in said or "alert(&quot;x&quot;)" in said
    tags = Tags()
    tags.feed(said)
    assert tags.seen.count("script") == 2
    assert "<script>" not in page(site, tmp_path, "%3Cscript%3E", 404)


@given(
    st.lists(st.none() | st.floats(0, 1e7), min_size=6, max_size=6),
    st.text(
        alphabet=st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="￾￿"),
        max_size=40,
    ),
)
def test_the_picture_is_well_formed_whatever_it_is_given(
    values: list[float | None], name: str
) -> None:
    drawn = svg.trend(
        MONTHS,
        [Series(name, "you", tuple(values)), Series("England", "england", (1.0,) * 6)],
        unit="count",
        title=name,
    )
    root = ElementTree.fromstring(drawn)
    assert root.attrib["aria-label"] == name
    drawn_with = " ".join(
        value for at in root.iter() for key, value in at.items() if key != "aria-label"
    ).lower()
    assert "nan" not in drawn_with and "inf" not in drawn_with


def test_gaps_are_not_joined_and_lone_months_are_dots() -> None:
    drawn = svg.trend(
        MONTHS, [Series("A", "you", (1.0, 2.0, None, 3.0, None, None))], unit="count", title="A"
    )
    root = ElementTree.fromstring(drawn)
    tag = "{http://www.w3.org/2000/svg}"
    path = next(root.iter(f"{tag}path")).attrib["d"]
    assert path.count("M") == 1 and path.count("L") == 1
    assert len(list(root.iter(f"{tag}circle"))) == 1
