"""`roomtui ls` over many rooms: few tasks, nothing lost by an interruption or a failure; in one process, on no wire."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from roomtui.cli import listed, passing_on, reading
from roomtui.cli.exits import Exit
from roomtui.cli.listing import Wanted
from roomtui.cli.output import OURS, compact, print_json_array
from roomtui.rooms.model import Roster
from roomtui.twilio_api import parse
from roomtui.twilio_api.as_told import RoomAsTold
from roomtui.twilio_api.clock import ServerClock
from roomtui.twilio_api.errors import Unreachable
from roomtui.twilio_api.gateway import RoomQuery
from tests.twilio_api.scripted import room_json

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from roomtui.rooms.model import Participant, Room


class Many:
    """A Twilio with so many rooms; nobody is in them."""

    def __init__(self, count: int, page: int = 100) -> None:
        self.rooms = [parse.room(room_json(number)) for number in range(count)]
        self._page = page
        self.lists = 0
        self.rosters = 0
        self.most_tasks = 0
        self.after_page: Callable[[int, int], None] = lambda _list, _page: None
        self.after_roster: Callable[[int], None] = lambda _count: None

    async def room_pages(self, query: RoomQuery, *, urgent: bool = False) -> AsyncIterator[tuple[Room, ...]]:
        del query, urgent
        self.lists += 1
        for first in range(0, len(self.rooms), self._page):
            yield tuple(self.rooms[first : first + self._page])
            self.after_page(self.lists, first // self._page + 1)
            await asyncio.sleep(0)

    async def room_pages_as_told(
        self, query: RoomQuery, *, added: frozenset[str]
    ) -> AsyncIterator[tuple[RoomAsTold, ...]]:
        assert added == OURS
        async for page in self.room_pages(query):
            yield tuple(
                RoomAsTold(room.sid, json.dumps(parse.to_api(room)), room.date_created if number % 2 else None)
                for number, room in enumerate(page)
            )

    async def participants(self, room_sid: str, **_: object) -> tuple[Participant, ...]:
        del room_sid
        self.most_tasks = max(self.most_tasks, len(asyncio.all_tasks()))
        await asyncio.sleep(0)
        return ()

    async def roster(self, room: Room) -> Roster:
        await self.participants(room.sid)
        self.rosters += 1
        self.after_roster(self.rosters)
        await asyncio.sleep(0)
        return Roster((), (), ServerClock().now())


@pytest.fixture(autouse=True)
def _collect_as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def ls(many: Many, monkeypatch: pytest.MonkeyPatch, **options: Any) -> int:
    """Run the command's inside on this Twilio."""

    @asynccontextmanager
    async def connected(_config: object, **_options: object) -> AsyncIterator[object]:
        yield SimpleNamespace(gateway=many, clock=ServerClock(), budget=SimpleNamespace(promise=20))

    async def roster(_connection: object, room: Room) -> Roster:
        return await many.roster(room)

    monkeypatch.setattr(reading, "roster_of", roster)
    asked: dict[str, Any] = {"limit": None, "people": True, "as_json": True, **options}
    wanted = Wanted(RoomQuery(), **asked)
    config: Any = SimpleNamespace(no_pii=False)
    module = passing_on if wanted.passed_on else listed
    monkeypatch.setattr(module, "connected", connected)
    return asyncio.run(passing_on.pass_on(config, wanted) if wanted.passed_on else listed.list_once(config, wanted))


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_a_few_readers_do_for_any_number_of_rooms(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    many = Many(1000)
    assert ls(many, monkeypatch) == Exit.DONE
    printed = capsys.readouterr()
    assert len(json.loads(printed.out)) == many.rosters == 1000
    assert many.most_tasks <= 12
    assert printed.err.startswith("Reading 1000 rosters at 20 reads/s: 1m at the least.\n")


def test_interrupted_while_it_lists_it_prints_the_rooms_it_has(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    many = Many(1000)
    many.after_page = lambda _list, page: interrupt() if page == 3 else None
    assert ls(many, monkeypatch, people=False) == Exit.INTERRUPTED
    printed = capsys.readouterr()
    listed = json.loads(printed.out)
    assert [room["sid"] for room in listed] == [room.sid for room in many.rooms[: len(listed)]]
    assert 300 <= len(listed) < 1000
    assert printed.err == (f"Interrupted: only the first {len(listed)} rooms had been listed; there may be more.\n")


def test_interrupted_while_it_reads_rosters_it_prints_those_it_has(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    many = Many(1000)
    many.after_roster = lambda count: interrupt() if count == 500 else None
    assert ls(many, monkeypatch) == Exit.INTERRUPTED
    printed = capsys.readouterr()
    listed = json.loads(printed.out)
    assert len(listed) == 1000
    read = sum(room["participants"] is not None for room in listed)
    assert 500 <= read < 1000
    assert f"Interrupted: {read} of 1000 rosters were read; the others are left out." in printed.err


def test_a_second_look_that_fails_does_not_lose_the_rosters(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    many = Many(20)
    now = iter(range(10_000))
    monkeypatch.setattr(ServerClock, "__init__", _clock_of(lambda: float(next(now))))

    def fail(reading: int, _page: int) -> None:
        if reading == 2:
            raise Unreachable("There is no way to Twilio.")

    many.after_page = fail
    assert ls(many, monkeypatch) == Exit.FAILED
    printed = capsys.readouterr()
    assert sum(room["participants"] is not None for room in json.loads(printed.out)) == 20
    assert "could not be listed again: There is no way to Twilio." in printed.err


def _clock_of(monotonic: Callable[[], float]) -> Callable[..., None]:
    begin = ServerClock.__init__

    def with_time(self: ServerClock, *_: object, **__: object) -> None:
        begin(self, monotonic=monotonic)

    return with_time


@pytest.mark.parametrize("count", [0, 1, 2, 999, 1000, 1001, 2500])
def test_an_array_of_any_length_is_json_with_an_element_a_line(count: int, capsys: pytest.CaptureFixture[str]) -> None:
    values = [{"number": number, "name": "é\x7f\x1b"} for number in range(count)]
    print_json_array(map(compact, values))
    out = capsys.readouterr().out
    assert json.loads(out) == values
    assert out.endswith("]\n")
    assert len(out.splitlines()) == (count + 2 if count else 1)
    assert out.isascii()
    assert "\x7f" not in out
