"""The survey's wide files: areas as published, suppression, the break of 2024, wrong files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from data.questions.queries import figure
from data.versions.db import LiveVersions
from data.versions.orgs import Org
from data.versions.snapshot import Snapshot
from data.versions.store import store
from tests.pipelines.desk import Desk
from tests.publication_site import Fault, PublicationSite
from tests.survey_files import name_of, practice, small_year, survey_file, write

SURVEY = "gp-patient-survey"
Y2023, Y2025, Y2026 = date(2023, 1, 1), date(2025, 1, 1), date(2026, 1, 1)
Files = dict[str, bytes]


@pytest.fixture()
def desk(tmp_path: Path) -> Iterator[Desk]:
    site = PublicationSite()
    with site.running():
        yield Desk(site, tmp_path / "home")


def publish(desk: Desk, files: Files, year: int = 2026) -> None:
    for kind, body in files.items():
        desk.site.add_survey_file(year, kind, name_of(kind, year), body)


def load(desk: Desk, folder: Path, files: Files, year: int = 2026) -> str:
    said = desk.flask("refresh", SURVEY, "--from", str(write(folder, files, year)))
    return said.output


def survey(desk: Desk) -> Snapshot:
    found = LiveVersions(desk.home).current(SURVEY)
    assert found is not None
    return found


def phone(held: Snapshot, level: str, code: str, year: date = Y2026) -> float | None:
    org = Org(level, code, code, None, None)  # type: ignore[arg-type]
    measure = held.dataset.measure("localgpservicesphone")
    return figure(held, measure, org, month=year).value


def test_every_level_has_the_publishers_own_result(desk: Desk, tmp_path: Path) -> None:
    said = load(desk, tmp_path / "files", small_year())
    assert "Published up to 2026." in said, said
    held = survey(desk)
    assert phone(held, "practice", "A81001") == pytest.approx(60)
    assert phone(held, "pcn", "U00001") == pytest.approx(55)
    assert phone(held, "icb", "QHM") == phone(held, "region", "Y63") == pytest.approx(55)
    assert phone(held, "england", "ENG") == pytest.approx(56.8864572)
    england = held.parts_at("england", "ENG", month=Y2026)
    assert (england["distributed"], england["received"], england["practices"]) == (700, 157, 3)
    overall = held.dataset.measure("overallexp")
    own = figure(held, overall, Org("practice", "A81001", "A", None, None), month=Y2026)
    assert (own.low, own.high) == pytest.approx((75, 85))
    assert held.home("A81001", Y2026)["pcn"] == "U00001"
    assert held.parts_at("practice", "A81001", month=Y2026)["overallexp_base"] == 100
    assert desk.flask("verify", "--sample", "200").exit_code == 0


def test_a_suppressed_result_is_missing_and_not_zero(desk: Desk, tmp_path: Path) -> None:
    """Every mark that was ever used is in the question's cells."""
    load(desk, tmp_path / "files", small_year())
    held = survey(desk)
    parts = held.parts_at("practice", "A81002", month=Y2026)
    assert phone(held, "practice", "A81002") is None and parts["received"] == 45
    assert {n for part, n in parts.items() if part.startswith("localgpservicesphone")} == {None}
    assert phone(held, "pcn", "U00002") is None
    assert any("are suppressed or missing" in note for note in held.manifest.notes)
    assert desk.flask("verify").exit_code == 0


def test_few_answers_are_shown_and_not_compared(desk: Desk, tmp_path: Path) -> None:
    load(desk, tmp_path / "files", small_year())
    held = survey(desk)
    measure = held.dataset.measure("overallexp")
    compared = dict(
        zip(held.codes("practice"), held.comparable(measure, "practice", Y2026), strict=True)
    )
    assert compared["A81001"] == pytest.approx(80)
    assert compared["A81003"] != compared["A81003"]  # eight answers
    assert held.at(measure, "practice", "A81003", month=Y2026)[0] == pytest.approx(90)
    assert any("fewer than 10 answers" in note for note in held.manifest.notes)


def test_every_answer_of_every_question_is_kept(desk: Desk, tmp_path: Path) -> None:
    load(desk, tmp_path / "files", small_year())
    held = survey(desk)
    found = duckdb.execute(
        """SELECT answer, percent::DOUBLE FROM read_parquet(?)
        WHERE practice = 'A81001' AND question = 'overallexp' ORDER BY answer""",
        [held.fact_path(Y2026, "answers")],
    ).fetchall()
    assert found == [("1", 40), ("2", 35), ("3", 25), ("4", 7)]  # not 100: another base


def test_practices_alone_give_no_result_of_any_area(desk: Desk, tmp_path: Path) -> None:
    said = load(desk, tmp_path / "files", {"practice": small_year()["practice"]})
    assert "Published up to 2026." in said, said
    held = survey(desk)
    for level, code in (("pcn", "U00001"), ("icb", "QHM"), ("england", "ENG")):
        assert phone(held, level, code) is None
    assert held.parts_at("england", "ENG", month=Y2026)["received"] == 157
    assert held.parts_at("pcn", "U00001", month=Y2026)["received"] is None
    assert any("file of PCNs is not loaded" in note for note in held.manifest.notes)
    assert desk.flask("verify").exit_code == 0


def test_a_question_that_is_new_is_kept_and_noted(desk: Desk, tmp_path: Path) -> None:
    body = small_year()["practice"].replace(b"localgpservicesphone", b"localgpserviceschat")
    load(desk, tmp_path / "files", {"practice": body})
    held = survey(desk)
    found = duckdb.execute(
        "SELECT value::DOUBLE FROM read_parquet(?) WHERE practice = 'A81001' AND result = ?",
        [held.fact_path(Y2026), "localgpserviceschat"],
    ).fetchall()
    assert found == [(60.0,)]
    assert any("not in the vocabulary: localgpserviceschat" in n for n in held.manifest.notes)


OLD = (
    b"Practice_Code,Practice_Name,CCG_Code,CCG_Name,distributed,received,resprate,q28base,q28_1,"
    b"q28_2,q28_3,q28_12,q28_1pct,q28_2pct,q28_3pct,q28_12pct\n"
    b"A81001,ONE,84H,FIRST CCG,300,90,.3,88.5,50.5,20,18,70.5,.5706,.2260,.2034,.7966\n"
)


def test_earlier_questionnaires_are_another_series(desk: Desk, tmp_path: Path) -> None:
    """Kept under their own question numbers, in no measure, and never joined with 2024 on."""
    load(desk, tmp_path / "new", small_year())
    assert "1 practices where 2026 has 3" in load(desk, tmp_path / "old", {"practice": OLD}, 2023)
    done = desk.flask("accept", "gp-patient-survey", "2023", "--why", "One is enough here.")
    assert done.exit_code == 0 and "Published up to 2026." in done.output, done.output
    held = survey(desk)
    assert held.months == (Y2023, Y2026)
    for measure in held.dataset.measures:
        if measure.low:
            assert held.trend(measure, "practice", "A81001")[0][0] != 0
            assert (
                held.at(measure, "practice", "A81001", month=Y2023)[0]
                != held.at(measure, "practice", "A81001", month=Y2023)[0]
            )  # NaN
    found = duckdb.execute(
        """SELECT questionnaire, question, result, value::DOUBLE, base::DOUBLE, low
        FROM read_parquet(?) WHERE practice = 'A81001'""",
        [held.fact_path(Y2023)],
    ).fetchall()
    assert found == [("before-2024", "q28", "q28_12", 79.66, 88.5, None)]
    assert held.parts_at("practice", "A81001", month=Y2023)["received"] == 90
    assert desk.flask("verify").exit_code == 0


Change = Callable[[Files], Files]


def altered(kind: str, old: bytes, new: bytes) -> Change:
    def change(files: Files) -> Files:
        assert old in files[kind]
        return files | {kind: files[kind].replace(old, new)}

    return change


WRONG: list[tuple[Change, str]] = [
    (
        altered("practice", b"overallexp.baseevaluw", b"overallexp.bases"),
        "no column for the base of overallexp",
    ),
    (
        altered("practice", b"overallexp.lowileval", b"overallexp.lower"),
        "no column for the low of overallexp",
    ),
    (altered("practice", b"ad_icscode,", b"ad_boardcode,"), "no column for the icb"),
    (altered("practice", b".6,", b"60,"), "percentages are fractions"),
    (altered("practice", b"A81002,", b"A81001,"), "2 rows of A81001"),
    (altered("practice", b",.25,", b",most,"), "'most'|is most: no number"),
    (altered("national", b",700,157,", b",700,690,"), "questionnaires add up"),
    (
        lambda files: files | {"practice": b"<html><body>Service unavailable</body></html>"},
        "web page",
    ),
    (
        lambda files: files | {"practice": files["practice"].split(b"\r\n")[0] + b"\r\n"},
        "headings but no rows",
    ),
    (lambda files: files | {"practice": files["practice"][:-200]}, "readable|Expected Number"),
]


@pytest.mark.parametrize(("change", "reason"), WRONG, ids=[reason for _, reason in WRONG])
def test_a_wrong_file_keeps_the_last_good_version_and_says_why(
    desk: Desk, change: Change, reason: str
) -> None:
    publish(desk, small_year(), 2025)
    assert desk.flask("refresh", SURVEY).exit_code == 0
    good = survey(desk).version
    publish(desk, change(small_year()))
    done = desk.flask("refresh", SURVEY)
    assert done.exit_code == 1 and re.search(reason, done.output), done.output
    assert survey(desk).version == good and survey(desk).latest == Y2025


def test_files_of_the_two_questionnaires_are_told_apart(desk: Desk, tmp_path: Path) -> None:
    said = load(desk, tmp_path / "old", {"practice": OLD}, 2024)
    assert "must not be joined" in said
    said = load(desk, tmp_path / "new", small_year(), 2023)
    assert "must not be joined" in said


def test_the_unweighted_file_is_refused_whatever_it_is_called(desk: Desk, tmp_path: Path) -> None:
    one = small_year()["practice"].decode("utf-8-sig").split("\r\n")
    names = one[0].split(",")
    cells = dict(zip(names, one[1].split(","), strict=True))
    for question in ("overallexp", "localgpservicesphone"):
        cells[f"{question}.baseevalw"] = cells[f"{question}.baseevaluw"]
    body = f"{one[0]}\r\n{','.join(cells.values())}\r\n".encode()
    said = load(desk, tmp_path / "files", {"practice": body})
    assert "this is the unweighted file" in said


def test_a_file_without_a_year_in_its_name_is_refused(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "practices.csv"
    path.write_bytes(small_year()["practice"])
    said = desk.flask("refresh", SURVEY, "--from", str(path)).output
    assert "does not say which year" in said


def test_releases_are_found_on_the_surveys_own_site(desk: Desk) -> None:
    publish(desk, small_year(phone=0.58), 2025)
    desk.site.add_survey_file(
        2025, "practice", name_of("practice", 2025, weighted="unweighted"), b"not wanted"
    )
    done = desk.flask("refresh", SURVEY)
    assert done.exit_code == 0, done.output
    held = survey(desk)
    assert held.months == (Y2025,) and held.manifest.release.title == "GP Patient Survey 2025"
    assert len(held.manifest.release.files) == 5
    assert "Nothing new" in desk.flask("refresh", SURVEY).output
    publish(desk, small_year(phone=0.6))
    assert desk.flask("refresh", SURVEY).exit_code == 0
    held = survey(desk)
    assert held.months == (Y2025, Y2026)
    assert phone(held, "practice", "A81001", Y2025) == pytest.approx(58)
    assert phone(held, "practice", "A81001") == pytest.approx(60)
    assert desk.flask("verify").exit_code == 0


def test_a_year_of_which_only_england_is_out_waits(desk: Desk) -> None:
    files = small_year()
    publish(desk, files, 2025)
    assert desk.flask("refresh", SURVEY).exit_code == 0
    publish(desk, {"national": files["national"]})
    desk.flask("refresh", SURVEY)
    assert survey(desk).latest == Y2025
    publish(desk, files)
    assert desk.flask("refresh", SURVEY).exit_code == 0
    assert survey(desk).latest == Y2026


def test_a_reissue_under_the_same_address_leaves_both_versions(desk: Desk) -> None:
    publish(desk, small_year(phone=0.6))
    assert desk.flask("refresh", SURVEY).exit_code == 0
    publish(desk, small_year(phone=0.61))
    assert desk.flask("refresh", SURVEY).exit_code == 0
    shown = [
        phone(held, "practice", "A81001")
        for version in sorted(store(desk.home, "real").versions(SURVEY))
        if (held := LiveVersions(desk.home).version(SURVEY, version))
    ]
    assert shown == [pytest.approx(60), pytest.approx(61)]


@pytest.mark.parametrize("fault", [Fault.TRUNCATED, Fault.HTML_AS_FILE, Fault.GONE, Fault.ERROR])
def test_a_broken_download_keeps_the_last_good_version(desk: Desk, fault: Fault) -> None:
    publish(desk, small_year(), 2025)
    assert desk.flask("refresh", SURVEY).exit_code == 0
    publish(desk, small_year())
    desk.site.fault(name_of("practice", 2026), fault)
    assert desk.flask("refresh", SURVEY).exit_code == 1
    assert survey(desk).latest == Y2025
    desk.site.heal(name_of("practice", 2026))
    done = desk.flask("refresh", SURVEY)
    assert done.exit_code == 0, done.output
    assert survey(desk).latest == Y2026


def test_a_site_without_files_says_what_to_do(desk: Desk) -> None:
    done = desk.flask("refresh", SURVEY)
    assert done.exit_code == 1 and "load them with --from" in done.output


def test_practices_of_another_area_are_placed_by_their_file(desk: Desk, tmp_path: Path) -> None:
    rows = [practice("A81009", "", overallexp="-98")]
    body = survey_file("practice", rows, ("overallexp",))
    said = load(desk, tmp_path / "files", {"practice": body})
    assert "every result is suppressed or missing" in said
