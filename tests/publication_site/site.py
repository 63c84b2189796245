"""What the publisher has published, how it misbehaves, and what it was asked."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from email.utils import formatdate
from pathlib import Path
from typing import Self
from urllib.parse import quote

from data.settings import Settings
from tests.publication_site import pages
from tests.publication_site.content import Content, Fault, Request, type_of
from tests.publication_site.server import listening

CONTRACT = "/gp/investment/gp-contract"
SURVEY = "/gp-patient"
STATISTICAL = "/data-and-information/publications/statistical"


@dataclass(slots=True)
class _Release:
    title: str
    published: date | None
    upcoming: bool
    markup: pages.Markup
    files: dict[str, tuple[str, int]] = field(default_factory=dict)  # name: (path, bytes)


@dataclass(frozen=True, slots=True)
class Urls:
    """Where the site is, as settings values."""

    publications_url: str
    files_url: str
    ods_url: str
    contract_url: str = "https://127.0.0.1/none"
    survey_url: str = "https://127.0.0.1/none"

    def settings(self, home: Path = Path("var")) -> Settings:
        return Settings(
            home=home,
            publications_url=self.publications_url,
            files_url=self.files_url,
            ods_url=self.ods_url,
            contract_url=self.contract_url,
            survey_url=self.survey_url,
        )

    def environment(self) -> dict[str, str]:
        """Variables that point a process of its own at this site."""
        return {
            "HARESIGN_PUBLICATIONS_URL": self.publications_url,
            "HARESIGN_FILES_URL": self.files_url,
            "HARESIGN_ODS_URL": self.ods_url,
            "HARESIGN_CONTRACT_URL": self.contract_url,
            "HARESIGN_SURVEY_URL": self.survey_url,
        }


class PublicationSite:
    """Two servers on loopback: one for pages and ODS reports, one for files.

    site = PublicationSite()
    site.add_release("patients-registered-at-a-gp-practice", "december-2025",
                     "Patients Registered at a GP Practice, December 2025",
                     published=date(2025, 12, 11), files={"gp-reg-pat-prac-all.zip": packed})
    site.fault("gp-reg-pat-prac-all.zip", Fault.TRUNCATED, times=1)
    with site.running() as urls:
        settings = urls.settings(home)
    """

    def __init__(
        self, *, slow_chunk: int = 16_384, slow_pause: float = 0.05, silence: float = 1.0
    ) -> None:
        self.slow_chunk = slow_chunk  # bytes between pauses of a slow file
        self.slow_pause = slow_pause  # seconds
        self.silence = silence  # seconds before a stalled connection ends
        self.requests: list[Request] = []
        self.urls = Urls("", "", "")
        self._series: dict[str, dict[str, _Release]] = {}
        self._contents: dict[str, Content] = {}  # by path, with the query for reports
        self._faults: dict[str, dict[Fault, int | None]] = {}
        self._lock = threading.Lock()

    def add_release(
        self,
        series: str,
        slug: str,
        title: str,
        *,
        published: date | None,
        files: Mapping[str, bytes | Path],
        markup: pages.Markup = "current",
    ) -> Self:
        """Publish a release, or replace it by a re-issue: same slug, new files."""
        release = _Release(title, published, upcoming=not files, markup=markup)
        for name, source in files.items():
            body = source.read_bytes() if isinstance(source, Path) else source
            digest = hashlib.sha256(f"{series}/{slug}/{name}/".encode() + body).hexdigest()
            path = f"/{digest[:2].upper()}/{digest[2:8].upper()}/{quote(name)}"
            release.files[name] = (path, len(body))
            self._contents[path] = Content(
                name, body, type_of(name), _moment(published), release=slug
            )
        self._series.setdefault(series, {})[slug] = release
        return self

    def add_upcoming(self, series: str, slug: str, title: str, *, due: date | None = None) -> Self:
        return self.add_release(series, slug, title, published=due, files={})

    def add_report(self, report: str, body: bytes | Path) -> Self:
        """An ODS report: `getReport?report=<report>`, without validators as the real ones."""
        content = body.read_bytes() if isinstance(body, Path) else body
        self._contents[f"/api/getReport?report={report}"] = Content(report, content, "text/csv")
        return self

    def add_contract_file(self, title: str, name: str, body: bytes) -> Self:
        """A link on the page of the GP contract, on another host than the publications."""
        path = f"{CONTRACT}/uploads/{quote(name)}"
        self._contents[path] = Content(name, body, type_of(name), release="contract")
        link = f'<p><a href="{path}">{title}</a></p>'
        held = self._contents.get(CONTRACT)
        page = pages.web_page("GP contract") if held is None else held.body.decode()
        self._contents[CONTRACT] = _page("contract", page.replace("</body>", f"{link}</body>"))
        return self

    def add_survey_file(self, year: int, kind: str, name: str, body: bytes) -> Self:
        """A result file of the survey, or its re-issue under the same address, and the link."""
        folder = f"{year}/survey-results/{kind}-results/{kind}-data-csv"
        path = f"/FileDownload/Download?fileRedirect={quote(f'{folder}/{name}', safe='')}"
        known = f"{SURVEY}{path}" in self._contents
        self._contents[f"{SURVEY}{path}"] = Content(name, body, type_of(name), release=str(year))
        address = f"{SURVEY}/surveysandreports"
        held = self._contents.get(address)
        page = pages.web_page("Surveys and reports") if held is None else held.body.decode()
        link = "" if known else f'<li><a href="{path}">{year} {kind} data (weighted) (csv)</a></li>'
        page = page.replace("</body>", f"{link}</body>")
        self._contents[address] = _page("surveysandreports", page)
        return self

    def replace_file(self, series: str, slug: str, name: str, body: bytes) -> None:
        """Change a file under its old address."""
        path, _ = self._series[series][slug].files[name]
        self._contents[path].body = body

    def fault(self, name: str, fault: Fault, *, times: int | None = None) -> Self:
        """Let a file, `slug/file`, report, series or release misbehave, `times` times or always."""
        with self._lock:
            self._faults.setdefault(name, {})[fault] = times
        return self

    def heal(self, name: str) -> None:
        with self._lock:
            self._faults.pop(name, None)

    def url_of(self, series: str, slug: str, name: str) -> str:
        return self.urls.files_url + self._series[series][slug].files[name][0]

    def series_url(self, series: str) -> str:
        return f"{self.urls.publications_url}/{series}"

    def asked(self, name: str) -> list[Request]:
        """Requests whose address ends in this file, report or slug, in order."""
        return [r for r in self.requests if r.path.endswith((quote(name), f"report={name}"))]

    @contextmanager
    def running(self) -> Iterator[Urls]:
        with ExitStack() as stack:
            pages_url = stack.enter_context(listening(self))
            files_url = stack.enter_context(listening(self))
            self.urls = Urls(
                pages_url + STATISTICAL,
                files_url,
                f"{pages_url}/api",
                pages_url + CONTRACT,
                pages_url + SURVEY,
            )
            yield self.urls

    def record(self, request: Request) -> None:
        with self._lock:
            self.requests.append(request)

    def faults_for(self, content: Content) -> set[Fault]:
        """The faults that this request meets; a counted fault is used up by it."""
        met = set()
        with self._lock:
            for name in content.names:
                for fault, left in self._faults.get(name, {}).items():
                    if left is None or left > 0:
                        met.add(fault)
                        self._faults[name][fault] = None if left is None else left - 1
        return met

    def find(self, path: str) -> Content | None:
        """What is published at a path (with its query)."""
        if path in self._contents:
            return self._contents[path]
        series, _, slug = path.removeprefix(f"{STATISTICAL}/").partition("/")
        if not path.startswith(STATISTICAL) or series not in self._series:
            return None
        known = self._series[series]
        if not slug:
            return _page(series, self._series_page(series))
        if slug in ("metadata", "support-information"):
            return _page(slug, pages.web_page(slug.capitalize()))
        if slug not in known:
            return None
        release = known[slug]
        files = {n: (self.urls.files_url + p, size) for n, (p, size) in release.files.items()}
        html = pages.release_page(
            release.title,
            release.published,
            files,
            upcoming=release.upcoming,
            markup=release.markup,
        )
        return _page(slug, html)

    def _series_page(self, series: str) -> str:
        known = self._series[series]
        out = [(slug, r.title) for slug, r in known.items() if not r.upcoming]
        upcoming = [(slug, r.title) for slug, r in known.items() if r.upcoming]
        title = series.replace("-", " ").capitalize()
        return pages.series_page(title, f"{STATISTICAL}/{series}", out, upcoming)


def _page(name: str, html: str) -> Content:
    return Content(name, html.encode(), "text/html;charset=UTF-8", is_file=False)


def _moment(published: date | None) -> str | None:
    if published is None:
        return None
    seconds = (published - date(1970, 1, 1)).days * 86_400 + 9.5 * 3600
    return formatdate(seconds, usegmt=True)
