"""The way out through a company's proxy, as the environment tells it.

Only https goes through one, and so only by CONNECT: http is for a sandbox on this machine (`ApiUrl.parse`). The proxy
learns the host's name and sees bytes that it cannot read. The environment is asked once.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.credentials import Secret, basic
from roomtui.twilio_api.errors import Unreachable
from roomtui.twilio_api.origin import PORTS, Origin


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where requests go first.

    Attributes:
        origin: of the proxy itself; https, where it wants TLS for our words to it.
        name: host and port, for people; without user name and password.
        authorization: the value of a `Proxy-Authorization` header, or None.
    """

    origin: Origin
    name: str
    authorization: Secret | None


def from_environment(origin: Origin) -> Proxy | None:
    """The proxy that `HTTPS_PROXY` or `ALL_PROXY` (or the system) names for `origin`, unless `NO_PROXY` excludes it.

    A sandbox on this machine is never asked for through a proxy: to the proxy, `127.0.0.1` is another machine.

    Raises:
        Unreachable: a proxy is named that we cannot use (SOCKS, no host). The sentence holds no credentials.
    """
    # With its port, because NO_PROXY may name one.
    if origin.is_loopback or proxy_bypass(f"{origin.host}:{origin.port}"):
        return None
    proxies = getproxies()
    setting = proxies.get(origin.scheme) or proxies.get("all")
    if not setting:
        return None
    # Many environments say just "proxy.example:3128", and every other program takes it.
    address = setting if "://" in setting else f"http://{setting}"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Unreachable("The proxy in the environment (HTTPS_PROXY) is not a web address.") from None
    if parts.scheme not in PORTS or not host:
        kind = Untrusted(parts.scheme).safe
        raise Unreachable(f"The proxy in the environment (HTTPS_PROXY) is of a kind we cannot use: {kind}.")
    place = f"[{host}]" if ":" in host else host
    place = place if port is None else f"{place}:{port}"
    authorization = None
    if parts.username is not None:
        authorization = basic(unquote(parts.username), unquote(parts.password or ""))
    there = Origin(parts.scheme, host, port or PORTS[parts.scheme])
    return Proxy(there, Untrusted(place).safe, authorization)


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
