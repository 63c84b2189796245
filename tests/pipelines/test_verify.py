"""`flask data verify` agrees with sound data and notices every way in which data can be wrong."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from data.datasets.gp_appointments import MODES
from data.digests import sha256_of
from data.versions.manifest import Check
from data.versions.store import Store, store
from pipelines.cli import verify
from pipelines.cli.verify import verify_store
from pipelines.datasets.gp_appointments import recount as recounted
from pipelines.datasets.gp_appointments import series as gp_appointments
from pipelines.engine.runner import publish_landed
from pipelines.engine.series import all_series
from pipelines.engine.workdays import working_days
from pipelines.fetch.landing import land_copy
from pipelines.recount.files import month_in
from tests.hostile import zipped
from tests.published_files import appointment_files, list_files

MONTH = date(2026, 3, 1)


def land(shelf: Store, dataset: str, files: dict[str, bytes], folder: Path) -> None:
    for name, body in files.items():
        source = folder / name
        source.write_bytes(body)
        land_copy(
            shelf.landing,
            dataset,
            source,
            release="march-2026",
            title="March 2026",
            published=date(2026, 3, 12),
            now=datetime(2026, 3, 12, tzinfo=UTC),
        )


@pytest.fixture()
def shelf(tmp_path: Path) -> Store:
    """One month of lists and appointments, published."""
    real = store(tmp_path / "home", "real")
    land(real, "list-sizes", list_files(MONTH), tmp_path)
    land(real, "gp-appointments", appointment_files(MONTH, [MONTH]), tmp_path)
    for series in all_series():
        if series.dataset.id in ("list-sizes", "gp-appointments"):
            assert publish_landed(real, series, memory_mb=256).outcome == "published"
    return real


def failed(shelf: Store, sample: int = 50) -> list[Check]:
    return [check for check in verify_store(shelf, sample=sample) if not check.passed]


def test_every_figure_of_the_fictional_england_is_found_again(demo_home: Path) -> None:
    checks = list(verify_store(store(demo_home, "demo"), sample=3000))
    assert len(checks) == 5 * len(all_series())
    assert [check for check in checks if not check.passed] == []


def test_the_sample_follows_from_the_version(shelf: Store) -> None:
    assert list(verify_store(shelf, sample=20)) == list(verify_store(shelf, sample=20))
    assert failed(shelf) == []


def test_a_flipped_byte_is_found(shelf: Store) -> None:
    version = shelf.current_version("list-sizes") or ""
    victim = shelf.version_folder("list-sizes", version) / "months/2026-03/cube.parquet"
    body = bytearray(victim.read_bytes())
    body[len(body) // 2] ^= 1
    victim.write_bytes(body)
    (found,) = failed(shelf)
    assert found.name == "list-sizes files"
    assert "months/2026-03/cube.parquet does not have the SHA-256" in found.found


def test_a_deleted_file_is_found(shelf: Store) -> None:
    version = shelf.current_version("gp-appointments") or ""
    (shelf.version_folder("gp-appointments", version) / "months/2026-03/bench.parquet").unlink()
    assert [(c.name, c.found) for c in failed(shelf)] == [
        ("gp-appointments files", "months/2026-03/bench.parquet is missing")
    ]


def test_a_wrong_row_count_is_found(shelf: Store) -> None:
    version = shelf.current_version("list-sizes") or ""
    path = shelf.version_folder("list-sizes", version) / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["files"]["months/2026-03/fact.parquet"]["rows"] += 1
    path.write_text(json.dumps(manifest))
    assert [c.name for c in failed(shelf)] == ["list-sizes rows"]


def rewrite(packed: Path, member: str, old: bytes, new: bytes) -> None:
    """Change one cell of a landed ZIP."""
    with zipfile.ZipFile(packed) as archive:
        bodies = {name: archive.read(name) for name in archive.namelist()}
    assert bodies[member].count(old) == 1
    bodies[member] = bodies[member].replace(old, new)
    with zipfile.ZipFile(packed, "w") as archive:
        for name, body in bodies.items():
            archive.writestr(name, body)


def test_a_changed_cell_in_a_landed_file_is_found_by_hash_and_by_figure(shelf: Store) -> None:
    packed = shelf.landing / "list-sizes/march-2026/gp-reg-pat-prac-all.zip"
    member = "gp-reg-pat-prac-all.csv"
    with zipfile.ZipFile(packed) as archive:
        rows = list(csv.DictReader(io.TextIOWrapper(archive.open(member))))
    count = rows[0]["NUMBER_OF_PATIENTS"]
    code = rows[0]["CODE"]
    rewrite(
        packed,
        member,
        f"{code},TS1 1AA,ALL,ALL,{count}\n".encode(),
        f"{code},TS1 1AA,ALL,ALL,{int(count) + 1}\n".encode(),
    )
    found = {check.name: check.found for check in failed(shelf)}
    assert "gp-reg-pat-prac-all.zip" in found["list-sizes landing"]
    assert "registered_patients of ENG in March 2026" in found["list-sizes figures"]
    assert "gp-appointments figures" in found  # its rates use the same lists


def test_a_receipt_that_was_changed_too_does_not_hide_it(shelf: Store) -> None:
    packed = shelf.landing / "gp-appointments/march-2026/Practice_Level_Crosstab_Mar_26.zip"
    rewrite(packed, "Practice_Level_Crosstab_Mar_26.csv", b",301,Attended", b",302,Attended")
    note = packed.with_name(f"{packed.name}.json")
    receipt = json.loads(note.read_text())
    note.write_text(json.dumps(receipt | {"sha256": sha256_of(packed)}))
    assert {c.name for c in failed(shelf)} == {"gp-appointments landing", "gp-appointments figures"}


def test_a_landed_file_that_is_gone_is_found(shelf: Store) -> None:
    shutil.rmtree(shelf.landing / "gp-appointments")
    found = {check.name: check.found for check in failed(shelf)}
    assert found.keys() == {"gp-appointments landing", "gp-appointments figures"}
    assert "cannot be counted again" in found["gp-appointments figures"]


BROKEN = {
    "a broken archive": b"PK\x03\x04" + bytes(100),
    "a header of forty million columns": zipped({"gp-reg-pat-prac-all.csv": b"," * 40_000_000}),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_landed_file_that_stops_its_reader_is_named_and_the_rest_goes_on(
    shelf: Store, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Landed files are read in a child; what they take there is not taken from the command."""
    monkeypatch.setattr(verify, "LIMITS", replace(verify.LIMITS, memory=700 << 20))
    (shelf.landing / "list-sizes/march-2026/gp-reg-pat-prac-all.zip").write_bytes(BROKEN[kind])
    found = {check.name: check.found for check in failed(shelf)}
    assert found.keys() == {"list-sizes landing", "list-sizes figures", "gp-appointments figures"}
    why = "BadZipFile" if "archive" in kind else "its files take more than"
    assert f"March 2026 cannot be counted again: {why}" in found["list-sizes figures"]


@pytest.fixture()
def mistaken_labels(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A transform that takes telephone calls for home visits."""
    wrong = {"Telephone": MODES["mode_home_visit"]}
    monkeypatch.setattr(gp_appointments, "_SYNONYMS", gp_appointments._SYNONYMS | wrong)
    original = gp_appointments._spellings

    def spellings(dimension: str) -> dict[str, str]:
        found = original(dimension)
        return found | wrong if dimension == "mode" else found

    monkeypatch.setattr(gp_appointments, "_spellings", spellings)
    yield


def test_a_wrong_label_mapping_is_found(
    shelf: Store, mistaken_labels: None, tmp_path: Path
) -> None:
    series = replace(gp_appointments.SERIES, transform=99)
    assert publish_landed(shelf, series, memory_mb=256).outcome == "published"
    (found,) = failed(shelf)
    assert found.name == "gp-appointments figures"
    assert "telephone of ENG" in found.found


def test_the_second_calendar_agrees_with_the_first() -> None:
    months = [date(year, month, 1) for year in range(2018, 2031) for month in range(1, 13)]
    assert [recounted.working_days(m) for m in months] == [working_days(m) for m in months]


@pytest.mark.parametrize(
    "text", ["2026-03-01", "01Mar2026", "01MAR2026", "01-Mar-26", "20260301", "01/03/2026"]
)
def test_the_second_path_reads_every_form_of_a_date(text: str) -> None:
    assert month_in(text) == MONTH
