"""The examples of README.md for proxies, as they stand there, in front of the real site."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import worlds
from tests.data.server import slow
from tests.serving import ROOT, free_port, served

pytestmark = pytest.mark.xdist_group("server")
PATHS = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
HTTP = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; {user}
events {{ }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  include {folder}/site.conf;
}}
"""


def example(name: str, changes: dict[str, str]) -> str:
    """A block of README.md by its file's name; each of these lines must be in it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    after = text.partition(f"    # {name}\n")[2].split("\n")
    lines = [line[4:] for line in after[: next(i for i, x in enumerate(after) if x[:4].strip())]]
    block = "\n".join(lines)
    for before, instead in changes.items():
        assert before in block
        block = block.replace(before, instead)
    return block


def program(name: str) -> str:
    found = shutil.which(name, path=PATHS)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def nginx(folder: Path, port: int, site: int) -> list[str]:
    changes = {
        "listen 443 ssl;": f"listen 127.0.0.1:{port};",
        "    ssl_certificate /etc/ssl/haresign.pem;\n": "",
        "    ssl_certificate_key /etc/ssl/private/haresign.key;\n": "",
        "127.0.0.1:8050": f"127.0.0.1:{site}",
    }
    (folder / "site.conf").write_text(example("/etc/nginx/conf.d/haresign.conf", changes))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(HTTP.format(folder=folder, user=user))
    return [program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, port: int, site: int) -> list[str]:
    changes = {
        "haresign.example.org {": f"http://127.0.0.1:{port} {{",
        "127.0.0.1:8050": f"127.0.0.1:{site}",
        "{\n    servers": "{\n    admin off\n    servers",
    }
    (folder / "Caddyfile").write_text(example("/etc/caddy/Caddyfile", changes))
    return [program("caddy"), "run", "--config", str(folder / "Caddyfile")]


@contextmanager
def running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    homes = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, env={**os.environ, **homes}, stdout=log, stderr=log, cwd=folder
        )
    try:
        deadline = time.monotonic() + 20
        while True:
            assert process.poll() is None, (folder / "log").read_text()
            try:
                if slow.status(port) == 200:
                    break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    home = tmp_path_factory.mktemp("behind")
    worlds.build(home, realm="demo")
    with served(home, HARESIGN_PROXIES="1") as site:
        yield site.port


@pytest.mark.parametrize("proxy", [nginx, caddy])
def test_the_example_answers_while_others_are_slow(
    proxy: Callable[[Path, int, int], list[str]], site: int, tmp_path: Path
) -> None:
    port = free_port()
    with (
        running(proxy(tmp_path, port, site), tmp_path, port),
        slow.sockets(port, slow.HEADERS, 100),
        slow.sockets(port, slow.BODY, 100),
    ):
        for _ in range(10):
            assert slow.status(port) == 200
            time.sleep(0.2)
