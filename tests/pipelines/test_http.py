"""Downloads over real sockets from the publication site."""

from __future__ import annotations

import hashlib
import logging
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from data.settings import Settings
from pipelines.fetch.http import USER_AGENT, Client
from pipelines.fetch.partial import Validators
from pipelines.files.errors import (
    AddressRefused,
    DiskProblem,
    FetchError,
    NotPublished,
    ServerTrouble,
    TooLarge,
    TooSlow,
    UnexpectedContent,
)
from tests.pipelines.one_file import (
    BODY,
    NAME,
    QUICK,
    SERIES,
    SHA256,
    SLUG,
    address,
    names_in,
    published,
)
from tests.publication_site import Fault, PublicationSite, Urls, zip_bomb


@pytest.fixture
def site() -> PublicationSite:
    return published({NAME: BODY})


@pytest.fixture
def client(urls: Urls) -> Iterator[Client]:
    with Client(urls.settings(), manners=QUICK) as client:
        yield client


def test_a_file_arrives_whole_and_hashed_and_leaves_nothing_beside_it(
    site: PublicationSite, client: Client, tmp_path: Path
) -> None:
    seen: list[tuple[int, int | None]] = []
    target = tmp_path / "december-2025" / NAME
    got = client.download(
        address(site), target, progress=lambda done, total: seen.append((done, total))
    )
    assert got is not None
    assert target.read_bytes() == BODY
    assert (got.sha256, got.bytes, got.path) == (SHA256, len(BODY), target)
    assert got.validators.etag
    assert got.validators.last_modified == "Thu, 11 Dec 2025 09:30:00 GMT"
    assert names_in(target.parent) == [NAME]
    assert seen[0] == (0, len(BODY))
    assert seen[-1] == (len(BODY), len(BODY))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_requests_say_who_asks(site: PublicationSite, client: Client, tmp_path: Path) -> None:
    client.download(address(site), tmp_path / NAME)
    client.page(site.series_url(SERIES))
    assert [request.headers["User-Agent"] for request in site.requests] == [USER_AGENT] * 2


def test_requests_keep_their_distance(site: PublicationSite, urls: Urls) -> None:
    with Client(urls.settings(), manners=replace(QUICK, gap=0.2)) as client:
        began = time.monotonic()
        for _ in range(3):
            client.page(site.series_url(SERIES))
    assert time.monotonic() - began >= 0.4
    assert len(site.requests) == 3


def test_an_unchanged_file_is_not_sent_again(
    site: PublicationSite, client: Client, tmp_path: Path
) -> None:
    first = client.download(address(site), tmp_path / NAME)
    assert first is not None
    assert client.download(address(site), tmp_path / NAME, known=first.validators) is None
    again = site.requests[-1]
    assert again.status == 304
    assert again.headers["If-None-Match"] == first.validators.etag
    assert again.headers["If-Modified-Since"] == first.validators.last_modified
    assert names_in(tmp_path) == [NAME]


def test_a_changed_file_is_sent_again(
    site: PublicationSite, client: Client, tmp_path: Path
) -> None:
    first = client.download(address(site), tmp_path / NAME)
    assert first is not None
    site.replace_file(SERIES, SLUG, NAME, b"CODE\nB1\n")
    second = client.download(address(site), tmp_path / NAME, known=first.validators)
    assert second is not None
    assert (tmp_path / NAME).read_bytes() == b"CODE\nB1\n"


def test_a_passing_server_error_is_asked_again(
    site: PublicationSite, client: Client, tmp_path: Path
) -> None:
    site.fault(NAME, Fault.ERROR, times=2)
    assert client.download(address(site), tmp_path / NAME)
    assert [request.status for request in site.requests] == [500, 500, 200]


def test_a_lasting_server_error_ends_in_a_sentence(
    site: PublicationSite, client: Client, tmp_path: Path
) -> None:
    site.fault(NAME, Fault.ERROR)
    with pytest.raises(ServerTrouble, match=r"answered 500 .* Try again later"):
        client.download(address(site), tmp_path / NAME)
    assert len(site.requests) == QUICK.attempts
    assert names_in(tmp_path) == []


def test_a_busy_server_is_left_alone_as_long_as_it_asks(
    site: PublicationSite, client: Client, tmp_path: Path
) -> None:
    site.fault(NAME, Fault.BUSY, times=1)
    assert client.download(address(site), tmp_path / NAME)
    refused, served = site.requests
    assert (refused.status, served.status) == (429, 200)
    assert served.at - refused.at > 0.95


def test_a_wait_longer_than_our_patience_is_not_begun(
    site: PublicationSite, urls: Urls, tmp_path: Path
) -> None:
    site.fault(NAME, Fault.BUSY)
    with Client(urls.settings(), manners=replace(QUICK, longest_download=0.5)) as client:
        began = time.monotonic()
        with pytest.raises(ServerTrouble, match="429"):
            client.download(address(site), tmp_path / NAME)
    assert time.monotonic() - began < 0.5
    assert len(site.requests) == 1


def test_a_missing_file_is_asked_for_once(
    site: PublicationSite, client: Client, tmp_path: Path
) -> None:
    site.fault(NAME, Fault.GONE)
    with pytest.raises(NotPublished, match=r"404 .* moved or withdrawn"):
        client.download(address(site), tmp_path / NAME)
    assert len(site.requests) == 1


@pytest.mark.parametrize("fault", [Fault.TRUNCATED, Fault.RESET])
def test_a_broken_transfer_continues_where_it_stopped(
    site: PublicationSite, client: Client, tmp_path: Path, fault: Fault
) -> None:
    site.fault(NAME, fault, times=1)
    got = client.download(address(site), tmp_path / NAME)
    assert got is not None
    assert got.sha256 == SHA256
    assert (tmp_path / NAME).read_bytes() == BODY
    broken, continued = site.requests
    assert continued.status == 206
    assert continued.headers["If-Range"] == got.validators.etag
    assert 0 < int(continued.headers["Range"].removeprefix("bytes=").rstrip("-")) <= len(BODY) // 2
    assert "Range" not in broken.headers


def test_a_silent_server_is_given_up_and_asked_again(
    site: PublicationSite, urls: Urls, tmp_path: Path
) -> None:
    site.fault(NAME, Fault.STALLED, times=1)
    with Client(urls.settings(), manners=replace(QUICK, timeout=0.3)) as client:
        got = client.download(address(site), tmp_path / NAME)
    assert got is not None
    assert got.sha256 == SHA256
    assert site.requests[-1].status == 206


def test_a_file_changed_between_attempts_is_taken_from_the_start(
    site: PublicationSite, urls: Urls, tmp_path: Path
) -> None:
    site.fault(NAME, Fault.TRUNCATED)
    with Client(urls.settings(), manners=replace(QUICK, attempts=1)) as client:
        with pytest.raises(ServerTrouble):
            client.download(address(site), tmp_path / NAME)
        assert names_in(tmp_path) == [f"{NAME}.part", f"{NAME}.part.json"]
        site.heal(NAME)
        changed = BODY.replace(b"A00001", b"Z00001")
        site.replace_file(SERIES, SLUG, NAME, changed)
        got = client.download(address(site), tmp_path / NAME)
    assert got is not None
    assert got.sha256 == hashlib.sha256(changed).hexdigest()
    assert site.requests[-1].status == 200
    assert names_in(tmp_path) == [NAME]


def test_a_part_of_another_address_is_not_continued(
    site: PublicationSite, urls: Urls, tmp_path: Path
) -> None:
    """Two issues of a file can have equal validators when only the time of publication is given."""
    other = "gp-reg-pat-prac-map.csv"
    site.add_release(
        SERIES, "other", "Other", published=date(2025, 12, 11), files={other: BODY[::-1]}
    )
    site.fault(other, Fault.TRUNCATED)
    target = tmp_path / NAME
    with Client(urls.settings(), manners=replace(QUICK, attempts=1)) as client:
        with pytest.raises(ServerTrouble):
            client.download(site.url_of(SERIES, "other", other), target)
        assert names_in(tmp_path) == [f"{NAME}.part", f"{NAME}.part.json"]
        assert client.download(address(site), target)
    assert "Range" not in site.requests[-1].headers
    assert target.read_bytes() == BODY


def test_a_file_now_shorter_than_what_we_hold_is_taken_from_the_start(
    site: PublicationSite, urls: Urls, tmp_path: Path
) -> None:
    """The server may ignore If-Range and answer 416."""
    site.fault(NAME, Fault.TRUNCATED)
    with Client(urls.settings(), manners=replace(QUICK, attempts=2)) as client:
        with pytest.raises(ServerTrouble):
            client.download(address(site), tmp_path / NAME)
        site.heal(NAME)
        (tmp_path / f"{NAME}.part").write_bytes(BODY + b"more")
        got = client.download(address(site), tmp_path / NAME)
    assert got is not None
    assert got.sha256 == SHA256
    assert [request.status for request in site.requests[-2:]] == [416, 200]


def test_a_server_without_ranges_is_read_again_from_the_start(
    site: PublicationSite, client: Client, tmp_path: Path
) -> None:
    site.fault(NAME, Fault.TRUNCATED, times=1).fault(NAME, Fault.NO_RANGES)
    got = client.download(address(site), tmp_path / NAME)
    assert got is not None
    assert got.sha256 == SHA256
    assert [request.status for request in site.requests] == [200, 200]


def test_a_file_without_a_version_is_never_pieced_together(
    site: PublicationSite, client: Client, tmp_path: Path
) -> None:
    site.fault(NAME, Fault.TRUNCATED, times=1).fault(NAME, Fault.NO_VALIDATORS)
    got = client.download(address(site), tmp_path / NAME)
    assert got is not None
    assert got.sha256 == SHA256
    assert all("Range" not in request.headers for request in site.requests)


def test_a_weak_etag_does_not_allow_piecing_together() -> None:
    assert Validators('W/"1"', "Thu, 11 Dec 2025 09:30:00 GMT").if_range is None
    assert Validators('"1"').if_range == '"1"'
    assert Validators(None, "Thu, 11 Dec 2025 09:30:00 GMT").if_range is not None


@pytest.mark.parametrize("fault", [Fault.HTML, Fault.HTML_AS_FILE])
def test_a_web_page_instead_of_a_file_is_named_and_not_kept(
    site: PublicationSite, client: Client, tmp_path: Path, fault: Fault
) -> None:
    site.fault(NAME, fault)
    with pytest.raises(UnexpectedContent, match="titled “Service unavailable - NHS England"):
        client.download(address(site), tmp_path / NAME)
    assert len(site.requests) == 1
    assert names_in(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "body", "found"),
    [
        ("map.zip", b"CODE,NAME\nA1,B\n", "plain text"),
        ("map.zip", b"%PDF-1.7\n", "a PDF document"),
        ("map.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "an Excel 97-2003 workbook"),
        ("map.csv", zip_bomb(1), "a ZIP archive"),
        ("map.csv", b"", "an empty file"),
        ("map.csv.gz", b"CODE,NAME\nA1,B\n", "plain text"),
        ("map.csv", b"  \n<!DOCTYPE HTML><html>", "a web page"),
        ("map.csv", b"\xef\xbb\xbf<html>", "a web page"),
    ],
)
def test_first_bytes_must_fit_the_name(name: str, body: bytes, found: str, tmp_path: Path) -> None:
    site = published({name: body})
    with (
        site.running() as urls,
        Client(urls.settings(), manners=QUICK) as client,
        pytest.raises(UnexpectedContent, match=found),
    ):
        client.download(address(site, name), tmp_path / name)
    assert names_in(tmp_path) == []


def test_a_file_announced_too_large_is_not_read(
    site: PublicationSite, urls: Urls, tmp_path: Path
) -> None:
    with (
        Client(urls.settings(), manners=replace(QUICK, largest_file=100_000)) as client,
        pytest.raises(TooLarge, match="larger than 100,000 bytes"),
    ):
        client.download(address(site), tmp_path / NAME)
    assert len(site.requests) == 1
    assert names_in(tmp_path) == []


def test_a_file_that_grows_too_large_is_dropped(
    site: PublicationSite, urls: Urls, tmp_path: Path
) -> None:
    site.fault(NAME, Fault.NO_LENGTH)
    seen: list[tuple[int, int | None]] = []
    with (
        Client(urls.settings(), manners=replace(QUICK, largest_file=300_000)) as client,
        pytest.raises(TooLarge),
    ):
        client.download(address(site), tmp_path / NAME, progress=lambda *step: seen.append(step))
    assert 0 < seen[-1][0] <= 300_000
    assert {total for _, total in seen} == {None}
    assert names_in(tmp_path) == []


def test_a_slow_file_is_left_in_time_and_continued_by_the_next_refresh(
    urls: Urls, site: PublicationSite, tmp_path: Path
) -> None:
    site.fault(NAME, Fault.SLOW)
    with Client(urls.settings(), manners=replace(QUICK, longest_download=0.4)) as client:
        began = time.monotonic()
        with pytest.raises(TooSlow, match="next refresh continues"):
            client.download(address(site), tmp_path / NAME)
        assert time.monotonic() - began < 1.0
    site.heal(NAME)
    with Client(urls.settings(), manners=QUICK) as client:
        got = client.download(address(site), tmp_path / NAME)
    assert got is not None
    assert got.sha256 == SHA256
    assert site.requests[-1].status == 206


def test_a_redirect_to_another_host_is_refused_before_it_is_asked(
    site: PublicationSite, client: Client, tmp_path: Path
) -> None:
    site.fault(NAME, Fault.REDIRECT_AWAY)
    with pytest.raises(AddressRefused, match=r"downloads\.example\.org:443 \(redirected from"):
        client.download(address(site), tmp_path / NAME)
    assert names_in(tmp_path) == []


def test_a_redirect_within_the_host_is_followed(
    site: PublicationSite, client: Client, tmp_path: Path
) -> None:
    site.fault(NAME, Fault.REDIRECT_HERE, times=1)
    assert client.download(address(site), tmp_path / NAME)
    assert [request.status for request in site.requests] == [302, 200]


def test_endless_redirects_end(site: PublicationSite, client: Client, tmp_path: Path) -> None:
    site.fault(NAME, Fault.REDIRECT_HERE)
    with pytest.raises(AddressRefused, match="redirects more than 5 times"):
        client.download(address(site), tmp_path / NAME)
    assert len(site.requests) == 6


def test_logs_hold_no_secret_of_a_query(
    urls: Urls, client: Client, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(NotPublished) as refusal:
        client.download(f"{urls.files_url}/none.csv?key=s3cret", tmp_path / NAME)
    assert "none.csv" in caplog.text
    assert "s3cret" not in caplog.text + str(refusal.value)


def test_a_server_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        here = f"http://127.0.0.1:{unused.getsockname()[1]}"
        settings = Settings(publications_url=here, files_url=here, ods_url=here)
        with (
            Client(settings, manners=QUICK) as client,
            pytest.raises(ServerTrouble, match="Check the network"),
        ):
            client.download(f"{here}/a.csv", tmp_path / "a.csv")


def test_every_failure_is_one_family() -> None:
    family = (AddressRefused, DiskProblem, NotPublished, ServerTrouble, TooLarge, TooSlow)
    assert all(issubclass(error, FetchError) for error in family)
