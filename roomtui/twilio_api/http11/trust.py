"""Whom we believe to be who they say: TLS, with the certificates that this machine trusts.

Companies look into TLS at their border and give their machines a certificate authority of their own, named in the
environment. There are four usual names for it; `curl`, `requests` and OpenSSL read one or the other, we read them all.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import Final

_OPENSSLS: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""Read by OpenSSL itself, in the place of the system's. They count first."""

_OTHERS: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""A file, or a directory as OpenSSL has them; the first one counts, in the place of the system's."""


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
    chosen = next((name for name in (*_OPENSSLS, *_OTHERS) if os.environ.get(name)), None)
    if chosen in _OTHERS:
        context = _trusting(chosen, os.environ[chosen])
    else:
        context = ssl.create_default_context()
        if chosen is not None:
            _check(context, chosen, os.environ[chosen])
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _trusting(variable: str, path: str) -> ssl.SSLContext:
    try:
        if Path(path).is_dir():
            return ssl.create_default_context(capath=path)
        return ssl.create_default_context(cafile=path)
    except ssl.SSLError:
        raise NoTrust(variable, path, "it holds no certificate (PEM)") from None
    except OSError as error:
        raise NoTrust(variable, path, error.strerror or type(error).__name__) from None


def _check(context: ssl.SSLContext, variable: str, path: str) -> None:
    """Say what OpenSSL passes over in silence: then it trusts nobody, and every certificate is called wrong.

    Raises:
        NoTrust: there is nothing there.
    """
    if variable != "SSL_CERT_FILE" or os.environ.get("SSL_CERT_DIR") or context.get_ca_certs():
        return
    try:
        Path(path).read_bytes()
    except OSError as error:
        raise NoTrust(variable, path, error.strerror or type(error).__name__) from None
    raise NoTrust(variable, path, "it holds no certificate (PEM)")
