"""Which addresses may be fetched, and how they are shown in messages."""

from __future__ import annotations

import ipaddress
from urllib.parse import parse_qsl, urlsplit

from data.settings import Settings
from pipelines.files.errors import AddressRefused

# Names of public files, profiles and kinds of area; every other value is hidden.
_SHOWN_PARAMETERS = frozenset(
    {
        "report",
        "fileRedirect",
        "profile_id",
        "profile_ids",
        "group_id",
        "group_ids",
        "child_area_type_id",
        "parent_area_type_id",
    }
)
_DEFAULT_PORTS = {"https": 443, "http": 80}

Origin = tuple[str, str, int]  # scheme, host, port


def shown(url: str) -> str:
    """The address as messages and logs may show it: no user name, no values of its query."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    query = "&".join(
        f"{name}={value if name in _SHOWN_PARAMETERS else '…'}"
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    )
    return f"{parts.scheme}://{host}{parts.path}" + (f"?{query}" if query else "")


def origin(url: str) -> Origin:
    """Scheme, host and port; raises `AddressRefused` when the address is malformed."""
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise AddressRefused(f"The address {url[:200]!r} is malformed ({error}).") from error
    return parts.scheme, (parts.hostname or "").lower(), port


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class AllowList:
    """The origins named in the settings; every request and every redirect is held to them."""

    def __init__(self, settings: Settings) -> None:
        named = (
            settings.publications_url,
            settings.files_url,
            settings.ods_url,
            settings.contract_url,
            settings.cqc_url,
            settings.fingertips_url,
            settings.survey_url,
        )
        self._origins = frozenset(origin(url) for url in named)

    def check(self, url: str, *, redirected_from: str | None = None) -> None:
        """Raise `AddressRefused` unless the address is https (or this machine) and listed."""
        scheme, host, port = asked = origin(url)
        by_way_of = f" (redirected from {shown(redirected_from)})" if redirected_from else ""
        if urlsplit(url).username is not None:
            raise AddressRefused(f"{shown(url)}{by_way_of} carries a user name and is not fetched.")
        if scheme != "https" and not (scheme == "http" and is_loopback(host)):
            raise AddressRefused(f"{shown(url)}{by_way_of} is not https and is not fetched.")
        if asked not in self._origins:
            allowed = ", ".join(sorted(f"{s}://{h}:{p}" for s, h, p in self._origins))
            raise AddressRefused(
                f"{host}:{port}{by_way_of} is not one of the publishers in the settings "
                f"({allowed}). If the publisher has moved, set HARESIGN_PUBLICATIONS_URL, "
                "HARESIGN_FILES_URL, HARESIGN_ODS_URL or HARESIGN_SURVEY_URL."
            )
