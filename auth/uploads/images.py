"""Whether a picture is whole and nothing but a picture, and how many points it takes to show it.

Nothing may follow a picture's end. Nothing is unpacked here: a few bytes can say that a picture has
four thousand million points, and whatever shows it would make room for them.
"""

from __future__ import annotations

import struct
import zlib

MOST_POINTS = 100_000_000
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # JPEG markers without a length
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # those with the picture's size
_SCAN, _END = 0xDA, 0xD9
_BROKEN = -1  # instead of the points of a picture that is not whole


def png_points(body: bytes) -> int:
    """Every chunk has its checksum, and IEND is the last; -1 otherwise."""
    at, points = 8, 0
    while at + 12 <= len(body):
        length, kind = struct.unpack(">I4s", body[at : at + 8])
        end = at + 12 + length
        if end > len(body):
            return _BROKEN
        checksum = struct.unpack(">I", body[end - 4 : end])[0]
        if zlib.crc32(memoryview(body)[at + 4 : end - 4]) != checksum:
            return _BROKEN
        if kind == b"IHDR" and length >= 8:
            width, height = struct.unpack(">II", body[at + 8 : at + 16])
            points = max(points, width * height)
        if kind == b"IEND":
            return points if end == len(body) else _BROKEN
        at = end
    return _BROKEN


def jpeg_points(body: bytes) -> int:
    """Segments follow one another up to the end marker, which is the last thing; -1 otherwise."""
    at, points = 2, 0
    while at + 2 <= len(body):
        if body[at] != 0xFF:
            return _BROKEN
        marker = body[at + 1]
        if marker == 0xFF:  # padding
            at += 1
        elif marker == _END:
            return points if at + 2 == len(body) else _BROKEN
        elif marker in _STANDALONE:
            at += 2
        else:
            if at + 4 > len(body):
                return _BROKEN
            length = struct.unpack(">H", body[at + 2 : at + 4])[0]
            if length < 2:
                return _BROKEN
            if marker in _FRAMES and at + 9 <= len(body):
                height, width = struct.unpack(">HH", body[at + 5 : at + 9])
                points = max(points, width * height)
            at += 2 + length
            if marker == _SCAN:
                at = _after_scan(body, at)
    return _BROKEN


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


def gif_points(body: bytes) -> int:
    """Blocks follow one another up to the trailer, which is the last byte; -1 otherwise."""
    if len(body) < 14:
        return _BROKEN
    points = _area(body, 6)
    at = 13 + _colours(body[10])
    while at < len(body):
        if body[at] == 0x3B:
            return points if at + 1 == len(body) else _BROKEN
        if body[at] == 0x21:
            at = _after_blocks(body, at + 2)
        elif body[at] == 0x2C and at + 10 <= len(body):
            points = max(points, _area(body, at + 5))
            at = _after_blocks(body, at + 11 + _colours(body[at + 9]))
        else:
            return _BROKEN
    return _BROKEN


def _area(body: bytes, at: int) -> int:
    width, height = struct.unpack("<HH", body[at : at + 4])
    return int(width * height)


def _colours(packed: int) -> int:
    """Bytes of a colour table."""
    return 3 * 2 ** ((packed & 7) + 1) if packed & 0x80 else 0


def _after_blocks(body: bytes, at: int) -> int:
    while at < len(body) and body[at]:
        at += 1 + body[at]
    return at + 1


def webp_points(body: bytes) -> int:
    """The length in the header is that of the file; -1 otherwise."""
    if len(body) < 12 or struct.unpack("<I", body[4:8])[0] + 8 != len(body):
        return _BROKEN
    kind, content = body[12:16], body[20:30]
    if kind == b"VP8X" and len(content) == 10:
        width = int.from_bytes(content[4:7], "little") + 1
        return width * (int.from_bytes(content[7:10], "little") + 1)
    if kind == b"VP8L" and content[:1] == b"\x2f" and len(content) >= 5:
        packed = int.from_bytes(content[1:5], "little")
        return ((packed & 0x3FFF) + 1) * ((packed >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 " and len(content) == 10:
        width, height = struct.unpack("<HH", content[6:10])
        return int((width & 0x3FFF) * (height & 0x3FFF))
    return 0
