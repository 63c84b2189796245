"""The publishers' own files give the publishers' own totals."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import Result

from data.datasets.list_sizes import QUINARY_BANDS, band_part
from data.questions import queries
from data.questions.change import change
from data.questions.coverage import coverage_of, named
from data.settings import Settings
from data.versions.db import LiveVersions
from data.versions.freshness import freshness
from data.versions.orgs import ENGLAND_ORG
from data.versions.snapshot import Snapshot
from pipelines.files.archive import xlsx_rows
from tests.pipelines.terminal import data_command

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

DECEMBER, MARCH, OCTOBER = date(2025, 12, 1), date(2026, 3, 1), date(2025, 10, 1)
LEVELS = {"PCN": "pcn", "SUB_ICB_LOCATION_CODE": "sub_icb", "ICB": "icb", "Comm Region": "region"}
TWO_WEEK = (
    "General Consultation Acute", "General Consultation Routine", "Unplanned Clinical Activity",
    "Clinical Triage", "Walk-in", "Home Visit", "Care Home Visit",
    "Care Related Encounter but does not fit into any other category",
)  # fmt: skip


def flask(home: Path, *arguments: str) -> Result:
    return data_command(Settings(home=home), *arguments)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, real_data: Path) -> Path:
    """Whole folders given at once, unrelated files and all."""
    home = tmp_path_factory.mktemp("real") / "home"
    for dataset, folder in (
        ("list-sizes", "patients_registered"),
        ("gp-appointments", "gpad"),
    ):
        done = flask(home, "refresh", dataset, "--from", str(real_data / folder))
        assert done.exit_code == 0, done.output
    done = flask(home, "refresh", "practices", "--from", str(real_data / "ods"))
    assert "2026-10" in done.output  # a few rows of a register: someone must say that it is meant
    done = flask(home, "accept", "practices", "2026-10", "--why", "a sample of the register")
    assert done.exit_code == 0, done.output
    return home


@pytest.fixture(scope="module")
def library(home: Path) -> LiveVersions:
    return LiveVersions(home)


def opened(library: LiveVersions, dataset: str) -> Snapshot:
    found = library.current(dataset)
    assert found is not None
    return found


def rows(path: Path) -> Iterator[dict[str, str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text)


def test_status_gives_the_control_totals_as_the_specification_prints_them(home: Path) -> None:
    done = flask(home, "status", "--json")
    status = json.loads(done.stdout)
    march = status["list-sizes"]["periods"]["2026-03-01"]
    assert march | {"release": ""} == {
        "practices": 6169,
        "registered_patients": 63_707_358,
        "release": "",
    }
    assert status["list-sizes"]["version"]
    assert set(status["list-sizes"]["periods"]) == {
        "2021-01-01", "2025-11-01", "2025-12-01", "2026-03-01",
    }  # fmt: skip
    october = status["gp-appointments"]["periods"]["2025-10-01"]
    assert (october["practices"], october["appointments"]) == (2101, 15_065_690)
    assert status["practices"]["periods"]["2025-08-01"]["practices"] == 6220
    assert all(described["demo"] is False for described in status.values())


def test_verification_agrees(home: Path) -> None:
    done = flask(home, "verify", "--sample", "400")
    assert done.exit_code == 0, done.output
    assert "FAILED" not in done.output


def test_every_practice_and_band_of_december_is_as_published(
    library: LiveVersions, real_data: Path
) -> None:
    lists = opened(library, "list-sizes")
    folder = real_data / "patients_registered"
    published: dict[str, dict[str, int]] = {}
    areas: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows(folder / "gp-reg-pat-prac-quin-age_2025-12_reexport.csv.gz"):
        if row["SEX"] in ("MALE", "FEMALE") and row["AGE_GROUP_5"] != "ALL":
            part = band_part(row["SEX"][0].lower(), row["AGE_GROUP_5"])
            count = int(row["NUMBER_OF_PATIENTS"])
            if row["ORG_TYPE"] == "GP":
                published.setdefault(row["ORG_CODE"], {})[part] = count
            else:
                key = (LEVELS[row["ORG_TYPE"]], row["ORG_CODE"])
                areas.setdefault(key, {})[part] = count
    totals = {
        row["CODE"]: int(row["NUMBER_OF_PATIENTS"])
        for row in rows(folder / "gp-reg-pat-prac-all_2025-12-01.csv")
    }
    assert len(totals) == len(published) == 6196
    names = [band_part(sex, band) for sex in "mf" for band in QUINARY_BANDS]
    for code, bands in published.items():
        shown = lists.parts_at("practice", code, month=DECEMBER)
        assert shown["registered"] == totals[code] == sum(bands.values())
        assert [shown[part] for part in names] == [bands.get(part, 0) for part in names]
    compared = Counter(level for level, _ in areas)
    assert compared["region"] == 7 and compared["icb"] == 42
    assert compared["sub_icb"] > 100 and compared["pcn"] > 1200
    for (level, code), bands in areas.items():
        if code == "U":
            continue
        shown = lists.parts_at(level, code, month=DECEMBER)  # type: ignore[arg-type]
        assert [shown[part] for part in names] == [bands.get(part, 0) for part in names], code


def test_single_years_of_age_are_as_published_for_areas(
    library: LiveVersions, real_data: Path
) -> None:
    lists = opened(library, "list-sizes")
    young: Counter[tuple[str, str]] = Counter()
    everyone: Counter[tuple[str, str]] = Counter()
    name = "gp-reg-pat-prac-sing-age-regions_2025-12_reexport.csv.gz"
    for row in rows(real_data / "patients_registered" / name):
        if row["AGE"] != "ALL" and row["SEX"] in ("MALE", "FEMALE"):
            key = (LEVELS[row["ORG_TYPE"]], row["ORG_CODE"])
            everyone[key] += int(row["NUMBER_OF_PATIENTS"])
            if row["AGE"].isdigit() and int(row["AGE"]) < 18:
                young[key] += int(row["NUMBER_OF_PATIENTS"])
    assert len(everyone) > 1400
    for level, code in everyone:
        if code == "U":
            continue
        shown = lists.parts_at(level, code, month=DECEMBER)  # type: ignore[arg-type]
        assert shown["single_age_total"] == everyone[level, code] == shown["registered"]
        assert shown["under_18"] == young[level, code]
    england = lists.parts_at("england", "ENG", month=DECEMBER)
    assert england["single_age_total"] == england["registered"]
    practice = lists.parts_at("practice", "A81001", month=DECEMBER)
    assert practice["under_18"] is None  # not published by practice there: missing, not 0


def test_files_of_the_ccg_era_load(library: LiveVersions, real_data: Path) -> None:
    lists = opened(library, "list-sizes")
    january = date(2021, 1, 1)
    counts = [
        int(row["NUMBER_OF_PATIENTS"])
        for row in rows(
            real_data / "patients_registered" / "gp-reg-pat-prac-all_2021-01-01_ccg_era.csv"
        )
    ]
    record = lists.manifest.periods[january]
    assert (record.practices, record.totals) == (
        len(counts),
        {"registered_patients": sum(counts)},
    )
    shown = lists.parts_at("england", "ENG", month=january)
    assert shown["registered"] == sum(counts)
    assert shown["m_0_4"] is None  # no age file: missing, not 0
    # The map of January 2022, of the same era, gives the areas; sub-ICBs were CCGs, ICBs STPs.
    placed = [lists.home(code, january) for code in lists.practices if lists.home(code, january)]
    assert len(placed) == len(counts)
    assert sum(bool(home["icb"]) for home in placed) > 0.97 * len(placed)
    assert any("January 2021 has no practice map" in note for note in lists.manifest.notes)


@pytest.fixture(scope="module")
def crosstab(real_data: Path) -> dict[str, Counter[str]]:
    """Independent sums of the October part, by what the Annex 1 tables show."""
    found: dict[str, Counter[str]] = {}
    name = "Practice_Level_Crosstab_London_East_South_Oct_25_reexport.csv.gz"
    for row in rows(real_data / "gpad" / name):
        count = int(row["COUNT_OF_APPOINTMENTS"])
        tally = found.setdefault(row["GP_CODE"], Counter())
        wait = " ".join(row["TIME_BETWEEN_BOOK_AND_APPT"].split())
        who = "GP" if row["HCP_TYPE"] == "GP" else "not GP"
        tally["1"] += count
        tally[f"2a {wait}"] += count
        tally[f"2 {who} {wait}"] += count
        tally["2d"] += count * (row["NATIONAL_CATEGORY"] in TWO_WEEK)
        tally[f"3 {row['NATIONAL_CATEGORY']}"] += count
        tally[f"4 {row['APPT_MODE']}"] += count
        tally[f"5 {row['HCP_TYPE']}"] += count
        tally[f"6 {row['APPT_STATUS']}"] += count
    return found


ANNEX = {
    "appointments": "1", "two_week_all": "2d", "attended": "6 Attended", "dna": "6 DNA",
    "status_unknown": "6 Unknown", "hcp_gp": "5 GP", "hcp_other": "5 Other Practice staff",
    "hcp_unknown": "5 Unknown", "mode_face_to_face": "4 Face-to-Face",
    "mode_telephone": "4 Telephone", "mode_online": "4 Video Conference/Online",
    "mode_home_visit": "4 Home Visit", "mode_unknown": "4 Unknown",
    "cat_acute": "3 General Consultation Acute", "cat_routine": "3 General Consultation Routine",
    "cat_unplanned": "3 Unplanned Clinical Activity", "cat_triage": "3 Clinical Triage",
    "cat_planned_clinics": "3 Planned Clinics", "cat_walk_in": "3 Walk-in",
    "cat_planned_procedure": "3 Planned Clinical Procedure", "cat_home_visit": "3 Home Visit",
    "cat_care_home_visit": "3 Care Home Visit", "cat_inconsistent": "3 Inconsistent Mapping",
    "cat_care_home_round": "3 Patient contact during Care Home Round",
    "cat_care_home_assessment":
        "3 Care Home Needs Assessment & Personalised Care and Support Planning",
    "cat_medication_review": "3 Structured Medication Review",
    "cat_group": "3 Group Consultation and Group Education",
    "cat_social_prescribing": "3 Social Prescribing Service", "cat_unmapped": "3 Unmapped",
    "cat_external": "3 Service provided by organisation external to the practice",
    "cat_chargeable": "3 Non-contractual chargeable work",
    "cat_other": "3 Care Related Encounter but does not fit into any other category",
}  # fmt: skip
WAITS = {
    "same_day": "Same Day", "1_day": "1 Day", "2_to_7": "2 to 7 Days", "8_to_14": "8 to 14 Days",
    "15_to_21": "15 to 21 Days", "22_to_28": "22 to 28 Days", "over_28": "More than 28 Days",
    "unknown": "Unknown / Data Issue",
}  # fmt: skip
for part, label in WAITS.items():
    ANNEX |= {
        f"wait_{part}": f"2a {label}",
        f"gp_wait_{part}": f"2 GP {label}",
        f"other_wait_{part}": f"2 not GP {label}",
    }


def test_october_gives_the_annex_tables_for_every_practice(
    library: LiveVersions, crosstab: dict[str, Counter[str]]
) -> None:
    appointments = opened(library, "gp-appointments")
    assert len(crosstab) == 2101
    england: Counter[str] = Counter()
    for code, tally in crosstab.items():
        england += tally
        shown = appointments.parts_at("practice", code, month=OCTOBER)
        assert {part: shown[part] for part in ANNEX} == {p: tally[t] for p, t in ANNEX.items()}
    assert england["1"] == 15_065_690
    shown = appointments.parts_at("england", "ENG", month=OCTOBER)
    assert {part: shown[part] for part in ANNEX} == {p: england[t] for p, t in ANNEX.items()}
    assert set(england) == set(ANNEX.values())  # no label of the file is left out


def test_one_regional_file_of_october_is_not_england(library: LiveVersions) -> None:
    """Its lists are not loaded: those of November say how much of England it is."""
    appointments, directory = opened(library, "gp-appointments"), library.directory()
    england = named(appointments, directory, ENGLAND_ORG, month=OCTOBER)
    share = coverage_of(appointments, directory, ENGLAND_ORG, month=OCTOBER)
    assert share is not None and share.is_thin and not share.is_whole
    assert england.name == f"England, {share.share}"
    assert re.fullmatch(r"England, 3\d% of patients", england.name)
    assert share.nearest == "November 2025" and share.published > 2_000
    north = directory.at("region", "Y62")
    assert north is not None
    nothing = coverage_of(appointments, directory, north, month=OCTOBER)
    assert nothing is not None and nothing.published == 0
    measure = appointments.dataset.measure("appointments")
    now = queries.figure(appointments, measure, ENGLAND_ORG, month=OCTOBER)
    for months in (1, 12):
        earlier = change(appointments, directory, now, months=months)
        assert earlier.absolute is None and "not loaded here" in earlier.why
    a_year_on = freshness(appointments.dataset, appointments.manifest, date(2026, 12, 1))
    assert a_year_on.state == "behind"


def test_every_breakdown_of_october_adds_up(library: LiveVersions) -> None:
    appointments = opened(library, "gp-appointments")
    shown = appointments.parts_at("england", "ENG", month=OCTOBER)
    for split in appointments.dataset.breakdowns:
        whole = sum(shown[part] or 0 for part in split.parts)
        expected = {
            "gp_wait": shown["hcp_gp"],
            "other_wait": 15_065_690 - (shown["hcp_gp"] or 0),
        }.get(split.id, 15_065_690)
        assert whole == expected, split.id


COLUMNS_BEFORE_NUMBERS = 8  # month, practice, supplier, PCN and sub-ICB


def annex(real_data: Path, table: str) -> dict[str, list[int]]:
    """Numbers of one table of the November annex by practice; some were stored as text."""
    path = real_data / "gpad" / f"GPAD_Annex1_Nov_25_table_{table}_reexport.parquet"
    found = pq.read_table(path, partitioning=None)
    return {
        row["gp_code_gp_code"]: [int(n or 0) for n in list(row.values())[COLUMNS_BEFORE_NUMBERS:]]
        for row in found.to_pylist()
    }


def test_the_annex_is_consistent_in_the_way_our_parts_are(real_data: Path) -> None:
    """What the oracle's tables sum to, practice by practice, and the eight categories."""
    tables = {
        t: annex(real_data, t) for t in ("2a", "2b", "2c", "2d", "3a", "3b", "3c", "4", "5", "6")
    }
    appointments = {code: row[0] for code, row in annex(real_data, "1").items()}
    assert len(appointments) == 6138 and sum(appointments.values()) == 31_098_559
    sums = {t: sum(sum(row) for row in found.values()) for t, found in tables.items()}
    assert (sums["2b"], sums["2c"], sums["2d"]) == (13_673_365, 17_425_194, 17_999_685)
    for table in ("2a", "3a", "4", "5", "6"):
        assert {code: sum(row) for code, row in tables[table].items()} == appointments, table
    for code, total in appointments.items():
        for whole in (("2b", "2c"), ("3b", "3c")):
            assert sum(sum(tables[table].get(code, ())) for table in whole) == total
    names = pq.read_schema(
        real_data / "gpad" / "GPAD_Annex1_Nov_25_table_3a_reexport.parquet"
    ).names[COLUMNS_BEFORE_NUMBERS:]
    eight = {
        position
        for position, name in enumerate(names)
        if any(name.startswith(_mangled(category)) for category in TWO_WEEK)
    }
    assert len(eight) == 8
    by_category = sum(row[n] for row in tables["3a"].values() for n in eight)
    assert by_category == sums["2d"] == 17_999_685


def _mangled(category: str) -> str:
    """A heading as the re-export wrote it."""
    return re.sub(r"[^a-z]+", "_", category.lower())


def test_both_generations_of_the_register_load(library: LiveVersions, real_data: Path) -> None:
    register = opened(library, "practices")
    august, october = date(2025, 8, 1), date(2026, 10, 1)
    assert register.manifest.periods[august].practices == 6220
    active = register.manifest.periods[october].practices
    sample = real_data / "ods" / "epraccur_getReport_2026-10-02_sample.csv"
    with sample.open(encoding="utf-8", newline="") as text:
        expected = sum(
            "RO76" in row[25].split("|") and row[12] == "ACTIVE" and row[2].startswith("Y")
            for row in csv.reader(text)
        )
    assert active == expected > 0


def test_an_icb_code_that_is_newer_than_the_sub_icb_file_stands(
    tmp_path: Path, real_data: Path
) -> None:
    """The sample's rows with codes of April 2026 are not GP practices; here one is made one."""
    ods, folder = real_data / "ods", tmp_path / "ods"
    folder.mkdir()
    name = "epraccur_getReport_2026-10-02_sample.csv"
    lines = (ods / name).read_text(encoding="utf-8").splitlines(keepends=True)
    changed = [line.replace("RO323", "RO76") if "Y08203" in line else line for line in lines]
    (folder / name).write_text("".join(changed), encoding="utf-8")
    eccg = "eccg_getReport_2026-01.csv"
    (folder / eccg).write_bytes((ods / eccg).read_bytes())
    done = flask(tmp_path / "home", "refresh", "practices", "--from", str(folder))
    assert done.exit_code == 0, done.output
    register = opened(LiveVersions(tmp_path / "home"), "practices")
    october = date(2026, 10, 1)
    assert register.home("Y08203", october)["icb"] == "S1Y5D"
    assert register.home("A81001", october)["icb"] == "QHM"
    assert flask(tmp_path / "home", "verify").exit_code == 0


@pytest.mark.parametrize(
    ("name", "relationships", "current"),
    [("ePCN_2024-10.xlsx", 7705, 6224), ("ePCN_2022-05_ccg_era.xlsx", 7359, 6474)],
)
def test_both_generations_of_the_pcn_workbook_are_read(
    real_data: Path, name: str, relationships: int, current: int
) -> None:
    rows = list(xlsx_rows(real_data / "ods" / name, "PCN Core Partner Details"))
    headings = [" ".join(str(cell).split()) for cell in rows[0]]
    end = headings.index("Practice to PCN Relationship End Date")
    partners = [row for row in rows[1:] if row[0]]
    assert len(partners) == relationships
    assert sum(not row[end] for row in partners) == current


def test_the_newer_pcn_workbook_decides(library: LiveVersions) -> None:
    """The 2024 workbook has 6,224 current partners; the one of 2022 is there too."""
    register = opened(library, "practices")
    placed = [register.home(code, date(2025, 8, 1)).get("pcn") for code in register.practices]
    assert sum(bool(pcn) for pcn in placed) == 6125


def test_directory_knows_closed_practices_and_names(library: LiveVersions) -> None:
    directory = library.directory()
    practice = directory.get("a81001")
    assert practice is not None and practice.name == "The Densham Surgery"
    assert any(org.status == "closed" for org in directory.all("practice"))
