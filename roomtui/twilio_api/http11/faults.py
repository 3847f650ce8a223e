"""Every way in which an exchange fails that the system has no exception for.

None of them holds what was sent: tracebacks show it. What the system raises itself (`OSError`, and TLS as
`ssl.SSLError`) is passed on as it is, inside a `ProxyFault` where it was the proxy's.
"""

from __future__ import annotations


class HttpFault(Exception):
    """No whole answer came."""


class Closed(HttpFault):
    """We closed the connections ourselves."""


class NameTimeout(HttpFault):
    """What the name of the other end stands for is not told in time."""


class ConnectTimeout(HttpFault):
    """No connection in time: the other end does not even take it."""


class HandshakeTimeout(HttpFault):
    """The other end took the connection, but did not agree on TLS in time."""


class HandshakeBroken(HttpFault):
    """The other end took the connection, and closed it before TLS was agreed on."""


class AnswerTimeout(HttpFault):
    """No whole answer in time."""


class Disconnected(HttpFault):
    """The other end closed the connection without a word."""


class BrokenOff(HttpFault):
    """The other end closed the connection in the middle of its answer."""


class NotHttp(HttpFault):
    """What came is not HTTP/1.1, or a part of it that nobody asked for."""


class Garbled(HttpFault):
    """The body cannot be unpacked."""


class TooMuch(HttpFault):
    """The answer is bigger than we take."""


class TlsInTls(HttpFault):
    """This version of Python cannot speak TLS through a proxy that itself speaks TLS."""


class ProxyFault(HttpFault):
    """Not the other end but the proxy on the way to it failed.

    Attributes:
        cause: how: another fault, or what the system raised.
    """

    def __init__(self, cause: BaseException) -> None:
        super().__init__()
        self.cause = cause


class ProxyRefused(HttpFault):
    """The proxy answered, and does not connect us.

    Attributes:
        status: of its answer.
    """

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status
