"""Office files are ZIP archives: opened only when nothing in them can surprise."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from auth.uploads.refusal import RefusedFile

MEMBERS = 3000
UNPACKED = 150_000_000  # bytes of all members together
RATIO = 120  # unpacked to packed, of the archive as a whole
FREE_OF_RATIO = 2_000_000  # bytes below which the ratio says nothing
_END = b"PK\x05\x06"
_END_LENGTH = 22
_OPENING = b"PK\x03\x04"
_ACTIVE = re.compile(r"vbaproject|activex|/embeddings/[^/]*\.(?:bin|exe|js|vbs|bat|cmd)$", re.I)
_EMBEDDED = re.compile(r"/embeddings/[^/]+$", re.I)
_BOMB = "The file unpacks to far more than it holds, as files made to overload a computer do."
_BROKEN = "The file is damaged, or is not what it says it is. Save it again and try once more."


class Archive:
    """An archive whose every member may be read. Raises `RefusedFile` for any other."""

    def __init__(self, body: bytes) -> None:
        if not body.startswith(_OPENING) or body[-_END_LENGTH:][:4] != _END:
            raise RefusedFile(_BROKEN)  # something before or after the archive
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(body))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise RefusedFile(_BROKEN) from error
        self._left = UNPACKED
        self.names = [member.filename for member in self._zip.infolist()]
        _check(self._zip.infolist(), len(body))

    def read(self, name: str) -> bytes:
        """A member; never more than its declared size, nor than all may unpack to."""
        member = self._zip.getinfo(name)
        try:
            with self._zip.open(member) as stream:
                content = stream.read(min(member.file_size, self._left) + 1)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
            raise RefusedFile(_BROKEN) from error
        if len(content) > min(member.file_size, self._left):
            raise RefusedFile(_BOMB)
        self._left -= len(content)
        return content


def is_embedded(name: str, content: bytes) -> bool:
    """Whether a member is a file by itself, such as the workbook behind a chart."""
    return content.startswith(_OPENING) or bool(_EMBEDDED.search(name))


def _check(members: list[zipfile.ZipInfo], size: int) -> None:
    names = [member.filename.casefold() for member in members]
    if len(names) > MEMBERS or len(set(names)) != len(names):
        raise RefusedFile(_BROKEN)
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if unpacked > UNPACKED or (unpacked > FREE_OF_RATIO and unpacked > RATIO * size):
        raise RefusedFile(_BOMB)
    first = min((member.header_offset for member in members), default=0)
    if first:
        raise RefusedFile(_BROKEN)  # something stands before the first member
    if packed > size or _overlap(members):
        raise RefusedFile(_BOMB)  # members that share their bytes
    for member in members:
        if member.flag_bits & 1:
            raise RefusedFile("The file is protected by a password, so it cannot be checked.")
        if _leaves(member.filename):
            raise RefusedFile(_BROKEN)
        if _ACTIVE.search(member.filename):
            raise RefusedFile(
                "The file contains macros or programs. Save it without them and upload it again."
            )


def _overlap(members: list[zipfile.ZipInfo]) -> bool:
    ordered = sorted(members, key=lambda member: member.header_offset)
    return any(
        one.header_offset + one.compress_size > following.header_offset
        for one, following in zip(ordered, ordered[1:], strict=False)
    )


def _leaves(name: str) -> bool:
    """Whether a member's name leads out of the folder it would be unpacked to."""
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name
