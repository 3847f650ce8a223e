"""The secret is in no text that a person, a log or a crash report may see."""

from __future__ import annotations

import base64
import io
import logging
import traceback
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from rich.traceback import Traceback

from roomtui.twilio_api.errors import TwilioError
from roomtui.twilio_api.gateway import RoomQuery
from tests.twilio_api.scripted import SECRET, Action, Reply, Reset, Scripted, Silence, Truncated

if TYPE_CHECKING:
    from tests.twilio_api.conftest import Connect

# Any part of the header's value that holds the secret, wherever the base64 groups begin.
ENCODED = base64.b64encode(f"{'SK' + 'a' * 32}:{SECRET}".encode()).decode()[-20:]


class Bug(Exception):
    """Something of ours that goes wrong in the middle of a request."""


class BrokenPace:
    """A pace with a bug."""

    async def admit(self, *, urgent: bool) -> None:
        raise Bug(str(urgent))

    def throttled(self, retry_after: float | None) -> None:
        """Not reached."""

    def served(self) -> None:
        raise Bug


def everything_shown(error: BaseException) -> str:
    """What Python's and Rich's tracebacks print with the local variables of every frame, the SDK's included."""
    plain = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    screen = io.StringIO()
    rich = Traceback.from_exception(
        type(error), error, error.__traceback__, show_locals=True, locals_max_length=1000, locals_max_string=10_000
    )
    Console(file=screen, width=300).print(rich)
    return f"{plain}{screen.getvalue()}{error!r}{error}"


def assert_no_secret(text: str) -> None:
    assert SECRET not in text
    assert ENCODED not in text


@pytest.mark.parametrize("trouble", [Reset(), Truncated(), Silence(), Reply(401), Reply(200, "<html>"), Reply(500)])
async def test_no_error_shows_it_with_all_its_locals(connect: Connect, trouble: Action) -> None:
    async with Scripted(trouble) as server:
        gateway = connect(server.url, timeout=0.05)
        with pytest.raises(TwilioError) as failed:
            await gateway.room("x")
        assert_no_secret(everything_shown(failed.value))
        with pytest.raises(TwilioError) as failed:
            async for _ in gateway.room_pages(RoomQuery()):
                pass
        assert_no_secret(everything_shown(failed.value))


async def test_no_bug_in_the_middle_of_a_request_shows_it(connect: Connect) -> None:
    async with Scripted(Reply()) as server:
        with pytest.raises(Bug) as failed:
            await connect(server.url, pace=BrokenPace()).room("x")
        shown = everything_shown(failed.value)
        assert "'***'" in shown, "the locals are there"
        assert_no_secret(shown)


async def test_no_bug_after_an_answer_shows_it(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Scripted(Reply()) as server:
        gateway = connect(server.url)

        def buggy(*_: object, **__: object) -> None:
            raise Bug

        monkeypatch.setattr(gateway._transport.clock, "learn", buggy)
        with pytest.raises(Bug) as failed:
            await gateway.room("x")
        assert_no_secret(everything_shown(failed.value))


async def test_nothing_is_logged_of_it(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    async with Scripted(Reset(), Reply(500), Reply(200, "<html>")) as server:
        with caplog.at_level(logging.DEBUG), pytest.raises(TwilioError):
            await connect(server.url).room("x")
        assert_no_secret(caplog.text)
        assert "Authorization" not in caplog.text


def test_nothing_we_build_shows_it(connect: Connect) -> None:
    gateway = connect("https://video.twilio.com")
    assert_no_secret(repr(gateway) + repr(vars(gateway)) + repr(gateway._transport) + repr(vars(gateway._transport)))
    assert_no_secret(repr(vars(gateway._client)))
