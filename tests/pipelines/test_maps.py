"""Where practices belong is judged as their figures are: by what was there, and by its form."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from data.versions.db import LiveVersions
from data.versions.manifest import Manifest
from pipelines.datasets.gp_appointments import series as appointments
from pipelines.datasets.list_sizes import series as list_sizes
from pipelines.engine.units import BadRelease, Preview
from tests.pipelines.desk import FEBRUARY, JANUARY, MARCH
from tests.pipelines.test_replacing import APRIL, CROSSTAB, Home
from tests.published_files import (
    SITES,
    all_csv,
    appointment_files,
    crosstab_csv,
    listed,
    map_csv,
    zipped,
)

ALL, MAP = "gp-reg-pat-prac-all.csv", "gp-reg-pat-prac-map.csv"
Change = Callable[[bytes], bytes]


@pytest.fixture()
def lists(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home", "list-sizes")
    files = {f"{m:%b}-{ALL}": all_csv(m) for m in (FEBRUARY, MARCH)}
    files |= {f"{m:%b}-{MAP}": map_csv(m) for m in (FEBRUARY, MARCH)}
    assert home.load_all(files).exit_code == 0
    return home


@pytest.fixture()
def march(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home", "list-sizes")
    assert home.load_all({ALL: all_csv(MARCH), MAP: map_csv(MARCH)}).exit_code == 0
    return home


@pytest.fixture()
def crosstabs(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home", "gp-appointments")
    assert home.load(crosstab_csv(FEBRUARY), CROSSTAB.format(FEBRUARY)).exit_code == 0
    return home


def lacking(text: bytes, csv: bytes) -> bytes:
    return b"".join(line for line in csv.splitlines(keepends=True) if text not in line)


def without_icb(csv: bytes) -> bytes:
    return lacking(b"QK1", csv)


def without_pcns(csv: bytes) -> bytes:
    return re.sub(rb"U0000[12],U0000. PCN", b"U,Unallocated", csv)


def exchanged(one: str, other: str) -> Change:
    """Two headings that changed places."""

    def change(csv: bytes) -> bytes:
        head, _, rows = csv.decode().partition("\n")
        places = {one: other, other: one}
        names = ",".join(places.get(name, name) for name in head.split(","))
        return f"{names}\n{rows}".encode()

    return change


def recognised(folder: Path, csv: bytes) -> tuple[str, date | None] | None:
    path = folder / MAP
    path.write_bytes(csv)
    head, first, *_ = (line.split(",") for line in csv.decode().splitlines())
    return list_sizes.recognise(Preview(MAP, path, head, first, None))


def patients(home: Home, code: str, month: date) -> float:
    snapshot = LiveVersions(home.home).current("list-sizes")
    assert snapshot is not None
    registered = snapshot.dataset.measure("registered_patients")
    return float(snapshot.at(registered, "icb", code, month=month)[0])


def of_icb(code: str, month: date) -> int:
    return sum(listed(month, int(site.code[4:])) for site in SITES if site.icb == code)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (without_icb, "of 12 practices that were in an ICB, 6 are in one"),
        (without_pcns, "of 10 practices that were in a PCN, 5 are in one"),
    ],
)
def test_a_map_that_places_fewer_does_not_replace_the_one_before(
    march: Home, change: Change, reason: str
) -> None:
    before = march.manifest
    done = march.load(change(map_csv(MARCH)), MAP)
    assert done.exit_code == 1
    assert f"March 2026: {reason} ({MAP})" in done.output
    assert 'flask data accept list-sizes 2026-03 --why "…"' in done.output
    assert march.manifest == before
    assert patients(march, "QK1", MARCH) == of_icb("QK1", MARCH)


def test_a_person_may_let_it_through_and_another_map_is_judged_anew(march: Home) -> None:
    less = without_icb(map_csv(MARCH))
    assert march.load(less, MAP).exit_code == 1
    assert march.flask("accept", "list-sizes", "2026-03", "--why", "They left").exit_code == 0
    assert str(patients(march, "QK1", MARCH)) == "nan"
    assert any("They left" in note for note in march.manifest.notes)
    accepted = march.manifest
    done = march.load(without_pcns(less), MAP)
    assert done.exit_code == 1 and "of 5 practices that were in a PCN, 2 are in one" in done.output
    assert march.manifest == accepted
    assert march.load(map_csv(MARCH), MAP).exit_code == 0
    assert patients(march, "QK1", MARCH) == of_icb("QK1", MARCH)


def test_a_month_that_takes_the_map_of_another_is_kept_with_it(march: Home) -> None:
    assert march.load(all_csv(APRIL), ALL).exit_code == 0
    before = march.manifest
    done = march.load(without_icb(map_csv(MARCH)), MAP)
    assert done.exit_code == 1
    assert "March 2026: of 12" in done.output and "April 2026: of 12" in done.output
    assert march.manifest == before


def test_a_new_month_is_held_against_the_maps_beside_it(lists: Home) -> None:
    before = lists.manifest
    done = lists.load_all({ALL: all_csv(APRIL), MAP: without_icb(map_csv(APRIL))})
    assert done.exit_code == 1
    assert "6 practices are in an ICB where March 2026 has 12 of the same" in done.output
    assert lists.manifest == before


def test_a_month_without_a_map_of_its_own_is_not(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", "list-sizes")
    assert home.load(all_csv(JANUARY), ALL).exit_code == 0
    assert home.load_all({ALL: all_csv(FEBRUARY), MAP: map_csv(FEBRUARY)}).exit_code == 0
    assert {*home.manifest.periods} == {JANUARY, FEBRUARY}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (exchanged("ICB_CODE", "COMM_REGION_CODE"), "column ICB_CODE: 'Y63' is not the code of an"),
        (exchanged("PCN_CODE", "PCN_NAME"), "column PCN_CODE: 'U00001 PCN' is not the code of a"),
        (exchanged("SUB_ICB_LOCATION_CODE", "PCN_CODE"), "'16C' is not the code of a PCN, such"),
        (exchanged("SUB_ICB_LOCATION_CODE", "ONS_SUB_ICB_LOCATION_CODE"), "'E38' is not the code"),
        (exchanged("PRACTICE_CODE", "PRACTICE_POSTCODE"), "'TS1 1AA' is not the code of a prac"),
        (
            lambda csv: csv + csv.splitlines(keepends=True)[1].replace(b"QHM", b"QK1"),
            "row 14, column ICB_CODE: A81001 has 'QK1', and 'QHM' in an earlier row",
        ),
    ],
)
def test_a_map_with_odd_codes_is_refused_by_name(
    tmp_path: Path, change: Change, reason: str
) -> None:
    with pytest.raises(BadRelease, match=re.escape(reason)) as refused:
        recognised(tmp_path, change(map_csv(MARCH)))
    assert str(refused.value).startswith(f"{MAP}, row ")


def test_nothing_of_such_a_map_is_used(march: Home) -> None:
    before = march.manifest
    done = march.load(exchanged("ICB_CODE", "COMM_REGION_CODE")(map_csv(MARCH)), MAP)
    assert done.exit_code == 1
    assert f"{MAP}, row 2, column ICB_CODE: 'Y63' is not the code of an ICB" in done.output
    assert march.manifest == before


@pytest.mark.parametrize(
    "change",
    [
        lambda csv: csv + csv.splitlines(keepends=True)[1].replace(b"EMIS", b"TPP"),
        lambda csv: csv.replace(b"U00002,", b"PCN 2,", 1),
    ],
    ids=["one practice of two suppliers", "one stray code"],
)
def test_a_stray_row_of_a_map_is_nothing(tmp_path: Path, change: Change) -> None:
    assert recognised(tmp_path, change(map_csv(MARCH))) == ("map", MARCH)


def test_the_columns_of_a_crosstab_that_changed_places_are_refused(crosstabs: Home) -> None:
    before: Manifest = crosstabs.manifest
    change = exchanged("PCN_CODE", "SUB_ICB_LOCATION_CODE")
    done = crosstabs.load(change(crosstab_csv(MARCH)), CROSSTAB.format(MARCH))
    assert done.exit_code == 1
    assert "Practice_Level_Crosstab_Mar_26.csv: the PCN of A81001 is '16C', which" in done.output
    assert crosstabs.manifest == before


def test_the_mapping_of_appointments_is_looked_at_as_a_map_is(crosstabs: Home) -> None:
    ((name, _),) = appointment_files(MARCH, [MARCH]).items()
    before = crosstabs.manifest
    mapping = b"GP_CODE,PCN_CODE,SUB_ICB_LOCATION_CODE,ICB_CODE,REGION_CODE\n"
    rows = b"".join(f"{s.code},{s.pcn},{s.sub_icb},{s.region},{s.icb}\n".encode() for s in SITES)
    done = crosstabs.load(
        zipped({CROSSTAB.format(MARCH): crosstab_csv(MARCH), "Mapping.csv": mapping + rows}), name
    )
    assert done.exit_code == 1
    assert "Mapping.csv, row 2, column ICB_CODE: 'Y63' is not the code of an ICB" in done.output
    assert crosstabs.manifest == before


def test_a_month_before_the_series_began_is_refused(march: Home) -> None:
    before = march.manifest
    done = march.load(all_csv(date(1999, 1, 1)), ALL)
    assert done.exit_code == 1
    assert "it begins on 01 January 1999, and the series on 01 April 2013" in done.output
    assert march.manifest == before


@pytest.mark.parametrize(
    "codes",
    [
        ("A81001", "U", "16C", "QHM", "Y63"),
        ("A81001", "", "00L", "QE1", "Q81"),
        ("Y99013", "U12345", "D2P2L", "S1Y5D", "Y56"),
        ("Z00001", "U12345", "E9Z0E", "Z1X9Y", "Y60"),
    ],
)
def test_the_codes_of_every_year_and_of_the_demonstration_pass(
    tmp_path: Path, codes: tuple[str, ...]
) -> None:
    path = tmp_path / "Mapping.csv"
    header = ["GP_CODE", "PCN_CODE", "SUB_ICB_LOCATION_CODE", "ICB_CODE", "REGION_CODE"]

    def look(*rows: tuple[str, ...]) -> object:
        path.write_text("\n".join(map(",".join, [tuple(header), *rows])) + "\n")
        return appointments.recognise(Preview(path.name, path, header, list(rows[0]), None))

    assert look(codes, codes) == ("mapping", None)
    with pytest.raises(BadRelease, match="row 2, column REGION_CODE"):
        look(*(("A8100" + n, *codes[1:4], codes[3][:2] + "?") for n in "12"))
