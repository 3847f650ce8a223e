from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from dataclasses import replace

import pytest

from roomtui.twilio_api.credentials import basic
from roomtui.twilio_api.errors import NotTwilio, TwilioError, Unreachable
from roomtui.twilio_api.faults import FAULTS, explain
from roomtui.twilio_api.http11 import faults as http
from roomtui.twilio_api.origin import Origin
from roomtui.twilio_api.proxy import Proxy

PROXY = Proxy(Origin("http", "proxy.example", 3128), "proxy.example:3128", None, "HTTPS_PROXY")
CA_HINT = "If a proxy looks into TLS here, point SSL_CERT_FILE to its CA."


def untrusted_certificate(reason: str, code: int = 19) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, f"[SSL: CERTIFICATE_VERIFY_FAILED] {reason}")
    error.verify_message = reason
    error.verify_code = code
    return error


def tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}] as OpenSSL says it")
    error.reason = reason
    return error


def os_error(number: int) -> OSError:
    return OSError(number, "as the system says it")


@pytest.mark.parametrize(
    ("fault", "words", "passing"),
    [
        (
            socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
            "video.twilio.com cannot be reached: its name is not known here (DNS).",
            True,
        ),
        (
            os_error(errno.ECONNREFUSED),
            "video.twilio.com cannot be reached: it refused the connection, so nothing listens there.",
            True,
        ),
        (os_error(errno.ENETUNREACH), "video.twilio.com cannot be reached: there is no network.", True),
        (
            os_error(errno.EHOSTUNREACH),
            "video.twilio.com cannot be reached: there is no way to it from here.",
            True,
        ),
        (os_error(errno.ECONNRESET), "video.twilio.com cannot be reached: the connection was reset.", True),
        (os_error(errno.ETIMEDOUT), "video.twilio.com cannot be reached: it did not take the connection.", True),
        (ConnectionResetError(), "video.twilio.com cannot be reached: the connection was reset.", True),
        (OSError(errno.EIO, "Odd\x1b[2J {who}"), "video.twilio.com cannot be reached: Odd^[[2J {who}.", True),
        (http.Disconnected(), "video.twilio.com closed the connection without an answer.", True),
        (http.BrokenOff(), "The answer of video.twilio.com broke off half-way.", True),
        (http.Garbled(), "The answer of video.twilio.com is packed in a way that cannot be undone.", True),
        (http.Closed(), "The connections to video.twilio.com have been closed.", False),
        (
            http.NameTimeout(),
            "video.twilio.com cannot be reached: its name could not be looked up within 5 s (DNS).",
            True,
        ),
        (http.ConnectTimeout(), "video.twilio.com cannot be reached: no connection within 5 s.", True),
        (
            http.HandshakeTimeout(),
            "No secure connection (TLS) to video.twilio.com: no handshake within 5 s.",
            True,
        ),
        (
            http.HandshakeBroken(),
            "No secure connection (TLS) to video.twilio.com: it closed the connection before one was agreed on.",
            True,
        ),
        (http.AnswerTimeout(), "video.twilio.com gave no answer within 10 s.", True),
        (asyncio.TimeoutError(), "video.twilio.com gave no answer within 10 s.", True),
        (TimeoutError(), "video.twilio.com gave no answer within 10 s.", True),
        (
            untrusted_certificate("self-signed certificate"),
            f"The certificate of video.twilio.com (TLS) is not trusted: self-signed certificate. {CA_HINT}",
            False,
        ),
        (
            untrusted_certificate("certificate has expired", 10),
            (
                "The certificate of video.twilio.com (TLS) is not trusted: certificate has expired. "
                "Is this machine's clock right?"
            ),
            False,
        ),
        (
            untrusted_certificate("Hostname mismatch, certificate is not valid for 'video.twilio.com'.", 62),
            (
                "The certificate of video.twilio.com (TLS) is not trusted: Hostname mismatch, certificate is not valid "
                "for 'video.twilio.com'. Is the API URL right?"
            ),
            False,
        ),
        (
            ssl.SSLError(1, "[SSL] something"),
            "No secure connection (TLS) to video.twilio.com: handshake failed.",
            False,
        ),
        (
            tls_error("TLSV1_ALERT_PROTOCOL_VERSION"),
            "No secure connection (TLS) to video.twilio.com: tlsv1 alert protocol version.",
            False,
        ),
        (
            tls_error("WRONG_VERSION_NUMBER"),
            "video.twilio.com does not speak TLS: is the API URL right, https:// and port?",
            False,
        ),
        (
            http.ProxyFault(os_error(errno.ECONNREFUSED)),
            (
                "The proxy proxy.example:3128 cannot be reached: it refused the connection, so nothing listens there. "
                "HTTPS_PROXY names it."
            ),
            True,
        ),
        (
            http.ProxyFault(http.ConnectTimeout()),
            "The proxy proxy.example:3128 cannot be reached: no connection within 5 s. HTTPS_PROXY names it.",
            True,
        ),
        (
            http.ProxyFault(http.HandshakeTimeout()),
            "The proxy proxy.example:3128 took the connection, but did not connect us to video.twilio.com within 5 s.",
            True,
        ),
        (
            http.ProxyFault(http.Disconnected()),
            "The proxy proxy.example:3128 closed the connection without an answer. HTTPS_PROXY names it.",
            True,
        ),
        (
            http.ProxyFault(http.NotHttp()),
            "The proxy proxy.example:3128 does not answer like a proxy: is HTTPS_PROXY right?",
            False,
        ),
        (
            http.ProxyFault(untrusted_certificate("self-signed certificate")),
            f"The certificate of the proxy proxy.example:3128 (TLS) is not trusted: self-signed certificate. {CA_HINT}",
            False,
        ),
        (
            http.ProxyFault(tls_error("WRONG_VERSION_NUMBER")),
            "The proxy proxy.example:3128 does not speak TLS: is HTTPS_PROXY right, https:// and port?",
            False,
        ),
        (
            http.ProxyRefused(407),
            "The proxy proxy.example:3128 wants a user name and password (HTTP 407): put them into HTTPS_PROXY.",
            False,
        ),
        (
            http.ProxyRefused(403),
            (
                "The proxy proxy.example:3128 does not connect us to video.twilio.com (HTTP 403). "
                "Have it allow that, or name the host in NO_PROXY."
            ),
            False,
        ),
        (
            http.ProxyRefused(502),
            (
                "The proxy proxy.example:3128 does not connect us to video.twilio.com (HTTP 502). "
                "It may not reach it either."
            ),
            True,
        ),
        (
            http.TlsInTls(),
            "The proxy proxy.example:3128 wants TLS for itself (https://), which takes Python 3.11 or later.",
            False,
        ),
        (http.HttpFault(), "Talking to video.twilio.com failed (HttpFault).", True),
        (EOFError(), "Talking to video.twilio.com failed (EOFError).", True),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_says_in_plain_words_what_failed(fault: BaseException, words: str, *, passing: bool) -> None:
    assert isinstance(fault, FAULTS)
    error, may_pass = explain(fault, host="video.twilio.com", connecting=5.0, waiting=10.0, proxy=PROXY)
    assert type(error) is Unreachable
    assert error.sentence == words
    assert may_pass is passing


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (http.ProxyRefused(407), "does not take the user name and password in ALL_PROXY (HTTP 407)."),
        (http.ProxyFault(http.NotHttp()), "does not answer like a proxy: is ALL_PROXY right?"),
        (http.ProxyFault(http.Disconnected()), "closed the connection without an answer. ALL_PROXY names it."),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_says_which_variable_is_to_be_looked_at(fault: BaseException, words: str) -> None:
    proxy = replace(PROXY, variable="ALL_PROXY", authorization=basic("me", "secret"))
    error, _ = explain(fault, host="video.twilio.com", connecting=5.0, waiting=10.0, proxy=proxy)
    assert error.sentence == f"The proxy proxy.example:3128 {words}"


def test_says_that_it_is_no_web_server() -> None:
    error, passing = explain(http.NotHttp(), host="video.twilio.com", connecting=5.0, waiting=10.0)
    assert type(error) is NotTwilio
    assert "does not answer in HTTP" in error.sentence
    assert not passing


def test_forgets_the_fault_with_all_that_its_traceback_holds() -> None:
    with pytest.raises(http.ProxyRefused) as failed:
        raise http.ProxyRefused(407)
    error, _ = explain(failed.value, host="video.twilio.com", connecting=5.0, waiting=10.0, proxy=PROXY)
    assert isinstance(error, TwilioError)
    assert error.__cause__ is error.__context__ is None
    assert error.__traceback__ is None


def test_cancelling_is_no_fault() -> None:
    assert not issubclass(asyncio.CancelledError, FAULTS)
