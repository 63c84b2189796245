"""The real site over the fictional England, in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from data.versions.db import LiveVersions
from data.versions.orgs import Org
from tests.serving import served


@pytest.fixture(scope="session")
def site(demo_home: Path) -> Iterator[str]:
    with served(demo_home) as running:
        yield running.url


@dataclass(frozen=True, slots=True)
class Cast:
    """A practice with figures in every month, and the areas that it belongs to."""

    practice: Org
    pcn: Org
    icb: Org
    region: Org


@pytest.fixture(scope="session")
def cast(library: LiveVersions) -> Cast:
    directory = library.directory()
    appointments = library.current("gp-appointments")
    assert appointments is not None
    for practice in directory.all("practice"):
        everywhere = all(
            appointments.published_in("practice", practice.code, month)
            for month in appointments.months
        )
        home = appointments.home(practice.code, appointments.latest)
        pcn = directory.at("pcn", home.get("pcn", ""))
        icb = directory.at("icb", home.get("icb", ""))
        region = directory.at("region", home.get("region", ""))
        if everywhere and practice.postcode and pcn and icb and region:
            return Cast(practice, pcn, icb, region)
    raise AssertionError("no practice has figures in every month")
