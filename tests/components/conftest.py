"""The gallery in a process of its own: Dash keeps one list of pages per process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.serving import served_module


@pytest.fixture(scope="session")
def gallery_url() -> Iterator[str]:
    with served_module("tests.components.gallery") as gallery:
        yield gallery.url
