"""What can go wrong between a publisher's page and a file we trust, in sentences."""

from __future__ import annotations

import csv
from itertools import takewhile

import duckdb

# What reading a publisher's file may raise, whatever stands in it: ours (`BadRelease`,
# `RefusedFile`) are ValueErrors. A full disk or too little memory says nothing about the file.
UNREADABLE: tuple[type[Exception], ...] = (
    *(ValueError, LookupError, TypeError, ArithmeticError, csv.Error),
    *(duckdb.DataError, duckdb.ProgrammingError, duckdb.IntegrityError, duckdb.NotSupportedError),
)
_LONGEST_REASON = 400  # characters


class FetchError(Exception):
    """A page or file could not be fetched; the message says what was found and what to do."""


class AddressRefused(FetchError):
    """An address, perhaps behind a redirect, is not one of the publishers' in the settings."""


class NotPublished(FetchError):
    """The server says there is nothing at this address (404, 403, 410 and other refusals)."""


class ServerTrouble(FetchError):
    """The server was busy, failing or unreachable for as long as we were willing to ask."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after  # seconds, as the server asked


class TooLarge(FetchError):
    """The body is larger than we accept."""


class TooSlow(FetchError):
    """The download would take longer than we allow."""


class UnexpectedContent(FetchError):
    """What arrived is not what was asked for, such as a web page where a CSV belongs."""


class NothingThere(UnexpectedContent):
    """The answer has no content at all."""


class DiskProblem(FetchError):
    """The landing folder cannot be written to."""


class DiscoveryError(FetchError):
    """A publication page does not look as expected."""


class RefusedFile(ValueError):
    """A file on disk that cannot be read safely or is not what its name says."""

    def __init__(self, name: str, found: str, advice: str) -> None:
        super().__init__(f"{name}: {found}. {advice}")
        self.name = name
        self.found = found
        self.advice = advice


def why_unreadable(error: Exception) -> str:
    """Why a file cannot be read: what DuckDB says before it quotes the query and gives advice.

    An exception that nobody foresaw names its kind, so that it can be reported and mended.
    """
    lines = takewhile(
        lambda line: line and not line.startswith(("LINE ", "Possible fixes")),
        str(error).split("\n"),
    )
    told = "; ".join(list(lines)[:3])[:_LONGEST_REASON].rstrip(".")
    if isinstance(error, duckdb.Error) or type(error).__module__.startswith("pipelines."):
        return told
    return f"it could not be read ({type(error).__name__}: {told}). Please report it with the file"
