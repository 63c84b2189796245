"""Judging a server's answer before, and while, its body is read."""

from __future__ import annotations

import html
import re
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx

from pipelines.fetch.addresses import shown
from pipelines.files.errors import NothingThere, NotPublished, ServerTrouble, UnexpectedContent
from pipelines.files.sniff import HEAD_BYTES, IN_WORDS, expected_forms, sniff

_WORTH_RETRYING = (408, 425, 429)
_NEVER_A_FILE = ("text/html", "application/xhtml+xml", "application/json")


def check_status(response: httpx.Response) -> None:
    status, address = response.status_code, shown(str(response.url))
    if status in (200, 206, 304, 416):
        return
    if status in _WORTH_RETRYING or status >= 500:
        raise ServerTrouble(
            f"{address} answered {status} {response.reason_phrase}. Try again later.",
            retry_after=_retry_after(response.headers.get("Retry-After", "")),
        )
    raise NotPublished(
        f"{address} answered {status} {response.reason_phrase}. "
        "It may have been moved or withdrawn: look at the publisher's page."
    )


def _retry_after(value: str) -> float | None:
    """Seconds from a Retry-After header, which holds a number or a date."""
    if value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment - datetime.now(moment.tzinfo)).total_seconds())


def content_type(response: httpx.Response) -> str:
    return response.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def announced_total(response: httpx.Response, done: int) -> int | None:
    """Bytes of the whole file when `done` are held already; None when it cannot be known."""
    length = response.headers.get("Content-Length", "")
    return done + int(length) if length.isdigit() and not is_encoded(response) else None


def is_encoded(response: httpx.Response) -> bool:
    """Whether the bytes on the wire are compressed, so that they cannot be counted or resumed."""
    return response.headers.get("Content-Encoding", "identity").lower() != "identity"


def continues_at(response: httpx.Response, held: int) -> bool:
    match = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return held > 0 and match is not None and int(match.group(1)) == held


def refuse_wrong_type(url: str, response: httpx.Response) -> None:
    kind = content_type(response)
    if kind in _NEVER_A_FILE:
        head = b""
        for chunk in response.iter_bytes():
            head += chunk
            if len(head) >= HEAD_BYTES:
                break
        raise _unexpected(url, f"{kind}{_titled(head[:HEAD_BYTES])}")


def refuse_wrong_form(url: str, name: str, head: bytes) -> None:
    form = sniff(head)
    if form not in expected_forms(name):
        said = _unexpected(url, f"{IN_WORDS[form]}{_titled(head)}")
        raise NothingThere(str(said)) if form == "empty" else said


def _unexpected(url: str, found: str) -> UnexpectedContent:
    return UnexpectedContent(
        f"Expected a data file at {shown(url)} but found {found}. Nothing was kept. "
        "Open the address in a browser to see what the publisher shows."
    )


def _titled(head: bytes) -> str:
    match = re.search(rb"<title[^>]*>([^<]{1,200})", head, re.IGNORECASE)
    if match is None:
        return ""
    title = " ".join(html.unescape(match.group(1).decode("utf-8", "replace")).split())
    return f" titled “{title}”"
