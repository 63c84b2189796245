"""GP Contract Services from its yearly pages: files that come, go wrong, and are issued again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest
from click.testing import Result

from data.versions.db import LiveVersions
from data.versions.manifest import Manifest
from data.versions.snapshot import Snapshot
from data.versions.store import store
from pipelines.datasets.gp_contract.files import wants
from tests.contract_files import HEADER, PRACTICES, carers_csv, core_csv, mmr_csv, text
from tests.pipelines.terminal import data_command
from tests.publication_site import Fault, PublicationSite
from tests.published_files import list_files

SERIES = "gp-contract-services"
YEAR = "2025-26"
CORE, CARERS, MMR = (
    f"{name} Q1 {YEAR}.csv" for name in ("Core GP Contract", "CGPCMI01 Unpaid Carers", "MMR")
)
JUNE = date(2025, 6, 1)


@dataclass
class Desk:
    """Somebody who refreshes from a publisher on loopback."""

    site: PublicationSite
    home: Path
    files: dict[str, bytes]

    @property
    def manifest(self) -> Manifest:
        found = store(self.home, "real").manifest("gp-contract")
        assert found is not None
        return found

    @property
    def shown(self) -> Snapshot:
        found = LiveVersions(self.home).current("gp-contract")
        assert found is not None
        return found

    def publish(self, files: dict[str, bytes], year: str = YEAR) -> None:
        """Put files on a year's page; those that were there stay."""
        if year == YEAR:
            self.files |= files
        self.site.add_release(
            SERIES,
            year,
            f"[MI] GP Contract Services - England, {year}",
            published=date(2025, 7, 17),
            files={
                **(self.files if year == YEAR else files),
                "GP Contract Services data dictionary.xlsx": b"PK\x03\x04",
            },
        )

    def flask(self, *arguments: str) -> Result:
        return data_command(self.site.urls.settings(self.home), *arguments)

    def refresh(self) -> Result:
        return self.flask("refresh", "gp-contract")

    def england(self, part: str, month: date = JUNE) -> float | None:
        return self.shown.parts_at("england", "ENG", month=month)[part]


@pytest.fixture()
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(PublicationSite(), tmp_path / "home", {})
    desk.publish({CORE: core_csv()})
    with desk.site.running():
        yield desk


def local(desk: Desk, name: str, body: bytes) -> Result:
    path = desk.home.parent / name
    path.write_bytes(body)
    return desk.flask("refresh", "gp-contract", "--from", str(path))


def test_each_file_of_a_page_is_a_release_and_later_ones_are_found(desk: Desk) -> None:
    desk.publish(
        {
            "Core GP Contract Q4 2024-25.csv": core_csv(
                days=("31/01/2025", "28/02/2025", "31/03/2025"), year="2024-25"
            )
        },
        year="2024-25",
    )
    done = desk.refresh()
    assert done.exit_code == 0, done.output
    assert desk.manifest.latest == JUNE and len(desk.manifest.periods) == 6
    assert [release.slug for release in desk.manifest.releases] == [
        "2024-25-core-gp-contract-q4-2024-25",
        "2025-26-core-gp-contract-q1-2025-26",
    ]
    assert desk.england("mmrv004_count") is None
    before = len(desk.site.requests)
    desk.publish({MMR: mmr_csv(), CARERS: carers_csv()})
    done = desk.refresh()
    assert done.exit_code == 0, done.output
    assert desk.england("mmrv004_count") == 7 * len(PRACTICES)
    asked = {request.path for request in desk.site.requests[before:]}
    assert not any(path.endswith("/2024-25") for path in asked)  # the held year is far enough
    assert "Nothing new" in desk.refresh().output
    assert desk.flask("verify", "--sample", "40").exit_code == 0


def test_a_reissue_replaces_the_first_issue_and_is_named(desk: Desk) -> None:
    assert desk.refresh().exit_code == 0
    first = desk.manifest
    wrong = [note for note in first.notes if "wrong counts of unpaid carers" in note]
    assert wrong and wrong[0].startswith("April 2025")
    desk.publish({f"Core GP Contract Q1 {YEAR} v2.csv": core_csv(carers=50)})
    done = desk.refresh()
    assert done.exit_code == 0, done.output
    assert desk.england("cgpcmi01_count") == sum(50 + n for n in range(len(PRACTICES)))
    notes = " ".join(desk.manifest.notes)
    assert "v2.csv is issue 2 of that file" in notes and "wrong counts" not in notes
    assert desk.manifest.release.slug.endswith("-v2")
    earlier = LiveVersions(desk.home).version("gp-contract", first.version)
    assert earlier is not None
    held = earlier.parts_at("england", "ENG", month=JUNE)["cgpcmi01_count"]
    assert held == sum(40 + n for n in range(len(PRACTICES)))


@pytest.mark.parametrize("fault", [Fault.GONE, Fault.TRUNCATED, Fault.HTML_AS_FILE])
def test_a_broken_download_keeps_the_last_good_version(desk: Desk, fault: Fault) -> None:
    assert desk.refresh().exit_code == 0
    good = desk.manifest.version
    name = f"Core GP Contract Q2 {YEAR}.csv"
    days = ("31/07/2025", "31/08/2025", "30/09/2025")
    desk.publish({name: core_csv(days=days)})
    desk.site.fault(name, fault)
    assert desk.refresh().exit_code != 0
    assert desk.manifest.version == good
    desk.site.heal(name)
    done = desk.refresh()
    assert done.exit_code == 0, done.output
    assert desk.manifest.latest == date(2025, 9, 1)


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("MMR Q1 2025-26.csv", mmr_csv().replace(b"IND_CODE", b"INDICATOR"), "INDICATOR"),
        ("MMR Q1 2025-26.csv", mmr_csv(doses="seven"), "“seven”"),
        ("MMR Q1 2025-26.csv", mmr_csv().replace(b"2025-06-30", b"30 June"), "30 June"),
        ("MMR Q1 2025-26.csv", mmr_csv().replace(b"MMR 2025/26", b"NCD2526"), "of its own"),
        (CARERS, carers_csv(women="many"), "“many”"),
    ],
)
def test_what_is_wrong_with_one_file_does_not_hold_back_the_core(
    desk: Desk, name: str, body: bytes, said: str
) -> None:
    desk.publish({name: body})
    done = desk.refresh()
    assert done.exit_code != 0 and said in done.output, done.output
    assert len(desk.manifest.periods) == 3
    assert desk.england("mmrv004_count") is None
    assert desk.england("practices") == len(PRACTICES)
    desk.publish({name: mmr_csv() if name == MMR else carers_csv()})
    done = desk.refresh()
    assert done.exit_code == 0, done.output


def test_a_half_published_quarter_is_refused(desk: Desk) -> None:
    assert desk.refresh().exit_code == 0
    good = desk.manifest.version
    days = ("31/07/2025", "31/08/2025", "30/09/2025")
    desk.publish({f"Core GP Contract Q2 {YEAR}.csv": core_csv(days=days, practices=PRACTICES[:6])})
    done = desk.refresh()
    assert done.exit_code != 0 and "failed the check" in done.output
    assert desk.manifest.version == good


def test_rows_given_twice_count_once_unless_they_differ(desk: Desk) -> None:
    start = f"Core GP Contract {YEAR},A81002,THE A81002 SURGERY,30/06/2025,CGPCMI01,COUNT,COUNT"
    done = local(desk, CORE, core_csv(more=[f"{start},41"]))
    assert done.exit_code == 0, done.output
    assert desk.england("cgpcmi01_count") == sum(40 + n for n in range(len(PRACTICES)))
    assert any("gives twice: 1" in note for note in desk.manifest.notes)
    done = local(desk, f"Core GP Contract Q1 {YEAR} v2.csv", core_csv(more=[f"{start},99"]))
    assert done.exit_code != 0 and "A81002 CGPCMI01 COUNT is given twice" in done.output


def test_unknown_indicators_are_kept_and_named(desk: Desk) -> None:
    new = (f"Core GP Contract {YEAR},{p},X,30/06/2025,NEWMI001,COUNT,COUNT,5" for p in PRACTICES)
    assert local(desk, CORE, core_csv(more=new)).exit_code == 0
    assert any("NEWMI001 COUNT" in note for note in desk.manifest.notes)
    kept = duckdb.execute(
        "SELECT sum(value) FROM read_parquet(?) WHERE indicator = 'NEWMI001'",
        [desk.shown.fact_path(JUNE)],
    ).fetchall()
    assert kept == [(5 * len(PRACTICES),)]


def test_numerators_above_denominators_and_missing_rows_fail(desk: Desk) -> None:
    body = core_csv().replace(b"Numerator,Numerator,", b"Numerator,Numerator,9")
    done = local(desk, CORE, body)
    assert done.exit_code != 0 and "numerators within denominators" in done.output
    lines = core_csv().decode().splitlines()
    few = [n for n, line in enumerate(lines) if "CGPCMI01" not in line or "A81001" in line]
    done = local(desk, CORE, text(lines[n] for n in few))
    assert done.exit_code != 0 and "CGPCMI01 COUNT lists 1 of 12 practices" in done.output


def test_carers_of_practices_take_the_place_of_the_practice(desk: Desk) -> None:
    lists = desk.home.parent / "lists"
    lists.mkdir()
    for name, body in list_files(JUNE).items():
        (lists / name).write_bytes(body)
    assert desk.flask("refresh", "list-sizes", "--from", str(lists)).exit_code == 0
    assert desk.refresh().exit_code == 0
    rows = (f"Core GP Contract {YEAR},{p},X,30/06/2025,CGPCMI01,COUNT,COUNT,4" for p in PRACTICES)
    done = local(desk, CARERS, text([HEADER, *rows]))
    assert done.exit_code == 0, done.output
    found = duckdb.execute(
        "SELECT sub_icb, sum(value)::INTEGER, any_value(sex) FROM read_parquet(?) "
        "GROUP BY 1 ORDER BY 1",
        [desk.shown.fact_path(JUNE, "carers")],
    ).fetchall()
    assert found == [("03W", 24, "All"), ("16C", 24, "All")]


def test_files_about_the_data_are_not_wanted() -> None:
    assert wants(CORE) and wants("MMR.zip")
    assert not wants("GP Contract Services data dictionary.csv") and not wants("Summary.xlsx")
