"""Numbers of rows in addresses: only those that a row can have, in every kind of database."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter

LARGEST = 2**31 - 1  # PostgreSQL's INTEGER


class RowNumber(IntegerConverter):
    """`<int:…>` in an address: at most ten ASCII digits. Others are found nowhere."""

    regex = "[0-9]{1,10}"

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **{"max": LARGEST, **options})  # type: ignore[arg-type]


def register(app: Flask) -> None:
    app.url_map.converters["int"] = RowNumber
