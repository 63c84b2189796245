"""Large CSV files from repeated pieces of text.

The files repeat a few thousand pieces (a practice, a category, an age) millions of times.
Joining them as Arrow strings leaves one buffer that is already the file.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_BLOCK = 100_000  # lines of a large file in memory at once
_FASTEST = 1  # zlib level; the files are read once, on the same machine

Chunks = Iterable[bytes | memoryview]


def line(*values: object) -> str:
    """Values as CSV, quoted only where a comma is inside, as the publishers do."""
    return ",".join(f'"{value}"' if "," in str(value) else str(value) for value in values)


def text(lines: Iterable[str]) -> bytes:
    """A small CSV file from whole lines."""
    return "".join(f"{row}\n" for row in lines).encode()


def repeated(pieces: Sequence[str], positions: NDArray[np.integer]) -> pa.Array:
    """The piece at each position: a column of a large file."""
    return pa.array(pieces, pa.string()).take(pa.array(positions))


def numbers(values: NDArray[np.integer]) -> pa.Array:
    return pc.cast(pa.array(values), pa.string())


def joined(*columns: pa.Array) -> memoryview:
    """The columns side by side as CSV lines, without a header."""
    rows = pc.binary_join_element_wise(
        pc.binary_join_element_wise(*columns, ","), pa.scalar(""), "\n"
    )
    end = np.frombuffer(rows.buffers()[1], np.int32, count=len(rows) + 1)[-1]
    return memoryview(rows.buffers()[2])[:end]


def blocks(rows: int) -> Iterator[slice]:
    """Rows in blocks of tens of megabytes of text."""
    return (slice(start, start + _BLOCK) for start in range(0, rows, _BLOCK))


def write_zip(path: Path, members: Iterable[tuple[str, Chunks]]) -> Path:
    """Write a zip archive whose bytes depend on its contents only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_FASTEST) as archive:
        for name, chunks in members:
            with archive.open(name, "w") as member:
                for chunk in chunks:
                    member.write(chunk)
    return path
