"""The figures of every dashboard, level and state look as they did when somebody looked at them."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from data.spec import LEVELS
from pages.dashboard import registry
from tests.pictures import kept
from tests.pictures.drawing import Pictures, drawn

SHOWN = 12  # names in a message


@pytest.fixture(scope="module")
def pictures(site: Flask, home: Path) -> Pictures:
    return drawn(site, home)


def test_pictures_are_those_that_are_kept(pictures: Pictures, tmp_path: Path) -> None:
    reference = kept.read()
    names = kept.differing(reference, pictures)
    if not names:
        return
    page = tmp_path / "differences.html"
    page.write_text(kept.side_by_side(names, reference, pictures), encoding="utf-8")
    pytest.fail(
        f"{len(names)} of {len(pictures)} pictures differ. Look at both in {page}; if the new ones "
        "are right, keep them with: python -m tests.pictures\n" + "\n".join(names[:SHOWN])
    )


def test_there_is_one_of_every_dashboard_level_and_state(pictures: Pictures) -> None:
    with_charts = [name for name, text in pictures.items() if text.startswith("<svg")]
    assert len(with_charts) >= 300
    for tool in registry.dashboards():
        own = [name for name in with_charts if name.startswith(f"{tool.slug}?")]
        assert len({name.split("?")[1].split("#")[0].split("&")[0] for name in own}) == len(LEVELS)


def test_a_difference_shows_both_pictures() -> None:
    before, after = {"a": "<svg>1</svg>", "b": "same"}, {"a": "<svg>2</svg>", "b": "same", "c": "x"}
    names = kept.differing(before, after)
    assert names == ["a", "c"]
    page = kept.side_by_side(names, before, after)
    assert page.index("<svg>1</svg>") < page.index("<svg>2</svg>")
    assert "<div>New</div><div>x</div>" in page
