"""Whether a picture is whole and nothing but a picture: nothing may follow its end."""

from __future__ import annotations

import struct
import zlib

_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # JPEG markers without a length
_SCAN, _END = 0xDA, 0xD9


def is_png(body: bytes) -> bool:
    """Every chunk has its checksum, and IEND is the last."""
    at = 8
    while at + 12 <= len(body):
        length, kind = struct.unpack(">I4s", body[at : at + 8])
        end = at + 12 + length
        if end > len(body):
            return False
        checksum = struct.unpack(">I", body[end - 4 : end])[0]
        if zlib.crc32(body[at + 4 : end - 4]) != checksum:
            return False
        if kind == b"IEND":
            return end == len(body)
        at = end
    return False


def is_jpeg(body: bytes) -> bool:
    """Segments follow one another up to the end marker, which is the last thing in the file."""
    at = 2
    while at + 2 <= len(body):
        if body[at] != 0xFF:
            return False
        marker = body[at + 1]
        if marker == 0xFF:  # padding
            at += 1
        elif marker == _END:
            return at + 2 == len(body)
        elif marker in _STANDALONE:
            at += 2
        else:
            if at + 4 > len(body):
                return False
            length = struct.unpack(">H", body[at + 2 : at + 4])[0]
            if length < 2:
                return False
            at += 2 + length
            if marker == _SCAN:
                at = _after_scan(body, at)
    return False


def _after_scan(body: bytes, at: int) -> int:
    """The next marker after compressed data, in which 0xFF is followed by 0 or a restart."""
    while True:
        at = body.find(b"\xff", at)
        if at < 0 or at + 1 >= len(body):
            return len(body)
        follows = body[at + 1]
        if follows == 0 or follows in _STANDALONE:
            at += 2
        else:
            return at


def is_gif(body: bytes) -> bool:
    """Blocks follow one another up to the trailer, which is the last byte."""
    if len(body) < 14:
        return False
    at = 13 + _colours(body[10])
    while at < len(body):
        if body[at] == 0x3B:
            return at + 1 == len(body)
        if body[at] == 0x21:
            at = _after_blocks(body, at + 2)
        elif body[at] == 0x2C and at + 10 <= len(body):
            at = _after_blocks(body, at + 11 + _colours(body[at + 9]))
        else:
            return False
    return False


def _colours(packed: int) -> int:
    """Bytes of a colour table."""
    return 3 * 2 ** ((packed & 7) + 1) if packed & 0x80 else 0


def _after_blocks(body: bytes, at: int) -> int:
    while at < len(body) and body[at]:
        at += 1 + body[at]
    return at + 1


def is_webp(body: bytes) -> bool:
    """The length in the header is that of the file."""
    return struct.unpack("<I", body[4:8])[0] + 8 == len(body)
