"""A later version of every published dataset, in which every number is another one."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from data.month_block import CUBE, HOME_COLUMNS, PARTS
from data.versions.snapshot import FACT
from data.versions.store import MANIFEST, Store, describe_files, new_version

_NUMBERS = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "DOUBLE", "FLOAT", "DECIMAL", "HUGEINT")
_OTHER_NAME = "concat(name, ' again') AS name"


def restate(shelf: Store, dataset_id: str, *, on: date, without: str = "") -> None:
    """Publish the live version again: numbers one higher, and one practice in other areas.

    A table without numbers has other names. Names of organisations stay. The publisher's rows
    come `without` a column.
    """
    before = shelf.manifest(dataset_id)
    assert before is not None
    old, staged = shelf.version_folder(dataset_id, before.version), shelf.stage(dataset_id)
    shutil.copytree(old, staged, dirs_exist_ok=True, copy_function=os.link)
    (staged / MANIFEST).unlink()
    with duckdb.connect() as con:
        for path in (staged / "months").rglob("fact*.parquet"):
            if (dataset_id, path.stem) != ("practices", FACT):  # where organisations' names are
                _rewrite(con, path, without if path.stem == FACT else "")
        for path in (staged / "months").rglob("*.parquet"):
            if path.name == PARTS:
                _rewrite(con, path, "")
            elif path.name == CUBE:
                _rewrite(con, path, "", *map(_moved, HOME_COLUMNS))
    releases = tuple(
        replace(one, title=f"{one.title}, restated", published=on) for one in before.releases
    )
    periods = {
        month: replace(one, practices=one.practices + 1) for month, one in before.periods.items()
    }
    after = replace(
        before,
        version=new_version("restated"),
        made_at=datetime.now(UTC),
        releases=releases,
        periods=periods,
        files=describe_files(staged, {name: file.rows or 0 for name, file in before.files.items()}),
    )
    shelf.publish(staged, after)


def _moved(column: str) -> str:
    """The first practice of a month is in the areas of the last."""
    first = "min(code) FILTER (level = 'practice') OVER ()"
    last = f"max_by({column}, code) FILTER (level = 'practice') OVER ()"
    is_first = f"level = 'practice' AND code = {first}"
    return f"CASE WHEN {is_first} THEN {last} ELSE {column} END AS {column}"


def _rewrite(con: duckdb.DuckDBPyConnection, path: Path, without: str, *moved: str) -> None:
    columns = con.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    changed = [
        f'("{name}" + 1)::{kind} AS "{name}"'
        for name, kind, *_ in columns
        if kind.startswith(_NUMBERS)
    ] or [_OTHER_NAME]
    fresh = path.with_suffix(".new")
    kept = f"EXCLUDE ({without})" if without else ""
    con.execute(
        f"COPY (SELECT * {kept} REPLACE ({', '.join([*changed, *moved])}) "
        f"FROM read_parquet('{path}')) TO '{fresh}' (FORMAT parquet)"
    )
    fresh.replace(path)  # the file is a link to that of the version before
