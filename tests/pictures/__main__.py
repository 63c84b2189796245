"""`python -m tests.pictures`: keep the pictures as they are drawn now."""

from __future__ import annotations

import tempfile
from pathlib import Path

from app import create_app
from data.settings import Settings
from tests import worlds
from tests.pictures import kept
from tests.pictures.drawing import drawn


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        worlds.build(home)
        pictures = drawn(create_app(Settings(home=home)), home)
    changed = kept.differing(kept.read() if kept.FILE.exists() else {}, pictures)
    kept.write(pictures)
    print(f"{len(pictures)} pictures, {len(changed)} of them changed")  # noqa: T201


if __name__ == "__main__":
    main()
