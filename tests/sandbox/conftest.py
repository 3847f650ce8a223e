"""A sandbox per test, whose clock stands still until the test advances it, and a plain HTTP client for it."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from yarl import URL

from roomtui.sandbox.options import Credentials, SandboxOptions
from roomtui.sandbox.server import Sandbox
from tests.sandbox.receiver import Receiver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

Json = dict[str, Any]
"""A JSON object of an answer; what is in it, the test says."""

CREDENTIALS = Credentials(account_sid=f"AC{'a' * 32}", auth_token="token", api_key=f"SK{'b' * 32}", api_secret="secret")
STILL = SandboxOptions(speed=0, credentials=CREDENTIALS)


def basic_auth(user: str, password: str) -> str:
    """The `Authorization` header of HTTP Basic."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


@dataclass(frozen=True)
class Reply:
    """A response, read whole."""

    status: int
    headers: Mapping[str, str]
    text: str
    json: Any = field(default=None)


@dataclass(frozen=True)
class Client:
    """Asks a sandbox as curl would. Paths go out as they are given, percent-encoding and all."""

    sandbox: Sandbox
    session: aiohttp.ClientSession

    async def ask(
        self,
        method: str,
        path: str,
        *,
        data: Mapping[str, str] | bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        follow: bool = True,
    ) -> Reply:
        url = URL(path if path.startswith("http") else f"{self.sandbox.url}{path}", encoded=True)
        known = {"Authorization": basic_auth(CREDENTIALS.api_key, CREDENTIALS.api_secret)}
        headers = {**known, **(headers or {})}
        async with self.session.request(method, url, data=data, headers=headers, allow_redirects=follow) as response:
            text = await response.text()
            body = await response.json() if text and "json" in response.content_type else None
            return Reply(response.status, response.headers, text, body)

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        return await self.ask("GET", path, headers=headers)

    async def post(self, path: str, **form: str) -> Reply:
        return await self.ask("POST", path, data=form)

    async def create(self, **form: str) -> Json:
        """A room that Twilio agrees to create."""
        reply = await self.post("/v1/Rooms", **form)
        assert reply.status == 201, reply.text
        return dict(reply.json)

    async def join(self, room: str, identity: str, **form: str) -> Json:
        """A participant who is let in."""
        reply = await self.post("/_sandbox/participants", Room=room, Identity=identity, **form)
        assert reply.status == 201, reply.text
        return dict(reply.json)

    async def act(self, participant: Json, what: str, **form: str) -> Json:
        """Something happens to a participant."""
        reply = await self.post(f"/_sandbox/participants/{participant['sid']}/{what}", **form)
        assert reply.status == 200, reply.text
        return dict(reply.json)

    async def advance(self, seconds: float) -> None:
        """The clock jumps."""
        assert (await self.post("/_sandbox/clock", Advance=str(seconds))).status == 200


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(STILL) as running:
        yield running


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield Client(sandbox, session)


@pytest.fixture
def unlimited(sandbox: Sandbox) -> None:
    """For tests that ask hundreds of times in a real second and are not about the rate limit."""
    sandbox.world.account.read_limit = sandbox.world.account.write_limit = 0


@pytest.fixture
def same_second(sandbox: Sandbox) -> None:
    """For tests that are about the rate limit: all that is asked comes in one second, however busy the machine is."""
    sandbox._meter._ticks = sandbox._rest._gate._ticks = lambda: 100.0


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Somebody whom a sandbox may call back."""
    async with Receiver() as running:
        yield running
