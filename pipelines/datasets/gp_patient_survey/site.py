"""Finding the survey's files on its own site, gp-patient.co.uk.

Its pages link to files by `FileDownload/Download?fileRedirect=<path>`, where the path begins with
the year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit

from data.settings import Settings
from pipelines.fetch import discovery
from pipelines.fetch.http import Client, Page
from pipelines.files.errors import DiscoveryError, NotPublished

PAGES = ("surveysandreports", "downloads")
_DOWNLOAD = "FileDownload/Download?fileRedirect="
_WANTED = re.compile(
    r"^GPPS_20\d\d_(Practice|PCN|ICS|ICB|Region|National)_data_\(weighted\).*\.(csv|zip)$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"GPPS_(20\d\d)_", re.IGNORECASE)


def wants(name: str) -> bool:
    return bool(_WANTED.match(name))


def discover(client: Client, settings: Settings) -> Iterable[discovery.Release]:
    """A release for each year to which the site links, newest first."""
    found: dict[int, dict[str, discovery.ReleaseFile]] = {}
    pages: dict[int, str] = {}
    for name in PAGES:
        try:
            page = client.page(f"{settings.survey_url}/{name}")
        except NotPublished:
            continue
        for file in _files(page, settings):
            year = int(_YEAR.findall(file.name)[0])
            found.setdefault(year, {}).setdefault(file.name, file)
            pages.setdefault(year, page.url)
    if not found:
        raise DiscoveryError(
            f"{settings.survey_url} links to no weighted CSV of the survey. Open "
            f"{settings.survey_url}/{PAGES[0]}, download the files by hand and load them with "
            "--from."
        )
    return [
        discovery.Release(
            str(year),
            pages[year],
            f"GP Patient Survey {year}",
            date(year, 1, 1),
            None,
            tuple(found[year].values()),
        )
        for year in sorted(found, reverse=True)
    ]


def _files(page: Page, settings: Settings) -> Iterable[discovery.ReleaseFile]:
    for link in page.outline.links:
        target = urlsplit(urljoin(page.url, link.href))
        path = dict(parse_qsl(target.query)).get("fileRedirect") or unquote(target.path)
        name = path.rpartition("/")[2]
        if not wants(name):
            continue
        url = target.geturl()
        if target.query:
            url = f"{settings.survey_url}/{_DOWNLOAD}{quote(path, safe='')}"
        yield discovery.ReleaseFile(
            name, url, link.text or name, name.rpartition(".")[2].upper(), None
        )
