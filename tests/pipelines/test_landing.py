"""The landing folder, filled from the publication site and from local files."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.fetch import landing
from pipelines.fetch.discovery import Release, ReleaseFile, ods_release, releases
from pipelines.fetch.http import Client, Manners
from pipelines.files.archive import csv_members, read_header
from pipelines.files.errors import RefusedFile, ServerTrouble
from tests.publication_site import Fault, PublicationSite, Urls, zip_bomb

SERIES = "patients-registered-at-a-gp-practice"
SLUG = "december-2025"
ALL, MAP = "gp-reg-pat-prac-all.csv", "gp-reg-pat-prac-map.csv"
BODY = b"CODE,NUMBER_OF_PATIENTS\nA81001,3456\n"
QUICK = Manners(gap=0, first_wait=0.01, longest_wait=0.02, attempts=2)
NOW = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def site() -> PublicationSite:
    return PublicationSite().add_release(
        SERIES,
        SLUG,
        "December 2025",
        published=date(2025, 12, 11),
        files={ALL: BODY, MAP: b"PRACTICE_CODE\nA81001\n"},
    )


@pytest.fixture
def client(urls: Urls) -> Iterator[Client]:
    with Client(urls.settings(), manners=QUICK) as client:
        yield client


def newest(site: PublicationSite, client: Client) -> Release:
    found = next(releases(client, site.series_url(SERIES), files_url=site.urls.files_url))
    assert isinstance(found, Release)
    return found


def land(site: PublicationSite, client: Client, root: Path) -> list[landing.Landed]:
    release = newest(site, client)
    return [
        landing.fetch(client, root, "list-sizes", release=release, file=file)
        for file in release.files
    ]


def tree(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def write(path: Path, body: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return path


def imported(root: Path, *sources: Path) -> list[landing.Landed]:
    given = landing.import_local(root, "list-sizes", sources, now=NOW)
    return [one.landed for one in given]


def test_a_file_lands_under_its_release_with_a_receipt(
    site: PublicationSite, client: Client, tmp_path: Path
) -> None:
    first = land(site, client, tmp_path)[0]
    assert tree(tmp_path) == [
        f"list-sizes/{SLUG}/{name}" for name in (ALL, f"{ALL}.json", MAP, f"{MAP}.json")
    ]
    assert (first.release, first.path.read_bytes()) == (SLUG, BODY)
    receipt = json.loads(first.path.with_name(f"{ALL}.json").read_text())
    assert receipt["url"] == site.url_of(SERIES, SLUG, ALL)
    assert receipt["sha256"] == hashlib.sha256(BODY).hexdigest()
    assert receipt["bytes"] == len(BODY)
    assert receipt["etag"]
    assert receipt["last_modified"] == "Thu, 11 Dec 2025 09:30:00 GMT"
    assert receipt["release_url"] == f"{site.series_url(SERIES)}/{SLUG}"
    assert receipt["published"] == "2025-12-11"
    assert landing.landed(tmp_path, "list-sizes")[0] == first


def test_what_is_held_is_not_missing(site: PublicationSite, client: Client, tmp_path: Path) -> None:
    release = newest(site, client)
    assert landing.missing(tmp_path, "list-sizes", release.files) == release.files
    landing.fetch(client, tmp_path, "list-sizes", release=release, file=release.files[0])
    assert landing.missing(tmp_path, "list-sizes", release.files) == release.files[1:]
    assert landing.missing(tmp_path, "gp-appointments", release.files) == release.files


def test_an_unchanged_file_costs_a_304_and_no_bytes(
    site: PublicationSite, client: Client, tmp_path: Path
) -> None:
    first = land(site, client, tmp_path)
    before = tree(tmp_path)
    assert land(site, client, tmp_path) == first
    assert [request.status for request in site.asked(ALL)] == [200, 304]
    assert tree(tmp_path) == before


def test_an_unchanged_file_of_a_server_without_validators_is_kept_once(
    site: PublicationSite, client: Client, tmp_path: Path
) -> None:
    site.fault(ALL, Fault.NO_VALIDATORS)
    first = land(site, client, tmp_path)
    assert land(site, client, tmp_path) == first
    assert len(landing.landed(tmp_path, "list-sizes")) == 2


def test_a_file_changed_under_its_address_lands_beside_the_earlier_issue(
    site: PublicationSite, client: Client, tmp_path: Path
) -> None:
    first = land(site, client, tmp_path)[0]
    site.replace_file(SERIES, SLUG, ALL, BODY + b"B82001,1\n")
    second = land(site, client, tmp_path)[0]
    assert first.path.read_bytes() == BODY
    assert second.path.read_bytes() == BODY + b"B82001,1\n"
    assert second.release == first.release == SLUG
    assert second.path.parent.name == f"{SLUG}.2"
    assert land(site, client, tmp_path)[0] == second


def test_a_reissue_under_a_new_address_lands_beside_the_earlier_issue(
    site: PublicationSite, client: Client, tmp_path: Path
) -> None:
    first = land(site, client, tmp_path)[0]
    site.add_release(
        SERIES, SLUG, "December 2025", published=date(2025, 12, 18), files={ALL: BODY + b"C1,1\n"}
    )
    release = newest(site, client)
    assert landing.missing(tmp_path, "list-sizes", release.files) == release.files
    second = land(site, client, tmp_path)[0]
    assert (first.path.read_bytes(), second.path.read_bytes()) == (BODY, BODY + b"C1,1\n")
    assert second.receipt.published == date(2025, 12, 18)


@pytest.mark.parametrize("damage", [b"", BODY[:-3], BODY.replace(b"3456", b"9456")])
def test_a_damaged_file_is_fetched_again(
    site: PublicationSite, client: Client, tmp_path: Path, damage: bytes
) -> None:
    first = land(site, client, tmp_path)[0]
    first.path.write_bytes(damage)
    again = land(site, client, tmp_path)[0]
    assert again.path.read_bytes() == BODY
    assert [request.status for request in site.asked(ALL)] == [200, 200]


def test_a_file_without_a_receipt_does_not_count(
    site: PublicationSite, client: Client, tmp_path: Path
) -> None:
    """A process can end between naming the file and writing its receipt."""
    first = land(site, client, tmp_path)[0]
    first.path.with_name(f"{ALL}.json").unlink()
    assert [item.path.name for item in landing.landed(tmp_path, "list-sizes")] == [MAP]
    assert land(site, client, tmp_path)[0].path == first.path


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": "x"}', '{"published": 3}'])
def test_a_torn_receipt_does_not_count(tmp_path: Path, text: str) -> None:
    write(tmp_path / "list-sizes" / SLUG / ALL, BODY)
    write(tmp_path / "list-sizes" / SLUG / f"{ALL}.json", text.encode())
    assert landing.landed(tmp_path, "list-sizes") == ()


def test_a_failed_fetch_leaves_no_file_and_no_receipt(
    site: PublicationSite, client: Client, tmp_path: Path
) -> None:
    site.fault(ALL, Fault.ERROR)
    with pytest.raises(ServerTrouble):
        land(site, client, tmp_path)
    assert tree(tmp_path) == []


def test_an_ods_report_is_kept_once_for_as_long_as_it_is_the_same(
    site: PublicationSite, urls: Urls, client: Client, tmp_path: Path
) -> None:
    site.add_report("epraccur", b'"A81001","THE DENSHAM SURGERY"\n')

    def refresh(day: int) -> landing.Landed:
        release = ods_release(urls.ods_url, ("epraccur",), today=date(2026, 10, day))
        (report,) = release.files
        return landing.fetch(client, tmp_path, "practices", release=release, file=report)

    first = refresh(2)
    assert refresh(9) == first
    site.add_report("epraccur", b'"A81001","THE DENSHAM SURGERY"\n"B1","NEW"\n')
    third = refresh(16)
    assert third.path != first.path
    assert [item.release for item in landing.landed(tmp_path, "practices")] == [
        "ods-20261002",
        "ods-20261016",
    ]


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("../../../outside.csv", "_.._.._outside.csv"),
        ("..", None),
        ("", None),
        ("a\\b\x00c\nd.csv", "a_b_c_d.csv"),
        ("map.json", "map.json_"),
        ("map.csv.PART", "map.csv.PART_"),
        (f"{'é' * 300}.csv", None),
    ],
)
def test_a_publishers_name_cannot_leave_its_folder(
    site: PublicationSite, client: Client, tmp_path: Path, name: str, stored: str | None
) -> None:
    release = newest(site, client)
    file = ReleaseFile(name, release.files[0].url, "x", "CSV", None)
    if name in ("", ".."):
        with pytest.raises(ValueError, match="cannot be the name"):
            landing.fetch(client, tmp_path, "list-sizes", release=release, file=file)
        return
    got = landing.fetch(client, tmp_path, "list-sizes", release=release, file=file)
    assert got.path.parent == tmp_path / "list-sizes" / SLUG
    assert stored in (None, got.path.name)
    assert got in landing.landed(tmp_path, "list-sizes")


@pytest.mark.parametrize("slug", ["..", "", ".hidden", "a/b", "a b", "december-2025.2"])
def test_a_slug_cannot_leave_the_landing_folder(
    site: PublicationSite, client: Client, tmp_path: Path, slug: str
) -> None:
    release = Release(slug, "https://x", "x", None, None, newest(site, client).files)
    with pytest.raises(ValueError, match="cannot be the name of a landing folder"):
        landing.fetch(client, tmp_path, "list-sizes", release=release, file=release.files[0])


def test_local_files_and_folders_are_copied_in(tmp_path: Path) -> None:
    given = tmp_path / "given"
    write(given / ALL, BODY)
    write(given / "2025" / "map.csv.gz", b"\x1f\x8b")
    write(given / "Crosstab_Nov_25.ZIP", b"PK")
    write(given / "notes.txt", b"not data")
    write(given / ".hidden" / "x.csv", b"x")
    single = write(tmp_path / "single" / "ePCN.xlsx", b"PK\x03\x04")
    root = tmp_path / "landing"
    got = imported(root, given, single)
    assert [item.path.name for item in got] == [
        "map.csv.gz",
        "Crosstab_Nov_25.ZIP",
        ALL,
        "ePCN.xlsx",
    ]
    assert {item.release for item in got} == {"local-20260320T093000000000"}
    assert got[2].path.read_bytes() == BODY
    assert got[2].receipt == landing.Receipt(
        url="", sha256=hashlib.sha256(BODY).hexdigest(), bytes=len(BODY), fetched_at=NOW
    )
    assert set(landing.landed(root, "list-sizes")) == set(got)
    (given / ALL).write_bytes(b"changed afterwards")
    assert got[2].path.read_bytes() == BODY


def test_bytes_landed_already_are_another_file_under_another_name_and_are_kept_once(
    site: PublicationSite, client: Client, tmp_path: Path
) -> None:
    root = tmp_path / "landing"
    fetched = land(site, client, root)[0]
    renamed = write(tmp_path / "given" / "renamed.csv", BODY)
    twice = write(tmp_path / "given" / "twice.csv", BODY)
    given = landing.import_local(root, "list-sizes", [renamed, twice, renamed.parent], now=NOW)
    assert [(one.landed.path.name, one.same_as) for one in given] == [
        ("renamed.csv", ALL),
        ("twice.csv", ALL),
    ]
    assert {one.landed.path.stat().st_ino for one in given} == {fetched.path.stat().st_ino}
    assert len(landing.landed(root, "list-sizes")) == 4


def test_a_file_given_again_is_not_copied_and_counts_as_the_newest(tmp_path: Path) -> None:
    root = tmp_path / "landing"
    (first,) = imported(root, write(tmp_path / "given" / "data.csv", BODY))
    later = NOW + timedelta(hours=1)
    (again,) = landing.import_local(
        root, "list-sizes", [tmp_path / "given" / "data.csv"], now=later
    )
    assert again.landed.path == first.path
    assert (again.landed.came_at, again.landed.receipt.fetched_at) == (later, NOW)
    assert landing.landed(root, "list-sizes") == (again.landed,)


def test_a_landed_file_that_was_damaged_is_copied_when_it_is_given_again(tmp_path: Path) -> None:
    root = tmp_path / "landing"
    given = write(tmp_path / "given" / "data.csv", BODY)
    (first,) = imported(root, given)
    first.path.write_bytes(BODY.replace(b"3456", b"9456"))
    (second,) = imported(root, given)
    assert second.path != first.path and second.path.read_bytes() == BODY


def test_two_local_files_of_one_name_both_land(tmp_path: Path) -> None:
    first = write(tmp_path / "given" / "one" / ALL, BODY)
    second = write(tmp_path / "given" / "two" / ALL, BODY + b"x")
    got = imported(tmp_path / "landing", tmp_path / "given")
    assert [item.path.name for item in got] == [ALL, ALL]
    assert [item.path.read_bytes() for item in got] == [first.read_bytes(), second.read_bytes()]
    assert len({item.release for item in got}) == 1


def test_a_link_out_of_a_folder_is_refused(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret" / "accounts.csv", b"x")
    given = write(tmp_path / "given" / "a.csv", b"a").parent
    (given / "innocent.csv").symlink_to(secret)
    with pytest.raises(RefusedFile, match="link to a place outside"):
        imported(tmp_path / "landing", given)
    (given / "innocent.csv").unlink()
    (given / "folder").symlink_to(secret.parent, target_is_directory=True)
    with pytest.raises(RefusedFile, match="link to a place outside"):
        imported(tmp_path / "landing", given)
    assert tree(tmp_path / "landing") == []


def test_a_link_within_a_folder_is_another_name_of_its_file(tmp_path: Path) -> None:
    target = write(tmp_path / "given" / "a.csv", b"a")
    (target.parent / "b.csv").symlink_to(target)
    got = imported(tmp_path / "landing", target.parent)
    assert [(one.path.name, one.path.is_symlink()) for one in got] == [
        ("a.csv", False),
        ("b.csv", False),
    ]
    assert got[0].path.read_bytes() == b"a"


def test_links_that_lead_nowhere_keep_no_file_out(tmp_path: Path) -> None:
    given = write(tmp_path / "given" / "a.csv", b"a").parent
    (given / "b.csv").symlink_to(given / "c.csv")
    (given / "c.csv").symlink_to(given / "b.csv")
    (given / "d.csv").symlink_to(given / "nothing.csv")
    assert [one.path.name for one in imported(tmp_path / "landing", given)] == ["a.csv"]


def test_a_name_is_shown_as_it_is_read() -> None:
    assert landing.safe_name("a\u202evsc.exe\u200b\n.csv") == "a_vsc.exe__.csv"


@pytest.mark.parametrize("name", ["missing.csv", "notes.txt"])
def test_what_cannot_be_loaded_is_named(tmp_path: Path, name: str) -> None:
    write(tmp_path / "notes.txt", b"x")
    with pytest.raises(RefusedFile, match=name):
        imported(tmp_path / "landing", tmp_path / name)


def test_what_is_handed_in_is_the_newest_whatever_a_clock_said_before(tmp_path: Path) -> None:
    write(tmp_path / "map.csv", b"A,B\n1,2\n")
    write(tmp_path / "other.csv", b"A,B\n3,4\n")
    ahead = NOW + timedelta(days=400)
    landing.import_local(tmp_path / "landing", "list-sizes", [tmp_path / "map.csv"], now=ahead)
    (other,) = imported(tmp_path / "landing", tmp_path / "other.csv")
    (again,) = imported(tmp_path / "landing", tmp_path / "map.csv")
    assert ahead < other.came_at < again.came_at


def test_a_name_on_the_disk_may_be_of_any_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / os.fsdecode(b"map\xff\n.csv")).write_bytes(b"A,B\n1,2\n")
    (given,) = imported(tmp_path / "landing", folder)
    assert given.path.name == "map__.csv"


def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert imported(tmp_path / "landing", tmp_path) == []
    with pytest.raises(RefusedFile, match="not a file of a kind"):
        imported(tmp_path / "landing", tmp_path / "pipe.csv")


def test_a_bomb_lands_but_is_not_unpacked(tmp_path: Path) -> None:
    site = PublicationSite().add_release(
        SERIES, SLUG, "December", published=date(2025, 12, 11), files={"all.zip": zip_bomb(1)}
    )
    site.fault("all.zip", Fault.BOMB)
    with site.running() as urls, Client(urls.settings(), manners=QUICK) as client:
        (bomb,) = land(site, client, tmp_path / "landing")
    with pytest.raises(RefusedFile, match="zip bomb"):
        list(csv_members(bomb.path, tmp_path / "scratch"))


def test_a_renamed_column_lands_as_published(
    site: PublicationSite, client: Client, tmp_path: Path
) -> None:
    site.fault(f"{SLUG}/{ALL}", Fault.RENAMED_COLUMN)
    assert read_header(land(site, client, tmp_path)[0].path) == (
        "CODE",
        "RENAMED_NUMBER_OF_PATIENTS",
    )


REFRESH = """
import sys
from pathlib import Path
from data.settings import Settings
from pipelines.fetch import landing
from pipelines.files.archive import csv_members, read_header
from pipelines.fetch.discovery import releases
from pipelines.fetch.http import Client, Manners
settings = Settings.from_environment()
with Client(settings, manners=Manners(gap=0)) as client:
    url = f"{settings.publications_url}/" + sys.argv[2]
    release = next(releases(client, url, files_url=settings.files_url))
    for file in landing.missing(Path(sys.argv[1]), "list-sizes", release.files):
        landing.fetch(client, Path(sys.argv[1]), "list-sizes", release=release, file=file)
"""


def test_killed_at_any_moment_the_next_refresh_ends_with_the_same_files(tmp_path: Path) -> None:
    rows = b"".join(b"A%05d,%d\n" % (n, n * 7919 % 30_000) for n in range(20_000))
    bodies = {f"gp-reg-pat-prac-{kind}.csv": b"CODE,N\n" + rows + kind.encode() for kind in "abcd"}
    site = PublicationSite(slow_chunk=32_768, slow_pause=0.02)
    site.add_release(SERIES, SLUG, "December", published=date(2025, 12, 11), files=bodies)
    for name in bodies:
        site.fault(name, Fault.SLOW)
    command = [sys.executable, "-c", REFRESH, str(tmp_path), SERIES]
    with site.running() as urls:
        environment = {**os.environ, **urls.environment()}
        for delay in (0.05, 0.15, 0.25, 0.1, 0.2):
            begun = len(site.requests)
            process = subprocess.Popen(command, cwd=ROOT, env=environment)
            deadline = time.monotonic() + 20
            while len(site.requests) < begun + 3 and process.poll() is None:
                assert time.monotonic() < deadline
                time.sleep(0.005)
            time.sleep(delay)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            for item in landing.landed(tmp_path, "list-sizes"):
                assert item.path.read_bytes() == bodies[item.path.name]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
    held = landing.landed(tmp_path, "list-sizes")
    assert {item.path.name: item.path.read_bytes() for item in held} == bodies
    assert len(tree(tmp_path)) == 2 * len(bodies)
    assert any(request.status == 206 for request in site.requests)
