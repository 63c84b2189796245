"""What can be asked for on the publication site, and how it can be spoilt."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache


class Fault(Enum):
    """Ways in which a file or page goes wrong."""

    SLOW = auto()  # sent in small pieces with pauses
    TRUNCATED = auto()  # the connection ends after half of the promised bytes
    RESET = auto()  # the connection is reset after half of the bytes
    ERROR = auto()  # 500
    BUSY = auto()  # 429 with Retry-After: 1
    HTML = auto()  # 200 and a web page
    HTML_AS_FILE = auto()  # 200 and a web page, with the content type of the file
    BOMB = auto()  # a ZIP that unpacks to 200 MB of zeros
    RENAMED_COLUMN = auto()  # the second column of every CSV has another name
    REDIRECT_AWAY = auto()  # a redirect to a host that is not in the settings
    REDIRECT_HERE = auto()  # a redirect to another path of the same host
    NO_RANGES = auto()  # Range is ignored
    NO_VALIDATORS = auto()  # neither ETag nor Last-Modified
    NO_LENGTH = auto()  # no Content-Length: the end of the connection ends the body
    STALLED = auto()  # half of the bytes, then silence
    GONE = auto()  # 404


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was received; `at` is monotonic seconds."""

    at: float
    method: str
    path: str
    headers: Mapping[str, str]
    status: int


@dataclass(slots=True)
class Content:
    """Something that can be asked for: a body and how it is described."""

    name: str
    body: bytes
    content_type: str
    last_modified: str | None = None
    is_file: bool = True
    release: str = ""  # slug

    @property
    def names(self) -> tuple[str, ...]:
        """What a fault may call it."""
        return self.name, f"{self.release}/{self.name}"

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


def renamed_column(name: str, body: bytes) -> bytes:
    """The same CSV, or ZIP of CSVs, with another name for its second column."""
    if not name.endswith(".zip"):
        header, newline, rest = body.partition(b"\n")
        columns = header.split(b",")
        columns[1] = b"RENAMED_" + columns[1]
        return b",".join(columns) + newline + rest
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(packed, "w") as new:
        for member in old.namelist():
            changed = renamed_column(member, old.read(member))
            new.writestr(_member(member), changed)
    return packed.getvalue()


@cache
def zip_bomb(megabytes: int = 200) -> bytes:
    """A small archive that unpacks to zeros."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(_member("zeros.csv"), "w") as member,
    ):
        for _ in range(megabytes):
            member.write(bytes(1_000_000))
    return packed.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    """A member without the time of day, so that the same content is the same archive."""
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def type_of(name: str) -> str:
    endings = {
        "ods": "application/vnd.oasis.opendocument.spreadsheet",
        "csv": "text/csv",
        "zip": "application/x-zip-compressed",
        "gz": "application/gzip",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    return endings.get(name.rpartition(".")[2], "application/octet-stream")
