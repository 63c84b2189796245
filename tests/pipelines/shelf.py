"""Somebody who loads files by hand and looks at what came of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from click.testing import Result

from data.versions.db import LiveVersions
from data.versions.manifest import Manifest
from data.versions.snapshot import Snapshot
from data.versions.store import store
from tests.pipelines.test_real_files import flask

MARCH = date(2026, 3, 1)


class Shelf:
    """Somebody who loads files by hand."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self._files = folder / "files"
        self._loads = 0

    def load(self, dataset: str, files: Mapping[str, bytes]) -> Result:
        self._loads += 1
        folder = self._files / str(self._loads)
        folder.mkdir(parents=True)
        for name, body in files.items():
            (folder / name).write_bytes(body)
        return flask(self.home, "refresh", dataset, "--from", str(folder))

    def loaded(self, dataset: str, files: Mapping[str, bytes]) -> None:
        done = self.load(dataset, files)
        assert done.exit_code == 0, done.output

    def refused(self, dataset: str, files: Mapping[str, bytes], reason: str) -> None:
        before = store(self.home, "real").manifest(dataset)
        done = self.load(dataset, files)
        assert done.exit_code == 1, done.output
        assert re.search(reason, done.output), done.output
        assert store(self.home, "real").manifest(dataset) == before

    def manifest(self, dataset: str) -> Manifest:
        found = store(self.home, "real").manifest(dataset)
        assert found is not None
        return found

    def snapshot(self, dataset: str) -> Snapshot:
        found = LiveVersions(self.home).current(dataset)
        assert found is not None
        return found

    def england(self, dataset: str, part: str, month: date = MARCH) -> float | None:
        return self.snapshot(dataset).parts_at("england", "ENG", month=month)[part]
