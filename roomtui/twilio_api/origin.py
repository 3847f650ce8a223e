"""The one place the credentials may go to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import ForeignHost, InvalidApiUrl, NotTwilio

DEFAULT_API_URL: Final = "https://video.twilio.com"

_VIDEO_HOST: Final = re.compile(r"video((?:\.[a-z0-9-]+)*\.twilio\.com)", re.ASCII)

PORTS: Final = {"https": 443, "http": 80}

# What RFC 3986 lets a URL hold. Anything else (a blank, a line break, a backslash) is read differently by different
# parsers, and that difference is how credentials get to a host that the check did not see.
_URL: Final = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port: where a request goes."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        """Host, and port where it is not the usual one: what people call the place."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine, which nobody on the network listens to."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


def origin_of(url: str) -> Origin:
    """The origin of an absolute http(s) URL.

    Raises:
        ValueError: it is not one, or has a user name in it. The reason does not repeat the URL, which may be secret.
    """
    if not _URL.fullmatch(url):
        raise ValueError("it holds characters that no web address has")
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    if scheme not in PORTS:
        raise ValueError("it does not begin with https://")
    if "@" in parts.netloc:
        raise ValueError("it holds a user name or password, which belong elsewhere")
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("its port is not a number from 1 to 65535") from None
    if not host or port == 0:
        raise ValueError("it names no host and port to connect to")
    return Origin(scheme, host, port if port is not None else PORTS[scheme])


@dataclass(frozen=True, slots=True)
class ApiUrl:
    """The configured address of the API: where requests go, and nowhere else.

    Attributes:
        url: without a slash at the end; a path is kept, and requests go below it.
        origin: what `url` and every request have in common.
    """

    url: str
    origin: Origin
    _root: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        object.__setattr__(self, "_root", f"{parts.scheme}://{parts.netloc}/")

    @classmethod
    def parse(cls, text: str) -> ApiUrl:
        """Read what was configured.

        Raises:
            InvalidApiUrl: not a web address; one with credentials, query or fragment; or http to another machine,
                where anybody on the way could read the credentials.
        """
        url = text.strip()
        try:
            origin = origin_of(url)
        except ValueError as reason:
            raise InvalidApiUrl(f"The API URL cannot be used: {reason}.") from None
        if "?" in url or "#" in url:
            raise InvalidApiUrl("The API URL cannot be used: it holds a query or a fragment.")
        if origin.scheme != "https" and not origin.is_loopback:
            raise InvalidApiUrl(
                f"The API URL must begin with https:// because the credentials go to {origin}; "
                "http:// is for a sandbox on this machine."
            )
        return cls(url.rstrip("/"), origin)

    def demand(self, url: str) -> None:
        """Let pass only a URL of the configured origin.

        Raises:
            ForeignHost: it is on another scheme, host or port.
            NotTwilio: it is no URL at all.
        """
        # Up to the end of host and port the very same text.
        if url.startswith(self._root) and _URL.fullmatch(url):
            return
        try:
            origin = origin_of(url)
        except ValueError as reason:
            raise NotTwilio(f"{self.origin} gave an address that cannot be used: {reason}.") from None
        if origin != self.origin:
            there = Untrusted(f"{origin.scheme}://{origin}").safe
            raise ForeignHost(
                f"Twilio's answer points to {there}, not to {self.origin}: the credentials are not sent there."
            )

    def target(self, url: str) -> str:
        """Path and query of a URL of the configured origin, as they are written in it.

        Raises:
            ForeignHost: it is on another scheme, host or port.
            NotTwilio: it is no URL at all.
        """
        self.demand(url)
        address = url.partition("#")[0]
        begin = address.find("/", address.index("://") + 3)
        if begin >= 0 and "?" not in address[:begin]:
            return address[begin:]
        _, mark, query = address.partition("?")
        return f"/{mark}{query}"


def calls_url(video: ApiUrl) -> str:
    """Where phone calls are asked for, if rooms are at `video`.

    At Twilio each product has a host of its own: `api.` in the place of `video.`, regions and edges kept. Anybody else
    (a sandbox) is asked for everything at one address.
    """
    host = _VIDEO_HOST.fullmatch(video.origin.host)
    if host is None:
        return video.url
    parts = urlsplit(video.url)
    port = f":{parts.port}" if parts.port is not None else ""
    return parts._replace(netloc=f"api{host.group(1)}{port}").geturl()
