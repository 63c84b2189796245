"""Finding and recognising the files of Patient Online Management Information (POMI)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import urljoin

from data.settings import Settings
from pipelines.engine.units import BadRelease, Preview, Recognised, periods_in
from pipelines.fetch import discovery
from pipelines.fetch.http import Client
from pipelines.files.errors import DiscoveryError

SLUG = "mi-patient-online-pomi"
_CURRENT = "current"  # the page that always holds the newest files
_WANTED = re.compile(r"pomi.{0,100}\.(csv|csv\.gz|zip)$", re.IGNORECASE)
_ABOUT = re.compile(r"metadata|dictionary", re.IGNORECASE)
_NOT_WORD = re.compile(r"[^a-z0-9]+")
NEEDED = ("REPORT_PERIOD_END", "PRACTICE_CODE", "FIELD", "VALUE")


def wants(name: str) -> bool:
    return bool(_WANTED.search(name)) and not _ABOUT.search(name)


def discover(client: Client, settings: Settings) -> Iterator[discovery.Release | discovery.Skipped]:
    """The page of current files, then pages of months; each file as a release of its own."""
    address = f"{settings.publications_url}/{SLUG}"
    for slug, url in _release_pages(client, address):
        page = discovery.look_at(client, slug, url, files_url=settings.files_url)
        if isinstance(page, discovery.Skipped):
            yield page
            continue
        files = discovery.latest_issues(file for file in page.files if wants(file.name))
        if not files:
            yield discovery.Skipped(page.slug, page.url, "It has no CSV files.")
        for left, file in zip(range(len(files) - 1, -1, -1), files, strict=True):
            stem = discovery.original_name(file.name).partition(".")[0]
            yield replace(
                page,
                slug=_NOT_WORD.sub("-", stem.lower()).strip("-"),
                title=f"{page.title}: {file.name}",
                period=None,
                files=(file,),
                more=left > 0,
            )


def _release_pages(client: Client, address: str) -> list[tuple[str, str]]:
    """(slug, address) of the pages that the series page links to."""
    page = client.page(address)
    current = f"{page.url.rstrip('/')}/{_CURRENT}"
    links = {urljoin(page.url, link.href).rstrip("/") for link in page.outline.links}
    found = {_CURRENT: current} if current in links else {}
    found |= {link.slug: link.url for link in discovery.read_series(page.outline, page.url)}
    if not found:
        raise DiscoveryError(
            f"{address} links to no page of files. NHS England may have changed its pages, or "
            "ended the series: open the address, download the files by hand and load them with "
            "--from."
        )
    return list(found.items())


def is_of_series(header: Iterable[str]) -> bool:
    """Whether a CSV is of this series, by its headings; one of the needed may be missing."""
    names = by_heading(header)
    return sum(name in names for name in NEEDED) >= len(NEEDED) - 1


def recognise(preview: Preview) -> Recognised | None:
    """`year` and its months, by the columns that every file of the series has."""
    if not is_of_series(preview.header):
        return None
    names = by_heading(preview.header)
    if missing := set(NEEDED) - set(names):
        raise BadRelease(
            f"{preview.name} has no column {', '.join(sorted(missing))}. "
            f"It has: {', '.join(preview.header)}."
        )
    preview.cell(names["PRACTICE_CODE"])  # raises where there is no row
    months = periods_in(preview, names["REPORT_PERIOD_END"], "month")
    if not months:
        raise BadRelease(f"{preview.name} has no date under {names['REPORT_PERIOD_END']}.")
    return "year", months


def by_heading(header: Iterable[str]) -> dict[str, str]:
    """Headings of a CSV as it is scanned, by their names in capitals with underscores."""
    scanned = [" ".join(name.split()).upper() for name in header]
    return {name.replace(" ", "_"): name for name in scanned}
