"""Releases of appointments, and the areas and lists that they are shown with."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
from click.testing import Result

from data.versions.db import LiveVersions
from tests.pipelines.desk import (
    ALL,
    CROSSTAB,
    FEBRUARY,
    JANUARY,
    MARCH,
    Desk,
    total,
    twice,
    without_half,
)
from tests.published_files import (
    SITES,
    appointment_files,
    appointments_of,
    crosstab_csv,
    list_files,
    listed,
    map_csv,
    zipped,
)


def crosstab(desk: Desk, change: Callable[[bytes], bytes]) -> Result:
    """Refresh appointments of January and February, then of March with its crosstab changed."""
    desk.publish_appointments(FEBRUARY, appointment_files(FEBRUARY, [FEBRUARY, JANUARY]))
    first = desk.flask("refresh", "gp-appointments")
    assert first.exit_code == 0, first.output
    (packed,) = appointment_files(MARCH, [MARCH, FEBRUARY]).values()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[f"{CROSSTAB}.csv"] = change(members[f"{CROSSTAB}.csv"])
    desk.publish_appointments(MARCH, {f"{CROSSTAB}.zip": zipped(members)})
    return desk.flask("refresh", "gp-appointments")


def test_the_mapping_of_another_release_makes_no_month_a_new_one(desk: Desk) -> None:
    """Every release brings a mapping; a month takes its own, so the months before stay links."""
    facts = []
    for month in (JANUARY, FEBRUARY):
        desk.publish_appointments(month, appointment_files(month, [month]))
        done = desk.flask("refresh", "gp-appointments")
        assert done.exit_code == 0, done.output
        version = desk.manifest("gp-appointments").version
        folder = desk.shelf.version_folder("gp-appointments", version)
        facts.append((folder / "months" / f"{JANUARY:%Y-%m}" / "fact.parquet").stat().st_ino)
    assert list(desk.manifest("gp-appointments").periods) == [JANUARY, FEBRUARY]
    assert facts[0] == facts[1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Video Conference/Online", b"Video/Online"),
        (b"8  to 14 Days", b"8 to 14 Days"),
        (b"8  to 14 Days", b"8   to  14  days"),
        (b"Unknown / Data Issue", b"Unknown / Data Quality"),
        (b"Face-to-Face", b"Face to Face"),
    ],
)
def test_labels_that_drift_mean_the_same(desk: Desk, old: bytes, new: bytes) -> None:
    done = crosstab(desk, lambda csv: csv.replace(old, new))
    assert done.exit_code == 0, done.output
    snapshot = LiveVersions(desk.home).current("gp-appointments")
    assert snapshot is not None
    parts = snapshot.parts_at("england", "ENG", month=MARCH)
    assert parts["appointments"] == appointments_of(MARCH)
    assert (parts["mode_online"], parts["wait_8_to_14"], parts["wait_unknown"]) == (120, 480, 120)
    assert parts["mode_face_to_face"] == 300 * 12 + 78
    assert desk.flask("verify").exit_code == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda csv: csv.replace(b",Telephone,", b",Hologram,"), "APPT_MODE 'Hologram'"),
        (lambda csv: csv.replace(b"GP_CODE", b"PRACTICE_CODE"), "has headings .*PRACTICE_CODE"),
        (lambda csv: csv.replace(b"APPT_STATUS", b"STATUS"), "has no column APPT_STATUS"),
        (twice, "the same combination more than once"),
        (without_half, "appointments within 35% a month"),
        (lambda csv: csv.replace(b"01MAR2026,A81012", b"01FEB2026,A81012"), "is .01FEB2026."),
        (lambda csv: csv.replace(b",20,DNA", b",,DNA"), "A81001: '' is not a whole"),
        (lambda csv: csv.replace(b",20,DNA", b',"2,000",DNA'), "A81001: '2,000' is not a whole"),
        (lambda csv: csv.replace(b",20,DNA", b",-20,DNA"), "A81001: .-20. is not a whole number"),
    ],
)
def test_a_bad_crosstab_is_refused_whole(
    desk: Desk, change: Callable[[bytes], bytes], reason: str
) -> None:
    done = crosstab(desk, change)
    assert done.exit_code == 1
    assert re.search(reason, done.output), done.output
    manifest = desk.manifest("gp-appointments")
    assert manifest.latest == FEBRUARY
    assert {record.release for record in manifest.periods.values()} == {"february-2026"}
    assert json.loads(desk.flask("status", "--json").stdout)["gp-appointments"]["last_refresh"][
        "message"
    ] in done.output.replace("gp-appointments: ", "")


def test_list_sizes_that_come_late_give_the_rates(desk: Desk) -> None:
    desk.publish_appointments(FEBRUARY, appointment_files(FEBRUARY, [FEBRUARY, JANUARY]))
    assert desk.flask("refresh", "gp-appointments").exit_code == 0
    library = LiveVersions(desk.home)
    before = library.current("gp-appointments")
    assert before is not None
    rate = before.dataset.measure("per_1000")
    assert str(before.england(rate, FEBRUARY)) == "nan"
    done = desk.flask("refresh", "list-sizes")
    assert done.exit_code == 0
    assert "gp-appointments: Published up to February 2026." in done.output
    after = library.current("gp-appointments")
    assert after is not None
    expected = 1000 * appointments_of(FEBRUARY) / total(FEBRUARY)
    assert after.england(rate, FEBRUARY) == pytest.approx(expected, rel=1e-12)
    assert after.manifest.inputs == {"list-sizes": desk.manifest().version}


@pytest.mark.parametrize(
    ("codes", "note"),
    [
        (("Y00001",), "1 practice with appointments has no published list (Y00001); it is left"),
        (
            tuple(f"Y0000{n}" for n in range(1, 8)),
            "(Y00001, Y00002, Y00003, Y00004, Y00005 and 2 more); they are left out of rates",
        ),
    ],
)
def test_practices_without_a_list_are_counted_and_named(
    desk: Desk, codes: tuple[str, ...], note: str
) -> None:
    lines = crosstab_csv(FEBRUARY).decode().splitlines(keepends=True)
    own = [line for line in lines if ",A81012," in line]
    lines += [line.replace("A81012", code) for code in codes for line in own]
    name = CROSSTAB.replace("Mar", "Feb")
    files = {f"{name}.zip": zipped({f"{name}.csv": "".join(lines).encode()})}
    desk.publish_appointments(FEBRUARY, files)
    done = desk.flask("refresh", "list-sizes", "gp-appointments")
    assert done.exit_code == 0, done.output
    (told,) = (one for one in desk.manifest("gp-appointments").notes if "published list" in one)
    assert note in told


def test_old_and_new_icb_codes_both_find_their_practices(desk: Desk) -> None:
    april = date(2026, 4, 1)
    desk.publish_lists(MARCH)
    files = list_files(april)
    name = "gp-reg-pat-prac-map"
    merged = map_csv(april, {"QHM": "S1Y5D", "QK1": "S1Y5D"})
    desk.publish_lists(april, files | {f"{name}.zip": zipped({f"{name}.csv": merged})})
    assert desk.flask("refresh", "list-sizes", "--releases", "4").exit_code == 0
    snapshot = LiveVersions(desk.home).current("list-sizes")
    assert snapshot is not None
    every = [site.code for site in SITES]
    old = [site.code for site in SITES if site.icb == "QHM"]
    for month in (JANUARY, MARCH, april):
        assert snapshot.practices_in("icb", "QHM", month) == old
        assert snapshot.practices_in("icb", "S1Y5D", month) == every
    assert snapshot.practices_in("icb", "S1Y5D", MARCH, membership="current") == every
    registered = snapshot.dataset.measure("registered_patients")
    north = sum(listed(MARCH, n) for n in range(1, 7))
    assert snapshot.at(registered, "icb", "QHM", month=MARCH)[0] == north
    assert str(snapshot.at(registered, "icb", "S1Y5D", month=MARCH)[0]) == "nan"
    current = snapshot.at(registered, "icb", "S1Y5D", month=MARCH, membership="current")
    assert current[0] == total(MARCH)


def test_practices_outside_pcns_stay_in_every_other_total(desk: Desk) -> None:
    desk.flask("refresh", "list-sizes")
    snapshot = LiveVersions(desk.home).current("list-sizes")
    assert snapshot is not None
    registered = snapshot.dataset.measure("registered_patients")

    def everyone(level: str) -> float:
        return float(snapshot.distribution(registered, level, FEBRUARY).sum())  # type: ignore[arg-type]

    outside = sum(listed(FEBRUARY, n) for n, site in enumerate(SITES, 1) if site.pcn == "U")
    assert outside > 0
    assert "U" not in snapshot.codes("pcn")
    assert everyone("pcn") == total(FEBRUARY) - outside
    for level in ("practice", "sub_icb", "icb", "region", "england"):
        assert everyone(level) == total(FEBRUARY)


def test_a_practice_that_the_mapping_lists_twice_counts_once(desk: Desk) -> None:
    """The real Mapping.csv of August 2025 lists 28 practices under two suppliers."""
    (packed,) = appointment_files(MARCH, [MARCH]).values()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    again = members["Mapping.csv"].splitlines(keepends=True)[1].replace(b"EMIS", b"TPP")
    members["Mapping.csv"] += again
    desk.publish_appointments(MARCH, {f"{CROSSTAB}.zip": zipped(members)})
    done = desk.flask("refresh", "gp-appointments")
    assert done.exit_code == 0, done.output
    snapshot = LiveVersions(desk.home).current("gp-appointments")
    assert snapshot is not None
    total_of = snapshot.dataset.measure("appointments")
    for level in ("practice", "sub_icb", "icb", "region", "england"):
        values = snapshot.distribution(total_of, level, MARCH)  # type: ignore[arg-type]
        assert values.sum() == appointments_of(MARCH), level


def test_a_landed_file_that_breaks_later_is_named_and_nothing_is_lost(desk: Desk) -> None:
    desk.flask("refresh", "list-sizes")
    before = desk.manifest()
    desk.publish_lists(MARCH)
    assert desk.flask("refresh", "list-sizes").exit_code == 0
    packed = desk.shelf.landing / "list-sizes/march-2026" / ALL
    body = bytearray(packed.read_bytes())
    body[len(body) // 3] ^= 0xFF
    packed.write_bytes(body)
    shutil.rmtree(desk.shelf.folder("list-sizes"))  # every version gone: all is built again
    done = desk.flask("refresh", "list-sizes", "--from", str(desk.home / "real/landing"))
    assert done.exit_code == 1
    assert "gp-reg-pat-prac-all.zip" in done.output and "damaged" in done.output
    assert set(desk.manifest().periods) == set(before.periods)
