"""The lines that a change leaves in the journal, whatever becomes of whoever makes it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.new_room import NewRoom
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import (
    Broken,
    ForeignHost,
    InvalidApiUrl,
    NotTwilio,
    Refused,
    Throttled,
    TwilioError,
    Unreachable,
    Unsendable,
)
from roomtui.watch.desk import is_plain, request_id_of, sentence, unclear
from roomtui.watch.journal import Journal
from tests.watch.deeds import Desk, refused, written
from tests.watch.virtual import idle

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

NO = Untrusted("No")


class Slow(Journal):
    """Takes a line of one phase only when it is let."""

    def __init__(self, path: Path, phase: str) -> None:
        super().__init__(path)
        self._phase = phase
        self._loop = asyncio.get_running_loop()
        self.asked = asyncio.Event()
        self.let = asyncio.Event()

    def write(self, line: Mapping[str, object]) -> None:
        if line["phase"] == self._phase:
            self._loop.call_soon_threadsafe(self.asked.set)
            asyncio.run_coroutine_threadsafe(self.let.wait(), self._loop).result(10)
        super().write(line)


async def end(desk: Desk) -> object:
    return await desk.actions.end_room(desk.twilio.opens("talk"), even_if_occupied=False)


async def remove(desk: Desk) -> object:
    room = desk.twilio.opens("talk")
    return await desk.actions.remove(room, desk.twilio.joins(room, "alice"))


async def record(desk: Desk) -> object:
    return await desk.actions.record(desk.twilio.opens("talk"), on=True)


async def create(desk: Desk) -> object:
    return await desk.actions.create_room(NewRoom(unique_name="talk"))


every_deed = pytest.mark.parametrize(
    ("deed", "what"),
    [(end, "end"), (remove, "remove"), (record, "set-rules"), (create, "create")],
    ids=["end", "remove", "record", "create"],
)


@every_deed
async def test_who_is_cancelled_while_the_first_line_is_written_has_done_nothing(
    tmp_path: Path, deed: Callable[[Desk], Awaitable[object]], what: str
) -> None:
    journal = Slow(tmp_path / "journal.jsonl", "before")
    desk = Desk(tmp_path, journal=journal)
    doing = asyncio.ensure_future(deed(desk))
    await journal.asked.wait()
    doing.cancel()
    await idle()
    assert not doing.done(), "a line that is being written cannot be called back"
    journal.let.set()
    with pytest.raises(asyncio.CancelledError):
        await doing
    assert desk.twilio.count(what) == 0
    assert [(line["phase"], line.get("outcome")) for line in written(journal)] == [
        ("before", None),
        ("after", "not-done"),
    ]


@every_deed
async def test_who_is_cancelled_while_twilio_is_asked_leaves_a_line(
    tmp_path: Path, deed: Callable[[Desk], Awaitable[object]], what: str
) -> None:
    desk = Desk(tmp_path / "journal.jsonl")
    asked = asyncio.Event()
    desk.twilio.hold(what)
    desk.twilio.before[what] = asked.set
    doing = asyncio.ensure_future(deed(desk))
    await asked.wait()
    await idle()
    doing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await doing
    assert [line.get("outcome") for line in desk.lines()] == [None, "interrupted"]


@every_deed
async def test_who_is_cancelled_while_the_last_line_is_written_loses_none_of_it(
    tmp_path: Path, deed: Callable[[Desk], Awaitable[object]], what: str
) -> None:
    journal = Slow(tmp_path / "journal.jsonl", "after")
    desk = Desk(tmp_path, journal=journal)
    doing = asyncio.ensure_future(deed(desk))
    await journal.asked.wait()
    doing.cancel()
    await idle()
    journal.let.set()
    with pytest.raises(asyncio.CancelledError):
        await doing
    assert desk.twilio.count(what) == 1
    assert [line["phase"] for line in written(journal)] == ["before", "after"]
    assert written(journal)[1]["outcome"] not in {"interrupted", "not-done"}


@every_deed
async def test_a_fault_of_our_own_leaves_a_line_too(
    tmp_path: Path, deed: Callable[[Desk], Awaitable[object]], what: str
) -> None:
    desk = Desk(tmp_path / "journal.jsonl")
    desk.twilio.trouble[what] = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        await deed(desk)
    assert [line.get("outcome") for line in desk.lines()] == [None, "interrupted"]


@every_deed
async def test_both_lines_of_a_deed_have_one_id_and_the_first_is_there_when_twilio_is_asked(
    tmp_path: Path, deed: Callable[[Desk], Awaitable[object]], what: str
) -> None:
    desk = Desk(tmp_path / "journal.jsonl")
    seen: list[int] = []
    desk.twilio.before[what] = lambda: seen.append(len(desk.lines()))
    await deed(desk)
    assert seen == [1]
    before, after = desk.lines()
    assert before["id"] == after["id"]
    assert {**after, **before} == {**before, **{key: after[key] for key in after.keys() - before.keys()}}


def never_sent(error: TwilioError) -> TwilioError:
    error.unsent = True
    return error


@pytest.mark.parametrize(
    ("error", "plain"),
    [
        (refused(53113), True),
        (Throttled(status=429, code=20429, message=NO), True),
        (InvalidApiUrl("no address"), True),
        (Unsendable("no UTF-8"), True),
        (Broken(status=503, code=20503, message=NO), False),
        (Unreachable("no answer"), False),
        (never_sent(Unreachable("no connection")), True),
        (never_sent(NotTwilio("no HTTP")), True),
        (NotTwilio("no JSON"), False),
        (ForeignHost("another host"), False),
        (TwilioError("who knows"), False),
    ],
)
def test_only_a_refusal_and_what_was_never_sent_are_certain(error: TwilioError, plain: bool) -> None:  # noqa: FBT001  # a column
    assert is_plain(error) is plain


def test_an_unclear_answer_is_told_with_its_request_id() -> None:
    broken = Broken(status=503, code=20503, message=NO, request_id="RQ7")
    error = unclear(broken, "Look again.")
    assert error.sentence == "Twilio has trouble of its own (error 20503): No. Look again."
    assert request_id_of(error) is None
    error.__cause__ = broken  # as `raise ... from` does
    assert request_id_of(error) == "RQ7"
    assert request_id_of(Refused(status=400, code=1, message=NO)) is None


@pytest.mark.parametrize(("text", "whole"), [("no", "no."), ("no.", "no."), ("why?", "why?"), ("stop!", "stop!")])
def test_a_sentence_has_one_end(text: str, whole: str) -> None:
    assert sentence(text) == whole
