"""Progress of long work in a terminal; nothing where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from pipelines.engine import units


@contextmanager
def progress_bar(title: str) -> Iterator[units.Progress]:
    """A bar on standard error with the step in words, the share done and the time left."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.fields[title]}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0, title=title)

        def shown(
            step: str, done: float, *, rows: int | None = None, size: int | None = None
        ) -> None:
            amounts = [f"{rows:,} rows"] if rows else []
            amounts += [decimal(size)] if size else []
            bar.update(task, description=", ".join([step, *amounts]), completed=done)

        yield shown
