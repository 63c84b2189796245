"""Everything the environment can change, read once at start."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

log = logging.getLogger(__name__)


class SettingsError(ValueError):
    """An environment variable is missing or malformed; the message names it."""


def _text(raw: str) -> str:
    if not raw.strip():
        raise ValueError("an empty value")
    return raw.strip()


def _port(raw: str) -> int:
    port = int(raw)
    if not 1 <= port <= 65535:
        raise ValueError("a port outside 1 to 65535")
    return port


def _positive(raw: str) -> int:
    number = int(raw)
    if number < 1:
        raise ValueError("a number below 1")
    return number


def _count(raw: str) -> int:
    number = int(raw)
    if number < 0:
        raise ValueError("a number below 0")
    return number


def _https_or_loopback(raw: str) -> str:
    url = raw.strip().rstrip("/")
    if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise ValueError("an address that is neither https nor on this machine")
    return url


def _site_url(raw: str) -> str:
    parts = urlsplit(raw.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not a whole web address")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("more than scheme and host; the path belongs in HARESIGN_PREFIX")
    return f"{parts.scheme}://{parts.netloc}"


def _smtp_url(raw: str) -> str:
    parts = urlsplit(raw.strip())
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("not an smtp:// or smtps:// address")
    if parts.port == 0:
        raise ValueError("a port outside 1 to 65535")
    return raw.strip()


def _email(raw: str) -> str:
    name, at, host = raw.strip().rpartition("@")
    if not (name and at and host) or any(c.isspace() for c in raw.strip()):
        raise ValueError("not an e-mail address")
    return raw.strip()


def _log_style(raw: str) -> str:
    style = raw.strip().lower()
    if style not in ("text", "json"):
        raise ValueError("another word")
    return style


def _path_prefix(raw: str) -> str:
    prefix = "/" + raw.strip("/ ")
    return "" if prefix == "/" else prefix


def _setting(variable: str, read: object, expected: str, meaning: str) -> dict[str, object]:
    return {"variable": variable, "read": read, "expected": expected, "meaning": meaning}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One value per environment variable. `table()` lists them for the README."""

    home: Path = field(
        default=Path("var"),
        metadata=_setting(
            "HARESIGN_HOME",
            lambda raw: Path(_text(raw)),
            "a folder",
            "Folder that holds all state: landing files, snapshots, accounts, documents",
        ),
    )
    port: int = field(
        default=8050,
        metadata=_setting("HARESIGN_PORT", _port, "a port such as 8050", "Port of the site"),
    )
    host: str = field(
        default="127.0.0.1",
        metadata=_setting(
            "HARESIGN_HOST",
            _text,
            "an address of this machine",
            "Address on which the site listens; 0.0.0.0 in a container",
        ),
    )
    workers: int = field(
        default=1,
        metadata=_setting(
            "HARESIGN_WORKERS", _positive, "a number such as 2", "Web workers; one for each core"
        ),
    )
    prefix: str = field(
        default="",
        metadata=_setting(
            "HARESIGN_PREFIX",
            _path_prefix,
            "a path such as /haresign",
            "Path under which a proxy serves the site; empty for the root",
        ),
    )
    proxies: int = field(
        default=0,
        metadata=_setting(
            "HARESIGN_PROXIES",
            _count,
            "a number such as 1",
            "How many proxies in front may set X-Forwarded headers; 0 trusts none",
        ),
    )
    database_url: str = field(
        default="",
        metadata=_setting(
            "DATABASE_URL",
            _text,
            "a database URL",
            "PostgreSQL for accounts and keys; empty means SQLite under HARESIGN_HOME",
        ),
    )
    site_url: str = field(
        default="",
        metadata=_setting(
            "HARESIGN_SITE_URL",
            _site_url,
            "an address such as https://haresign.example.org",
            "Public address of the site, for links in e-mails; others are then refused as Host",
        ),
    )
    smtp_url: str = field(
        default="",
        metadata=_setting(
            "HARESIGN_SMTP_URL",
            _smtp_url,
            "an address such as smtp://user:password@mail.example.org:587",
            "Mail server; smtps:// is TLS from the start. Empty: mail is written to the outbox",
        ),
    )
    mail_from: str = field(
        default="haresign@localhost",
        metadata=_setting(
            "HARESIGN_MAIL_FROM", _email, "an e-mail address", "Sender of every e-mail"
        ),
    )
    contact_email: str = field(
        default="",
        metadata=_setting(
            "HARESIGN_CONTACT_EMAIL",
            _email,
            "an e-mail address",
            "Who gets messages from the contact form; empty means the platform administrators",
        ),
    )
    publications_url: str = field(
        default="https://digital.nhs.uk/data-and-information/publications/statistical",
        metadata=_setting(
            "HARESIGN_PUBLICATIONS_URL",
            _https_or_loopback,
            "an https address",
            "Where NHS England lists its statistical publications",
        ),
    )
    files_url: str = field(
        default="https://files.digital.nhs.uk",
        metadata=_setting(
            "HARESIGN_FILES_URL",
            _https_or_loopback,
            "an https address",
            "The only host from which publication files are downloaded",
        ),
    )
    ods_url: str = field(
        default="https://www.odsdatasearchandexport.nhs.uk/api",
        metadata=_setting(
            "HARESIGN_ODS_URL",
            _https_or_loopback,
            "an https address",
            "Organisation Data Service report address",
        ),
    )
    contract_url: str = field(
        default="https://www.england.nhs.uk/gp/investment/gp-contract",
        metadata=_setting(
            "HARESIGN_CONTRACT_URL",
            _https_or_loopback,
            "an https address",
            "Page of the GP contract, which links to the adjusted populations",
        ),
    )
    cqc_url: str = field(
        default="https://www.cqc.org.uk/about-us/transparency/using-cqc-data",
        metadata=_setting(
            "HARESIGN_CQC_URL",
            _https_or_loopback,
            "an https address",
            "Page of the Care Quality Commission that links to its files",
        ),
    )
    fingertips_url: str = field(
        default="https://fingertips.phe.org.uk/api",
        metadata=_setting(
            "HARESIGN_FINGERTIPS_URL",
            _https_or_loopback,
            "an https address",
            "Public health profiles (Fingertips) interface",
        ),
    )
    survey_url: str = field(
        default="https://gp-patient.co.uk",
        metadata=_setting(
            "HARESIGN_SURVEY_URL",
            _https_or_loopback,
            "an https address",
            "Site of the GP Patient Survey, with its result files",
        ),
    )
    pipeline_memory_mb: int = field(
        default=1024,
        metadata=_setting(
            "HARESIGN_PIPELINE_MEMORY_MB",
            _positive,
            "a number of megabytes",
            "Memory that DuckDB may use while a release is processed",
        ),
    )
    api_hourly_limit: int = field(
        default=5000,
        metadata=_setting(
            "HARESIGN_API_HOURLY_LIMIT", _positive, "a number", "API requests per key and hour"
        ),
    )
    api_daily_limit: int = field(
        default=50000,
        metadata=_setting(
            "HARESIGN_API_DAILY_LIMIT", _positive, "a number", "API requests per key and day"
        ),
    )
    keep_versions: int = field(
        default=24,
        metadata=_setting(
            "HARESIGN_KEEP_VERSIONS",
            _positive,
            "a number of at least 1",
            "Newest versions of a dataset that are always kept",
        ),
    )
    keep_days: int = field(
        default=400,
        metadata=_setting(
            "HARESIGN_KEEP_DAYS",
            _count,
            "a number of days",
            "Older versions are kept for so long, and for ever when something cites them",
        ),
    )
    log: Literal["text", "json"] = field(
        default="text",
        metadata=_setting(
            "HARESIGN_LOG", _log_style, "text or json", "Form of the log: lines for people, or JSON"
        ),
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read every variable; raise `SettingsError` naming the first that is malformed.

        A `HARESIGN_` variable that is no setting is named in the log: it may be misspelt.
        """
        source = os.environ if environment is None else environment
        values = {}
        for item in fields(cls):
            variable = item.metadata["variable"]
            raw = source.get(variable)
            if raw is None:
                continue
            try:
                values[item.name] = item.metadata["read"](raw)
            except ValueError as error:
                shown = "set to something" if "://" in raw and "@" in raw else repr(raw)
                raise SettingsError(
                    f"{variable} is {shown}, which is not {item.metadata['expected']}."
                ) from error
        known = {item.metadata["variable"] for item in fields(cls)}
        for variable in sorted(source):
            if variable.startswith("HARESIGN_") and variable not in known:
                log.warning("%s is not a setting of Haresign. Check its spelling.", variable)
        return cls(**values)

    @classmethod
    def table(cls) -> list[tuple[str, str, str]]:
        """(variable, default, meaning) for each setting, as the README prints them."""
        return [
            (item.metadata["variable"], str(item.default), item.metadata["meaning"])
            for item in fields(cls)
        ]
