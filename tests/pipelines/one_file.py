"""A publisher of one file over loopback, for tests of downloads."""

from __future__ import annotations

import hashlib
import random
from datetime import date
from pathlib import Path

from pipelines.fetch.http import Manners
from tests.publication_site import PublicationSite

SERIES = "patients-registered-at-a-gp-practice"
SLUG = "december-2025"
NAME = "gp-reg-pat-prac-all.csv"
BODY = b"CODE,NUMBER_OF_PATIENTS\n" + b"".join(
    b"A%05d,%d\n" % (n, random.Random(n).randint(1, 30_000)) for n in range(60_000)
)
SHA256 = hashlib.sha256(BODY).hexdigest()
QUICK = Manners(gap=0, first_wait=0.01, longest_wait=0.05, timeout=5)


def published(files: dict[str, bytes]) -> PublicationSite:
    return PublicationSite().add_release(
        SERIES, SLUG, "December 2025", published=date(2025, 12, 11), files=files
    )


def address(site: PublicationSite, name: str = NAME) -> str:
    return site.url_of(SERIES, SLUG, name)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []
