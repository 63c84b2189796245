"""Passwords: hashed with Argon2id, judged by length and by whether they are common.

Any composition is accepted: spaces, other alphabets, pasted ones. Nothing is cut off.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST, RECOMMENDED = 8, 128, 15
COMMON = Path(__file__).parent / "common_passwords.txt"
OUR_WORDS = ("haresign", "practice", "surgery", "medical", "healthcentre")
DIFFERENT = 4  # characters that must be left when known words and digits are taken away
AT_ONCE = 4  # hashes: each takes 19 MiB

_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_ROOM = threading.BoundedSemaphore(AT_ONCE)


def hashed(password: str) -> str:
    with _ROOM:
        return _HASHER.hash(_normal(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether it is the one; without a stored hash the same work is done for nothing."""
    try:
        with _ROOM:
            _HASHER.verify(stored or _nobody(), _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether it was made with weaker parameters than those of today."""
    return _HASHER.check_needs_rehash(stored)


def objection(password: str, *, email: str = "", name: str = "") -> str:
    """Why a password cannot be used, as shown beside its field; empty when it can."""
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters. {RECOMMENDED} or more is better."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    lowered = _normal(password).casefold()
    if lowered in _common():
        return "This is one of the most common passwords. Use three random words instead."
    left = lowered
    for word in _known_words(email, name):
        left = left.replace(word, "")
    if len(re.sub(r"[\W\d_]", "", left)) < DIFFERENT and left != lowered:
        return "This is too close to your name, your address or ours. Use three random words."
    if len(set(lowered)) < DIFFERENT:
        return "This repeats too few characters. Use three random words instead."
    return ""


def _known_words(email: str, name: str) -> list[str]:
    own = re.split(r"[\W_]+", f"{email} {name}".casefold())
    return sorted({word for word in (*OUR_WORDS, *own) if len(word) > 2}, key=len, reverse=True)


def _normal(password: str) -> str:
    """One form for what looks the same, however the keyboard composed it."""
    return unicodedata.normalize("NFC", password)


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _HASHER.hash("there is no account with this address")
