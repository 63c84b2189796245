"""Every generation of the payments files, and what happens to files that are wrong."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result

from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from tests.pipelines.desk import Desk
from tests.publication_site import Fault, PublicationSite

SERIES = "nhs-payments-to-general-practice"
Y2024 = date(2024, 4, 1)
_PRACTICES = ("A81001", "A81002", "A81003")
_TAIL = ("Practice Code", "Practice Name", "Practice Postcode", "Contract Type")
_LISTS = (
    "Number of Registered Patients (Last Known Figure)",
    "Number of Weighted Patients (Last Known Figure)",
    "Average payments per registered patient",
)
_END = (
    "Total NHS Payments to General Practice",
    "Deductions for Pensions, Levies and Prescription Charge Income",
    "Total NHS Payments to General Practice Minus Deductions",
)
_CAMEL = (
    *("NHSEnglandRegionCode", "NHSEnglandRegionName", "CCGCode", "CCGName", "PracticeCode"),
    *("PracticeName", "PracticePostcode", "ContractType"),
    *("NumberOfRegisteredPatientsLastKnownFigure", "NumberOfWeightedPatientsLastKnownFigure"),
    *("AveragePaymentPerRegisteredPatient_£", "GlobalSum_£", "ExtendedHoursAccess_£"),
    *("LocalEnhancedServices_ISFE_£", "OtherPayments_£", "TotalNHSPaymentsToGeneralPractice_£"),
    "DeductionsForPensionsLeviesAndPrescriptionChargeIncome_£",
    "TotalNHSPaymentsToGeneralPracticeMinusDeductions_£",
)
_REGION = ("NHS England (Region) code", "NHS England (Region) Name")
_OLD = (*_REGION, "CCG Code", "CCG NAME", *_TAIL, *_LISTS)
_SWAPPED = (*_REGION, "CCG Code", "Sub ICB NAME", "Code", "CCG NAME", *_TAIL, *_LISTS)
_NEW = (
    *(*_REGION, "Sub ICB Code", "Sub ICB Name", "PCN Code", "PCN Name", *_TAIL),
    *("Average Number of Registered Patients", "Average Number of Weighted Patients", _LISTS[2]),
)
GENERATIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "2014/15": (
        "nhspaymentsgp-14-15-csv.csv",
        (
            *_OLD,
            "Global Sum",
            "Total Local Enhanced Services",
            "Unplanned Admissions",
            "Other Payments",
            *_END,
        ),
    ),
    "2015/16": ("nhspaymentsgp-15-16-csv.csv", _CAMEL),
    "2017/18": (
        "nhspaymentsgp-17-18-csv.csv",
        (
            *_OLD,
            "Global Sum",
            "Appraisal Costs ",
            "General Practice Forward View",
            "Other Payments1",
            *_END,
        ),
    ),
    "2022/23": (
        "nhspaymentsgp-22-23-prac-csv.csv",
        (
            *_SWAPPED,
            "Global Sum",
            "Local Incentive Schemes",
            "winter Access Fund",
            "Other Payments",
            *_END,
            "PCN Leadership",
            "PCN Workforce",
        ),
    ),
    "2024/25": (
        "nhspaymentsgp-24-25-prac-csv.csv",
        (
            *_NEW,
            "Global Sum",
            "Respiratory Syncytial \nVirus",
            "A New Scheme",
            "Other Payments",
            *_END,
            "Covid Immunisation",
        ),
    ),
}


def practice_file(header: tuple[str, ...], *, extra: int = 0) -> bytes:
    """Three practices: each line is worth its place in pounds times the number of the practice."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    first = next(n for n, name in enumerate(header) if "sum" in name.lower())
    last = next(n for n, name in enumerate(header) if re.match("total ?nhs", name.lower()))
    for n, practice in enumerate(_PRACTICES, 1):
        amounts = [n * place + extra for place in range(1, last - first + 1)]
        total = sum(amounts)
        beside = [f"{7 * n}.25"] * (len(header) - last - 3)
        fixed = {"code": practice, "pcn": "U00001" if n < 3 else "Unknown or no PCN"}
        identity = [_identity(name, place, header, fixed) for place, name in enumerate(header)]
        row = [*identity[: first - 3], "100.5", "90.25", f"{total / 100.5:.2f}", *amounts]
        writer.writerow([*row, total, -n, total - n, *beside])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _identity(name: str, place: int, header: tuple[str, ...], fixed: Mapping[str, str]) -> str:
    bare = re.sub("[^a-z]", "", name.lower())
    pcn_place = next((n for n, h in enumerate(header) if h in ("Code", "PCN Code")), None)
    if bare == "practicecode":
        return fixed["code"]
    if pcn_place is not None and place in (pcn_place, pcn_place + 1):
        return fixed["pcn"] if place == pcn_place else f"{fixed['pcn']} NAME"
    known = {
        "ccgcode": "16C",
        "subicbcode": "16C",
        "contracttype": "GMS",
        "nhsenglandregioncode": "Y63",
    }
    return known.get(bare, "SOME TEXT")


def network_file(*, total: str = "Total NHS Payments") -> bytes:
    header = "Sub ICB Code,Sub ICB Name,PCN Code,PCN Name,Average Number of Registered Patients,"
    header += f"Average Number of Weighted Patients,{total},PCN Leadership,PCN Workforce"
    lines = [header, "16C,NHS TEES,U00001,FIRST PCN,201,180.5,1000.5,400.25,600.25"]
    return "".join(f"{line}\r\n" for line in lines).encode()


@pytest.fixture()
def desk(tmp_path: Path) -> Iterator[Desk]:
    site = PublicationSite()
    with site.running():
        yield Desk(site, tmp_path / "home")


def publish(desk: Desk, slug: str, files: Mapping[str, bytes]) -> None:
    desk.site.add_release(
        SERIES,
        f"england-{slug}",
        f"NHS Payments to General Practice, England, {slug}",
        published=date(int(slug[:4]) + 1, 10, 1),
        files=files,
    )


def payments(desk: Desk) -> Snapshot:
    found = LiveVersions(desk.home).current("nhs-payments")
    assert found is not None
    return found


@pytest.mark.parametrize("year", GENERATIONS)
def test_every_generation_of_headings_is_read(desk: Desk, year: str, tmp_path: Path) -> None:
    name, header = GENERATIONS[year]
    body = practice_file(header)
    if year == "2015/16":
        body = body.removeprefix(b"\xef\xbb\xbf").decode().encode("cp1252")
    (tmp_path / name).write_bytes(body)
    done = desk.flask("refresh", "nhs-payments", "--from", str(tmp_path / name))
    assert done.exit_code == 0, done.output
    status = json.loads(desk.flask("status", "--json").stdout)["nhs-payments"]
    assert list(status["periods"]) == [year]
    lines = 4
    total = sum(range(1, lines + 1)) * (1 + 2 + 3)
    assert status["periods"][year]["total_payments"] == total
    assert status["periods"][year]["practices"] == 3
    england = payments(desk).parts_at("england", "ENG", month=payments(desk).latest)
    assert (england["global_sum"], england["other"]) == (6, 24)
    assert england["registered"] == 301.5 and england["deductions"] == -6
    groups = [
        p for p in england if p.startswith("group_") and p not in ("group_network", "group_covid")
    ]
    assert sum(england[group] or 0 for group in groups) == total
    has_networks = year in ("2022/23", "2024/25")
    assert payments(desk).has("pcn", "U00001") == has_networks
    assert desk.flask("verify").exit_code == 0


def test_a_line_that_is_new_is_kept_and_named(desk: Desk) -> None:
    name, header = GENERATIONS["2024/25"]
    publish(desk, "2024-25", {name: practice_file(header)})
    assert desk.flask("refresh", "nhs-payments").exit_code == 0
    assert any("A NEW SCHEME" in note for note in payments(desk).manifest.notes)
    assert payments(desk).parts_at("england", "ENG", month=Y2024)["rsv"] == 12


def test_the_pcn_file_counts_for_the_pcn_and_above(desk: Desk) -> None:
    name, header = GENERATIONS["2024/25"]
    publish(
        desk,
        "2024-25",
        {
            name: practice_file(header),
            "nhspaymentsgp-24-25-pcn-csv.csv": network_file(),
        },
    )
    done = desk.flask("refresh", "nhs-payments")
    assert done.exit_code == 0, done.output
    found = payments(desk)
    for level, code in (("pcn", "U00001"), ("sub_icb", "16C"), ("england", "ENG")):
        parts = found.parts_at(level, code, month=Y2024)  # type: ignore[arg-type]
        assert parts["network_payments"] == 1000.5, level
        assert parts["group_network"] == 1000.5 and parts["pcn_registered"] == 201
    assert found.parts_at("practice", "A81001", month=Y2024)["network_payments"] is None
    assert found.manifest.periods[Y2024].practices == 3
    assert found.codes("practice") == _PRACTICES


@pytest.mark.parametrize(("cell", "refused"), [(b"", False), (b"5", True)])
@pytest.mark.parametrize("kind", ["prac", "pcn"])
def test_a_column_without_heading_may_only_be_empty(
    desk: Desk, kind: str, cell: bytes, refused: bool
) -> None:
    name, header = GENERATIONS["2024/25"]
    files = {name: practice_file(header), "nhspaymentsgp-24-25-pcn-csv.csv": network_file()}
    odd = next(file for file in files if f"-{kind}-" in file)
    head, *body = files[odd].replace(b"\nVirus", b" Virus").splitlines()
    files[odd] = b"\r\n".join([head + b",", *(line + b"," + cell for line in body), b""])
    publish(desk, "2024-25", files)
    done = desk.flask("refresh", "nhs-payments")
    assert done.exit_code == refused, done.output
    if refused:
        assert re.search(rf"{odd}: column \d+, among the amounts, has no heading", done.output)
    else:
        england = payments(desk).parts_at("england", "ENG", month=Y2024)
        assert england["network_payments"] == 1000.5
        assert not any("unnamed" in part for part in england)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"nhspaymentsgp-24-25-prac-csv.csv": b"<!DOCTYPE html><html>Not here</html>"}, "web page"),
        (
            {
                "nhspaymentsgp-24-25-prac-csv.csv": practice_file(
                    GENERATIONS["2024/25"][1]
                ).replace(b"Practice Code", b"Surgery Code")
            },
            "has headings that .* has not used: .*Surgery Code",
        ),
        (
            {
                "nhspaymentsgp-24-25-prac-csv.csv": practice_file(
                    GENERATIONS["2024/25"][1]
                ).replace(b"Sub ICB Code", b"Place")
            },
            "has no column a sub-ICB or CCG code",
        ),
        (
            {
                "nhspaymentsgp-24-25-prac-csv.csv": practice_file(
                    GENERATIONS["2024/25"][1]
                ).replace(b",10,", b",11,", 1)
            },
            "lines add up to the total",
        ),
        (
            {
                "nhspaymentsgp-24-25-prac-csv.csv": practice_file(
                    GENERATIONS["2024/25"][1]
                ).replace(b"A81002", b"A81001")
            },
            "A81001 more than once",
        ),
        (
            {"nhspaymentsgp-24-25-prac-csv.csv": practice_file(GENERATIONS["2024/25"][1])[:-30]},
            "CSV Error on Line: 4",
        ),
        (
            {
                "nhspaymentsgp-24-25-prac-csv.csv": practice_file(GENERATIONS["2024/25"][1]),
                "nhspaymentsgp-24-25-pcn-csv.csv": network_file(total="Sum of everything"),
            },
            "has no column a total",
        ),
        (
            {
                "nhspaymentsgp-24-25-prac-csv.csv": practice_file(GENERATIONS["2024/25"][1]),
                "nhspaymentsgp-24-25-pcn-csv.csv": network_file().replace(b"U00001", b"U00002"),
            },
            r"pcn-csv.csv has no row for 1 of 1 PCNs of practices \(U00001\)",
        ),
        (
            {
                "nhspaymentsgp-24-25-prac-csv.csv": practice_file(
                    GENERATIONS["2024/25"][1]
                ).replace(b"U00001", b"unknown"),
                "nhspaymentsgp-24-25-pcn-csv.csv": network_file(),
            },
            "does not say to which PCN a practice belongs",
        ),
        (
            {
                "nhspaymentsgp-24-25-prac-csv.csv": practice_file(
                    GENERATIONS["2024/25"][1], extra=900
                )
            },
            "total_payments within 25%",
        ),
    ],
)
def test_a_wrong_file_keeps_the_last_good_version(
    desk: Desk, files: Mapping[str, bytes], reason: str
) -> None:
    name, header = GENERATIONS["2022/23"]
    publish(desk, "2022-23", {name: practice_file(header)})
    assert desk.flask("refresh", "nhs-payments").exit_code == 0
    before = payments(desk).version
    publish(desk, "2024-25", files)
    done = desk.flask("refresh", "nhs-payments")
    assert done.exit_code == 1
    assert re.search(reason, done.output), done.output
    assert payments(desk).version == before


@pytest.mark.parametrize("fault", [Fault.TRUNCATED, Fault.GONE, Fault.HTML_AS_FILE])
def test_a_download_that_fails_keeps_the_last_good_version(desk: Desk, fault: Fault) -> None:
    name, header = GENERATIONS["2022/23"]
    publish(desk, "2022-23", {name: practice_file(header)})
    assert desk.flask("refresh", "nhs-payments").exit_code == 0
    before = payments(desk).version
    late, header = GENERATIONS["2024/25"]
    publish(desk, "2024-25", {late: practice_file(header)})
    desk.site.fault(late, fault)
    assert desk.flask("refresh", "nhs-payments").exit_code == 1
    assert payments(desk).version == before


def test_a_file_without_its_year_is_refused(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "payments.csv").write_bytes(practice_file(GENERATIONS["2022/23"][1]))
    done = desk.flask("refresh", "nhs-payments", "--from", str(tmp_path / "payments.csv"))
    assert done.exit_code == 1 and "does not name its financial year" in done.output


def test_a_file_refused_for_its_name_is_taken_under_another(desk: Desk, tmp_path: Path) -> None:
    nameless, named = tmp_path / "payments.csv", tmp_path / GENERATIONS["2022/23"][0]
    for path in (nameless, named):
        path.write_bytes(practice_file(GENERATIONS["2022/23"][1]))

    def give(path: Path) -> Result:
        return desk.flask("refresh", "nhs-payments", "--from", str(path))

    def outcome() -> str | None:
        last = desk.shelf.status("nhs-payments")
        return last.outcome if last else None

    assert give(nameless).exit_code == 1
    assert outcome() == "failed"
    done = give(named)
    assert (done.exit_code, outcome()) == (0, "published"), done.output
    assert payments(desk).months == (date(2022, 4, 1),)
    version = payments(desk).manifest.version
    for again in (named, nameless):
        done = give(again)
        assert done.exit_code == 0 and "Nothing new since the live version." in done.output
    assert payments(desk).manifest.version == version
    assert len(list((desk.shelf.landing / "nhs-payments").glob("local-*/*.csv"))) == 2
    assert desk.flask("verify").exit_code == 0


def test_a_release_refused_for_a_name_in_it_is_taken_from_a_renamed_file(
    desk: Desk, tmp_path: Path
) -> None:
    """The publisher's own file says no year: somebody downloads it and names it."""
    body = practice_file(GENERATIONS["2022/23"][1])
    publish(desk, "2022-23", {"nhspaymentsgp-prac-csv.csv": body})
    assert desk.flask("refresh", "nhs-payments").exit_code == 1
    named = tmp_path / GENERATIONS["2022/23"][0]
    named.write_bytes(body)
    done = desk.flask("refresh", "nhs-payments", "--from", str(named))
    assert done.exit_code == 0, done.output
    assert desk.flask("refresh", "nhs-payments").exit_code == 0


def test_a_renamed_file_is_taken_where_other_years_are_published(
    desk: Desk, tmp_path: Path
) -> None:
    first, second = GENERATIONS["2022/23"], GENERATIONS["2024/25"]
    publish(desk, "2022-23", {first[0]: practice_file(first[1])})
    assert desk.flask("refresh", "nhs-payments").exit_code == 0
    for name, outcome in (("nhspaymentsgp.csv", 1), (second[0], 0)):
        (tmp_path / name).write_bytes(practice_file(second[1]))
        done = desk.flask("refresh", "nhs-payments", "--from", str(tmp_path / name))
        assert done.exit_code == outcome, done.output
    assert payments(desk).months == (date(2022, 4, 1), Y2024)
