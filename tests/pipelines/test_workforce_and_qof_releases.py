"""Live discovery of the workforce, QOF and Network Contract series, and bad releases of them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import Result

from data.versions.manifest import Manifest
from data.versions.store import Store, store
from pipelines.demo.publications import writer
from pipelines.demo.release import DemoRelease
from pipelines.demo.world import build_world
from pipelines.engine.series import series
from tests.pipelines.terminal import data_command
from tests.publication_site import Fault, PublicationSite
from tests.published_files import zipped

DATASETS = ("nwrs", "pcn-workforce", "qof", "pcn-des")
# A heading without which a file of the series is nothing, and a member that a release must have.
NEEDED = {
    "nwrs": "TOTAL_DPC_FTE",
    "pcn-workforce": "ICB_CODE",
    "qof": "PRACTICE_LIST_SIZE",
    "pcn-des": "VALUE",
}
ONE, TWO = re.compile(rb",1(?=[,\n])"), b",2"  # a figure of 1, wherever in a row
Members = dict[str, bytes]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[DemoRelease]]:
    """The newest two releases of each series, oldest first."""
    folder = tmp_path_factory.mktemp("publications")
    world = build_world(practices=40, months=26, end=date(2026, 10, 1), seed=11)
    return {name: [r for r, _ in writer(name)(folder / name, world)][-2:] for name in DATASETS}


@dataclass
class Desk:
    """Somebody who refreshes one dataset from a publisher on loopback."""

    dataset: str
    site: PublicationSite
    home: Path
    releases: list[DemoRelease]

    @property
    def shelf(self) -> Store:
        return store(self.home, "real")

    @property
    def manifest(self) -> Manifest:
        found = self.shelf.manifest(self.dataset)
        assert found is not None
        return found

    def publish(
        self, number: int, change: Callable[[Members], Members] | None = None, *, name: str = ""
    ) -> str:
        """Put a release on its page, its archive changed; returns the name of the archive."""
        release = self.releases[number]
        body = release.files[0].read_bytes()
        if change:
            with zipfile.ZipFile(BytesIO(body)) as archive:
                members = {member: archive.read(member) for member in archive.namelist()}
            body = zipped(change(members))
        name = name or release.files[0].name
        self.site.add_release(
            series(self.dataset).slug,
            release.slug,
            release.title,
            published=release.published,
            files={name: body, "Definitions.xlsx": b"PK\x03\x04", "summary.pdf": b"%PDF-1.7"},
        )
        return name

    def flask(self, *arguments: str) -> Result:
        return data_command(self.site.urls.settings(self.home), *arguments)

    def refresh(self) -> Result:
        return self.flask("refresh", self.dataset)


@pytest.fixture(params=DATASETS)
def desk(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    published: dict[str, list[DemoRelease]],
) -> Iterator[Desk]:
    site = PublicationSite()
    desk = Desk(request.param, site, tmp_path / "home", published[request.param])
    desk.publish(0)
    with site.running():
        yield desk


def renamed(dataset: str) -> Callable[[Members], Members]:
    heading = NEEDED[dataset].encode()

    def change(members: Members) -> Members:
        return {
            name: body.replace(heading, b"RENAMED_" + heading, 1) for name, body in members.items()
        }

    return change


def test_new_releases_are_found_and_added(desk: Desk) -> None:
    done = desk.refresh()
    assert done.exit_code == 0, done.output
    first = desk.manifest
    assert len(first.periods) == 1
    assert first.release.url.endswith(f"/{desk.releases[0].slug}")
    assert [file.name for file in first.release.files] == [desk.releases[0].files[0].name]
    desk.publish(1)
    done = desk.refresh()
    assert done.exit_code == 0, done.output
    assert len(desk.manifest.periods) == 2 and desk.manifest.latest > first.latest
    assert "Nothing new" in desk.refresh().output
    assert desk.flask("verify", "--sample", "40").exit_code == 0


def test_a_broken_download_keeps_the_last_good_version(desk: Desk) -> None:
    assert desk.refresh().exit_code == 0
    good = desk.manifest.version
    name = desk.publish(1)
    for fault in (Fault.GONE, Fault.TRUNCATED, Fault.HTML_AS_FILE):
        desk.site.fault(name, fault)
        done = desk.refresh()
        assert done.exit_code != 0, fault
        assert desk.manifest.version == good
        desk.site.heal(name)
    done = desk.refresh()
    assert done.exit_code == 0, done.output
    assert len(desk.manifest.periods) == 2


def test_a_renamed_column_is_refused_by_name(desk: Desk) -> None:
    assert desk.refresh().exit_code == 0
    good = desk.manifest
    desk.publish(1, renamed(desk.dataset))
    done = desk.refresh()
    assert done.exit_code != 0
    needed = NEEDED[desk.dataset]
    by_headings = desk.dataset in ("qof", "pcn-des")  # files are told apart by them: all are named
    named = f"RENAMED_{needed}" if by_headings else needed
    assert re.search(rf"\b{named}\b", done.output), done.output
    assert desk.manifest.version == good.version


def test_a_half_published_archive_is_refused(desk: Desk) -> None:
    """Half of the rows are there: too few practices, or too small a total."""
    assert desk.refresh().exit_code == 0
    good = desk.manifest.version

    def halved(members: Members) -> Members:
        cut = {}
        for name, body in members.items():
            lines = body.splitlines(keepends=True)
            cut[name] = b"".join(lines[: max(2, len(lines) // 2)])
        return cut

    desk.publish(1, halved)
    done = desk.refresh()
    assert done.exit_code != 0 and "failed the check" in done.output, done.output
    assert desk.manifest.version == good


def test_a_reissue_replaces_the_first_issue(desk: Desk) -> None:
    assert desk.refresh().exit_code == 0
    first = desk.manifest
    stem = desk.releases[0].files[0].name.removesuffix(".zip")

    def again(members: Members) -> Members:
        return {name: ONE.sub(TWO, body, count=1) for name, body in members.items()}

    desk.publish(0, again, name=f"{stem}_V2.zip")
    done = desk.refresh()
    assert done.exit_code == 0, done.output
    assert desk.manifest.version != first.version
    assert [file.name for file in desk.manifest.release.files][-1].endswith("_V2.zip")
    assert len(desk.shelf.versions(desk.dataset)) == 2
