"""Men in the middle with whom no connection comes about, each for a reason of its own, for as long as they are deaf."""

from __future__ import annotations

import re
import socket
import ssl
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final

import trustme

from tests.cli.program import PROGRAM
from tests.whole.faults.middle import Middle
from tests.whole.faults.table import HTTP, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pytest

NAME: Final = "localhost"  # another one would have to speak TLS
# The program, with a resolver of its own that knows the name for as long as there is this file.
_RESOLVES = f"""
import os, socket, sys
known, ask = sys.argv.pop(1), socket.getaddrinfo
def resolve(host, *more, **named):
    if host == {NAME!r} and not os.path.exists(known):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return ask("127.0.0.1" if host == {NAME!r} else host, *more, **named)
socket.getaddrinfo = resolve
from roomtui.cli.main import main
main()
"""
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
    _file: ClassVar[Path | None] = None

    @property
    def url(self) -> str:
        return f"http://{NAME}:{self.port}"

    async def deafen(self) -> None:
        self._know(known=False)
        await self.hang_up()

    async def listen(self) -> None:
        self._know(known=True)
        if self._server is None:
            await super().listen()

    async def __aexit__(self, *_: object) -> None:
        self._know(known=True)
        await Middle.deafen(self)

    @classmethod
    def _know(cls, *, known: bool) -> None:
        cls._known = known
        if cls._file is not None:
            cls._file.touch() if known else cls._file.unlink(missing_ok=True)

    @classmethod
    def program(cls, place: Path) -> Sequence[str]:
        """What runs the program with such a resolver, in a process of its own."""
        cls._file = place / "name-is-known"
        cls._file.touch()
        return sys.executable, "-c", _RESOLVES, str(cls._file)

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
        for name, value in cls.trusted(place).items():
            patch.setenv(name, value)

    @classmethod
    def trusted(cls, place: Path) -> dict[str, str]:
        """The environment in which the right one is trusted."""
        cls.authority = trustme.CA()
        cls.authority.cert_pem.write_to_path(str(place / "ca.pem"))
        return {"SSL_CERT_FILE": str(place / "ca.pem")}


@dataclass
class WrongHost(Impostor):
    """Shows a certificate of another host."""

    def _false(self) -> ssl.SSLContext:
        return certified(self.authority, "somebody-else.invalid")


WAYS: Final[dict[type[Middle], Fault]] = {
    Unanswered: Fault("unanswered", None, rf"{HTTP} cannot be reached: no connection within (0\.25|0\.N|\d+) s"),
    Nameless: Fault(
        "unresolvable", None, rf"{re.escape(NAME)}:\d+ cannot be reached: its name is not known here \(DNS\)"
    ),
    Impostor: Fault("self-signed", None, rf"The certificate of {HTTP} \(TLS\) is not trusted: "),
    WrongHost: Fault("wrong-host", None, rf"The certificate of {HTTP} \(TLS\) is not trusted: .*not valid for"),
}


def surroundings(kind: type[Middle], place: Path) -> tuple[Sequence[str], dict[str, str]]:
    """What runs the program in a process of its own behind such a man, and what has to be in its environment."""
    if issubclass(kind, Nameless):
        return kind.program(place), {}
    return PROGRAM, kind.trusted(place) if issubclass(kind, Impostor) else {}
