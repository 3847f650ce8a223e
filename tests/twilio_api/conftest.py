"""Gateways that are closed after the test, and time that does not pass."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from roomtui.sandbox.options import SandboxOptions
from roomtui.sandbox.server import Sandbox
from roomtui.twilio_api.clock import ServerClock
from roomtui.twilio_api.credentials import Credentials
from roomtui.twilio_api.sdk import SdkGateway
from roomtui.twilio_api.transport import Transport
from tests.twilio_api.scripted import SECRET
from tests.twilio_api.town import Town, key_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Open(Protocol):
    """Makes a transport to an address; keyword arguments are the transport's."""

    def __call__(self, url: str, **options: Any) -> Transport: ...  # any of the transport's


class Connect(Protocol):
    """Makes a gateway to an address; keyword arguments are the transport's."""

    def __call__(self, url: str, **options: Any) -> SdkGateway: ...  # any of the transport's


@pytest.fixture(autouse=True)
def _no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "NETRC"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def slept() -> list[float]:
    """The waits between attempts, in seconds; none of them takes any time."""
    return []


@pytest.fixture
async def open_to(slept: list[float]) -> AsyncIterator[Open]:
    """Transports that are closed after the test."""
    made: list[Transport] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    def make(url: str, **options: Any) -> Transport:  # any of the transport's
        made.append(Transport(url, **{"sleep": sleep, "rng": Random(1), **options}))  # noqa: S311  # jitter
        return made[-1]

    yield make
    for transport in made:
        await transport.close()


@pytest.fixture
def connect(open_to: Open) -> Connect:
    """Gateways that are closed after the test."""

    def make(url: str, **options: Any) -> SdkGateway:  # any of the transport's
        return SdkGateway(Credentials("SK" + "a" * 32, SECRET, "AC" + "0" * 32), open_to(url, **options))

    return make


@pytest.fixture
async def town(open_to: Open) -> AsyncIterator[Town]:
    async with Sandbox(SandboxOptions(speed=0)) as sandbox:
        sandbox.world.account.read_limit = sandbox.world.account.write_limit = 0
        transport = open_to(sandbox.url, clock=ServerClock(rate=0.0))
        known = sandbox.credentials
        yield Town(sandbox, transport, SdkGateway(key_of(sandbox), transport))
        assert known.api_secret not in repr(vars(transport))
