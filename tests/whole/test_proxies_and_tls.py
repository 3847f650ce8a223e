"""The whole program through a real proxy, to a Twilio behind TLS, as on a company's jump host.

The proxy is the package `proxy.py`, a process of its own; TLS is spoken by a server in front of the sandbox, with a
certificate that is made here. The API's name is none that a resolver knows: only through the proxy is there a way.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import trustme

from tests.cli.program import PATIENCE, Program, environment, until
from tests.whole.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from typing_extensions import Self

    from tests.cli.program import RunningSandbox

API = "video.jumphost.example"
USER, PASSWORD = "guest", "pr0xy-passw0rd"

# The names that only the proxy knows.
_NAMES = f"""
from proxy.http.proxy import HttpProxyBasePlugin
class Names(HttpProxyBasePlugin):
    def resolve_dns(self, host, port):
        return ("127.0.0.1" if host == "{API}" else None), None
"""


class Front:
    """Speaks TLS in front of the sandbox, on a thread of its own."""

    def __init__(self, sandbox: str, context: ssl.SSLContext) -> None:
        self._there = urlsplit(sandbox)
        self._context = context
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)
        self._up = threading.Event()
        self._end = asyncio.Event()
        self.port = 0
        self.taken = 0

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._up.wait(PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(PATIENCE)
        self._loop.close()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._pass, "127.0.0.1", 0, ssl=self._context)
        self.port = server.sockets[0].getsockname()[1]
        self._up.set()
        await self._end.wait()
        server.close()
        ours = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not ours]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.taken += 1
        there_reader, there_writer = await asyncio.open_connection(self._there.hostname, self._there.port)
        try:
            await asyncio.gather(self._pump(reader, there_writer), self._pump(there_reader, writer))
        finally:
            there_writer.transport.abort()
            writer.transport.abort()

    @staticmethod
    async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, ssl.SSLError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.transport.abort()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    path = str(tmp_path / "company-ca.pem")
    authority.cert_pem.write_to_path(path)
    return path


def certified(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.fixture
def front(sandbox: RunningSandbox, authority: trustme.CA) -> Iterator[Front]:
    with Front(sandbox.url, certified(authority, API)) as running:
        yield running


@contextmanager
def running_proxy(home: Path, *options: str) -> Iterator[str]:
    """`proxy.py`, until the end of the block; its host and port."""
    (home / "names.py").write_text(_NAMES, encoding="utf-8")
    port_file = home / "proxy-port"
    port_file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "proxy", "--hostname", "127.0.0.1", "--port", "0", "--port-file", str(port_file)]
    command += ["--num-workers", "1", "--num-acceptors", "1", "--log-level", "ERROR", "--plugins", "names.Names"]
    process = subprocess.Popen(
        [*command, *options], cwd=home, env={**environment(home), "PYTHONPATH": str(home), "PYTHONWARNINGS": "ignore"}
    )
    try:
        port = until(lambda: port_file.exists() and port_file.read_text(encoding="utf-8").strip(), what="a proxy")
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture
def proxy(home: Path) -> Iterator[str]:
    with running_proxy(home, "--basic-auth", f"{USER}:{PASSWORD}") as address:
        yield address


@pytest.fixture
def company(home: Path, sandbox: RunningSandbox, front: Front, bundle: str) -> dict[str, str]:
    """The environment of a jump host, but for its proxy."""
    url = f"https://{API}:{front.port}"
    return environment(home, **{**sandbox.environ, "ROOMTUI_API_URL": url, "SSL_CERT_FILE": bundle})


def through(proxy: str, user: str = f"{USER}:{PASSWORD}@") -> str:
    return f"http://{user}{proxy}"


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_rooms_are_listed_through_the_proxy_of_the_environment(
    company: dict[str, str], sandbox: RunningSandbox, proxy: str, front: Front, variable: str
) -> None:
    sandbox.create("behind-the-border")
    done = Program({**company, variable: through(proxy)}, secrets=(PASSWORD,))("ls", "--json")
    assert done.code == 0, done.err
    assert [room["unique_name"] for room in json.loads(done.out)] == ["behind-the-border"]
    assert front.taken >= 1


def test_the_dashboard_watches_through_the_proxy(
    company: dict[str, str], sandbox: RunningSandbox, proxy: str, front: Front
) -> None:
    sandbox.create("behind-the-border")
    with Terminal(environ={**company, "HTTPS_PROXY": through(proxy)}) as terminal:
        terminal.shows("behind-the-border", "nobody came yet")
        sandbox.join("behind-the-border", "alice")
        terminal.shows("alice")
        terminal.type("q")
        assert terminal.ends() == 0
        assert PASSWORD.encode() not in terminal.raw
    assert 1 <= front.taken <= 18, "the connections are kept"


def test_a_room_is_ended_through_the_proxy(company: dict[str, str], sandbox: RunningSandbox, proxy: str) -> None:
    sandbox.create("to-be-ended")
    program = Program({**company, "HTTPS_PROXY": through(proxy)}, secrets=(PASSWORD,))
    assert program("end", "to-be-ended", "--yes").code == 0
    assert program("ls", "--json").json == []


@pytest.mark.parametrize(
    ("user", "words"),
    [
        ("", "wants a user name and password (HTTP 407)"),
        (f"{USER}:wr0ng-passw0rd@", "does not take the user name and password in HTTPS_PROXY (HTTP 407)"),
    ],
)
def test_says_that_the_proxy_wants_a_password(
    company: dict[str, str], proxy: str, user: str, words: str, front: Front
) -> None:
    done = Program(company, secrets=("wr0ng-passw0rd",))("ls", HTTPS_PROXY=through(proxy, user))
    assert done.code == 1
    assert f"The proxy {proxy} " in done.err
    assert words in done.err
    assert front.taken == 0


def test_says_that_the_proxy_does_not_reach_twilio(company: dict[str, str], proxy: str) -> None:
    done = Program(company)("ls", "--api-url", "https://nowhere.invalid", HTTPS_PROXY=through(proxy))
    assert done.code == 1
    assert f"The proxy {proxy} does not connect us to nowhere.invalid (HTTP 502)" in done.err


def test_goes_past_the_proxy_where_no_proxy_says_so(company: dict[str, str], proxy: str, front: Front) -> None:
    done = Program(company)("ls", HTTPS_PROXY=through(proxy), NO_PROXY="localhost,.jumphost.example")
    assert done.code == 1
    assert f"{API}:{front.port} cannot be reached: its name is not known here (DNS)" in done.err
    assert front.taken == 0


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_takes_the_authority_from_where_other_programs_do(
    company: dict[str, str], proxy: str, bundle: str, variable: str
) -> None:
    done = Program({**company, "SSL_CERT_FILE": "", variable: bundle})("ls", HTTPS_PROXY=through(proxy))
    assert done.code == 0, done.err


def test_does_not_send_the_credentials_to_whom_it_does_not_trust(company: dict[str, str], proxy: str) -> None:
    done = Program({**company, "SSL_CERT_FILE": ""})("ls", HTTPS_PROXY=through(proxy))
    assert done.code == 1
    assert f"The certificate of {API}" in done.err
    assert "point SSL_CERT_FILE to its CA" in done.err


def test_does_not_send_the_credentials_to_another_host(
    company: dict[str, str], sandbox: RunningSandbox, authority: trustme.CA, proxy: str
) -> None:
    with Front(sandbox.url, certified(authority, "elsewhere.example")) as other:
        done = Program(company)("ls", "--api-url", f"https://{API}:{other.port}", HTTPS_PROXY=through(proxy))
    assert done.code == 1
    assert f"certificate is not valid for '{API}'" in done.err


@pytest.mark.skipif(sys.version_info < (3, 11), reason="TLS within TLS takes Python 3.11")
def test_goes_through_a_proxy_that_speaks_tls_itself(
    company: dict[str, str], authority: trustme.CA, home: Path
) -> None:
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_pem.write_to_path(str(home / "proxy.key"))
    for number, part in enumerate(issued.cert_chain_pems):
        part.write_to_path(str(home / "proxy.pem"), append=number > 0)
    with running_proxy(home, "--key-file", "proxy.key", "--cert-file", "proxy.pem") as address:
        done = Program(company)("ls", HTTPS_PROXY=f"https://{address}")
    assert done.code == 0, done.err
