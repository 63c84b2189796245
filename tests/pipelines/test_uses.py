"""Loading local files: each is told what became of it, and the right one can be loaded again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipelines.desk import ALL, FEBRUARY, JANUARY, MARCH, QUIN, Desk, total
from tests.published_files import all_csv, crosstab_csv, list_files, listed, quin_csv, zipped

MAP = "gp-reg-pat-prac-map.zip"
QOF = (
    b"PRACTICE_CODE,GROUP_CODE,REGISTER,PATIENT_LIST_TYPE,PRACTICE_LIST_SIZE\n"
    b"Y90001,HYP,100,TOTAL,5000\nY90002,HYP,100,TOTAL,5000\nY90003,HYP,100,TOTAL,5000\n"
)


def write(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in files.items():
        (folder / name).write_bytes(body)
    return folder


def patients(desk: Desk, month: object) -> object:
    return desk.manifest().periods[month].totals["registered_patients"]  # type: ignore[index]


def wrong(month_files: dict[str, bytes]) -> dict[str, bytes]:
    """The files of January with three patients more in the last practice."""
    people = listed(JANUARY, 5)
    every = all_csv(JANUARY).replace(b",%d\n" % people, b",%d\n" % (people + 3))
    ages = quin_csv(JANUARY).replace(b"A81005,,TS1 1AA,MALE,95+,7", b"A81005,,TS1 1AA,MALE,95+,10")
    return month_files | {
        ALL: zipped({ALL.replace(".zip", ".csv"): every}),
        QUIN: zipped({QUIN.replace(".zip", ".csv"): ages}),
    }


def test_each_file_says_what_it_was_used_for(desk: Desk, tmp_path: Path) -> None:
    folder = write(tmp_path / "given", list_files(JANUARY))
    write(folder, {"letter.csv": b"Dear,Sir\n1,2\n"})
    done = desk.flask("refresh", "list-sizes", "--from", str(folder))
    assert done.exit_code == 0, done.output
    for name in (ALL, QUIN, MAP):
        assert f"list-sizes: {name}: used for January 2026.\n" in done.output
    series = "Patients Registered at a GP Practice"
    assert f"letter.csv: not recognised as a file of {series}" in done.output


def test_ages_without_their_totals_are_named_and_wait(desk: Desk, tmp_path: Path) -> None:
    write(tmp_path / "january", list_files(JANUARY))
    assert desk.flask("refresh", "list-sizes", "--from", str(tmp_path / "january")).exit_code == 0
    header = b"EXTRACT_DATE,ORG_TYPE,ORG_CODE,POSTCODE,SEX,AGE,NUMBER_OF_PATIENTS\n"
    row = b"2026-03-01,GP,A81001,TS1 1AA,MALE,0,5\n"
    ages = write(tmp_path / "ages", {"gp-reg-pat-prac-sing-age-male.csv": header + row})
    done = desk.flask("refresh", "list-sizes", "--from", str(ages))
    assert (
        "gp-reg-pat-prac-sing-age-male.csv: not used: it holds single ages of men and boys of "
        "March 2026 without the totals of that month, and waits for them." in done.output
    )
    totals = write(tmp_path / "totals", list_files(MARCH))
    done = desk.flask("refresh", "list-sizes", "--from", str(totals))
    assert done.exit_code == 0 and f"{ALL}: used for March 2026." in done.output


def test_quinary_ages_have_the_totals_of_their_month(desk: Desk, tmp_path: Path) -> None:
    files = list_files(MARCH)
    folder = write(tmp_path / "ages", {name: files[name] for name in (QUIN, MAP)})
    done = desk.flask("refresh", "list-sizes", "--from", str(folder))
    assert done.exit_code == 0, done.output
    assert patients(desk, MARCH) == total(MARCH)


@pytest.mark.parametrize("name", ["gp-reg-pat-prac-{}.zip", "the-right-{}.zip"])
def test_the_right_file_loaded_again_replaces_the_wrong_one(
    desk: Desk, tmp_path: Path, name: str
) -> None:
    right = write(tmp_path / "right", list_files(JANUARY))
    bad = write(tmp_path / "wrong", wrong(list_files(JANUARY)))
    for folder, more in ((right, 0), (bad, 3)):
        assert desk.flask("refresh", "list-sizes", "--from", str(folder)).exit_code == 0
        assert patients(desk, JANUARY) == total(JANUARY) + more
    again = write(
        tmp_path / "again",
        {
            name.format(n.removesuffix(".zip").rpartition("prac-")[2]): b
            for n, b in list_files(JANUARY).items()
        },
    )
    done = desk.flask("refresh", "list-sizes", "--from", str(again))
    assert done.exit_code == 0, done.output
    assert "Published up to January 2026." in done.output
    assert patients(desk, JANUARY) == total(JANUARY)


def test_two_names_for_the_same_bytes_are_two_years_and_it_is_said(
    desk: Desk, tmp_path: Path
) -> None:
    folder = write(tmp_path / "qof", {f"PREVALENCE_{y}.csv": QOF for y in ("2324", "2425")})
    done = desk.flask("refresh", "qof", "--from", str(folder))
    assert "PREVALENCE_2324.csv: used for 2023/24." in done.output, done.output
    assert (
        "PREVALENCE_2425.csv: used for 2024/25. It has the same bytes as PREVALENCE_2324.csv."
        in done.output
    )
    assert len(desk.manifest("qof").periods) == 2


def test_the_same_file_under_two_names_at_once_counts_once(desk: Desk, tmp_path: Path) -> None:
    files = list_files(FEBRUARY)
    folder = write(tmp_path / "given", files | {"copy of all.zip": files[ALL]})
    done = desk.flask("refresh", "list-sizes", "--from", str(folder))
    assert done.exit_code == 0, done.output
    assert "the same bytes as" in done.output
    assert patients(desk, FEBRUARY) == total(FEBRUARY)


def test_the_exit_status_is_that_of_the_dataset_asked_for(desk: Desk, tmp_path: Path) -> None:
    """A dataset whose rates rest on it may fail for reasons of its own."""
    desk.publish_appointments(JANUARY, {})
    folder = write(tmp_path / "january", list_files(JANUARY))
    assert desk.flask("refresh", "list-sizes", "--from", str(folder)).exit_code == 0
    good = write(
        tmp_path / "crosstab", {"Practice_Level_Crosstab_Jan_26.csv": crosstab_csv(JANUARY)}
    )
    assert desk.flask("refresh", "gp-appointments", "--from", str(good)).exit_code == 0
    bad = write(tmp_path / "bad", {"Practice_Level_Crosstab_Feb_26.csv": b"GP_CODE\n"})
    assert desk.flask("refresh", "gp-appointments", "--from", str(bad)).exit_code == 1
    later = write(tmp_path / "february", list_files(FEBRUARY))
    done = desk.flask("refresh", "list-sizes", "--from", str(later))
    assert "gp-appointments: " in done.output and "was refused" in done.output
    assert done.exit_code == 0
