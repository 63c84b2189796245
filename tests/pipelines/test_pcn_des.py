"""Monthly files of the Network Contract DES in miniature: every generation, and what is wrong."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import duckdb
import pytest
from click.testing import Result

from data import periods
from data.datasets.vocabulary import pcn_des
from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from data.versions.store import store
from tests.pipelines.terminal import data_command
from tests.publication_site import PublicationSite
from tests.published_files import zipped

SERIES = "mi-network-contract-des"
HEADER = "PRACTICE_CODE,PRACTICE_NAME,QUALITY_SERVICE,ACH_DATE,IND_CODE,MEASURE,VALUE"
WITH_AREAS = (
    "PRACTICE_CODE,PRACTICE_NAME,PCN_ODS_CODE,PCN_NAME,CCG_ONS_CODE,CCG_ODS_CODE,CCG_NAME,"
    "STP_ONS_CODE,STP_ODS_CODE,STP_NAME,REGION_ONS_CODE,REGION_ODS_CODE,REGION_NAME,"
    "QUALITY_SERVICE,ACH_DATE,IND_CODE,MEASURE,VALUE"
)
MAY, JUNE = date(2025, 5, 1), date(2025, 6, 1)
PRACTICES = ("A81001", "A81002", "A81003", "A81004")
Row = tuple[str, str, str]  # indicator, measure, value


def rows_of(number: int) -> list[Row]:
    """Two fractions and a count; the fourth practice's denominators are suppressed."""
    hidden = number == 3
    return [
        ("HI03", "Numerator", str(10 * number)),
        ("HI03", "Denominator", "*" if hidden else str(10 * number + 20)),
        ("HI03", "Rule 4: HLTHCHKDEC", "*" if hidden else str(number)),
        ("HI03", "Rule 5: HLTHAPDEC", "0"),
        ("CAN04", "Numerator", "7"),
        ("CAN04", "Denominator", "9"),
        ("CAN04", "Rule 3: FITNIDAT", "1"),
        ("HI21", "MI Count", str(100 + number)),
    ]


def service(month: date) -> tuple[str, str]:
    year = periods.containing("financial_year", month).year % 100
    last = calendar.monthrange(month.year, month.month)[1]
    return f"NCD{year}{year + 1}", f"{last}/{month:%m/%Y}"


def csv_of(
    month: date,
    *,
    rows: Callable[[int], list[Row]] = rows_of,
    more: Iterable[str] = (),
    only: tuple[str, ...] = (),
    practices: tuple[str, ...] = PRACTICES,
) -> bytes:
    about = ",".join(service(month))
    lines = [
        f"{code},THE SURGERY,{about},{indicator},{measure},{value}"
        for number, code in enumerate(practices)
        for indicator, measure, value in rows(number)
        if not only or indicator in only
    ]
    return ("\n".join([HEADER, *lines, *more]) + "\n").encode()


@pytest.fixture
def flask(tmp_path: Path) -> Callable[..., Result]:
    def run(*arguments: object) -> Result:
        return data_command(PublicationSite().urls.settings(tmp_path / "home"), *arguments)

    return run


@pytest.fixture
def load(tmp_path: Path, flask: Callable[..., Result]) -> Callable[..., Result]:
    """Load files given by their names; each loading is a release of its own."""
    loadings = 0

    def run(**files: bytes) -> Result:
        nonlocal loadings
        loadings += 1
        folder = tmp_path / f"given-{loadings}"
        folder.mkdir()
        for name, body in files.items():
            (folder / name).write_bytes(body)
        return flask("refresh", "pcn-des", "--from", folder)

    return run


def opened(tmp_path: Path) -> Snapshot:
    found = LiveVersions(tmp_path / "home").current("pcn-des")
    assert found is not None
    return found


def loaded(load: Callable[..., Result], **files: bytes) -> None:
    done = load(**files)
    assert done.exit_code == 0, done.output


def test_achievement_is_of_practices_where_both_halves_are_known(
    tmp_path: Path, load: Callable[..., Result], flask: Callable[..., Result]
) -> None:
    loaded(load, **{"NCDesJune25.zip": zipped({"NCDesJune25.csv": csv_of(JUNE)})})
    shown = opened(tmp_path)
    england = shown.parts_at("england", "ENG", month=JUNE)
    assert (england["hi03_num"], england["hi03_den"]) == (0 + 10 + 20 + 30, 20 + 30 + 40)
    assert (england["hi03_known_num"], england["hi03_known_den"]) == (30, 90)
    assert (england["hi03_suppressed"], england["hi03_reported"]) == (1, 4)
    assert england["hi03_pca_hlthchkdec"] == 0 + 1 + 2 and england["hi21_count"] == 406
    hidden = shown.parts_at("practice", "A81004", month=JUNE)
    assert hidden["hi03_num"] == 30 and hidden["hi03_den"] is None
    assert hidden["hi03_known_num"] is None and hidden["hi03_pca_hlthchkdec"] is None
    assert hidden["hi03_pca_hlthapdec"] == 0
    assert "June 2025: 2 of 32 values are suppressed; they are missing, not 0." in (
        shown.manifest.notes
    )
    done = flask("verify", "--sample", "300")
    assert done.exit_code == 0, done.output


def test_files_by_ruleset_stand_for_the_whole_and_name_rulesets(
    tmp_path: Path, load: Callable[..., Result], flask: Callable[..., Result]
) -> None:
    parts = zipped(
        {
            "NCDesJune25_Tackling Health Inequalities.csv": csv_of(JUNE, only=("HI03", "HI21")),
            "NCDesJune25_Cancer & more.csv": csv_of(JUNE, only=("CAN04",)),
        }
    )
    loaded(load, **{"NCDesJune25_By_Ruleset.zip": parts})
    by_ruleset = opened(tmp_path).parts_at("england", "ENG", month=JUNE)
    rulesets = duckdb.execute(
        "SELECT DISTINCT indicator, ruleset FROM read_parquet(?) ORDER BY 1",
        [opened(tmp_path).fact_path(JUNE)],
    ).fetchall()
    assert rulesets == [
        ("CAN04", "Cancer & more"),
        ("HI03", "Tackling Health Inequalities"),
        ("HI21", "Tackling Health Inequalities"),
    ]
    assert flask("verify").exit_code == 0
    loaded(
        load,
        **{
            "NCDesJune25.zip": zipped({"NCDesJune25.csv": csv_of(JUNE)}),
            "NCDesJune25_By_Ruleset.zip": parts,
        },
    )
    assert opened(tmp_path).parts_at("england", "ENG", month=JUNE) == by_ruleset
    assert flask("verify").exit_code == 0


def test_files_by_ruleset_that_lack_rows_of_the_whole_are_refused(
    load: Callable[..., Result],
) -> None:
    done = load(
        **{
            "NCDesJune25.csv": csv_of(JUNE),
            "NCDesJune25_Cancer.csv": csv_of(JUNE, only=("CAN04",)),
        }
    )
    assert done.exit_code != 0
    assert "20 rows of NCDesJune25.csv are in no file by ruleset" in done.output


def test_areas_are_read_where_a_file_has_them(
    tmp_path: Path, load: Callable[..., Result], flask: Callable[..., Result]
) -> None:
    month = date(2021, 12, 1)
    home = "THE SURGERY,{pcn},PARK PCN,E3,84H,PARK,E54,QHM,NORTH,E4,Y63,NORTH EAST"
    nowhere = ",".join(["UNALLOCATED"] * 12)
    about = "NCD2122,31/12/2021"
    lines = [WITH_AREAS]
    for code, placed in (
        ("A81001", home.format(pcn="U11111")),
        ("A81002", home.format(pcn="UNALLOCATED")),
        ("A81003", nowhere),
    ):
        lines += [
            f"{code},{placed},{about},NCD001,Numerator,5",
            f"{code},{placed},{about},NCDMI136,Management Information,2",
            f"{code},{placed},{about},HI21,MI Count,3",
        ]
    loaded(load, **{"NCDesDecember21.csv": ("\n".join(lines) + "\n").encode("cp1252")})
    shown = opened(tmp_path)
    assert shown.codes("pcn") == ("U11111",) and shown.codes("icb") == ("QHM",)
    assert shown.parts_at("icb", "QHM", month=month)["hi21_count"] == 6
    assert shown.parts_at("england", "ENG", month=month)["hi21_count"] == 9
    said = " ".join(shown.manifest.notes)
    assert "indicators that are not in the vocabulary (NCD001, NCDMI136)" in said
    assert "several indicators are under-counted" in said
    assert "registers were suppressed too" in said
    assert flask("verify").exit_code == 0


def test_repeated_rows_count_once_and_contradictions_are_missing(
    tmp_path: Path, load: Callable[..., Result], flask: Callable[..., Result]
) -> None:
    about = ",".join(service(JUNE))

    def many(number: int) -> list[Row]:
        return [*rows_of(number), *((f"OLD{n}", "MI Count", str(n)) for n in range(30))]

    more = (
        f"A81001,THE SURGERY,{about},CAN04,Numerator,7",
        f"A81002,THE SURGERY,{about},CAN04,Numerator,8",
    )
    loaded(load, **{"NCDesJune25.csv": csv_of(JUNE, rows=many, more=more)})
    shown = opened(tmp_path)
    assert shown.parts_at("england", "ENG", month=JUNE)["can04_num"] == 3 * 7
    assert shown.parts_at("practice", "A81002", month=JUNE)["can04_known_den"] is None
    said = shown.manifest.notes
    assert "June 2025: 1 rows that repeat another exactly are left out." in said
    assert "June 2025: rows with two different values, which are missing here: CAN04 1." in said
    assert flask("verify").exit_code == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda b: b.replace(b",VALUE", b",FIGURE"), "FIGURE"),
        (lambda b: b.replace(b"NCD2526", b"NCD2425"), "is of NCD2526"),
        (lambda b: b.replace(b"HI21,MI Count,100", b"HI21,MI Count,1.5"), "'1.5' as MI Count"),
        (lambda b: b.replace(b"HI21,MI Count,100", b"HI21,MI Count,<5"), "nor *"),
        (lambda b: b.replace(b"CAN04,Numerator,7", b"CAN04,Numerator,10"), "within denominators"),
        (lambda b: b.replace(b"30/06/2025", b"June 2025"), "not a date"),
        (lambda b: b.splitlines(keepends=True)[0], "no rows"),
        (lambda b: b + b.splitlines(keepends=True)[1].replace(b",0\n", b",9\n"), "two different"),
        (lambda b: b"<!doctype html><title>Sorry</title>", "web page"),
    ],
)
def test_what_cannot_be_believed_is_refused_with_a_reason(
    tmp_path: Path,
    load: Callable[..., Result],
    change: Callable[[bytes], bytes],
    said: str,
) -> None:
    loaded(load, **{"NCDesMay25.csv": csv_of(MAY)})
    good = opened(tmp_path).version
    done = load(**{"NCDesJune25.csv": change(csv_of(JUNE))})
    assert done.exit_code != 0 and said in done.output, done.output
    assert opened(tmp_path).version == good


def test_known_bad_months_are_said_with_their_indicators(
    tmp_path: Path, load: Callable[..., Result]
) -> None:
    month = date(2024, 6, 1)
    loaded(
        load, **{"NCDesJune24_v2.0.csv": csv_of(month), "NCDesJuly24.csv": csv_of(date(2024, 7, 1))}
    )
    notes = opened(tmp_path).manifest.notes
    told = [note for note in notes if note.startswith("June 2024: known problem, HI03:")]
    assert len(told) == 1 and "TPP" in told[0]
    assert not any(note.startswith("July 2024: known problem") for note in notes)
    named = {one.indicator for one in pcn_des.problems_in(month)}
    assert named == {"HI01", "HI03", "HI27", "VI02", "EHCH01", "EHCH04"}
    assert pcn_des.problems_in(month, "CAN04") == ()
    assert len(pcn_des.problems_in(date(2021, 12, 1), "CAN04")) == 2  # of the whole publication


def test_pages_of_a_year_and_of_a_month_are_found_and_a_correction_replaces(tmp_path: Path) -> None:
    """A year's page holds all its months; later ones have a page each; `_v2.0` is newer."""
    site = PublicationSite()
    february, march = date(2023, 2, 1), date(2023, 3, 1)

    def published(month: date) -> dict[str, bytes]:
        stem = f"NCDes{month:%B%y}"
        return {f"{stem}.zip": zipped({f"{stem}.csv": csv_of(month)})}

    site.add_release(
        SERIES,
        "2022-23",
        "Network Contract DES (MI), 2022-23",
        published=date(2023, 5, 18),
        files=published(february) | published(march),
    )
    site.add_release(
        SERIES,
        "england-april-2023",
        "Network Contract DES (MI), April 2023",
        published=date(2023, 6, 22),
        files={
            **published(date(2023, 4, 1)),
            "Metadata.xlsx": b"PK\x03\x04",
            "IIF thresholds.pdf": b"%PDF-1.7",
        },
    )
    site.add_upcoming(SERIES, "england-may-2023", "Network Contract DES (MI), May 2023")
    with site.running() as urls:
        home = tmp_path / "home"

        def refresh() -> Result:
            return data_command(urls.settings(home), "refresh", "pcn-des")

        done = refresh()
        assert done.exit_code == 0, done.output
        assert opened(tmp_path).months == (february, march, date(2023, 4, 1))
        wrong = csv_of(date(2023, 5, 1)).replace(b",VALUE", b",VALUES")
        site.add_release(
            SERIES,
            "england-may-2023",
            "Network Contract DES (MI), May 2023",
            published=date(2023, 7, 20),
            files={"NCDesMay23.zip": zipped({"NCDesMay23.csv": wrong})},
        )
        done = refresh()
        assert done.exit_code != 0 and "VALUES" in done.output
        right = {"NCDesMay23_v2.0.csv": csv_of(date(2023, 5, 1))}
        site.add_release(
            SERIES,
            "england-may-2023",
            "Network Contract DES (MI), May 2023",
            published=date(2023, 7, 25),
            files={
                "NCDesMay23.zip": zipped({"NCDesMay23.csv": wrong}),
                "NCDesMay23_v2.0.zip": zipped(right),
            },
        )
        done = refresh()
        assert done.exit_code == 0, done.output
    assert opened(tmp_path).latest == date(2023, 5, 1)
    assert len(store(tmp_path / "home", "real").versions("pcn-des")) == 2
