"""Sheets of OpenDocument workbooks, by the standard library alone."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_WIDEST = 2000  # columns; sheets end with one cell that is repeated to the edge


def document_sheets(workbook: Path) -> Iterator[list[list[str]]]:
    """Each sheet as rows of texts; dates as their days, rows without a cell left out."""
    with zipfile.ZipFile(workbook) as archive, archive.open("content.xml") as content:
        rows: list[list[str]] = []
        for _, element in ElementTree.iterparse(content):
            if element.tag == f"{_TABLE}table-row":
                cells = _cells(element)
                if any(cells):
                    rows.append(cells)
                element.clear()
            elif element.tag == f"{_TABLE}table":
                yield rows
                rows = []


def _cells(row: ElementTree.Element) -> list[str]:
    found: list[str] = []
    for cell in row:
        times = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        found += [_written(cell)] * min(times, _WIDEST)
    return found


def _written(cell: ElementTree.Element) -> str:
    day = cell.get(f"{_OFFICE}date-value")
    if day:
        return day[:10]
    return "\n".join("".join(one.itertext()) for one in cell.iter(f"{_TEXT}p"))
