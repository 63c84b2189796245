"""Reading NHS England's publication pages: which releases exist and which files they hold.

A series page links to its releases; a release page links to files on the files host under
`/<2 hex>/<6 hex>/<name>`, which cannot be guessed. Releases announced but not yet out have a
page without files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote, urljoin, urlsplit

from pipelines.fetch.http import Client
from pipelines.fetch.outline import Link, Outline
from pipelines.files.errors import DiscoveryError, NotPublished

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_MONTH = f"({'|'.join(_MONTHS)})(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?"
_SLUG_YEAR = re.compile(r"^(?:(?:.*-)?(20\d\d)-\d\d|(20\d\d))$")
_SLUG_PERIOD = re.compile(rf"(?:^|-){_MONTH}-(20\d\d)(?:-|$)")
_WRITTEN_DATE = re.compile(rf"\b(\d{{1,2}})\s+{_MONTH}\.?,?\s+(\d{{4}})\b", re.IGNORECASE)
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})(?!\d)")
_SIZE = re.compile(r"(?<![\d.,])([\d.,]+)\s{0,9}(B|KB|MB|GB)\b", re.IGNORECASE)
_FACTOR = {"B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3}
_HAS_ENDING = re.compile(r"\.[A-Za-z0-9]{2,5}$")

_VERSION = re.compile(r"[_\- ]v(\d{1,2})(?:\.\d{1,2})?(?=[_\-. ]|$)", re.IGNORECASE)
_REISSUED_ON = re.compile(r"_(\d{2})-(\d{2})-(\d{2})(?=[_.]|$)")
_REISSUED_IN = re.compile(r"_(0[1-9]|1[0-2])(\d{2})(?=[_.]|$)")


@dataclass(frozen=True, slots=True)
class ReleaseLink:
    """A release as the series page names it."""

    slug: str
    url: str
    period: date  # first day of the month in the slug


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """A file that a release page offers. `size` is what the page says, rounded, in bytes.

    `fresh` is the address to ask where caches answer for `url` with something old; `optional`
    files may come empty, which means that the publisher has nothing there.
    """

    name: str
    url: str
    title: str
    kind: str
    size: int | None
    fresh: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """A release page with its files; `more` says that others of the same page follow it."""

    slug: str
    url: str
    title: str
    period: date | None
    published: date | None
    files: tuple[ReleaseFile, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """A listed release that has nothing to fetch, and why."""

    slug: str
    url: str
    reason: str


def releases(client: Client, series_url: str, *, files_url: str) -> Iterator[Release | Skipped]:
    """Releases newest first, each page asked for only when its turn comes."""
    page = client.page(series_url)
    links = read_series(page.outline, page.url)
    if not links:
        raise DiscoveryError(
            f"{series_url} lists no releases. NHS England may have changed its pages: "
            "open the address, download the files by hand and load them with --from."
        )
    for link in links:
        yield look_at(client, link.slug, link.url, files_url=files_url)


def look_at(client: Client, slug: str, url: str, *, files_url: str) -> Release | Skipped:
    """One release page, with its files if it has any yet."""
    try:
        page = client.page(url)
    except NotPublished as error:
        return Skipped(slug, url, str(error))
    release = read_release(page.outline, page.url, files_url=files_url)
    if release.files:
        return release
    due = f" (due {release.published.isoformat()})" if release.published else ""
    return Skipped(slug, url, f"Listed but not yet published{due}.")


def read_series(page: Outline, series_url: str) -> tuple[ReleaseLink, ...]:
    """Release links of a series page, newest first. Pages such as `/metadata` are not releases."""
    series = urlsplit(series_url)
    folder = series.path.rstrip("/") + "/"
    found: dict[str, ReleaseLink] = {}
    for link in page.links:
        target = urlsplit(urljoin(series_url, link.href))
        if target.netloc != series.netloc or not target.path.startswith(folder):
            continue
        slug = target.path[len(folder) :].strip("/")
        period = period_of_slug(slug)
        if period is not None and slug not in found:
            url = target._replace(query="", fragment="").geturl().rstrip("/")
            found[slug] = ReleaseLink(slug, url, period)
    return tuple(sorted(found.values(), key=lambda link: (link.period, link.slug), reverse=True))


def read_release(page: Outline, url: str, *, files_url: str) -> Release:
    """A release page. `files` is empty when it is announced but not out."""
    slug = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    links = [link for link in page.links if _is_file(url, link, files_url)]
    files: dict[str, ReleaseFile] = {}
    for link in [one for one in links if one.attached] or links:
        file = _file(link, url)
        files.setdefault(file.url, file)
    return Release(
        slug=slug,
        url=url,
        title=page.heading or slug,
        period=period_of_slug(slug),
        published=next(filter(None, map(_written_date, page.dates)), None),
        files=tuple(files.values()),
    )


def period_of_slug(slug: str) -> date | None:
    """The month in `december-2025`, `30-june-2026` or a longer slug with such a part.

    Else the first month of the year with which it ends, financial (`england-2018-19`) or not
    (`2026`); None where it names neither.
    """
    if "/" in slug:
        return None
    if match := _SLUG_PERIOD.search(slug):
        return date(int(match.group(2)), _MONTHS[match.group(1)], 1)
    if year := _SLUG_YEAR.search(slug):
        return date(int(year[1]), 4, 1) if year[1] else date(int(year[2]), 1, 1)
    return None


def ods_release(ods_url: str, reports: Iterable[str], *, today: date) -> Release:
    """The Organisation Data Service's reports, which are always current, as a release of today."""
    return Release(
        slug=f"ods-{today:%Y%m%d}",
        url=ods_url,
        title=f"Organisation Data Service reports, {today.isoformat()}",
        period=None,
        published=today,
        files=tuple(
            ReleaseFile(report, f"{ods_url}/getReport?report={report}", report, "CSV", None)
            for report in reports
        ),
    )


def reissue_rank(name: str) -> tuple[date, int]:
    """Orders the issues of a file: `x.csv`, `x_v2.csv`, `x_v2.0.csv`, `x_14-05-26_0526.csv`."""
    version = _VERSION.search(name)
    issued = date.min
    if month := _REISSUED_IN.search(name):
        issued = date(2000 + int(month.group(2)), int(month.group(1)), 1)
    if day := _REISSUED_ON.search(name):
        issued = _date(2000 + int(day.group(3)), int(day.group(2)), int(day.group(1))) or issued
    return issued, int(version.group(1)) if version else 1


def original_name(name: str) -> str:
    """The file's name without the suffixes that mark a re-issue."""
    for suffix in (_VERSION, _REISSUED_ON, _REISSUED_IN):
        name = suffix.sub("", name)
    return name


def latest_issues(files: Iterable[ReleaseFile]) -> tuple[ReleaseFile, ...]:
    """One file per original name, the latest issue of each, in the order of the page."""
    latest: dict[str, ReleaseFile] = {}
    for file in files:
        key = original_name(file.name)
        if key not in latest or reissue_rank(file.name) > reissue_rank(latest[key].name):
            latest[key] = file
    return tuple(latest.values())


def _is_file(page_url: str, link: Link, files_url: str) -> bool:
    target, host = urlsplit(urljoin(page_url, link.href)), urlsplit(files_url)
    return (
        (target.scheme, target.netloc) == (host.scheme, host.netloc)
        and target.path.startswith(host.path.rstrip("/") + "/")
        and _HAS_ENDING.search(target.path) is not None
    )


def _file(link: Link, page_url: str) -> ReleaseFile:
    url = urljoin(page_url, link.href)
    name = unquote(urlsplit(url).path.rpartition("/")[2])
    size = _SIZE.search(link.tags)
    return ReleaseFile(
        name=name,
        url=url,
        title=link.heading or link.text or name,
        kind=name.rpartition(".")[2].upper(),
        size=round(float(size.group(1).replace(",", "")) * _FACTOR[size.group(2).upper()])
        if size
        else None,
    )


def _written_date(text: str) -> date | None:
    if iso := _ISO_DATE.search(text):
        return _date(*(int(part) for part in iso.groups()))
    if written := _WRITTEN_DATE.search(text):
        month = _MONTHS[written.group(2).lower()]
        return _date(int(written.group(3)), month, int(written.group(1)))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
