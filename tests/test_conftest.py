"""The shared fixtures keep their promises."""

from __future__ import annotations

import socket

import pytest

from data.registry import all_datasets
from data.versions.db import LiveVersions
from tests.conftest import OutsideNetwork


def test_a_connection_that_leaves_the_machine_fails() -> None:
    with socket.socket() as outside, pytest.raises(OutsideNetwork):
        outside.connect(("192.0.2.1", 80))


def test_the_fictional_england_has_every_dataset(library: LiveVersions) -> None:
    assert [snapshot.dataset for snapshot in library.live()] == list(all_datasets())
    assert all(snapshot.manifest.demo for snapshot in library.live())
