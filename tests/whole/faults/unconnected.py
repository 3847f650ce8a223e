"""Men in the middle with whom no connection comes about, each for a reason of its own, for as long as they are deaf."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final

import trustme

from tests.whole.faults.middle import Middle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

NAME: Final = "localhost"  # another one would have to speak TLS
_FILLS: Final = 4
"""Connections after which a queue for one takes none any more."""


@dataclass
class Unanswered(Middle):
    """Its queue is full: who connects hears nothing."""

    _full: list[socket.socket] = field(default_factory=list)

    async def deafen(self) -> None:
        await super().deafen()
        full = socket.socket()
        full.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        full.bind(("127.0.0.1", self.port))
        full.listen(0)
        self._full = [full]
        for _ in range(_FILLS):
            one = socket.socket()
            one.settimeout(0)
            with suppress(BlockingIOError):
                one.connect(("127.0.0.1", self.port))
            self._full.append(one)

    async def listen(self) -> None:
        self._empty()
        await super().listen()

    async def __aexit__(self, *_: object) -> None:
        self._empty()
        await Middle.deafen(self)

    def _empty(self) -> None:
        for each in self._full:
            each.close()
        self._full.clear()


@dataclass
class Nameless(Middle):
    """Its name is not known any more."""

    _known: ClassVar[bool] = True

    @property
    def url(self) -> str:
        return f"http://{NAME}:{self.port}"

    async def deafen(self) -> None:
        type(self)._known = False
        await self.hang_up()

    async def listen(self) -> None:
        type(self)._known = True
        if self._server is None:
            await super().listen()

    async def __aexit__(self, *_: object) -> None:
        type(self)._known = True
        await Middle.deafen(self)

    @classmethod
    def prepare(cls, patch: pytest.MonkeyPatch, _place: Path) -> None:
        """Hand in a resolver; no other one is asked for the name."""
        ask: Callable[..., Any] = socket.getaddrinfo

        def resolve(host: str | bytes | None, *more: Any, **named: Any) -> Any:
            if host != NAME:
                return ask(host, *more, **named)
            if not cls._known:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            return ask("127.0.0.1", *more, **named)

        patch.setattr(socket, "getaddrinfo", resolve)


def certified(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@dataclass
class Impostor(Middle):
    """Shows a certificate of somebody whom nobody knows."""

    authority: ClassVar[trustme.CA]

    def __post_init__(self) -> None:
        self.tls = certified(self.authority, "127.0.0.1")

    def _false(self) -> ssl.SSLContext:
        return certified(trustme.CA(), "127.0.0.1")

    async def deafen(self) -> None:
        await super().deafen()
        self.tls = self._false()
        await super().listen()

    async def listen(self) -> None:
        await super().deafen()
        self.tls = certified(self.authority, "127.0.0.1")
        await super().listen()

    async def __aexit__(self, *_: object) -> None:
        await Middle.deafen(self)

    @classmethod
    def prepare(cls, patch: pytest.MonkeyPatch, place: Path) -> None:
        """Have the right one trusted."""
        cls.authority = trustme.CA()
        cls.authority.cert_pem.write_to_path(str(place / "ca.pem"))
        patch.setenv("SSL_CERT_FILE", str(place / "ca.pem"))


@dataclass
class WrongHost(Impostor):
    """Shows a certificate of another host."""

    def _false(self) -> ssl.SSLContext:
        return certified(self.authority, "somebody-else.invalid")
