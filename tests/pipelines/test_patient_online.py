"""Patient Online (POMI) from a publisher on loopback and from local files, good and bad."""

from __future__ import annotations

import csv
import io
import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from pipelines.recount.files import month_in
from tests.pipelines.desk import Desk
from tests.publication_site import Fault, PublicationSite
from tests.published_files import SERIES as LISTS
from tests.published_files import SITES, list_files, text, zipped

SERIES = "mi-patient-online-pomi"
DATASET = "patient-online"
APRIL, MAY, JUNE, JULY = (date(2026, month, 1) for month in (4, 5, 6, 7))
NOW = (
    "report_period_end,region_code,region_name,sub_ICB_location_code,sub_ICB_location_name,"
    "practice_code,practice_name,system_supplier,field,value"
)
THEN = (
    "Report_Period_End,Region_Code,Region_Name,CCG_Code,CCG_Name,"
    "Practice_Code,Practice_Name,System_Supplier,Field,Value"
)
FIELDS = (
    *("patient_list_size", "Sys_Appts_Enbld", "Pat_Appts_Enbld", "Pat_Appts_Use"),
    *("Sys_Presc_Enbld", "Pat_Presc_Enbld", "Pat_Presc_Use", "Sys_DetCodeRec_Enbld"),
    *("Pat_DetCodeRec_Enbld", "Pat_DetCodeRec_Use", "Total_Pat_Enbld", "New_Pat_Enbld"),
    "Total_Use",
)


def values(n: int, month: date) -> tuple[int | str, ...]:
    """The fields of the n-th practice: the third has no appointments, the fourth no new ones."""
    status = {3: 0, 4: 1}.get(n, 2)
    appointments = (status, 100 * n, 10 * n) if status == 2 else (status, 0, 0)
    new = "" if n == 4 else n + month.month
    return (1000 * n, *appointments, 2, 400 * n, 50 * n, 2, 300 * n, 70 * n, 500 * n, new, 200 * n)


def pomi(
    months: Sequence[date], *, header: str = NOW, form: str = "%d-%b-%y", practices: int = 12
) -> bytes:
    """A year's file as the publisher writes it."""
    rows = [header]
    for month in months:
        ended = month.replace(day=monthrange(month.year, month.month)[1])
        for n, site in enumerate(SITES[:practices], 1):
            start = (
                f"{ended:{form}},{site.region},REGION {site.region},{site.sub_icb},"
                f"SUB {site.sub_icb},{site.code},THE {site.code} SURGERY,EMIS"
            )
            told = zip(FIELDS, values(n, month), strict=True)
            rows += [f"{start},{field},{value}" for field, value in told]
    return text(rows)


def named(months: Sequence[date], ending: str = "csv") -> str:
    first, last = (f"{month:%b%Y}".upper() for month in (months[0], months[-1]))
    return f"POMI_{first}_to_{last}.{ending}"


@pytest.fixture()
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A publisher whose page of current files has April and May 2026."""
    desk = Desk(PublicationSite(), tmp_path / "home")
    desk.site.add_release(
        LISTS,
        "april-2026",
        "Patients, April 2026",
        published=date(2026, 4, 9),
        files=list_files(APRIL),
    )
    publish(desk, {named([APRIL, MAY]): pomi([APRIL, MAY]), "POMI-csv-metadata.xlsx": b"PK"})
    with desk.site.running():
        yield desk


def publish(desk: Desk, files: dict[str, bytes]) -> None:
    desk.site.add_release(
        SERIES,
        "current",
        "Patient Online Management Information (POMI)",
        published=date(2026, 6, 25),
        files=files,
    )


def online(desk: Desk) -> Snapshot:
    found = LiveVersions(desk.home).current(DATASET)
    assert found is not None
    return found


def load(desk: Desk, folder: Path, name: str, body: bytes) -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(body)
    return desk.flask("refresh", DATASET, "--from", str(folder / name)).output


def slowly(body: bytes, month: date) -> dict[str, dict[str, int]]:
    """Values by practice and field, by plain Python from the text of the file."""
    rows = csv.reader(io.StringIO(body.decode()))
    heads = [name.lower() for name in next(rows)]
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for cells in rows:
        row = dict(zip(heads, cells, strict=True))
        if month_in(row["report_period_end"]) == month and row["value"]:
            found[row["practice_code"]][row["field"]] = int(row["value"])
    return found


def test_the_page_of_current_files_is_found_and_adds_up(desk: Desk) -> None:
    done = desk.flask("refresh", "list-sizes", DATASET)
    assert done.exit_code == 0, done.output
    found = online(desk)
    assert found.months == (APRIL, MAY)
    assert not desk.site.asked("POMI-csv-metadata.xlsx")
    assert found.manifest.release.slug == "pomi-apr2026-to-may2026"
    for month in (APRIL, MAY):
        counted = slowly(pomi([APRIL, MAY]), month)
        england = found.parts_at("england", "ENG", month=month)
        for field, part in (
            ("patient_list_size", "patients"),
            ("Total_Pat_Enbld", "enabled"),
            ("New_Pat_Enbld", "newly_enabled"),
            ("Total_Use", "transactions"),
            ("Pat_Appts_Use", "appointments_used"),
            ("Pat_Presc_Enbld", "prescriptions_enabled"),
            ("Pat_DetCodeRec_Use", "records_used"),
        ):
            assert england[part] == sum(one.get(field, 0) for one in counted.values()), part
        assert england["practices"] == len(counted) == found.manifest.periods[month].practices
        for code, one in counted.items():
            own = found.parts_at("practice", code, month=month)
            assert own["enabled"] == one["Total_Pat_Enbld"]
            assert own["newly_enabled"] == one.get("New_Pat_Enbld")
    assert desk.flask("verify").exit_code == 0


def test_rates_are_sums_over_the_practices_that_have_the_figure(desk: Desk) -> None:
    assert desk.flask("refresh", "list-sizes", DATASET).exit_code == 0
    found = online(desk)
    england = found.parts_at("england", "ENG", month=MAY)
    assert england["newly_enabled_patients"] == 78_000 - 4_000  # A81004 has none: not 0
    assert found.parts_at("practice", "A81004", month=MAY)["newly_enabled"] is None
    share = found.dataset.measure("enabled_share")
    assert found.at(share, "england", "ENG", month=MAY)[:3] == (50.0, 39_000, 78_000)
    use = found.dataset.measure("prescriptions_used_per_1000")
    assert found.at(use, "icb", "QHM", month=MAY)[0] == pytest.approx(50.0)


def test_statuses_count_practices_where_patients_can_use_it(desk: Desk) -> None:
    assert desk.flask("refresh", "list-sizes", DATASET).exit_code == 0
    found = online(desk)
    names = found.dataset.breakdown("appointments_status").parts
    england = found.parts_at("england", "ENG", month=MAY)
    assert [england[name] for name in names] == [10, 1, 1]
    third = found.parts_at("practice", "A81003", month=MAY)
    assert [third[name] for name in names] == [0, 0, 1]
    share = found.dataset.measure("appointments_on_share")
    assert found.at(share, "england", "ENG", month=MAY)[1:3] == (10, 12)


@pytest.mark.parametrize(
    "body",
    [
        pomi([date(2019, 9, 1)], header=THEN, form="%d%b%Y").upper(),
        pomi([date(2019, 9, 1)], header=THEN, form="%Y-%m-%d"),
        pomi([date(2019, 9, 1)], header=THEN.replace("_", " "), form="%d/%m/%Y"),
        b"\xef\xbb\xbf" + pomi([date(2019, 9, 1)], header=NOW.upper()).replace(b"\n", b"\r\n"),
        pomi([date(2019, 9, 1)]).replace(b",4,", b", 4 ,"),
    ],
    ids=["capitals", "mixed", "spaces", "bom", "padded"],
)
def test_headings_and_fields_are_known_in_either_case(
    desk: Desk, tmp_path: Path, body: bytes
) -> None:
    said = load(desk, tmp_path / "old", "POMI_SEP2019_to_SEP2019.csv", body)
    assert "Published up to September 2019" in said, said
    england = online(desk).parts_at("england", "ENG", month=date(2019, 9, 1))
    assert (england["patients"], england["enabled"], england["records_used"]) == (
        78_000,
        39_000,
        5_460,
    )
    sub_icb = online(desk).parts_at("sub_icb", "16C", month=date(2019, 9, 1))
    assert sub_icb["patients"] == 21_000
    assert online(desk).parts_at("region", "Y60", month=date(2019, 9, 1))["patients"] == 57_000
    assert desk.flask("verify").exit_code == 0


def test_known_issues_are_notes_of_their_months(desk: Desk, tmp_path: Path) -> None:
    months = [date(2020, 2, 1), date(2020, 6, 1), date(2020, 7, 1), date(2021, 7, 1)]
    load(desk, tmp_path / "old", "POMI_2020.csv", pomi(months))
    notes = online(desk).manifest.notes
    emis = [note.partition(":")[0] for note in notes if "EMIS miscounted" in note]
    covid = [note.partition(":")[0] for note in notes if "COVID-19" in note]
    assert (emis, covid) == (["February 2020", "June 2020"], ["June 2020", "July 2020"])


def test_a_longer_file_of_the_year_takes_over_and_a_shorter_one_does_not(
    desk: Desk, tmp_path: Path
) -> None:
    assert desk.flask("refresh", "list-sizes", DATASET).exit_code == 0
    first = online(desk).version
    longer = pomi([APRIL, MAY, JUNE]).replace(b"Total_Pat_Enbld,500\n", b"Total_Pat_Enbld,501\n")
    publish(desk, {named([APRIL, JUNE], "zip"): zipped({named([APRIL, JUNE]): longer})})
    assert desk.flask("refresh", DATASET).exit_code == 0
    found = online(desk)
    assert found.months == (APRIL, MAY, JUNE)
    for month in found.months:
        assert found.parts_at("practice", "A81001", month=month)["enabled"] == 501
    kept = LiveVersions(desk.home).version(DATASET, first)
    assert kept is not None
    assert kept.parts_at("practice", "A81001", month=MAY)["enabled"] == 500
    older = pomi([APRIL]).replace(b"Total_Pat_Enbld,500\n", b"Total_Pat_Enbld,499\n")
    load(desk, tmp_path / "old", named([APRIL, APRIL]), older)
    assert online(desk).parts_at("practice", "A81001", month=APRIL)["enabled"] == 501
    assert online(desk).latest == JUNE


def test_loading_again_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    assert desk.flask("refresh", "list-sizes", DATASET).exit_code == 0
    before = online(desk).version
    assert "Nothing new" in desk.flask("refresh", DATASET).output
    said = load(desk, tmp_path / "same", named([APRIL, MAY]), pomi([APRIL, MAY]))
    assert "Nothing new" in said and online(desk).version == before


def test_a_year_of_its_own_page_is_found_too(desk: Desk) -> None:
    months = [date(2025, 4, 1), date(2026, 3, 1)]
    desk.site.add_release(
        SERIES,
        "march-2026",
        "POMI, March 2026",
        published=date(2026, 4, 30),
        files={named(months): pomi(months), named([APRIL, APRIL]): pomi([APRIL])},
    )
    done = desk.flask("refresh", "list-sizes", DATASET)
    assert done.exit_code == 0, done.output
    assert online(desk).months == (*months, APRIL, MAY)
    assert online(desk).manifest.periods[APRIL].release == "pomi-apr2026-to-may2026"


def test_a_practice_under_two_suppliers_counts_once(desk: Desk, tmp_path: Path) -> None:
    lines = pomi([MAY]).decode().splitlines()
    own = [line for line in lines if ",A81002," in line]
    again = [
        line.replace(",EMIS,", ",TPP (I),").replace("Total_Pat_Enbld,1000", "Total_Pat_Enbld,1100")
        for line in own
    ]
    body = "\n".join([*lines, *again]).replace(",EMIS,", ",EMIS (I),") + "\n"
    load(desk, tmp_path / "twice", "pomi.csv", body.encode())
    found = online(desk)
    parts = found.parts_at("practice", "A81002", month=MAY)
    assert (parts["patients"], parts["enabled"], parts["practices"]) == (2000, 1100, 1)
    assert found.home("A81002", MAY)["supplier"] == "EMIS, TPP"
    assert any(
        "two suppliers" in note and "figures: 1 (A81002)." in note for note in found.manifest.notes
    )
    assert desk.flask("verify").exit_code == 0


def test_a_practice_without_a_list_and_a_field_that_is_new_are_noted(
    desk: Desk, tmp_path: Path
) -> None:
    body = pomi([MAY]).replace(b"list_size,5000\n", b"list_size,\n")
    body = body.replace(b"Total_Use,", b"Pat_Msg_Use,")
    load(desk, tmp_path / "new", "pomi.csv", body)
    found = online(desk)
    assert "A81005" not in found.practices
    england = found.parts_at("england", "ENG", month=MAY)
    assert (england["patients"], england["enabled"]) == (73_000, 36_500)
    assert england["transactions"] is None
    notes = " ".join(found.manifest.notes)
    assert "without a list size, which have no figures: 1 (A81005)." in notes
    assert "kept and not shown: Pat_Msg_Use." in notes and "any value: Total_Use." in notes
    assert desk.flask("verify").exit_code == 0


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(body: bytes) -> bytes:
        assert old in body
        return body.replace(old, new)

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (swap(b",value\n", b",number\n"), "has no column VALUE. It has: report_period_end.*number"),
        (swap(b"report_period_end", b"month"), "has no column REPORT_PERIOD_END"),
        (swap(b",field,value", b",what,number"), "has headings .* has not used: .*what"),
        (lambda body: body.splitlines(keepends=True)[0], "has headings but no rows"),
        (lambda body: body + body.splitlines(keepends=True)[-1], "A81012 Total_Use is there more"),
        (swap(b"Use,50\n", b"Use,many\n"), "is many, which is no number"),
        (swap(b"Use,50\n", b"Use,-50\n"), "A81001 has -50 as Pat_Presc_Use"),
        (swap(b"Use,50\n", b"Use,50.5\n"), "A81001 has 50.5 as Pat_Presc_Use"),
        (swap(b"Sys_Presc_Enbld,2", b"Sys_Presc_Enbld,3"), "has 3 as Sys_Presc_Enbld"),
        (swap(b"Total_Pat_Enbld", b"Pat_Total"), "no value of Total_Pat_Enbld; the fields are"),
        (swap(b"30-Jun-26", b"June"), "'June' is not a date"),
        (swap(b"30-Jun-26,", b","), "no date under REPORT_PERIOD_END"),
        (swap(b"30-Jun-26,Y60", b",Y60"), "rows without REPORT_PERIOD_END"),
        (swap(b",A81001,", b",,"), "or without PRACTICE_CODE"),
        (lambda body: b"<html>Service unavailable</html>", "web page"),
        (lambda body: body[: len(body) // 2 - 7], "patients_enabled within 50%|Columns: 10 Found"),
        (lambda body: body.replace(b"A810", b"B990"), "95% known practices"),
    ],
    ids=[
        "value",
        "date",
        "two",
        "empty",
        "twice",
        "words",
        "negative",
        "half",
        "status",
        "field",
        "month",
        "undated",
        "partly",
        "uncoded",
        "html",
        "truncated",
        "unknown",
    ],
)
def test_a_wrong_file_keeps_the_last_good_version(
    desk: Desk, change: Callable[[bytes], bytes], reason: str
) -> None:
    assert desk.flask("refresh", "list-sizes", DATASET).exit_code == 0
    before = online(desk).version
    publish(desk, {named([JUNE]): change(pomi([JUNE]))})
    done = desk.flask("refresh", DATASET)
    assert done.exit_code == 1 and re.search(reason, done.output), done.output
    assert online(desk).version == before


@pytest.mark.parametrize("fault", [Fault.TRUNCATED, Fault.GONE, Fault.HTML_AS_FILE, Fault.BOMB])
def test_a_fault_of_the_files_host_keeps_the_last_good_version(desk: Desk, fault: Fault) -> None:
    assert desk.flask("refresh", "list-sizes", DATASET).exit_code == 0
    before = online(desk).version
    name = named([APRIL, JUNE], "zip")
    publish(desk, {name: zipped({named([APRIL, JUNE]): pomi([APRIL, MAY, JUNE])})})
    desk.site.fault(name, fault)
    assert desk.flask("refresh", DATASET).exit_code == 1
    assert online(desk).version == before
    desk.site.heal(name)  # the publisher mends the file under a new address
    mended = pomi([APRIL, MAY, JUNE]).replace(b"SURGERY", b"PRACTICE")
    publish(desk, {name: zipped({named([APRIL, JUNE]): mended})})
    assert desk.flask("refresh", DATASET).exit_code == 0
    assert online(desk).latest == JUNE


def test_a_series_page_without_pages_of_files_says_so(desk: Desk) -> None:
    desk.site.fault(SERIES, Fault.HTML)
    done = desk.flask("refresh", DATASET)
    assert done.exit_code == 1 and "ended the series" in done.output, done.output


def test_files_of_other_series_are_ignored(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "pomi.csv").write_bytes(pomi([MAY]))
    (folder / "lists.csv").write_bytes(text(["practice_code,field", "A81001,Total_Use"]))
    done = desk.flask("refresh", DATASET, "--from", str(folder))
    assert "Published up to May 2026" in done.output, done.output
