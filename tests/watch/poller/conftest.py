"""The poller against a scripted Twilio, where a test decides what happens between a question and its answer."""

from __future__ import annotations

import asyncio

import pytest

from tests.watch.scripted import ScriptedGateway
from tests.watch.virtual import VirtualTime
from tests.watch.watching import Watch


@pytest.fixture
def twilio() -> ScriptedGateway:
    return ScriptedGateway(VirtualTime())


@pytest.fixture
def watch(twilio: ScriptedGateway) -> Watch:
    return Watch(twilio, twilio.time, twilio.time)


@pytest.fixture(autouse=True)
async def _nothing_fails_unseen(caplog: pytest.LogCaptureFixture) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: pytest.fail(str(context)))
    caplog.clear()
