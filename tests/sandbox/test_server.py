"""Starting and stopping."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import aiohttp
import pytest

from roomtui.sandbox.options import Credentials, SandboxError, SandboxOptions
from roomtui.sandbox.server import Sandbox, serve
from tests.sandbox.conftest import STILL, basic_auth
from tests.sandbox.receiver import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator


async def test_it_announces_itself_once_it_answers_and_runs_until_told_to_stop() -> None:
    lines: list[str] = []
    stop, announced = asyncio.Event(), asyncio.Event()

    def announce(line: str) -> None:
        lines.append(line)
        announced.set()

    running = asyncio.ensure_future(serve(STILL, announce=announce, stop=stop))
    await asyncio.wait_for(announced.wait(), PATIENCE)
    (line,) = lines
    assert "\n" not in line
    told = json.loads(line)
    assert list(told) == ["url", "account_sid", "auth_token", "api_key", "api_secret"]
    known = {"Authorization": basic_auth(told["api_key"], told["api_secret"])}
    async with aiohttp.ClientSession() as session, session.get(f"{told['url']}/v1/Rooms", headers=known) as response:
        assert response.status == 200
    stop.set()
    await asyncio.wait_for(running, PATIENCE)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(f"{told['url']}/v1/Rooms")


async def test_a_port_in_use_is_one_clear_sentence() -> None:
    async with Sandbox(STILL) as first:
        port = int(first.url.rpartition(":")[2])
        with pytest.raises(SandboxError, match=rf"^Cannot listen on 127\.0\.0\.1 port {port}: .*in use\.$"):
            await Sandbox(replace(STILL, port=port)).start()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.1", "example.com", "", "127.0.0.1.evil.example"])  # noqa: S104 - refused
async def test_only_loopback_is_listened_on(host: str) -> None:
    with pytest.raises(SandboxError, match="this machine only"):
        await Sandbox(replace(STILL, host=host)).start()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.2"])
async def test_names_of_loopback_are_listened_on(host: str) -> None:
    async with (
        Sandbox(replace(STILL, host=host)) as sandbox,
        aiohttp.ClientSession() as session,
        session.get(f"{sandbox.url}/_sandbox/clock") as response,
    ):
        assert response.status == 200


@pytest.mark.parametrize(
    "wrong", [{"port": -1}, {"port": 70_000}, {"speed": -1.0}, {"speed": float("nan")}, {"speed": 1e9}, {"rooms": -1}]
)
async def test_options_that_cannot_be_are_one_clear_sentence(wrong: dict[str, float]) -> None:
    with pytest.raises(SandboxError, match=r"^The .*\.$"):
        await Sandbox(replace(STILL, **wrong)).start()  # type: ignore[arg-type] # each is for its own field


async def test_a_sandbox_with_rooms_is_born_in_the_middle_of_the_day() -> None:
    async with Sandbox(replace(STILL, rooms=12)) as sandbox, aiohttp.ClientSession() as session:
        known = sandbox.credentials
        headers = {"Authorization": basic_auth(known.account_sid, known.auth_token)}
        async with session.get(f"{sandbox.url}/v1/Rooms", headers=headers) as response:
            assert len((await response.json())["rooms"]) == 12


def test_credentials_are_random_and_secrets_are_not_shown() -> None:
    one, two = SandboxOptions().credentials, SandboxOptions().credentials
    assert one != two
    assert one.auth_token not in repr(SandboxOptions(credentials=one))
    assert one.api_secret not in repr(Credentials(api_secret=one.api_secret))


def modules_after(statement: str) -> Iterator[str]:
    script = f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return (name.partition(".")[0] for name in done.stdout.splitlines())


def test_options_are_light_to_import_and_the_server_needs_nothing_of_the_dashboard() -> None:
    assert "aiohttp" not in set(modules_after("import roomtui.sandbox.options"))
    heavy = set(modules_after("import roomtui.sandbox.server"))
    assert not {"twilio", "textual", "apscheduler", "rich", "click"} & heavy
