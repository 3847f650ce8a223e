"""How many requests a second the sandbox answers, against a bare aiohttp server that answers as many bytes.

One connection that is kept, one request after the other, over a client that does next to nothing; by turns.
"""

from __future__ import annotations

import socket
import subprocess
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.benchmarks.figures import Figure
from tests.benchmarks.run import authorization

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from typing_extensions import Self

    from tests.benchmarks.run import Run

_ROOMS = 2_000
_PEOPLE = 10


class _Client:
    """Asks over one connection; anything but a 2xx is an error."""

    def __init__(self, port: int, authorization: str = "") -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._head = f"Host: 127.0.0.1:{port}\r\nAuthorization: {authorization}\r\n"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def ask(self, method: str, path: str, form: str = "") -> int:
        """The length of the answer's body."""
        kind = "Content-Type: application/x-www-form-urlencoded\r\n" if form else ""
        length = f"Content-Length: {len(form)}\r\n" if method == "POST" else ""
        self._socket.sendall(f"{method} {path} HTTP/1.1\r\n{self._head}{kind}{length}\r\n{form}".encode())
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 2"):
            raise RuntimeError(f"{method} {path}: {head[:40]!r} {body[:200]!r}")
        size = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        read = len(body)
        while read < size:
            read += len(self._more())
        return size

    def _more(self) -> bytes:
        data = self._socket.recv(1 << 20)
        if not data:
            raise RuntimeError("the server closed the connection")
        return data


def measure(run: Run) -> Iterator[Figure]:
    """List page, participants, fetch, create."""
    seconds, turns = (0.5, 2) if run.quick else (1.0, 4)
    run.say("sandbox")
    with (
        run.standing(ticking=0, still=_ROOMS) as world,
        run.python("bare.server", stdin=subprocess.PIPE) as server,
    ):
        assert server.stdout is not None
        port = int(server.stdout.readline())
        world.ask("POST", "/_sandbox/account", ReadLimit="0", WriteLimit="0")
        room = world.create("busy")["sid"]
        for number in range(_PEOPLE):
            world.join(room, f"person-{number}")
        with _Client(urlsplit(world.url).port or 0, authorization(world)) as client, _Client(port) as bare:
            created = iter(range(1_000_000))
            asks: dict[str, Callable[[], int]] = {
                "list page of 1,000 rooms": lambda: client.ask("GET", "/v1/Rooms?PageSize=1000"),
                f"list of {_PEOPLE} participants": lambda: client.ask(
                    "GET", f"/v1/Rooms/{room}/Participants?Status=connected&PageSize=1000"
                ),
                "room": lambda: client.ask("GET", f"/v1/Rooms/{room}"),
                "new room": lambda: client.ask("POST", "/v1/Rooms", f"UniqueName=made-{next(created)}"),
            }
            for what, ask in asks.items():
                size = ask()
                method, form = ("POST", "UniqueName=made-1000") if what == "new room" else ("GET", "")

                def ask_bare(method: str = method, size: int = size, form: str = form) -> int:
                    return bare.ask(method, f"/{size}", form)

                ours, theirs = 0.0, 0.0
                for _ in range(turns):
                    ours, theirs = max(ours, _rate(ask, seconds)), max(theirs, _rate(ask_bare, seconds))
                yield Figure("sandbox", what, ours, "requests/s", theirs, f"bare aiohttp, {size:,} bytes")


def _rate(ask: Callable[[], int], seconds: float) -> float:
    began = time.monotonic()
    asked = 0
    while (took := time.monotonic() - began) < seconds:
        ask()
        asked += 1
    return asked / took
