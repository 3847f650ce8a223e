"""The way out through a company's proxy, as the environment tells it.

Only https goes through one, and so only by CONNECT: http is for a sandbox on this machine (`ApiUrl.parse`). The proxy
learns the host's name and sees bytes that it cannot read. The environment is asked once.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.credentials import Secret, basic
from roomtui.twilio_api.errors import Unreachable
from roomtui.twilio_api.origin import PORTS, Origin

_VARIABLES: Final = {"HTTPS_PROXY": "https", "ALL_PROXY": "all"}
"""What names a proxy, and what `getproxies` calls it; the first one counts."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where requests go first.

    Attributes:
        origin: of the proxy itself; https, where it wants TLS for our words to it.
        name: host and port, for people; without user name and password.
        authorization: the value of a `Proxy-Authorization` header, or None.
        variable: what names it.
    """

    origin: Origin
    name: str
    authorization: Secret | None
    variable: str


def from_environment(origin: Origin) -> Proxy | None:
    """The proxy that `HTTPS_PROXY` or `ALL_PROXY` (or the system) names for `origin`, unless `NO_PROXY` excludes it.

    A sandbox on this machine is never asked for through a proxy: to the proxy, `127.0.0.1` is another machine.

    Raises:
        Unreachable: a proxy is named that we cannot use (SOCKS, no host). The sentence holds no credentials.
    """
    if origin.is_loopback or _is_excepted(origin):
        return None
    said = getproxies()
    variable = next((name for name, kind in _VARIABLES.items() if said.get(kind, "").strip()), None)
    if variable is None:
        return None
    setting = said[_VARIABLES[variable]].strip()
    # Many environments say just "proxy.example:3128", and every other program takes it.
    address = setting if "://" in setting else f"http://{setting}"
    authorization = None
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
        if parts.username is not None:
            authorization = basic(unquote(parts.username), unquote(parts.password or ""))
    except ValueError:  # no port, or a password that is no UTF-8
        raise _no_address(variable) from None
    if not parts.scheme or not host or "@" in f"{parts.path}{parts.query}{parts.fragment}":
        # A slash in a password ends the host's name for us: what we would take for the host is a part of the password.
        raise _no_address(variable)
    if parts.scheme not in PORTS:
        kind = Untrusted(parts.scheme).safe
        raise Unreachable(f"The proxy in the environment ({variable}) is of a kind we cannot use: {kind}.")
    place = f"[{host}]" if ":" in host else host
    place = place if port is None else f"{place}:{port}"
    there = Origin(parts.scheme, host, port or PORTS[parts.scheme])
    return Proxy(there, Untrusted(place).safe, authorization, variable)


def _no_address(variable: str) -> Unreachable:
    form = "http://user:password@host:port, with / ? # in the password as %2F %3F %23"
    return Unreachable(f"The proxy in the environment ({variable}) is not a web address ({form}).")


def _is_excepted(origin: Origin) -> bool:
    """Whether `NO_PROXY` (or the system) names it: as Python's library reads that, or as `_names` does."""
    if proxy_bypass(f"{origin.host}:{origin.port}"):
        return True
    return any(_names(each, origin) for each in getproxies().get("no", "").replace(",", " ").split())


def _names(excepted: str, origin: Origin) -> bool:
    """What other programs read besides: `*` among others, `*.example`, `[fd00::2]:443`, a network (`10.0.0.0/8`)."""
    if excepted == "*":
        return True
    end = excepted.lower().removeprefix("*").replace("[", "").replace("]", "").lstrip(".")
    if end and any(f".{place}".endswith(f".{end}") for place in (origin.host, f"{origin.host}:{origin.port}")):
        return True
    try:
        return ip_address(origin.host) in ip_network(excepted, strict=False)
    except ValueError:
        return False


def secrets(origin: Origin) -> tuple[str, ...]:
    """What nobody may be shown of the proxy's address: the password, and what is sent of it."""
    try:
        proxy = from_environment(origin)
    except Unreachable:
        return ()
    if proxy is None or proxy.authorization is None:
        return ()
    encoded = proxy.authorization.removeprefix("Basic ")
    return encoded, base64.b64decode(encoded).decode("utf-8", "replace").partition(":")[2]
