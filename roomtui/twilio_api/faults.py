"""Every way a connection fails, told in plain words."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from typing import Final, NamedTuple

import aiohttp
from aiohttp.http import HttpProcessingError

from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import NotTwilio, TwilioError, Unreachable

FAULTS: Final = (
    aiohttp.ClientError,
    HttpProcessingError,
    asyncio.TimeoutError,  # another class than TimeoutError on Python 3.10
    EOFError,
    OSError,  # TLS, sockets, name resolution
)
"""What aiohttp, asyncio, ssl and the system raise when a connection fails. Cancelling is not among them."""

_WORDS: Final = {
    errno.ECONNREFUSED: "it refused the connection, so nothing listens there",
    errno.ECONNRESET: "the connection was reset",
    errno.EPIPE: "the connection was closed",
    errno.EHOSTUNREACH: "there is no way to it from here",
    errno.ENETUNREACH: "there is no network",
    errno.ETIMEDOUT: "it did not take the connection",
    errno.EMFILE: "this machine has no more files to open",
}


_PLAIN: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (aiohttp.ConnectionTimeoutError, "{host} cannot be reached: no connection within {connecting:g} s."),
    (asyncio.TimeoutError, "{host} gave no answer within {waiting:g} s."),
    (TimeoutError, "{host} gave no answer within {waiting:g} s."),
    (aiohttp.ClientPayloadError, "The answer of {host} broke off half-way."),
    (aiohttp.ServerDisconnectedError, "{host} closed the connection without an answer."),
)
"""What needs no looking into; the first class that fits. All of it may pass."""


class Fault(NamedTuple):
    """A failed attempt.

    Attributes:
        error: what to raise if it is not tried again. It is made without the original exception: aiohttp's hold
            headers, and tracebacks hold locals.
        passing: whether another attempt may do better.
    """

    error: TwilioError
    passing: bool


def explain(fault: BaseException, *, host: str, connecting: float, waiting: float, proxy: str | None = None) -> Fault:
    """The fault in words for people.

    Args:
        fault: one of `FAULTS`.
        host: whom we asked, for people.
        connecting: seconds given to make a connection.
        waiting: seconds given to the whole exchange.
        proxy: whom we asked through, for people.
    """
    if isinstance(fault, aiohttp.ClientHttpProxyError):
        return _refused_by_proxy(fault.status, host, proxy)
    if isinstance(fault, aiohttp.ClientProxyConnectionError):
        return Fault(Unreachable(f"The proxy {proxy} cannot be reached: {_reason(fault.os_error)}."), passing=True)
    if isinstance(fault, (aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError)):
        return Fault(Unreachable(_distrust(fault, host)), passing=False)
    if isinstance(fault, (aiohttp.ClientSSLError, ssl.SSLError)):
        cause = _cause(fault)
        broken_off = isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError))
        return Fault(Unreachable(f"No secure connection (TLS) to {host}: {_reason(cause)}."), passing=broken_off)
    for kind, words in _PLAIN:
        if isinstance(fault, kind):
            return Fault(Unreachable(words.format(host=host, connecting=connecting, waiting=waiting)), passing=True)
    if isinstance(fault, (aiohttp.ClientResponseError, HttpProcessingError)):
        return Fault(NotTwilio(f"{host} does not answer in HTTP: is the API URL right?"), passing=False)
    if isinstance(fault, OSError):
        return Fault(Unreachable(f"{host} cannot be reached: {_reason(_cause(fault))}."), passing=True)
    return Fault(Unreachable(f"Talking to {host} failed ({type(fault).__name__})."), passing=True)


def _refused_by_proxy(status: int, host: str, proxy: str | None) -> Fault:
    if status == 407:
        words = f"The proxy {proxy} wants a user name and password (HTTP 407): put them into HTTPS_PROXY."
        return Fault(Unreachable(words), passing=False)
    words = f"The proxy {proxy} does not connect us to {host} (HTTP {status})."
    return Fault(Unreachable(words), passing=status >= 500)


def _distrust(fault: BaseException, host: str) -> str:
    error = fault.certificate_error if isinstance(fault, aiohttp.ClientConnectorCertificateError) else fault
    reason = getattr(error, "verify_message", "") or "it cannot be verified"
    return (
        f"The certificate of {host} (TLS) is not trusted: {Untrusted(reason).safe}. "
        "If a proxy looks into TLS here, point SSL_CERT_FILE to its CA."
    )


def _cause(fault: BaseException) -> BaseException:
    return fault.os_error if isinstance(fault, aiohttp.ClientConnectorError) else fault


def _reason(fault: BaseException) -> str:
    if isinstance(fault, socket.gaierror):
        return "its name is not known here (DNS)"
    if isinstance(fault, ssl.SSLError):
        return Untrusted((getattr(fault, "reason", None) or "handshake failed").replace("_", " ").lower()).safe
    # Raised by asyncio and aiohttp themselves, it has no number.
    number = errno.ECONNRESET if isinstance(fault, ConnectionResetError) else getattr(fault, "errno", None)
    known = _WORDS.get(number) if isinstance(number, int) else None
    if known is not None:
        return known
    words = getattr(fault, "strerror", None)
    return Untrusted(words).safe if isinstance(words, str) and words else type(fault).__name__
