"""Clients that send one byte at a time, many of them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

HEADERS = b"GET /status/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
BODY = b"POST /contact/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
CHUNKS = b"POST /contact/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n"
KINDS = {"silent": b"", "slow headers": HEADERS, "slow body": BODY, "slow chunks": CHUNKS}
SECONDS = 0.5  # from one byte to the next


@contextmanager
def sockets(port: int, begin: bytes, count: int) -> Iterator[list[socket.socket]]:
    """So many connections that sent this much, and then a byte every half second."""
    opened = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(count)]
    stop = threading.Event()

    def drip() -> None:
        while begin and not stop.wait(SECONDS):
            for connection in opened:
                try:
                    connection.send(b"a")
                except OSError:
                    continue  # the server has closed it

    sender = threading.Thread(target=drip)
    try:
        for connection in opened:
            connection.sendall(begin)
        sender.start()
        yield opened
    finally:
        stop.set()
        sender.join()
        for connection in opened:
            connection.close()


def status(port: int, path: str = "/status/", *, patience: float = 10) -> int:
    """Status of an ordinary request, which must be answered while others are slow."""
    connection = HTTPConnection("127.0.0.1", port, timeout=patience)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status
