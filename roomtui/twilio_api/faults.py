"""Every way a connection fails, told in plain words."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import NotTwilio, TwilioError, Unreachable
from roomtui.twilio_api.http11.faults import (
    AnswerTimeout,
    BrokenOff,
    Closed,
    ConnectTimeout,
    Disconnected,
    Garbled,
    HandshakeBroken,
    HandshakeTimeout,
    HttpFault,
    NameTimeout,
    NotHttp,
    ProxyFault,
    ProxyRefused,
    TlsInTls,
)

if TYPE_CHECKING:
    from roomtui.twilio_api.proxy import Proxy

FAULTS: Final = (
    HttpFault,
    asyncio.TimeoutError,  # another class than TimeoutError on Python 3.10
    EOFError,
    OSError,  # TLS, sockets, name resolution
)
"""What our HTTP, asyncio, ssl and the system raise when a connection fails. Cancelling is not among them."""

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
    (NameTimeout, "{who} cannot be reached: its name could not be looked up within {connecting:g} s (DNS)."),
    (ConnectTimeout, "{who} cannot be reached: no connection within {connecting:g} s."),
    (HandshakeTimeout, "No secure connection (TLS) to {who}: no handshake within {connecting:g} s."),
    (HandshakeBroken, "No secure connection (TLS) to {who}: it closed the connection before one was agreed on."),
    (AnswerTimeout, "{who} gave no answer within {waiting:g} s."),
    (BrokenOff, "The answer of {who} broke off half-way."),
    (Garbled, "The answer of {who} is packed in a way that cannot be undone."),
    (Disconnected, "{who} closed the connection without an answer."),
)
"""What needs no looking into; the first class that fits. All of it may pass."""

# OpenSSL's numbers (X509_V_ERR_...).
_NOT_NOW: Final = frozenset({9, 10})
_ANOTHER_HOST: Final = frozenset({62, 64})

_NO_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"})
"""How OpenSSL calls it when something else than TLS is spoken. It cannot know what."""


class Fault(NamedTuple):
    """A failed attempt.

    Attributes:
        error: what to raise if it is not tried again. It is made without the original exception: tracebacks hold
            locals.
        passing: whether another attempt may do better.
    """

    error: TwilioError
    passing: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whom we asked: the host, or the proxy on the way to it.

    Attributes:
        who: for people, in the middle of a sentence.
        setting: what names it, for people.
    """

    who: str
    setting: str
    connecting: float
    waiting: float

    def unreachable(self, sentence: str, *, passing: bool) -> Fault:
        # "the proxy" may begin a sentence. A host's name is written as it is.
        return Fault(Unreachable(f"The{sentence[3:]}" if sentence.startswith("the ") else sentence), passing=passing)


def explain(fault: BaseException, *, host: str, connecting: float, waiting: float, proxy: Proxy | None = None) -> Fault:
    """The fault in words for people.

    Args:
        fault: one of `FAULTS`.
        host: whom we asked, for people.
        connecting: seconds given to make a connection.
        waiting: seconds given to the whole exchange.
        proxy: whom we asked through.
    """
    if proxy is not None and isinstance(fault, ProxyRefused):
        return _refused_by_proxy(fault.status, host, proxy)
    if proxy is not None and isinstance(fault, TlsInTls):
        words = f"The proxy {proxy.name} wants TLS for itself (https://), which takes Python 3.11 or later."
        return Fault(Unreachable(words), passing=False)
    if proxy is not None and isinstance(fault, ProxyFault):
        asked = _Asked(f"the proxy {proxy.name}", proxy.variable, connecting, waiting)
        return _failed_by_proxy(fault.cause, asked, host)
    return _failed(fault, _Asked(host, "the API URL", connecting, waiting))


def _failed(fault: BaseException, asked: _Asked) -> Fault:
    if isinstance(fault, Closed):
        return asked.unreachable(f"The connections to {asked.who} have been closed.", passing=False)
    if isinstance(fault, ssl.SSLCertVerificationError):
        return Fault(Unreachable(_distrust(fault, asked)), passing=False)
    if isinstance(fault, ssl.SSLError):
        if getattr(fault, "reason", None) in _NO_TLS:  # it has none where Python raises it itself
            words = f"{asked.who} does not speak TLS: is {asked.setting} right, https:// and port?"
            return asked.unreachable(words, passing=False)
        broken_off = isinstance(fault, (ssl.SSLEOFError, ssl.SSLZeroReturnError))
        return asked.unreachable(f"No secure connection (TLS) to {asked.who}: {_reason(fault)}.", passing=broken_off)
    for kind, words in _PLAIN:
        if isinstance(fault, kind):
            told = words.format(who=asked.who, connecting=asked.connecting, waiting=asked.waiting)
            return asked.unreachable(told, passing=True)
    if isinstance(fault, NotHttp):
        return Fault(NotTwilio(f"{asked.who} does not answer in HTTP: is the API URL right?"), passing=False)
    if isinstance(fault, OSError) and (fault.errno is not None or not isinstance(fault, TimeoutError)):
        return asked.unreachable(f"{asked.who} cannot be reached: {_reason(fault)}.", passing=True)
    if isinstance(fault, (asyncio.TimeoutError, TimeoutError)):
        return asked.unreachable(f"{asked.who} gave no answer within {asked.waiting:g} s.", passing=True)
    return asked.unreachable(f"Talking to {asked.who} failed ({type(fault).__name__}).", passing=True)


def _failed_by_proxy(fault: BaseException, asked: _Asked, host: str) -> Fault:
    """What is wrong between us and the proxy, and where to look."""
    if isinstance(fault, NotHttp):
        return asked.unreachable(f"{asked.who} does not answer like a proxy: is {asked.setting} right?", passing=False)
    if isinstance(fault, HandshakeTimeout):
        words = f"{asked.who} took the connection, but did not connect us to {host} within {asked.connecting:g} s."
        return asked.unreachable(words, passing=True)
    told = _failed(fault, asked)
    if isinstance(fault, ssl.SSLError):
        return told
    return Fault(Unreachable(f"{told.error.sentence} {asked.setting} names it."), told.passing)


def _refused_by_proxy(status: int, host: str, proxy: Proxy) -> Fault:
    if status == 407:
        words = f"wants a user name and password (HTTP 407): put them into {proxy.variable}."
        if proxy.authorization is not None:
            words = f"does not take the user name and password in {proxy.variable} (HTTP 407)."
        return Fault(Unreachable(f"The proxy {proxy.name} {words}"), passing=False)
    words = f"The proxy {proxy.name} does not connect us to {host} (HTTP {status})."
    if status >= 500:
        return Fault(Unreachable(f"{words} It may not reach it either."), passing=True)
    return Fault(Unreachable(f"{words} Have it allow that, or name the host in NO_PROXY."), passing=False)


def _distrust(fault: ssl.SSLCertVerificationError, asked: _Asked) -> str:
    reason = Untrusted(getattr(fault, "verify_message", "") or "it cannot be verified").safe.rstrip(".")
    code = getattr(fault, "verify_code", 0)
    if code in _NOT_NOW:
        hint = "Is this machine's clock right?"
    elif code in _ANOTHER_HOST:
        hint = f"Is {asked.setting} right?"
    else:
        hint = "If a proxy looks into TLS here, point SSL_CERT_FILE to its CA."
    return f"The certificate of {asked.who} (TLS) is not trusted: {reason}. {hint}"


def _reason(fault: BaseException) -> str:
    if isinstance(fault, socket.gaierror):
        return "its name is not known here (DNS)"
    if isinstance(fault, ssl.SSLError):
        return Untrusted((getattr(fault, "reason", None) or "handshake failed").replace("_", " ").lower()).safe
    # Raised by asyncio itself, it has no number.
    aborted = isinstance(fault, (ConnectionResetError, ConnectionAbortedError))
    number = errno.ECONNRESET if aborted else getattr(fault, "errno", None)
    known = _WORDS.get(number) if isinstance(number, int) else None
    if known is not None:
        return known
    words = getattr(fault, "strerror", None)
    return Untrusted(words).safe if isinstance(words, str) and words else type(fault).__name__
