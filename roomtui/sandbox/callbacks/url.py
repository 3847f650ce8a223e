"""The URL of a customer's server, as it is sent, signed, compared and shown."""

from __future__ import annotations

import base64
import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlencode, urlsplit

from yarl import URL

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNSENDABLE = re.compile(r"[\x00-\x20\x7f]")
_PRINTABLE_ASCII = "".join(map(chr, range(0x21, 0x7F)))
_LONGEST_SPOKEN = 120


@dataclass(frozen=True, slots=True)
class Target:
    """A URL, taken apart.

    Attributes:
        url: as it is sent and signed: ASCII, without fragment, name and password.
        host: as `host_name` gives it.
        login: the `Authorization` header of its name and password.
    """

    url: str
    host: str
    login: str | None

    @classmethod
    def parse(cls, text: str) -> Target:
        """Take a URL apart. Its path and query stay as they are, for they are signed; non-ASCII is encoded.

        Raises:
            ValueError: for what is no absolute http(s) URL.
        """
        if _UNSENDABLE.search(text):
            raise ValueError("a URL has no spaces")
        parts = urlsplit(text)
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.port == 0:
            raise ValueError("not an absolute http(s) URL")
        host = host_name(parts.hostname)
        shown = f"[{host}]" if ":" in host else host
        port = "" if parts.port in {None, _DEFAULT_PORTS[parts.scheme]} else f":{parts.port}"
        path, query = (quote(part, safe=_PRINTABLE_ASCII) for part in (parts.path or "/", parts.query))
        login = None
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            login = f"Basic {base64.b64encode(pair.encode()).decode()}"
        return cls(f"{parts.scheme}://{shown}{port}{path}{f'?{query}' if query else ''}", host, login)

    @property
    def server(self) -> str:
        """Scheme, host and port."""
        return "/".join(self.url.split("/", 3)[:3])

    def with_query(self, parameters: Mapping[str, str]) -> Target:
        """The same with parameters appended to its query."""
        if not parameters:
            return self
        joint = "&" if "?" in self.url else "?"
        return Target(f"{self.url}{joint}{form_encoded(parameters)}", self.host, self.login)


def host_name(host: str) -> str:
    """A host as it is compared and sent: in lower case and ASCII, addresses in their shortest form.

    Raises:
        ValueError: if it is no host.
    """
    if not host or any(sign in host for sign in "/?#@") or _UNSENDABLE.search(host):
        raise ValueError(f"{host!r} is no host")
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]")).compressed
    except ValueError:
        if ":" in host:
            raise
    return (URL.build(scheme="http", host=host).raw_host or "").lower().rstrip(".")


def form_encoded(parameters: Mapping[str, str]) -> str:
    """A form's body or a query, with `%20` for a space, as Twilio sends it."""
    return urlencode(parameters, quote_via=quote)


def displayed(url: str) -> str:
    """A URL to show: without name and password."""
    try:
        return Target.parse(url).url
    except ValueError:
        return spoken(url)


def spoken(url: str) -> str:
    """A URL for a sentence: without its query, which may be long, and without a password."""
    scheme, separator, rest = url.partition("#")[0].partition("?")[0].partition("://")
    authority, slash, path = rest.partition("/")
    shown = f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}"
    return shown if len(shown) <= _LONGEST_SPOKEN else f"{shown[: _LONGEST_SPOKEN - 3]}..."
