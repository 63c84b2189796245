"""The open NHS App series, an administrator's import of practices, and files that are wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from tests.pipelines.desk import Desk
from tests.publication_site import Fault, PublicationSite
from tests.published_files import SERIES as LISTS
from tests.published_files import SITES, list_files, listed, text, zipped

SERIES = "nhs-app-statistics"
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
ICB, ENGLAND = "nhs-app-icb-level.csv", "nhs-app-england-level.csv"
ICB_FILE = text(
    [
        "Month,Region code,ICB code,ICB name,Monthly logins,Monthly unique user logins",
        "2026-03-01,Y63,QHM,FIRST ICB,600,100",
        "2026-03-01,Y60,QK1,SECOND ICB,400,*",
        "2026-04-01,Y63,QHM,FIRST ICB,700,110",
        "2026-04-01,Y60,QK1,SECOND ICB,500,90",
    ]
)
ENGLAND_FILE = text(
    [
        "Month,Metric,Value",
        "01/03/2026,Monthly logins,1005",
        "01/03/2026,Monthly unique logins,170",
        "01/04/2026,Monthly logins,1203",
        "01/04/2026,Monthly unique logins,201",
    ]
)
MAPPING = text(["column,measure", "Sign-ins,logins", "People,unique_logins", "Looks,record_views"])


def ages_file(sex: str) -> bytes:
    """Each practice: 10 aged 12, 20 aged 13, 30 aged 95 and over, of either sex; the rest 5."""
    rows = ["EXTRACT_DATE,SUB_ICB_LOCATION_CODE,ORG_CODE,POSTCODE,SEX,AGE,NUMBER_OF_PATIENTS"]
    for n, site in enumerate(SITES, 1):
        half = listed(MARCH, n) // 2 + (listed(MARCH, n) % 2 if sex == "FEMALE" else 0)
        ages = (("5", half - 60), ("12", 10), ("13", 20), ("95+", 30), ("ALL", half))
        rows += [
            f"01Mar2026,{site.sub_icb},{site.code},TS1 1AA,{sex},{age},{count}"
            for age, count in ages
        ]
    return text(rows)


def export(practices: int = len(SITES)) -> bytes:
    rows = ["Practice,When,Sign-ins,People,Looks,Mood"]
    rows += [
        f"{site.code},Mar-26,{100 + n},{n},{'*' if n == 3 else 7},fine"
        for n, site in enumerate(SITES[:practices], 1)
    ]
    return text(row.replace("When", "Month") for row in rows)


@pytest.fixture()
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(PublicationSite(), tmp_path / "home")
    files = list_files(MARCH)
    for sex in ("MALE", "FEMALE"):
        stem = f"gp-reg-pat-prac-sing-age-{sex.lower()}"
        files[f"{stem}.zip"] = zipped({f"{stem}.csv": ages_file(sex)})
    desk.site.add_release(
        LISTS, "march-2026", "Patients, March 2026", published=date(2026, 3, 12), files=files
    )
    with desk.site.running():
        yield desk


def publish(desk: Desk, files: Mapping[str, bytes], slug: str = "april-2026") -> None:
    desk.site.add_release(
        SERIES, slug, f"NHS App Statistics, {slug}", published=date(2026, 6, 1), files=files
    )


def app(desk: Desk) -> Snapshot:
    found = LiveVersions(desk.home).current("nhs-app")
    assert found is not None
    return found


def test_the_open_series_gives_icbs_and_england(desk: Desk) -> None:
    publish(desk, {ICB: ICB_FILE, ENGLAND: ENGLAND_FILE})
    done = desk.flask("refresh", "nhs-app")
    assert done.exit_code == 0, done.output
    found = app(desk)
    assert found.months == (MARCH, APRIL) and found.codes("practice") == ()
    assert found.parts_at("england", "ENG", month=APRIL)["logins"] == 1203  # not 1200 of the ICBs
    assert found.parts_at("icb", "QHM", month=MARCH)["unique_logins"] == 100
    assert found.parts_at("icb", "QK1", month=MARCH)["unique_logins"] is None  # suppressed, not 0
    assert found.parts_at("region", "Y63", month=MARCH)["logins"] is None  # not published: not ours
    assert desk.flask("verify").exit_code == 0


def test_england_is_added_up_from_icbs_for_events_only(desk: Desk) -> None:
    publish(desk, {ICB: ICB_FILE})
    assert desk.flask("refresh", "nhs-app").exit_code == 0
    england = app(desk).parts_at("england", "ENG", month=APRIL)
    assert (england["logins"], england["unique_logins"]) == (1200, None)
    assert any("ICBs added up" in note for note in app(desk).manifest.notes)
    assert desk.flask("verify").exit_code == 0


def load_import(desk: Desk, tmp_path: Path, files: Mapping[str, bytes]) -> str:
    folder = tmp_path / "import"
    folder.mkdir(exist_ok=True)
    for name, body in files.items():
        (folder / name).write_bytes(body)
    return desk.flask("refresh", "nhs-app", "--from", str(folder)).output


def test_an_import_with_its_mapping_gives_practices(desk: Desk, tmp_path: Path) -> None:
    publish(desk, {ICB: ICB_FILE, ENGLAND: ENGLAND_FILE})
    done = desk.flask("refresh", "list-sizes", "nhs-app")
    assert done.exit_code == 0, done.output
    said = load_import(desk, tmp_path, {"export.csv": export(), "columns.csv": MAPPING})
    assert "Published up to April 2026" in said, said
    found = app(desk)
    first = found.parts_at("practice", "A81001", month=MARCH)
    assert (first["logins"], first["unique_logins"], first["record_views"]) == (101, 1, 7)
    assert first["patients_registered"] == 100  # 13 and 95+, both sexes; not those of 12
    assert found.parts_at("practice", "A81003", month=MARCH)["record_views"] is None
    uptake = found.dataset.measure("active_uptake")
    assert found.at(uptake, "practice", "A81001", month=MARCH)[0] == pytest.approx(1.0)
    members = [n for n, site in enumerate(SITES, 1) if site.pcn == "U00001"]
    pcn = found.parts_at("pcn", "U00001", month=MARCH)
    assert pcn["logins"] == sum(100 + n for n in members)
    lacking = next(site.pcn for site in SITES if site.code == "A81003")
    assert found.parts_at("pcn", lacking, month=MARCH)["record_views"] is None
    assert found.parts_at("icb", "QHM", month=MARCH)["logins"] == 600  # the publisher's
    assert found.parts_at("england", "ENG", month=MARCH)["logins"] == 1005
    assert any("MOOD" in note for note in found.manifest.notes)
    assert desk.flask("verify").exit_code == 0


def test_patient_online_files_are_of_another_series(desk: Desk, tmp_path: Path) -> None:
    """They count all online routes: beside an import they are ignored, alone they are nothing."""
    publish(desk, {ICB: ICB_FILE, ENGLAND: ENGLAND_FILE})
    done = desk.flask("refresh", "list-sizes", "nhs-app")
    assert done.exit_code == 0, done.output
    pomi = text(["report_period_end,practice_code,field,value", "2026-03-31,A81001,logins,5"])
    before = app(desk).version
    load_import(desk, tmp_path, {"pomi.csv": pomi})
    assert app(desk).version == before
    files = {"export.csv": export(), "columns.csv": MAPPING, "pomi.csv": pomi}
    assert "Published up to April 2026" in load_import(desk, tmp_path, files)
    assert app(desk).parts_at("practice", "A81001", month=MARCH)["logins"] == 101


def test_an_import_waits_for_the_open_series(desk: Desk, tmp_path: Path) -> None:
    said = load_import(desk, tmp_path, {"export.csv": export(), "columns.csv": MAPPING})
    assert "can be shown only beside a release of NHS App Statistics" in said
    publish(desk, {ICB: ICB_FILE, ENGLAND: ENGLAND_FILE})
    assert desk.flask("refresh", "nhs-app").exit_code == 0
    assert app(desk).parts_at("practice", "A81001", month=MARCH)["logins"] == 101


def test_a_pcn_of_which_a_practice_is_not_imported_is_missing(desk: Desk, tmp_path: Path) -> None:
    publish(desk, {ICB: ICB_FILE, ENGLAND: ENGLAND_FILE})
    done = desk.flask("refresh", "list-sizes", "nhs-app")
    assert done.exit_code == 0, done.output
    load_import(desk, tmp_path, {"export.csv": export(5), "columns.csv": MAPPING})
    found = app(desk)
    assert found.parts_at("practice", "A81001", month=MARCH)["logins"] == 101
    assert found.parts_at("pcn", "U00001", month=MARCH)["logins"] is None
    assert any("lacks or suppresses" in note for note in found.manifest.notes)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"export.csv": export()}, "no column that is known .* SIGN-INS"),
        (
            {"export.csv": export(), "columns.csv": text(["column,measure", "People,smiles"])},
            "'smiles', which is no measure",
        ),
        (
            {"export.csv": export().replace(b"101", b"many"), "columns.csv": MAPPING},
            "'many' under SIGN-INS: no count",
        ),
    ],
)
def test_a_wrong_import_is_refused_and_named(
    desk: Desk, tmp_path: Path, files: Mapping[str, bytes], reason: str
) -> None:
    publish(desk, {ICB: ICB_FILE, ENGLAND: ENGLAND_FILE})
    assert desk.flask("refresh", "nhs-app").exit_code == 0
    before = app(desk).parts_at("england", "ENG", month=MARCH)
    said = load_import(desk, tmp_path, files)
    assert re.search(reason, said), said
    assert app(desk).parts_at("england", "ENG", month=MARCH) == before
    assert app(desk).parts_at("practice", "A81001", month=MARCH)["logins"] is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>Service unavailable</html>", "web page"),
        (
            ICB_FILE.replace(b"unique user logins", b"smiles").replace(b"logins", b"frowns"),
            "known as a measure",
        ),
        (ICB_FILE.replace(b"Monthly logins", b"Smiles"), "no file gives the logins"),
        (ICB_FILE.replace(b"2026-05-01", b"?").replace(b"2026-04-01", b"some day"), "'some day'"),
        (ICB_FILE.replace(b"500,90", b"lots,90"), "'lots'"),
        (ICB_FILE.replace(b"Y60,QK1", b"Y63,QHM"), "more than once"),
    ],
)
def test_a_wrong_release_keeps_the_last_good_version(desk: Desk, body: bytes, reason: str) -> None:
    publish(desk, {ICB: ICB_FILE}, "march-2026")
    assert desk.flask("refresh", "nhs-app").exit_code == 0
    before = app(desk).version
    publish(desk, {ICB: body}, "april-2026")
    done = desk.flask("refresh", "nhs-app")
    assert done.exit_code == 1 and re.search(reason, done.output), done.output
    assert app(desk).version == before


def test_a_truncated_download_keeps_the_last_good_version(desk: Desk) -> None:
    publish(desk, {ICB: ICB_FILE}, "march-2026")
    assert desk.flask("refresh", "nhs-app").exit_code == 0
    before = app(desk).version
    publish(desk, {ENGLAND: ENGLAND_FILE}, "april-2026")
    desk.site.fault(ENGLAND, Fault.TRUNCATED)
    assert desk.flask("refresh", "nhs-app").exit_code == 1
    assert app(desk).version == before


def test_loading_again_changes_nothing(desk: Desk) -> None:
    publish(desk, {ICB: ICB_FILE, ENGLAND: ENGLAND_FILE})
    assert desk.flask("refresh", "nhs-app").exit_code == 0
    before = app(desk).version
    again = desk.flask("refresh", "nhs-app")
    assert "Nothing new" in again.output and app(desk).version == before
