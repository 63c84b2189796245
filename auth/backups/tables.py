"""The rows of the accounts database as lines of JSON: the same from SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, DateTime, Engine, MetaData, Table, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from auth.database import REVISIONS, reading, revisions, upgrade
from auth.models import db

AT_ONCE = 500  # rows
EMPTY_BEFORE = ("account", "api_key")  # a database without rows in these holds nothing of anyone


class NotEmpty(RuntimeError):
    """There are accounts or keys already, which a restore would mix with others."""


class BadRows(ValueError):
    """The rows are not those of an accounts database; the message names what is wrong."""


def dump() -> tuple[str, dict[str, list[str]]]:
    """The revision and the rows of every table, as of one moment, parents before children."""
    with reading() as connection, connection.begin():
        tables = _reflected(connection)
        revision = connection.scalar(text(f"SELECT version_num FROM {REVISIONS}"))
        rows = {table.name: list(_rows(connection, table)) for table in tables}
    return str(revision), rows


def _reflected(connection: Connection) -> list[Table]:
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != REVISIONS]


def _rows(connection: Connection, table: Table) -> Iterator[str]:
    for row in connection.execute(table.select()).mappings():
        yield json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=False)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def is_empty() -> bool:
    with reading() as connection:
        return not any(
            connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in EMPTY_BEFORE
        )


def load(revision: str, rows: dict[str, list[str]]) -> None:
    """Put rows into the database, which must hold nobody's, and bring it up to date.

    Tables are made as they were at the revision of the rows. Raises `NotEmpty`, and `BadRows`,
    after which the database is as empty as before.
    """
    if not is_empty():
        raise NotEmpty
    if revision not in revisions():
        raise BadRows(f"its accounts are at revision {revision[:20]!r}, which is not known here")
    with ExitStack() as undo:
        undo.callback(_begin_again, db.engine)
        _begin_again(db.engine, to=revision)
        with db.engine.begin() as connection:
            for table in _reflected(connection):
                try:
                    _put(connection, table, rows.get(table.name, ()))
                except (
                    SQLAlchemyError,
                    ValueError,
                    TypeError,
                    LookupError,
                    AttributeError,
                ) as error:
                    kind = type(error).__name__  # its words may hold what people typed
                    raise BadRows(
                        f"rows of the table {table.name} cannot be read ({kind})"
                    ) from None
        upgrade(db.engine)
        undo.pop_all()


def _put(connection: Connection, table: Table, rows: Iterable[str]) -> None:
    lines = [json.loads(line) for line in rows]
    for start in range(0, len(lines), AT_ONCE):
        batch = [_typed(table, line) for line in lines[start : start + AT_ONCE]]
        connection.execute(table.insert(), batch)
    _advance(connection, table)


def _begin_again(engine: Engine, *, to: str = "") -> None:
    """Empty tables as they were at a revision, the newest by default."""
    _drop_everything(engine)
    upgrade(engine, to=to)


def _drop_everything(engine: Engine) -> None:
    metadata = MetaData()
    with engine.begin() as connection:
        metadata.reflect(connection)
        metadata.drop_all(connection)


def _typed(table: Table, line: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(table.columns[name], value) for name, value in line.items()}


def _value(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, DateTime) and value is not None:
        return datetime.fromisoformat(value)
    return value


def _advance(connection: Connection, table: Table) -> None:
    """The next number that PostgreSQL gives is above those put in; SQLite sees to it itself."""
    if connection.dialect.name != "postgresql" or "id" not in table.columns:
        return
    columns = {one["name"]: one for one in inspect(connection).get_columns(table.name)}
    if columns["id"]["autoincrement"]:
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                f"COALESCE((SELECT max(id) FROM {table.name}), 0) + 1, false)"
            )
        )
