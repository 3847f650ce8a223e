"""`roomtui ls --watch`: the same list again and again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pyte
import pytest

from roomtui.cli import watching
from roomtui.cli.listing import Wanted
from roomtui.cli.watching import Screen, Watch
from roomtui.rooms.model import Participant, ParticipantStatus
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api import parse
from roomtui.twilio_api.errors import CredentialsRefused, NotFound, Unreachable
from roomtui.twilio_api.gateway import RoomQuery
from tests.cli.program import harmless, until
from tests.twilio_api.scripted import room_json

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from roomtui.rooms.model import Room
    from tests.cli.program import Program, RunningSandbox


NOW = datetime(2026, 11, 20, 6, 0, 0, tzinfo=timezone.utc)


class Time:
    """Monotonic seconds that pass when somebody sleeps, or reads."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.naps: list[float] = []

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> Any:
        return NOW + timedelta(seconds=self.seconds)


class Account:
    """A Twilio with so many rooms, one person in each; a read takes `read_takes` seconds, one after the other."""

    def __init__(self, time: Time, count: int, *, read_takes: float = 0.0) -> None:
        self.rooms = [parse.room(room_json(number)) for number in range(count)]
        self.time = time
        self.read_takes = read_takes
        self.asked: list[str] = []
        self.fails: Callable[[str], Exception | None] = lambda _what: None

    async def room_pages(self, query: RoomQuery) -> AsyncIterator[tuple[Room, ...]]:
        del query
        self._asked("list")
        yield tuple(self.rooms)

    async def participants(self, room_sid: str, *, status: str, urgent: bool = False) -> tuple[Participant, ...]:
        del urgent
        self._asked(room_sid)
        await asyncio.sleep(0)
        if status != ParticipantStatus.CONNECTED.value:
            return ()
        who = f"PA{room_sid[2:]}"
        return (
            Participant(sid=who, room_sid=room_sid, status="connected", identity=Untrusted("+16505550123-634a594e")),
        )

    def _asked(self, what: str) -> None:
        self.asked.append(what)
        self.time.seconds += self.read_takes
        if (error := self.fails(what)) is not None:
            raise error


def watched(account: Account, *, looks: int, refresh: float = 2.0, **wanted: Any) -> None:
    """Watch `account` for so many looks."""
    time = account.time

    async def sleep(seconds: float) -> None:
        time.naps.append(seconds)
        time.seconds += seconds
        if len(time.naps) == looks:
            raise asyncio.CancelledError

    connection: Any = SimpleNamespace(gateway=account, clock=time, budget=SimpleNamespace(promise=20))
    what = Wanted(RoomQuery(), **{"limit": None, "people": True, "as_json": True, **wanted})
    watch = Watch(connection, what, refresh=refresh, hide=True, sleep=sleep)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(watch.run())


def test_each_look_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    account = Account(Time(), 3)
    watched(account, looks=4)
    lines = capsys.readouterr().out.splitlines()
    assert [len(json.loads(line)) for line in lines] == [3, 3, 3, 3]
    assert all(room["participants"]["connected"] == 1 for line in lines for room in json.loads(line))
    assert account.asked.count("list") == 4
    assert account.time.naps == [2.0] * 4


def test_a_room_that_has_gone_is_gone_from_the_next_look(capsys: pytest.CaptureFixture[str]) -> None:
    account = Account(Time(), 3)

    def one_ends(what: str) -> None:
        if what == "list":
            account.rooms.pop()

    account.fails = one_ends
    watched(account, looks=3)
    assert [len(json.loads(line)) for line in capsys.readouterr().out.splitlines()] == [2, 1, 0]


def test_it_prints_at_each_refresh_with_as_many_rosters_as_fit_in_and_reads_the_oldest_next(
    capsys: pytest.CaptureFixture[str],
) -> None:
    account = Account(Time(), 40, read_takes=0.1)
    watched(account, looks=8)
    looks = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    read = [sum(room["participants"] is not None for room in look) for look in looks]
    assert 0 < read[0] < 40
    assert read == sorted(read)
    assert read[-1] == 40
    # It ends up to a few reads late: those that were under way.
    assert account.time.seconds < 8 * 2.0 + 8 * 1.0
    times = {room["sid"]: room["participants"]["as_of"] for room in looks[-1]}
    assert max(times.values()) > min(times.values())


def test_a_list_that_takes_longer_than_the_refresh_does_not_leave_the_rosters_unread(
    capsys: pytest.CaptureFixture[str],
) -> None:
    account = Account(Time(), 4, read_takes=0.3)
    watched(account, looks=6, refresh=0.2)
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert all(room["participants"] is not None for room in last)


def test_text_says_when_how_many_and_hides_numbers(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "terminal_size", lambda: None)
    watched(Account(Time(), 2), looks=2, as_json=False)
    first, second = capsys.readouterr().out.split("\n\n")
    assert first.splitlines()[0] == f"{NOW:%Y-%m-%d %H:%M:%S}Z   2 rooms   2 people"
    assert second.splitlines()[1].startswith("SID ")
    assert "6505550123" not in first


def test_trouble_after_the_first_look_is_said_and_gone_through(capsys: pytest.CaptureFixture[str]) -> None:
    account = Account(Time(), 1)
    account.fails = lambda what: (
        Unreachable("No way to Twilio.") if what == "list" and account.asked.count("list") == 2 else None
    )
    watched(account, looks=3)
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 2
    assert told.err == "Not read this time, and tried again in 2 s: No way to Twilio.\n"


@pytest.mark.parametrize("what", ["list", "roster"])
def test_rosters_that_cannot_be_read_leave_the_rooms(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    account = Account(Time(), 2)
    gone = NotFound(status=404, code=20404, message=Untrusted("gone"))
    error = gone if what == "list" else Unreachable("No way to Twilio.")
    account.fails = lambda asked: error if asked == account.rooms[0].sid else None
    watched(account, looks=1)
    told = capsys.readouterr()
    assert [room["participants"] is None for room in json.loads(told.out)] == [True, False]
    assert ("No way to Twilio." in told.err) is (what == "roster")


@pytest.mark.parametrize(
    ("error", "at"),
    [(Unreachable("No way."), 1), (CredentialsRefused(status=401, code=20003, message=Untrusted("no")), 3)],
)
def test_what_will_not_mend_itself_ends_it(error: Exception, at: int) -> None:
    account = Account(Time(), 1)
    account.fails = lambda what: error if what == "list" and account.asked.count("list") == at else None
    with pytest.raises(type(error)):
        _run_until_error(account)


def _run_until_error(account: Account) -> None:
    async def sleep(seconds: float) -> None:
        account.time.seconds += seconds

    connection: Any = SimpleNamespace(gateway=account, clock=account.time, budget=SimpleNamespace(promise=20))
    wanted = Wanted(RoomQuery(), limit=None, people=True, as_json=True)
    asyncio.run(Watch(connection, wanted, refresh=2.0, hide=False, sleep=sleep).run())


# -- in place


def on(terminal: pyte.Screen, screen: Screen, capsys: pytest.CaptureFixture[str], lines: list[str]) -> list[str]:
    """What a terminal shows after these lines."""
    screen.show(lines)
    pyte.Stream(terminal).feed(capsys.readouterr().out.replace("\n", "\r\n"))
    return [line.rstrip() for line in terminal.display if line.rstrip()]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> pyte.Screen:
    made = pyte.Screen(20, 6)
    monkeypatch.setattr(watching, "terminal_size", lambda: os.terminal_size((made.columns, made.lines)))
    monkeypatch.setenv("TERM", "xterm-256color")
    return made


def test_on_a_terminal_it_stands_in_the_place_of_what_was_there(
    terminal: pyte.Screen, capsys: pytest.CaptureFixture[str]
) -> None:
    screen = Screen()
    pyte.Stream(terminal).feed("$ roomtui\r\n")
    assert on(terminal, screen, capsys, ["one", "two", "three"]) == ["$ roomtui", "one", "two", "three"]
    assert on(terminal, screen, capsys, ["four"]) == ["$ roomtui", "four"]
    assert on(terminal, screen, capsys, ["five", "six", "x" * 30]) == ["$ roomtui", "five", "six", "x" * 19 + "~"]


def test_what_a_terminal_has_no_room_for_is_counted(terminal: pyte.Screen, capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    for _ in range(3):
        shown = on(terminal, screen, capsys, [f"line {number}" for number in range(12)])
        assert shown == ["line 0", "line 1", "line 2", "line 3", "and 8 more; a highe~"]
    assert on(terminal, screen, capsys, ["all"]) == ["all"]


def test_a_dumb_terminal_gets_one_after_the_other(
    terminal: pyte.Screen, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    screen = Screen()
    assert on(terminal, screen, capsys, ["one"]) == ["one"]
    assert on(terminal, screen, capsys, ["two"]) == ["one", "two"]


# -- the whole command


def test_it_follows_the_rooms_within_the_promise_until_ctrl_c(roomtui: Program, sandbox: RunningSandbox) -> None:
    for number in range(8):
        sandbox.create(f"room-{number}", UnusedRoomTimeout="60")
    sandbox.ask("DELETE", "/_sandbox/requests")
    process = roomtui.start("ls", "--watch", "--refresh", "0.5", "--reads-per-second", "8", "--json")
    assert process.stdout is not None
    first = json.loads(process.stdout.readline())
    assert len(first) == 8
    assert any(room["participants"] is None for room in first)
    sandbox.create("late")
    until(lambda: all(room["participants"] for room in json.loads(process.stdout.readline())))  # type: ignore[union-attr] # it is a pipe
    until(lambda: len(json.loads(process.stdout.readline())) == 9)  # type: ignore[union-attr] # as above
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    harmless(out + err)
    assert (process.returncode, err) == (130, "")
    assert sandbox.ask("GET", "/_sandbox/requests")["peak_reads_per_second"] <= 8


def test_without_people_it_passes_on_and_ends_when_nobody_reads_any_more(
    roomtui: Program, sandbox: RunningSandbox
) -> None:
    sandbox.create("room")
    process = roomtui.start("ls", "--watch", "--refresh", "0.5", "--no-people", "--json")
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())[0]["deadline"]["certain"] is False
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (1, "")


def test_what_does_not_go_together_is_wrong_usage(stranger: Program) -> None:
    assert stranger("ls", "--watch", "--status", "completed").code == 2
    assert stranger("ls", "--refresh", "5").code == 2
