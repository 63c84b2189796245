"""The stage that every test of odd files shares."""

from __future__ import annotations

import pytest

from tests.pipelines.fuzz import stage
from tests.pipelines.fuzz.stage import Stage


@pytest.fixture(scope="session")
def england(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return stage.build(tmp_path_factory.mktemp("odd-files"))
