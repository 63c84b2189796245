"""Pages over real sockets, and downloads in a process that is killed or has no room."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.fetch import outline
from pipelines.fetch.http import Client
from pipelines.files.errors import (
    DiskProblem,
    TooLarge,
    UnexpectedContent,
)
from tests.pipelines.one_file import BODY, NAME, QUICK, SERIES, SHA256, address, names_in, published
from tests.publication_site import Fault, PublicationSite, Urls

ROOT = Path(__file__).parents[2]


@pytest.fixture
def site() -> PublicationSite:
    return published({NAME: BODY})


@pytest.fixture
def client(urls: Urls) -> Iterator[Client]:
    with Client(urls.settings(), manners=QUICK) as client:
        yield client


def test_a_page_is_read_as_text(site: PublicationSite, client: Client) -> None:
    page = client.page(site.series_url(SERIES))
    assert "Patients registered at a gp practice" in page.html
    assert page.url == site.series_url(SERIES)


def test_a_file_instead_of_a_page_is_named(site: PublicationSite, client: Client) -> None:
    with pytest.raises(UnexpectedContent, match=r"Expected a web page .* found text/csv"):
        client.page(address(site))


def test_an_endless_page_is_dropped(site: PublicationSite, urls: Urls) -> None:
    with (
        Client(urls.settings(), manners=replace(QUICK, largest_page=200)) as client,
        pytest.raises(TooLarge),
    ):
        client.page(site.series_url(SERIES))


def test_a_page_that_takes_too_long_to_read_is_refused_and_the_next_is_read(
    site: PublicationSite, urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Terms inside terms: the time to read them grows with the square of their number."""
    monkeypatch.setattr(outline, "LIMITS", replace(outline.LIMITS, cpu=2))
    nested = b"<dl><dt>publication date<dd>x" * 20_000
    site.add_answer("profiles", nested, name="profiles", content_type="text/html")
    with Client(urls.settings(), manners=QUICK) as client:
        with pytest.raises(UnexpectedContent, match="takes more to read"):
            client.page(f"{urls.settings().fingertips_url}/profiles")
        assert client.page(site.series_url(SERIES)).outline.links


def test_an_answer_of_nothing_but_brackets_is_refused(
    site: PublicationSite, urls: Urls, client: Client
) -> None:
    deep = b"[" * 200_000
    site.add_answer("profiles", deep, name="profiles", content_type="application/json")
    with pytest.raises(UnexpectedContent, match="Expected JSON"):
        client.json(f"{urls.settings().fingertips_url}/profiles")


FETCH = """
import resource, sys
from pathlib import Path
from data.settings import Settings
from pipelines.fetch.http import Client, Manners
url, target, host, most = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
settings = Settings(publications_url=host, files_url=host, ods_url=host)
Client(settings, manners=Manners(gap=0)).download(url, Path(target))
"""


def start_download(site: PublicationSite, target: Path, most: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", FETCH, address(site), str(target), site.urls.files_url]
    return subprocess.Popen([*command, str(most)], cwd=ROOT, text=True, stderr=subprocess.PIPE)


def test_a_killed_download_continues_where_it_stopped(
    site: PublicationSite, urls: Urls, client: Client, tmp_path: Path
) -> None:
    site.fault(NAME, Fault.SLOW)
    target, part = tmp_path / NAME, tmp_path / f"{NAME}.part"
    process = start_download(site, target, 1 << 30)
    deadline = time.monotonic() + 20
    while not (part.exists() and part.stat().st_size > 100_000):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    held = part.stat().st_size
    assert not target.exists()
    site.heal(NAME)
    got = client.download(address(site), target)
    assert got is not None
    assert got.sha256 == SHA256
    assert site.requests[-1].headers["Range"] == f"bytes={held}-"
    assert names_in(tmp_path) == [NAME]


def test_a_full_disk_leaves_nothing_and_says_so(
    site: PublicationSite, urls: Urls, tmp_path: Path
) -> None:
    """A limit on the size of a file stands in for the end of the disk."""
    process = start_download(site, tmp_path / NAME, 200_000)
    _, told = process.communicate(timeout=30)
    assert process.returncode != 0
    assert DiskProblem.__name__ in told
    assert "Free some space there" in told
    assert names_in(tmp_path) == []
