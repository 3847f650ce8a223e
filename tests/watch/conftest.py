"""A sandbox whose clock stands still until it is advanced, and the dashboard's own way to it over HTTP."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from roomtui.sandbox.options import SandboxOptions
from roomtui.sandbox.server import Sandbox
from roomtui.twilio_api.clock import ServerClock, wall_clock
from roomtui.twilio_api.credentials import Credentials
from roomtui.twilio_api.sdk import SdkGateway
from roomtui.twilio_api.transport import Transport
from roomtui.watch.budget import ReadBudget
from roomtui.watch.turnstile import Turnstile
from tests.sandbox.conftest import basic_auth
from tests.watch.deeds import Desk
from tests.watch.virtual import VirtualTime

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

HOST_IS_BEHIND = timedelta(minutes=5)
"""The host's clock is wrong in all of these tests, as on many a jump host."""


@pytest.fixture(autouse=True)
def _no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "NETRC"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "journal.jsonl")


@dataclass(frozen=True)
class Twilio:
    """A sandbox, what happens in it without the dashboard's doing, and the gateway to it."""

    sandbox: Sandbox
    session: aiohttp.ClientSession
    transport: Transport
    gateway: SdkGateway
    clock: ServerClock
    time: VirtualTime = field(default_factory=VirtualTime)

    async def control(self, method: str, path: str, **form: str) -> dict[str, Any]:
        url = f"{self.sandbox.url}/_sandbox{path}"
        async with self.session.request(method, url, data=form) as answer:
            body = await answer.text()
            assert answer.ok, body
            return dict(json.loads(body))

    async def create(self, **form: str) -> str:
        """A new room's SID; made by another client, so that it does not count here."""
        return str((await self._post("/v1/Rooms", form))["sid"])

    async def end(self, sid: str) -> None:
        """Another client ends the room."""
        await self._post(f"/v1/Rooms/{sid}", {"Status": "completed"})

    async def join(self, room: str, identity: str) -> str:
        return str((await self.control("POST", "/participants", Room=room, Identity=identity))["sid"])

    async def act(self, participant: str, what: str) -> None:
        """`leave`, `drop` or `resume`."""
        await self.control("POST", f"/participants/{participant}/{what}")

    async def advance(self, seconds: float) -> None:
        """Time passes at Twilio and here alike."""
        await self.control("POST", "/clock", Advance=str(seconds))
        self.time.seconds += seconds

    async def fault(self, kind: str, **form: str) -> None:
        await self.control("POST", "/faults", Kind=kind, **form)

    async def truth(self, sid: str) -> dict[str, Any]:
        """The room as only the sandbox knows it."""
        return await self.control("GET", f"/rooms/{sid}")

    async def _post(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        known = self.sandbox.credentials
        headers = {"Authorization": basic_auth(known.account_sid, known.auth_token)}
        async with self.session.post(f"{self.sandbox.url}{path}", data=form, headers=headers) as answer:
            body = await answer.text()
            assert answer.ok, body
            return dict(json.loads(body))

    @property
    def reads(self) -> int:
        """Reads that went out from here so far."""
        return self.transport.counts.reads


@pytest.fixture
async def twilio() -> AsyncIterator[Twilio]:
    async with Sandbox(SandboxOptions(speed=0, rooms=0)) as sandbox, aiohttp.ClientSession() as session:
        sandbox.world.account.read_limit = sandbox.world.account.write_limit = 0
        known = sandbox.credentials
        time = VirtualTime()

        async def at_once(seconds: float) -> None:
            assert seconds >= 0

        clock = ServerClock(monotonic=time.monotonic, wall=lambda: wall_clock() - HOST_IS_BEHIND)
        transport = Transport(
            sandbox.url,
            clock=clock,
            rng=Random(1),  # noqa: S311  # jitter
            sleep=at_once,
        )
        gateway = SdkGateway(Credentials(known.api_key, known.api_secret, known.account_sid), transport)
        yield Twilio(sandbox, session, transport, gateway, clock, time)
        await gateway.close()


@pytest.fixture
async def paced() -> AsyncIterator[Twilio]:
    """As `twilio`, in real time and within a budget of 20 reads a second."""
    async with Sandbox(SandboxOptions(speed=1, rooms=0)) as sandbox, aiohttp.ClientSession() as session:
        sandbox.world.account.write_limit = 0
        known = sandbox.credentials
        transport = Transport(sandbox.url, pace=Turnstile(ReadBudget(20)))
        gateway = SdkGateway(Credentials(known.api_key, known.api_secret, known.account_sid), transport)
        yield Twilio(sandbox, session, transport, gateway, transport.clock)
        await gateway.close()
