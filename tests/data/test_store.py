"""Manifests survive the disk; versions, pointers and statuses are what was written."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import create_app
from data.settings import Settings, SettingsError
from data.versions.manifest import Check, FileRecord, Manifest, PeriodRecord, Release, SourceFile
from data.versions.snapshot import LAYOUT
from data.versions.store import active_store, describe_files, new_version, store, write_atomically

words = st.text(max_size=20)
months = st.dates(date(2000, 1, 1), date(2099, 1, 1)).map(lambda day: day.replace(day=1))
counts = st.integers(0, 2**40)
files = st.builds(SourceFile, words, words, words, counts)
releases = st.builds(
    Release, words, words, words, st.none() | st.dates(), st.lists(files, max_size=2).map(tuple)
)
periods = st.builds(
    PeriodRecord,
    practices=counts,
    totals=st.dictionaries(words, counts, max_size=2),
    release=words,
    sources=st.dictionaries(words, st.lists(words, max_size=2).map(tuple), max_size=2),
    key=words,
)
manifests = st.builds(
    Manifest,
    dataset=words,
    version=words,
    made_at=st.datetimes(timezones=st.just(UTC)),
    demo=st.booleans(),
    transform=st.integers(1, 99),
    layout=st.integers(1, 99),
    releases=st.lists(releases, max_size=2).map(tuple),
    inputs=st.dictionaries(words, words, max_size=2),
    periods=st.dictionaries(months, periods, max_size=3),
    checks=st.lists(st.builds(Check, words, st.booleans(), words), max_size=2).map(tuple),
    notes=st.lists(words, max_size=2).map(tuple),
    files=st.dictionaries(
        words, st.builds(FileRecord, words, counts, st.none() | counts), max_size=2
    ),
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine is not a fault
@given(manifests)
def test_a_manifest_is_read_as_it_was_written(manifest: Manifest) -> None:
    assert Manifest.from_json(manifest.to_json()) == manifest


def example(version: str, folder: Path) -> Manifest:
    return Manifest(
        dataset="list-sizes",
        version=version,
        made_at=datetime(2026, 3, 12, tzinfo=UTC),
        demo=False,
        transform=1,
        layout=LAYOUT,
        releases=(),
        inputs={},
        periods={},
        checks=(),
        notes=(),
        files=describe_files(folder, {"a.parquet": 3}),
    )


def test_publishing_moves_the_pointer_and_keeps_the_old_version(tmp_path: Path) -> None:
    shelf = store(tmp_path, "real")
    published = []
    for body in (b"first", b"second"):
        staged = shelf.stage("list-sizes")
        (staged / "months").mkdir()
        (staged / "a.parquet").write_bytes(body)
        (staged / "months" / "b.parquet").write_bytes(body)
        manifest = example(new_version("0123456789"), staged)
        assert shelf.current_version("list-sizes") in (None, *published)
        shelf.publish(staged, manifest)
        published.append(manifest.version)
        assert shelf.current_version("list-sizes") == manifest.version
        assert shelf.manifest("list-sizes") == manifest
        assert shelf.damage(manifest) is None
    assert shelf.versions("list-sizes") == tuple(reversed(published))
    assert manifest.files["a.parquet"].rows == 3
    assert manifest.files["months/b.parquet"].rows is None


def test_links_have_the_digests_of_the_version_that_they_come_from(tmp_path: Path) -> None:
    """What was not written again is not read again, and not vouched for again."""
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        (folder / "months").mkdir(parents=True)
    for name in ("kept", "rewritten"):
        (first / "months" / name).write_bytes(b"right")
    before = example("20260312T000000Z-0", first)
    (second / "months" / "kept").hardlink_to(first / "months" / "kept")
    (second / "months" / "rewritten").write_bytes(b"another")
    (first / "months" / "kept").write_bytes(b"wrong")  # by a disk
    files = describe_files(second, {"months/kept": 7}, like=(first, before))
    assert files["months/kept"] == replace(before.files["months/kept"], rows=7)
    assert files["months/rewritten"].sha256 == hashlib.sha256(b"another").hexdigest()


def test_the_real_tree_is_served_as_soon_as_it_holds_something(tmp_path: Path) -> None:
    assert active_store(tmp_path).demo
    real = store(tmp_path, "real")
    staged = real.stage("list-sizes")
    assert active_store(tmp_path).demo
    real.publish(staged, example("20260312T000000Z-0", staged))
    assert not active_store(tmp_path).demo


def test_a_failed_refresh_remembers_when_the_last_one_succeeded(tmp_path: Path) -> None:
    shelf = store(tmp_path, "real")
    assert shelf.status("list-sizes") is None
    shelf.record_status("list-sizes", "published", message="Published.")
    good = shelf.status("list-sizes")
    failed_check = Check("unique practices", False, "A81001 twice")
    shelf.record_status("list-sizes", "failed", message="No.", checks=(failed_check,))
    bad = shelf.status("list-sizes")
    assert good and bad and bad.succeeded_at == good.succeeded_at is not None
    assert (bad.outcome, bad.message, bad.checks) == ("failed", "No.", (failed_check,))


def test_a_small_file_is_replaced_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "current.json"
    for version in ("one", "two"):
        write_atomically(path, json.dumps({"version": version}))
        assert json.loads(path.read_text()) == {"version": version}
    assert os.listdir(path.parent) == ["current.json"]


@given(st.lists(st.none(), min_size=2, max_size=5))
def test_versions_sort_by_time(made: list[None]) -> None:
    names = [new_version("abcdef0123") for _ in made]
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HARESIGN_HOME", "  "),
        ("HARESIGN_PORT", "eighty"),
        ("HARESIGN_PORT", "0"),
        ("HARESIGN_PORT", "70000"),
        ("HARESIGN_PROXIES", "-1"),
        ("HARESIGN_PUBLICATIONS_URL", "http://digital.nhs.uk"),
        ("HARESIGN_FILES_URL", "ftp://files"),
        ("HARESIGN_ODS_URL", "nonsense"),
        ("HARESIGN_PIPELINE_MEMORY_MB", "0"),
        ("HARESIGN_API_HOURLY_LIMIT", "many"),
        ("HARESIGN_API_DAILY_LIMIT", "-5"),
    ],
)
def test_a_wrong_setting_is_named(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        Settings.from_environment({variable: value})


def test_the_site_does_not_start_with_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARESIGN_PORT", "eighty")
    with pytest.raises(SystemExit, match="HARESIGN_PORT is 'eighty', which is not a port"):
        create_app()


def test_a_misspelt_setting_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert Settings.from_environment({"HARESIGN_HOEM": "/srv/haresign"}) == Settings()
    assert "HARESIGN_HOEM is not a setting" in caplog.text


def test_settings_have_their_defaults_and_a_table() -> None:
    assert Settings.from_environment({}) == Settings()
    assert Settings.from_environment({"HARESIGN_PORT": "8051", "PATH": "/bin"}).port == 8051
    table = {variable for variable, _, _ in Settings.table()}
    assert {"HARESIGN_HOME", "HARESIGN_PORT", "DATABASE_URL"} <= table
