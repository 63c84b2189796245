"""The process that holds the port and starts workers, again whenever one of them ends.

The parent opens the port itself and workers inherit it. So nobody else can share the port in
silence, and whoever connects while a worker starts again waits instead of being refused.
"""

from __future__ import annotations

import errno
import importlib
import logging
import multiprocessing
import os
import resource
import signal
import socket
import time
from functools import partial
from multiprocessing.synchronize import Event
from typing import Any

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from data.server.bridge import Bridge
from data.server.lifetime import end_with_parent
from data.settings import Settings, SettingsError

log = logging.getLogger("data.server")

APPLICATION = "app:serve"
CONNECTIONS = 1024  # open at once in each worker; slow ones cost memory only
FILES = 4 * CONNECTIONS  # that a worker may have open
BUFFER = 64 * 1024  # bytes of a request's headers, and of an answer that waits in memory
HEADER_SECONDS = 10  # for the headers of a request to arrive
UNREAD_SECONDS = 30  # until a client that takes nothing of its answer is cut off
STOPPING_SECONDS = 10  # for a worker to finish what it is doing
WAIT, LONGEST_WAIT = 1.0, 30.0  # seconds, when workers end again and again
STEADY_SECONDS = 60.0


class Parent(MPServer):
    """Granian, with workers that share a port which is opened once."""

    def __init__(self, listener: socket.socket, **options: Any) -> None:
        super().__init__(APPLICATION, **options)
        self._listener = listener

    def _init_shared_socket(self) -> None:
        self._shd = SocketHolder(self._listener.fileno(), False, CONNECTIONS)  # type: ignore[call-arg, assignment]
        self._sfd, self._sso = self._listener.fileno(), None  # type: ignore[assignment]


def serve(settings: Settings) -> None:
    """Serve until a signal ends the parent. Raises `SettingsError` if the port cannot be opened."""
    multiprocessing.set_start_method("fork")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES if most < 0 else min(FILES, most), most))
    ready = multiprocessing.Event()
    wait = WAIT
    with _open(settings.host, settings.port) as listener:
        while True:
            began = time.monotonic()
            try:
                _parent(listener, settings.workers).serve(
                    target_loader=partial(_load, ready, os.getpid(), settings)
                )
                return
            except SystemExit:
                if not ready.is_set():
                    raise  # no worker could ever start: it has said why
            wait = (
                WAIT if time.monotonic() - began > STEADY_SECONDS else min(2 * wait, LONGEST_WAIT)
            )
            log.error("workers end again and again; they are started again in %.0f s", wait)
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            time.sleep(wait)


def _parent(listener: socket.socket, workers: int) -> Parent:
    host, port = listener.getsockname()[:2]
    return Parent(
        listener,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_SECONDS * 1000, max_buffer_size=BUFFER
        ),
        websockets=False,
        backpressure=CONNECTIONS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOPPING_SECONDS,
        log_level=LogLevels.warning,
        factory=True,
    )


def _load(ready: Event, parent: int, settings: Settings, target: str) -> Any:
    """What a worker serves, when all of it is in memory."""
    end_with_parent(parent)
    module, _, factory = target.partition(":")
    application = getattr(importlib.import_module(module), factory)()
    ready.set()
    folder = settings.home / "cache"
    folder.mkdir(exist_ok=True)
    return Bridge(application, settings.prefix, folder)


def _open(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=CONNECTIONS)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(
                f"port {port} of {host} is in use, perhaps by another Haresign. "
                "Stop that one, or set HARESIGN_PORT to another port."
            ) from error
        raise SettingsError(
            f"port {port} of {host} cannot be opened ({error.strerror}). "
            "Check HARESIGN_HOST and HARESIGN_PORT."
        ) from error
    listener.setblocking(False)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # connections inherit it
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_SECONDS * 1000)
    return listener
