"""TLS with certificates that are made here: whom it trusts, and what it says of whom it does not."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
import threading
import warnings
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
import trustme

from roomtui.twilio_api.errors import TwilioError, Unreachable
from roomtui.twilio_api.http11.trust import NoTrust, context_from_environment
from roomtui.twilio_api.retries import Retries
from tests.passing import let_pass
from tests.twilio_api.http11.wired import Peer, answering, ok, wired

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from roomtui.twilio_api.transport import Transport
    from tests.twilio_api.conftest import Open

NAMES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
ONCE = Retries(attempts=1)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(autouse=True)
def _trusts_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> Path:
    """The authority's certificate, as a file."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def server_side(authority: trustme.CA, *names: str, expired: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    until = datetime.now(timezone.utc) - timedelta(days=1) if expired else None
    authority.issue_cert(*names, not_after=until).configure_cert(context)
    return context


async def fails(transport: Transport, url: str) -> str:
    with pytest.raises(TwilioError) as failed:
        await transport.request("GET", f"{url}/v1/Rooms")
    return failed.value.sentence


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
async def test_trusts_the_authority_that_the_environment_names(
    open_to: Open, authority: trustme.CA, bundle: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, str(bundle))
    context = server_side(authority, "localhost")
    seen: list[str | None] = []
    context.sni_callback = lambda _sock, name, _context: seen.append(name)
    async with wired(answering(ok(b"{}")), context, "localhost") as server:
        url = f"https://localhost:{server.origin.port}"
        answers = [await open_to(url).request("GET", f"{url}/v1/Rooms") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        sock = server.peers[0].writer.get_extra_info("ssl_object")
        assert seen[0] == "localhost"
        assert sock.version() in {"TLSv1.2", "TLSv1.3"}


async def test_keeps_a_secure_connection_too(
    open_to: Open, authority: trustme.CA, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    async with wired(answering(ok(b"{}")), server_side(authority, "127.0.0.1")) as server:
        url = f"https://127.0.0.1:{server.origin.port}"
        transport = open_to(url)
        for _ in range(5):
            await transport.request("GET", f"{url}/v1/Rooms")
        assert len(server.peers) <= 2, "at most one was dropped for a ticket that had not been read yet"
        await transport.close()
        await server.until_ended()


async def test_says_that_it_does_not_know_the_authority(open_to: Open, authority: trustme.CA) -> None:
    async with wired(answering(ok(b"{}")), server_side(authority, "localhost"), "localhost") as server:
        url = f"https://localhost:{server.origin.port}"
        sentence = await fails(open_to(url), url)
        assert sentence.startswith(f"The certificate of localhost:{server.origin.port} (TLS) is not trusted: ")
        assert sentence.endswith("If a proxy looks into TLS here, point SSL_CERT_FILE to its CA.")
        assert len(server.peers) == 0, "and does not try again"


@pytest.mark.parametrize(
    ("name", "expired", "words"),
    [
        ("localhost", True, "certificate has expired. Is this machine's clock right?"),
        ("elsewhere.example", False, "certificate is not valid for 'localhost'. Is the API URL right?"),
    ],
)
async def test_says_what_is_wrong_with_a_certificate(
    open_to: Open, authority: trustme.CA, bundle: Path, monkeypatch: pytest.MonkeyPatch,
    name: str, words: str, *, expired: bool,
) -> None:  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    async with wired(answering(ok(b"{}")), server_side(authority, name, expired=expired), "localhost") as server:
        url = f"https://localhost:{server.origin.port}"
        assert (await fails(open_to(url), url)).endswith(words)


@contextlib.contextmanager
def wanting_a_certificate(context: ssl.SSLContext) -> Iterator[int]:
    """A port of loopback; it tells each client why it is refused, which asyncio's own server does not."""

    def refuse() -> None:
        with contextlib.suppress(OSError):
            while True:
                tls = context.wrap_socket(listening.accept()[0], server_side=True, do_handshake_on_connect=False)
                with tls, contextlib.suppress(ConnectionError):
                    with contextlib.suppress(ssl.SSLError):
                        tls.do_handshake()
                    while socket.socket.recv(tls, 65536):
                        pass  # until the client has gone: it is not to be cut short

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=refuse)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_says_that_it_is_refused_for_want_of_a_certificate(
    open_to: Open, authority: trustme.CA, bundle: Path, monkeypatch: pytest.MonkeyPatch, version: ssl.TLSVersion
) -> None:
    """In TLS 1.3 that comes when all has been agreed on: before the request, with it, or behind it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    context = server_side(authority, "localhost")
    context.maximum_version = version
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    with wanting_a_certificate(context) as port:
        said = {await fails(open_to(url), url) for url in [f"https://localhost:{port}"] * 20}
    assert all(each.startswith(f"No secure connection (TLS) to localhost:{port}: ") for each in said), said
    assert all(" alert " in each for each in said), said


async def test_says_that_plain_http_is_no_tls(open_to: Open) -> None:
    async def mumble(peer: Peer) -> None:
        peer.say(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        await peer.ended()

    async with wired(mumble) as server:
        url = f"https://127.0.0.1:{server.origin.port}"
        sentence = await fails(open_to(url), url)
        assert (
            sentence == f"127.0.0.1:{server.origin.port} does not speak TLS: is the API URL right, https:// and port?"
        )


async def test_does_not_wait_for_a_handshake_for_ever(open_to: Open) -> None:
    async def silent(peer: Peer) -> None:
        await peer.reader.readexactly(1)  # the handshake has begun
        let_pass(2.5)
        await peer.ended()

    async with wired(silent) as server:
        url = f"https://127.0.0.1:{server.origin.port}"
        sentence = await fails(open_to(url, connect_timeout=2.5, retries=ONCE), url)
        assert sentence == (f"No secure connection (TLS) to 127.0.0.1:{server.origin.port}: no handshake within 2.5 s.")
        await server.until_ended()


async def test_speaks_nothing_older_than_tls_1_2(
    open_to: Open, authority: trustme.CA, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    context = server_side(authority, "localhost")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    async with wired(answering(ok(b"{}")), context, "localhost") as server:
        url = f"https://localhost:{server.origin.port}"
        assert (await fails(open_to(url), url)).startswith("No secure connection (TLS) to localhost:")


# -- whom the environment trusts --------------------------------------------------------------------------------------


def test_checks_names_and_certificates() -> None:
    context = context_from_environment()
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_trusts_whom_the_environment_names_and_nobody_else(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    assert context_from_environment().cert_store_stats()["x509_ca"] == 1
    monkeypatch.setenv("CURL_CA_BUNDLE", "/not/asked/for")
    assert context_from_environment().cert_store_stats()["x509_ca"] == 1
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "")
    with pytest.raises(NoTrust, match="CURL_CA_BUNDLE"):
        context_from_environment()


@pytest.mark.parametrize("variable", NAMES)
def test_does_not_trust_the_systems_besides(
    bundle: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    """OpenSSL would: of file and directory only the one that is named takes the place of the system's."""

    def trusted(_context: ssl.SSLContext, *_: object) -> None:
        raise AssertionError("the system's certificates, too")

    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", trusted)
    for path, count in ((bundle, 1), (tmp_path, 0)):
        monkeypatch.setenv(variable, str(path))
        assert context_from_environment().cert_store_stats()["x509_ca"] == count


def test_takes_what_is_there_of_file_and_directories(
    bundle: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    for folders in (tmp_path, tmp_path / "none", f"{tmp_path / 'none'}{os.pathsep}{tmp_path}"):
        monkeypatch.setenv("SSL_CERT_DIR", str(folders))
        assert context_from_environment().cert_store_stats()["x509_ca"] == 1
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    context_from_environment()
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    with pytest.raises(NoTrust, match="SSL_CERT_FILE"):
        context_from_environment()


def test_does_not_say_of_a_file_with_a_broken_one_that_there_is_none(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bundle.open("a", encoding="ascii") as file:
        file.write("-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n")
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    with pytest.raises(NoTrust) as lost:
        context_from_environment()
    assert lost.value.reason == "it holds no certificate (PEM), or a broken one"


def test_takes_a_directory_of_certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURL_CA_BUNDLE", str(tmp_path))
    assert context_from_environment().cert_store_stats()["x509_ca"] == 0, "read one by one, when they are needed"


@pytest.mark.parametrize("variable", NAMES)
@pytest.mark.parametrize(("content", "reason"), [(None, "No such file or directory"), ("hello", "no certificate")])
async def test_says_which_variable_names_no_certificates(
    open_to: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, content: str | None, reason: str
) -> None:
    path = tmp_path / "ca\x1b[2J.pem"
    if content is not None:
        await asyncio.to_thread(path.write_text, content)
    monkeypatch.setenv(variable, str(path))
    transport = open_to("https://localhost:1")
    for _ in range(2):
        with pytest.raises(Unreachable) as failed:
            await transport.request("GET", "https://localhost:1/v1/Rooms")
        assert failed.value.sentence.startswith(f"The certificates that {variable} names (")
        assert failed.value.sentence.endswith(f"{reason}.") or "no certificate" in failed.value.sentence
        assert "\x1b" not in failed.value.sentence
