"""What one odd file may do: be refused by name. Good files beside it and after it are published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from data.versions.store import Store, store
from pipelines.engine.runner import Refresh, publish_landed
from pipelines.engine.series import series
from pipelines.engine.units import BadRelease
from pipelines.fetch.landing import import_local
from pipelines.files.errors import UNREADABLE, why_unreadable
from tests.contract_files import core_csv

CORE, ODD = "Core GP Contract Q1 2025-26.csv", "Core GP Contract Q2 2025-26.csv"
SECOND = ("31/07/2025", "31/08/2025", "30/09/2025")


def publish(shelf: Store, folder: Path, name: str, body: bytes) -> Refresh:
    (folder / name).write_bytes(body)
    import_local(shelf.landing, "gp-contract", [folder / name], now=datetime.now(UTC))
    return publish_landed(shelf, series("gp-contract"), memory_mb=256)


@pytest.mark.parametrize(
    "damage",
    [
        lambda csv: csv + b"\x1a",
        lambda csv: csv[:-30],
        lambda csv: csv.replace(b"THE A81003", b'"THE A81003', 1),
        lambda csv: csv.replace(b"PRACTICE_NAME", b"ACH_DATE"),
    ],
    ids=["end of file mark", "cut", "open quote", "a heading twice"],
)
def test_a_file_that_is_no_whole_csv_is_refused_and_stops_no_other(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    shelf = store(tmp_path / "home", "real")
    refused = publish(shelf, tmp_path, ODD, damage(core_csv(days=SECOND)))
    assert refused.outcome == "failed"
    assert refused.message.startswith(f"{ODD} was refused: ")
    good = publish(shelf, tmp_path, CORE, core_csv())
    assert good.version is not None
    assert "Published up to June 2025" in good.message


def test_an_exception_that_nobody_foresaw_names_its_kind() -> None:
    told = why_unreadable(KeyError("All"))
    assert told == "it could not be read (KeyError: 'All'). Please report it with the file"
    assert why_unreadable(BadRelease("A file is empty.")) == "A file is empty"


def test_what_says_nothing_of_a_file_is_no_reason_to_refuse_it() -> None:
    for kind in (OSError, MemoryError, duckdb.IOException, duckdb.OutOfMemoryException):
        assert not issubclass(kind, UNREADABLE)
