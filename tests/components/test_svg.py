"""Pictures without a browser: in pages, in files and as PNG."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components import charts
from components.charts import svg
from tests.components.gallery_charts import MONTHS
from tests.components.test_renderers import LABELS, SPECS, SVG, each_spec, file_of, groups


@each_spec
def test_a_picture_in_a_page_follows_its_theme_and_says_what_it_shows(spec: charts.Spec) -> None:
    drawing, alt = charts.draw(spec), charts.describe(spec).alt
    roots = list(ElementTree.fromstring(f"<div>{svg.inline(drawing, alt)}</div>"))
    assert [root.get("class") for root in roots] in (["chart"], ["chart wide", "chart narrow"])
    for root in roots:
        assert (root.get("role"), root.get("aria-label")) == ("img", alt)
        painted = [
            value
            for one in root.iter()
            for name, value in one.items()
            if name in ("fill", "stroke") and value != "none"
        ]
        assert all(re.fullmatch(r"var\(--[a-z0-9-]+,#[0-9A-F]{6}\)", value) for value in painted)


MONTHLY = charts.Periods(kind="month", days=tuple(MONTHS[:6]))


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.none() | st.floats(0, 1e7), min_size=6, max_size=6),
    st.text(
        alphabet=st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
        max_size=40,
    ),
)
def test_pictures_are_well_formed_whatever_they_are_given(
    values: list[float | None], name: str
) -> None:
    own, england = (
        charts.Series(name, "you", tuple(values)),
        charts.Series("England", "england", (1.0,) * 6),
    )
    spec = charts.Lines(periods=MONTHLY, series=(own, england), unit="count")
    drawing, description = charts.draw(spec), charts.describe(spec)
    root = ElementTree.fromstring(svg.file(drawing, description, replace(LABELS, title=name)))
    page = ElementTree.fromstring(f"<div>{svg.inline(drawing, description.alt)}</div>")
    for tree in (root, page):
        numbers = " ".join(
            value
            for one in tree.iter()
            for key, value in one.items()
            if key not in ("aria-label", "data-name")
        ).lower()
        assert "nan" not in numbers.replace("dominant", "") and "inf" not in numbers


def test_gaps_are_not_joined_and_lone_periods_are_dots() -> None:
    own = charts.Series("A", "you", (1.0, 2.0, None, 3.0, None, None))
    spec = charts.Lines(periods=MONTHLY, series=(own,), unit="count")
    (line,) = groups(file_of(spec), "line")
    (path,) = (one.get("d", "") for one in line.iter(f"{SVG}path"))
    assert path.count("M") == 1 and path.count("L") == 1
    assert len(list(line.iter(f"{SVG}circle"))) == 1


def test_a_png_has_twice_the_pixels_and_our_letters() -> None:
    spec = SPECS["mode"]
    picture = svg.file(charts.draw(spec), charts.describe(spec), LABELS)
    root = ElementTree.fromstring(picture)
    body = svg.png(picture)
    assert body.startswith(b"\x89PNG")
    size = tuple(int.from_bytes(body[at : at + 4], "big") for at in (16, 20))
    assert size == (860 * svg.SCALE, int(root.get("height", "")) * svg.SCALE)
    wordless = re.sub(r"<text[^>]*>[^<]*</text>", "", picture)
    assert len(svg.png(wordless)) < len(body)


def test_a_long_picture_has_fewer_pixels_to_a_px_and_stays_within_bounds() -> None:
    areas = tuple(charts.Dot(f"Area {at}", float(at % 97)) for at in range(700))
    spec = charts.Dots(areas=areas, unit="count", marker="England", marker_value=40.0)
    picture = svg.file(charts.draw(spec), charts.describe(spec), LABELS)
    body = svg.png(picture)
    width, height = (int.from_bytes(body[at : at + 4], "big") for at in (16, 20))
    assert 860 * 0.8 < width < 860 * svg.SCALE and height > width * 15
    assert width * height <= svg.MOST_PIXELS
    with pytest.raises(ValueError, match="viewBox"):
        svg.png("<svg/>")


def test_a_width_that_nobody_could_print_is_refused() -> None:
    spec = SPECS["mode"]
    with pytest.raises(ValueError, match="from 320 to 1600"):
        svg.file(charts.draw(spec), charts.describe(spec), LABELS, width=20_000)
