"""What a line of a log may hold: one line of plain characters, bounded, that names nobody.

Messages come from requests too (an address that failed, the text of an exception), so nothing in
them is believed: whatever could begin a new line or steer a terminal is escaped, and what looks
like an e-mail address, a link's token, a key or a password hash is masked.
"""

from __future__ import annotations

import re

LONGEST = 2_000  # characters of a message
LONGEST_TRACEBACK = 12_000

# Every pattern is linear: each begins at a fixed text or takes a bounded number of characters.
_MASKED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"DETAIL:[^\n]*"), "DETAIL: <hidden>"),  # PostgreSQL names the values of a row
    (re.compile(r"(\$argon2\w{1,4}\$)\S*"), r"\1<hash>"),
    (re.compile(r"(hsk_[A-Za-z0-9]{8}_)[A-Za-z0-9]+"), r"\1<key>"),
    (
        re.compile(r"(/accounts/(?:verify|password-reset|email)/)[^/\s?\"'\]]+"),
        r"\1<token>",
    ),
    (
        re.compile(
            r"([?&;](?:token|key|api_key|apikey|password|email|name|q)=)[^&;\s\"'\]]*", re.I
        ),
        r"\1<value>",
    ),
    (re.compile(r"(\b(?:Bearer|Basic) )[A-Za-z0-9._~+/=-]+", re.I), r"\1<token>"),
    (re.compile(r"[^\s@<>()\[\]\"'=,;:/]{1,64}(?:@|%40)[A-Za-z0-9.-]{1,255}"), "<e-mail>"),
)
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def masked(text: str, *, most: int = LONGEST) -> str:
    """Text that names nobody; its end is cut off when it is too long."""
    cut = len(text) - most
    kept = text[:most]
    for pattern, mask in _MASKED:
        kept = pattern.sub(mask, kept)
    return f"{kept}… {cut} more characters" if cut > 0 else kept


def one_line(text: str) -> str:
    """Text that stays on its line: spaces of other kinds, line separators, control, format
    and surrogate characters are escaped.
    """
    return text if text.isprintable() else "".join(map(_plain, text))


def traceback(text: str) -> str:
    """A masked traceback; of a long one the end, which says what happened."""
    cut = len(text) - LONGEST_TRACEBACK
    kept = masked(text[-LONGEST_TRACEBACK:], most=LONGEST_TRACEBACK)
    return f"{cut} characters …{kept}" if cut > 0 else kept


def _plain(character: str) -> str:
    if character.isprintable():
        return character
    if character in _NAMED:
        return _NAMED[character]
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
