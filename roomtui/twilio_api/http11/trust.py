"""Whom we believe to be who they say: TLS, with the certificates that this machine trusts.

Companies look into TLS at their border and give their machines a certificate authority of their own, named in the
environment. There are four usual names for it; `curl`, `requests` and OpenSSL read one or the other, we read them all.
"""

from __future__ import annotations

import os
import ssl
from typing import Final

_SETTINGS: Final = (("SSL_CERT_FILE", "SSL_CERT_DIR"), ("REQUESTS_CA_BUNDLE",), ("CURL_CA_BUNDLE",))
"""Each a file, or a directory or several as OpenSSL has them. The first that are set count, in the system's place."""


class NoTrust(Exception):
    """The environment names certificates that cannot be read.

    Attributes:
        variable: which one does.
        path: what it names.
        reason: what is wrong with it, in a few words.
    """

    def __init__(self, variable: str, path: str, reason: str) -> None:
        super().__init__(variable, path, reason)
        self.variable = variable
        self.path = path
        self.reason = reason


def context_from_environment() -> ssl.SSLContext:
    """A context that checks certificate and host name, speaks TLS 1.2 or later, and trusts whom it is told to.

    Takes some ten milliseconds of CPU, and reads files.

    Raises:
        NoTrust: not the ones it is told to trust.
    """
    for setting in _SETTINGS:
        named = {variable: os.environ[variable] for variable in setting if os.environ.get(variable)}
        if named:
            context = _trusting(named)
            break
    else:
        context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _trusting(named: dict[str, str]) -> ssl.SSLContext:
    """A context that trusts whom these variables name, and nobody else.

    OpenSSL, left to itself, would take a file in the place of the system's file, and trust the system's directory as
    before. One of several that is not there is passed over, as it does.
    """
    context: ssl.SSLContext | None = None
    lost: list[NoTrust] = []
    for variable, path in named.items():
        is_folder = any(os.path.isdir(each) for each in path.split(os.pathsep))  # noqa: PTH112 - `Path` would raise
        where = {"capath" if is_folder else "cafile": path}
        try:
            if context is None:
                context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, **where)
            else:
                context.load_verify_locations(**where)
        except ssl.SSLError:
            lost.append(NoTrust(variable, path, "it holds no certificate (PEM), or a broken one"))
        except OSError as error:
            lost.append(NoTrust(variable, path, error.strerror or type(error).__name__))
    if context is None:
        raise lost[0]
    return context
