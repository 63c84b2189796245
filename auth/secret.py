"""The site's own secret: a file under HARESIGN_HOME, made at the first start.

Everything that must be keyed or encrypted derives from it. Whoever restores a backup without it
loses second factors and signed-in browsers, nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from flask import Flask, current_app

from data.settings import Settings

FILE = "secret"
EXTENSION = "haresign-secret"


def register(app: Flask, settings: Settings) -> None:
    app.extensions[EXTENSION] = _load(settings.home / FILE)


def _load(path: Path) -> bytes:
    """The secret in a file; made, readable by its owner alone, when there is none."""
    if not path.exists():
        fresh = path.with_name(f"{FILE}.{secrets.token_hex(8)}")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(fresh, path)  # of several workers that start together, the first one wins
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return bytes.fromhex(path.read_text(encoding="ascii").strip())


def _derived(purpose: str) -> bytes:
    key: bytes = current_app.extensions[EXTENSION]
    return hmac.digest(key, purpose.encode(), hashlib.sha256)


def keyed_digest(purpose: str, text: str) -> str:
    """HMAC-SHA-256, hexadecimal: for values that could be guessed, such as addresses."""
    return hmac.new(_derived(purpose), text.encode(), hashlib.sha256).hexdigest()


def digest(token: str) -> str:
    """SHA-256 is enough for what is itself random: there is no dictionary to try."""
    return hashlib.sha256(token.encode()).hexdigest()


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived("encryption")))


def encrypt(text: str) -> str:
    return _fernet().encrypt(text.encode()).decode()


def decrypt(text: str, *, seconds: int | None = None) -> str | None:
    """None when it was encrypted with another secret, or more than `seconds` ago."""
    try:
        return _fernet().decrypt(text.encode(), ttl=seconds).decode()
    except InvalidToken:
        return None
