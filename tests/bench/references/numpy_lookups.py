"""The same rows from a numpy array behind the site's own server, with nothing else around them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import parse_qs

import orjson

from data.server.bridge import Bridge
from tests.bench.references.figures import Figures

FIGURES = Figures.from_environment()
RATES = FIGURES.rates
ROWS = {code: row for row, code in enumerate(FIGURES.codes)}
COLUMNS = {month[:7]: column for column, month in enumerate(FIGURES.months)}


def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """`?practice=CODE`, a practice's trend, or `?month=YYYY-MM`, every practice of a month."""
    asked = parse_qs(environ["QUERY_STRING"])
    rows: list[dict[str, Any]] = []
    if "practice" in asked:
        rows = _rows("month", FIGURES.months, ROWS[asked["practice"][0]])
    elif "month" in asked:
        rows = _rows("practice", FIGURES.codes, (slice(None), COLUMNS[asked["month"][0]]))
    body = orjson.dumps({"count": len(rows), "results": rows})
    start_response(
        "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    )
    return [body]


def _rows(key: str, names: Sequence[str], at: Any) -> list[dict[str, Any]]:
    columns = zip(
        names,
        RATES[at].tolist(),
        FIGURES.numerators[at].tolist(),
        FIGURES.denominators[at].tolist(),
        strict=True,
    )
    return [
        {
            key: name,
            "rates": {"per_1000": None if math.isnan(rate) else rate},
            "numerators": {"per_1000": None if math.isnan(above) else above},
            "denominators": {"per_1000": None if math.isnan(below) else below},
        }
        for name, rate, above, below in columns
    ]


behind = Bridge(answer)
