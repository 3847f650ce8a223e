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

from roomtui.twilio_api.errors import Refused, TwilioError
from roomtui.twilio_api.gateway import RoomQuery
from roomtui.twilio_api.retries import Retries
from tests.twilio_api.scripted import (
    ROOM_SID,
    SECRET,
    Action,
    Asked,
    Reply,
    Reset,
    Scripted,
    Silence,
    Truncated,
    room_json,
)

if TYPE_CHECKING:
    from tests.twilio_api.conftest import Connect

# Any part of the header's value that holds the secret, wherever the base64 groups begin.
ENCODED_WHOLE = base64.b64encode(f"{'SK' + 'a' * 32}:{SECRET}".encode()).decode()
ENCODED = ENCODED_WHOLE[-20:]


class Bug(Exception):
    """Something of ours that goes wrong in the middle of a request."""


class BrokenPace:
    """A pace with a bug."""

    async def admit(self, *, urgent: bool) -> None:
        raise Bug(str(urgent))

    def sent(self) -> None:
        """Not reached."""

    def over(self) -> None:
        """Not reached."""

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


@pytest.mark.parametrize("trouble", [Reset(), Truncated(), Silence(60.0), Reply(401), Reply(200, "<html>"), Reply(500)])
async def test_no_error_shows_it_with_all_its_locals(connect: Connect, trouble: Action) -> None:
    async with Scripted(trouble) as server:
        gateway = connect(server.url)
        with pytest.raises(TwilioError) as failed:
            await gateway.room("x")
        assert_no_secret(everything_shown(failed.value))
        with pytest.raises(TwilioError) as failed:
            async for _ in gateway.room_pages(RoomQuery()):
                pass
        assert_no_secret(everything_shown(failed.value))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
async def test_no_refusal_repeats_it_though_the_server_does(connect: Connect, status: int) -> None:
    def script(asked: Asked) -> Action:
        words = f"You sent {asked.headers['Authorization']}, that is {SECRET}, to us"
        return Reply(status, {"code": 20003, "message": words, "status": status})

    async with Scripted(script=script) as server:
        gateway = connect(server.url, retries=Retries(attempts=1))
        for asking in (gateway.room("x"), gateway.participants("x"), gateway.end_room(ROOM_SID)):
            with pytest.raises(Refused) as refused:
                await asking
            assert refused.value.message.raw == "You sent Basic ***, that is ***, to us"
            assert_no_secret(everything_shown(refused.value))
            assert_no_secret(refused.value.sentence)


async def test_no_problem_document_repeats_it(connect: Connect) -> None:
    async with Scripted(Reply(400, {"title": f"Bad {SECRET}", "detail": f"in {ENCODED_WHOLE}"})) as server:
        with pytest.raises(Refused) as refused:
            await connect(server.url).room("x")
        assert refused.value.message.raw == "Bad ***: in ***"


async def test_a_good_answer_is_left_as_it_is(connect: Connect) -> None:
    # Whoever gave a room such a name has given it away; another name would be another room.
    async with Scripted(Reply(200, room_json(1, unique_name=SECRET))) as server:
        assert (await connect(server.url).room(ROOM_SID)).unique_name.raw == SECRET


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
    for wire in (gateway._video, gateway._phone):
        assert_no_secret(repr(wire) + repr(vars(wire)) + repr(vars(wire._client)))
