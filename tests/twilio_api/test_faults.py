from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import aiohttp
import pytest
from aiohttp.http import HttpProcessingError
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from roomtui.twilio_api.errors import NotTwilio, TwilioError, Unreachable
from roomtui.twilio_api.faults import FAULTS, explain

if TYPE_CHECKING:
    from aiohttp.client_reqrep import ConnectionKey

KEY = cast("ConnectionKey", SimpleNamespace(host="video.twilio.com", port=443, ssl=True, is_ssl=True))
INFO = aiohttp.RequestInfo(
    URL("https://video.twilio.com/v1/Rooms?UniqueName=secret"),
    "GET",
    CIMultiDictProxy(CIMultiDict({"Authorization": "Basic secret"})),
    URL("https://video.twilio.com/"),
)
CA_HINT = "If a proxy looks into TLS here, point SSL_CERT_FILE to its CA."


def untrusted_certificate(reason: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, f"[SSL: CERTIFICATE_VERIFY_FAILED] {reason}")
    error.verify_message = reason
    return error


def os_error(number: int) -> OSError:
    return OSError(number, "as the system says it")


@pytest.mark.parametrize(
    ("fault", "words", "passing"),
    [
        (
            aiohttp.ClientConnectorDNSError(KEY, socket.gaierror(socket.EAI_NONAME, "Name or service not known")),
            "video.twilio.com cannot be reached: its name is not known here (DNS).",
            True,
        ),
        (
            aiohttp.ClientConnectorError(KEY, os_error(errno.ECONNREFUSED)),
            "video.twilio.com cannot be reached: it refused the connection, so nothing listens there.",
            True,
        ),
        (
            aiohttp.ClientConnectorError(KEY, os_error(errno.ENETUNREACH)),
            "video.twilio.com cannot be reached: there is no network.",
            True,
        ),
        (
            aiohttp.ClientConnectorError(KEY, os_error(errno.EHOSTUNREACH)),
            "video.twilio.com cannot be reached: there is no way to it from here.",
            True,
        ),
        (
            aiohttp.ClientOSError(errno.ECONNRESET, "Connection reset by peer"),
            "video.twilio.com cannot be reached: the connection was reset.",
            True,
        ),
        (ConnectionResetError(), "video.twilio.com cannot be reached: the connection was reset.", True),
        (OSError(errno.EIO, "Odd\x1b[2J"), "video.twilio.com cannot be reached: Odd^[[2J.", True),
        (aiohttp.ServerDisconnectedError(), "video.twilio.com closed the connection without an answer.", True),
        (aiohttp.ClientPayloadError("x"), "The answer of video.twilio.com broke off half-way.", True),
        (
            aiohttp.ConnectionTimeoutError("x"),
            "video.twilio.com cannot be reached: no connection within 5 s.",
            True,
        ),
        (aiohttp.SocketTimeoutError("x"), "video.twilio.com gave no answer within 10 s.", True),
        (asyncio.TimeoutError(), "video.twilio.com gave no answer within 10 s.", True),
        (TimeoutError(), "video.twilio.com gave no answer within 10 s.", True),
        (
            aiohttp.ClientConnectorCertificateError(KEY, untrusted_certificate("self-signed certificate")),
            f"The certificate of video.twilio.com (TLS) is not trusted: self-signed certificate. {CA_HINT}",
            False,
        ),
        (
            untrusted_certificate("certificate has expired"),
            f"The certificate of video.twilio.com (TLS) is not trusted: certificate has expired. {CA_HINT}",
            False,
        ),
        (
            aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")),
            "No secure connection (TLS) to video.twilio.com: handshake failed.",
            False,
        ),
        (
            aiohttp.ClientProxyConnectionError(KEY, os_error(errno.ECONNREFUSED)),
            "The proxy proxy.example:3128 cannot be reached: it refused the connection, so nothing listens there.",
            True,
        ),
        (
            aiohttp.ClientHttpProxyError(INFO, (), status=407),
            "The proxy proxy.example:3128 wants a user name and password (HTTP 407): put them into HTTPS_PROXY.",
            False,
        ),
        (
            aiohttp.ClientHttpProxyError(INFO, (), status=403),
            "The proxy proxy.example:3128 does not connect us to video.twilio.com (HTTP 403).",
            False,
        ),
        (
            aiohttp.ClientHttpProxyError(INFO, (), status=502),
            "The proxy proxy.example:3128 does not connect us to video.twilio.com (HTTP 502).",
            True,
        ),
        (aiohttp.ClientConnectionError("closed"), "Talking to video.twilio.com failed (ClientConnectionError).", True),
        (EOFError(), "Talking to video.twilio.com failed (EOFError).", True),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_says_in_plain_words_what_failed(fault: BaseException, words: str, *, passing: bool) -> None:
    assert isinstance(fault, FAULTS)
    error, may_pass = explain(fault, host="video.twilio.com", connecting=5.0, waiting=10.0, proxy="proxy.example:3128")
    assert type(error) is Unreachable
    assert error.sentence == words
    assert may_pass is passing


@pytest.mark.parametrize("fault", [aiohttp.ClientResponseError(INFO, (), status=400), HttpProcessingError(message="x")])
def test_says_that_it_is_no_web_server(fault: BaseException) -> None:
    error, passing = explain(fault, host="video.twilio.com", connecting=5.0, waiting=10.0)
    assert type(error) is NotTwilio
    assert "does not answer in HTTP" in error.sentence
    assert not passing


def test_forgets_the_fault_which_may_hold_the_authorization() -> None:
    fault = aiohttp.ClientHttpProxyError(INFO, (), status=407)
    assert "Basic secret" in repr(fault), "the reason for this test"
    error, _ = explain(fault, host="video.twilio.com", connecting=5.0, waiting=10.0, proxy="p")
    assert isinstance(error, TwilioError)
    assert error.__cause__ is error.__context__ is None
    assert "secret" not in f"{error!r}{error}"


def test_cancelling_is_no_fault() -> None:
    assert not issubclass(asyncio.CancelledError, FAULTS)
