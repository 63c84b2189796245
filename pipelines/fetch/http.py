"""Polite, resumable, conditional and hashed downloads from the publishers."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

from data.confined import Child, Lost
from data.settings import Settings
from pipelines.fetch import outline
from pipelines.fetch.addresses import AllowList, shown
from pipelines.fetch.outline import Outline
from pipelines.fetch.partial import PartialFile, Validators
from pipelines.fetch.responses import (
    announced_total,
    check_status,
    content_type,
    continues_at,
    is_encoded,
    refuse_wrong_form,
    refuse_wrong_type,
)
from pipelines.files.errors import (
    AddressRefused,
    DiskProblem,
    ServerTrouble,
    TooLarge,
    TooSlow,
    UnexpectedContent,
)
from pipelines.files.sniff import HEAD_BYTES, sniff

log = logging.getLogger(__name__)
for chatty in ("httpx", "httpcore"):  # they log addresses with their queries
    logging.getLogger(chatty).setLevel(logging.WARNING)

# Some publishers' sites turn away whatever does not begin as browsers do.
USER_AGENT = "Mozilla/5.0 (compatible; Haresign/0.1; +self-hosted)"
Progress = Callable[[int, int | None], None]

_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How we treat a publisher's server. Times in seconds, sizes in bytes."""

    gap: float = 1.0  # least time between the starts of two requests
    attempts: int = 6
    first_wait: float = 2.0
    longest_wait: float = 60.0
    timeout: float = 30.0  # without a byte, or without a connection
    largest_page: int = 8 << 20
    largest_file: int = 2 << 30
    longest_download: float = 3600.0  # one file, all attempts and waits together
    redirects: int = 5


POLITE = Manners()


@dataclass(frozen=True, slots=True)
class Page:
    """A web page and the address it finally came from."""

    url: str
    html: str
    outline: Outline


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file now on disk, and what its server said about it."""

    url: str
    path: Path
    sha256: str
    bytes: int
    fetched_at: datetime
    validators: Validators


class Client:
    """One per refresh: keeps connections, the gap between requests and the allow-list."""

    def __init__(
        self,
        settings: Settings,
        *,
        manners: Manners = POLITE,
        timeout: float | None = None,
    ) -> None:
        """`timeout` (seconds) is for a slow publisher, in place of that of the manners."""
        self._manners = manners
        self._allowed = AllowList(settings)
        self._last_request = float("-inf")
        self._reader = Child(outline.LIMITS)
        self._http = httpx.Client(
            headers={"User-Agent": USER_AGENT},
            timeout=httpx.Timeout(timeout or self._manners.timeout),
            follow_redirects=False,
            mounts={"all://127.0.0.1": None, "all://localhost": None},  # never through a proxy
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._reader.__exit__(None, None, None)
        self._http.close()

    def page(self, url: str) -> Page:
        """A web page as text. Raises a `FetchError` that says what was found instead."""
        deadline = self._deadline()
        final, html = self._retrying(deadline)(self._read_page, url, deadline)
        try:
            return Page(final, html, outline.outlined(self._reader.call(outline.read, html)))
        except (Lost, KeyError, TypeError, ValueError) as error:
            raise UnexpectedContent(
                f"The page at {shown(url)} takes more to read than any of the publisher's has. "
                "Open it in a browser, download the files by hand and load them with --from."
            ) from error

    def json(self, url: str) -> object:
        """What an interface answers, as JSON means it."""
        deadline = self._deadline()
        body = self._retrying(deadline)(self._read_json, url, deadline)
        try:
            found: object = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise UnexpectedContent(
                f"Expected JSON at {shown(url)} but found {body[:80]!r}. "
                "The interface may have changed: open the address in a browser."
            ) from error
        return found

    def download(
        self,
        url: str,
        target: Path,
        *,
        known: Validators | None = None,
        progress: Progress | None = None,
    ) -> Download | None:
        """Bring the file at `url` to `target`, whole or not at all.

        `known` identifies the version already at `target`; None is returned when the server
        says that it is still the current one. An interrupted download continues where it
        stopped when the server still has the same version.
        """
        deadline = self._deadline()
        report = progress or (lambda done, total: None)
        return self._retrying(deadline)(
            self._attempt, url, target, known or Validators(), report, deadline
        )

    def _deadline(self) -> float:
        return time.monotonic() + self._manners.longest_download

    def _retrying(self, deadline: float) -> Retrying:
        manners = self._manners
        backoff = wait_exponential_jitter(
            multiplier=manners.first_wait, max=manners.longest_wait, jitter=manners.first_wait
        )

        def wait(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = error.retry_after if isinstance(error, ServerTrouble) else None
            return max(backoff(state), asked or 0.0)

        def out_of_time(state: RetryCallState) -> bool:
            return time.monotonic() + state.upcoming_sleep > deadline

        def announce(state: RetryCallState) -> None:
            error = state.outcome.exception() if state.outcome else None
            log.warning("%s Asking again in %.1f s.", error, state.upcoming_sleep)

        return Retrying(
            retry=retry_if_exception_type(ServerTrouble),
            stop=lambda state: stop_after_attempt(manners.attempts)(state) or out_of_time(state),
            wait=wait,
            before_sleep=announce,
            reraise=True,
        )

    @contextmanager
    def _open(self, url: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
        """The response to a GET after allowed redirects; its body is not read yet."""
        address, came_from = url, None
        try:
            for _ in range(self._manners.redirects + 1):
                self._allowed.check(address, redirected_from=came_from)
                self._keep_gap()
                log.debug("GET %s", shown(address))
                with self._http.stream("GET", address, headers=headers) as response:
                    if response.status_code not in _REDIRECTS:
                        check_status(response)
                        yield response
                        return
                    came_from = address
                    address = urljoin(address, response.headers.get("Location", ""))
        except (httpx.TransportError, httpx.DecodingError) as error:
            reason = str(error) or type(error).__name__
            raise ServerTrouble(
                f"The connection to {shown(address)} failed ({reason}). "
                "Check the network, or try again later."
            ) from error
        except httpx.InvalidURL as error:
            raise AddressRefused(f"The address {shown(address)} is malformed ({error}).") from error
        raise AddressRefused(f"{shown(url)} redirects more than {self._manners.redirects} times.")

    def _keep_gap(self) -> None:
        due = self._last_request + self._manners.gap
        time.sleep(max(0.0, due - time.monotonic()))
        self._last_request = time.monotonic()

    def _read_page(self, url: str, deadline: float) -> tuple[str, str]:
        body = bytearray()
        with self._open(url, {"Accept": "text/html"}) as response:
            for chunk in response.iter_bytes():
                body += chunk
                self._within_limits(url, len(body), self._manners.largest_page, deadline)
            kind = content_type(response)
            if kind != "text/html" or sniff(bytes(body[:HEAD_BYTES])) == "empty":
                raise UnexpectedContent(
                    f"Expected a web page at {shown(url)} but found "
                    f"{kind or 'an answer without a content type'} of {len(body)} bytes. "
                    "Open the address in a browser to see what the publisher shows."
                )
            return str(response.url), body.decode(response.encoding or "utf-8", "replace")

    def _read_json(self, url: str, deadline: float) -> bytes:
        body = bytearray()
        with self._open(url, {"Accept": "application/json"}) as response:
            for chunk in response.iter_bytes():
                body += chunk
                self._within_limits(url, len(body), self._manners.largest_page, deadline)
        return bytes(body)

    def _attempt(
        self, url: str, target: Path, known: Validators, progress: Progress, deadline: float
    ) -> Download | None:
        partial = PartialFile(target)
        held, version = partial.resumable(url)
        headers = {"Accept-Encoding": "identity"}
        if held and version.if_range:
            headers |= {"Range": f"bytes={held}-", "If-Range": version.if_range}
        else:
            headers |= known.conditions()
        with self._open(url, headers) as response:
            if response.status_code == 304 and "Range" not in headers and known.conditions():
                return None
            refuse_wrong_type(url, response)
            continues = response.status_code == 206 and continues_at(response, held)
            if response.status_code != 200 and not continues:
                partial.discard()
                raise ServerTrouble(
                    f"{shown(url)} cannot be continued from byte {held:,} "
                    f"(answer {response.status_code}); it may have been re-issued."
                )
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                return self._write(url, response, partial, continues, progress, deadline)
            except OSError as error:
                partial.discard()
                raise DiskProblem(
                    f"{target.name} could not be written to {target.parent} "
                    f"({error.strerror or error}). Free some space there and refresh again."
                ) from error
            except (TooLarge, UnexpectedContent):
                partial.discard()
                raise

    def _write(
        self,
        url: str,
        response: httpx.Response,
        partial: PartialFile,
        continues: bool,
        progress: Progress,
        deadline: float,
    ) -> Download:
        version = Validators(response.headers.get("ETag"), response.headers.get("Last-Modified"))
        if continues:
            running, head = partial.digest()
            done, handle = partial.path.stat().st_size, partial.reopen()
        else:
            running, head = hashlib.sha256(), b""
            done = 0
            handle = partial.restart(url, Validators() if is_encoded(response) else version)
        with handle:
            total = announced_total(response, done)
            self._within_limits(url, total or done, self._manners.largest_file, deadline)
            progress(done, total)
            for chunk in response.iter_bytes():
                if len(head) < HEAD_BYTES:
                    head += chunk[: HEAD_BYTES - len(head)]
                    if len(head) == HEAD_BYTES:
                        refuse_wrong_form(url, partial.target.name, head)
                handle.write(chunk)
                running.update(chunk)
                done += len(chunk)
                self._within_limits(url, done, self._manners.largest_file, deadline)
                progress(done, total)
            refuse_wrong_form(url, partial.target.name, head)
            partial.finish(handle)
        return Download(
            url=url,
            path=partial.target,
            sha256=running.hexdigest(),
            bytes=done,
            fetched_at=datetime.now(UTC),
            validators=version,
        )

    def _within_limits(self, url: str, size: int, largest: int, deadline: float) -> None:
        if size > largest:
            raise TooLarge(
                f"{shown(url)} is larger than {largest:,} bytes, the most we accept. "
                "Download it by hand, look at it, and use --from if it is right."
            )
        if time.monotonic() > deadline:
            raise TooSlow(
                f"{shown(url)} was not complete after {self._manners.longest_download:,.0f} s. "
                "The next refresh continues where this one stopped."
            )
