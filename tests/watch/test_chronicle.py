"""Who writes down what happens, and what of it: several dashboards, gaps, and disks that take no more."""

from __future__ import annotations

import asyncio
import multiprocessing
import stat
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.changes import Event, EventKind
from roomtui.rooms.picture import LiveRoom, Picture
from roomtui.rooms.untrusted import Untrusted
from roomtui.watch.board import Board, Link, LinkState
from roomtui.watch.chronicle import Chronicle
from roomtui.watch.journal import Journal, JournalError, encoded
from roomtui.watch.journal_lines import event_line, event_of, parse
from roomtui.watch.journal_words import in_words
from roomtui.watch.writer_lock import WriterLock, only_what_was_done_stays
from tests.rooms.builders import room
from tests.watch.virtual import NOON, VirtualTime

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

OPENED = EventKind.ROOM_OPENED


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.jsonl"


@pytest.fixture
def time() -> VirtualTime:
    return VirtualTime()


class Dashboard:
    """Somebody who watches; what happens is told to them by the test."""

    def __init__(self, path: Path, time: VirtualTime, who: str, *, journal: Journal | None = None) -> None:
        self.board = Board()
        self.time = time
        self.told: list[str] = []
        self.chronicle = Chronicle(
            self.board,
            journal or Journal(path),
            time,
            about={"who": who, "host": "desk"},
            tell=self.told.append,
            monotonic=time.monotonic,
        )
        self.chronicle.listen()
        self.board.link(Link(LinkState.LIVE))

    async def sees(self, *rooms: str, at: float | None = None) -> None:
        """A new list of rooms, and these rooms that opened, now or so many seconds after noon."""
        now = self.time.now()
        when = now if at is None else NOON + timedelta(seconds=at)
        events = tuple(Event(when, OPENED, f"RM-{name}", Untrusted(name)) for name in rooms)
        self.board.show(Picture(as_of=now), events)
        await self.chronicle.write_down()

    def dies(self) -> None:
        """Killed: the system takes back what it held, and nobody says good-bye."""
        self.chronicle._lock.release()


def written(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.exists() else []


def told(path: Path) -> list[str]:
    lines = [parse(raw) for raw in written(path)]
    return [in_words(line, hide=False) for line in lines if line is not None]


async def test_the_first_picture_begins_and_leaving_ends_it(path: Path, time: VirtualTime) -> None:
    joan = Dashboard(path, time, "joan")
    await joan.chronicle.write_down()
    assert written(path) == []
    await joan.sees()
    await joan.sees("board")
    await joan.chronicle.stop()
    assert told(path) == ["watching began (joan@desk)", "board opened", "watching ended (joan@desk)"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()} == {0o600}


async def test_the_beginning_tells_how_many_rooms_there_were(path: Path, time: VirtualTime) -> None:
    joan = Dashboard(path, time, "joan")
    rooms = {f"RM{number}": LiveRoom.known(room(sid=f"RM{number}"), None) for number in range(3)}
    joan.board.show(Picture(rooms, (), NOON))
    await joan.chronicle.write_down()
    assert told(path) == ["watching began (joan@desk), 3 rooms live"]
    await joan.chronicle.stop()


async def test_of_several_one_writes_and_each_event_once(path: Path, time: VirtualTime) -> None:
    joan, kim = Dashboard(path, time, "joan"), Dashboard(path, time, "kim")
    for each in (joan, kim):
        await each.sees()
    for name in ("one", "two"):
        for each in (kim, joan):
            await each.sees(name)
    assert told(path) == ["watching began (joan@desk)", "one opened", "two opened"]
    assert [event.room_name.raw for event in kim.board.state.events] == ["two", "one"]
    await kim.chronicle.stop()
    assert told(path)[-1] == "two opened"
    await joan.chronicle.stop()


async def test_another_one_goes_on_when_the_writer_is_killed_and_nothing_is_lost_or_told_twice(
    path: Path, time: VirtualTime
) -> None:
    joan, kim = Dashboard(path, time, "joan"), Dashboard(path, time, "kim")
    for each in (joan, kim):
        await each.sees()
    await joan.sees("told-by-joan", at=0)
    await kim.sees("told-by-joan", at=0)
    await joan.sees("seen-late-by-kim", at=0)
    joan.dies()
    time.seconds += 2
    await kim.sees("never-seen-by-joan", at=1)
    await kim.sees("seen-late-by-kim", at=0)
    await kim.sees("seen-late-by-kim", at=1)
    assert told(path) == [
        "watching began (joan@desk)",
        "told-by-joan opened",
        "seen-late-by-kim opened",
        "watching goes on in another dashboard (kim@desk)",
        "never-seen-by-joan opened",
        "seen-late-by-kim opened",
    ]
    await kim.chronicle.stop()


async def test_what_happened_while_nobody_watched_is_said_not_to_be_known(path: Path, time: VirtualTime) -> None:
    joan = Dashboard(path, time, "joan")
    await joan.sees()
    time.seconds += 3600
    await joan.sees("last")
    joan.dies()
    time.seconds += 600
    kim = Dashboard(path, time, "kim")
    await kim.sees()
    assert told(path)[-1] == "watching began (kim@desk); what happened since 13:00:00 is not known"
    await kim.chronicle.stop()


async def test_a_pause_hands_over_to_whoever_goes_on_watching(path: Path, time: VirtualTime) -> None:
    joan, kim = Dashboard(path, time, "joan"), Dashboard(path, time, "kim")
    for each in (joan, kim):
        await each.sees()
    joan.board.link(Link(LinkState.PAUSED))
    await joan.chronicle.write_down()
    await kim.sees("while-joan-pauses")
    joan.board.link(Link(LinkState.LIVE))
    await joan.sees("while-joan-pauses")
    assert told(path) == [
        "watching began (joan@desk)",
        "polling was paused",
        "watching goes on in another dashboard (kim@desk)",
        "while-joan-pauses opened",
    ]
    await kim.chronicle.stop()
    await joan.chronicle.stop()


async def test_a_pause_with_nobody_else_is_a_gap(path: Path, time: VirtualTime) -> None:
    joan = Dashboard(path, time, "joan")
    await joan.sees()
    joan.board.link(Link(LinkState.PAUSED))
    await joan.chronicle.write_down()
    time.seconds += 60
    joan.board.link(Link(LinkState.LIVE))
    await joan.sees()
    assert told(path)[1:] == [
        "polling was paused",
        "watching began (joan@desk); what happened since 12:00:00 is not known",
    ]
    await joan.chronicle.stop()


async def test_silence_of_twilio_is_said_once_it_is_long(path: Path, time: VirtualTime) -> None:
    joan = Dashboard(path, time, "joan")
    await joan.sees()
    joan.board.link(Link(LinkState.TROUBLE, "Twilio does not answer"))
    time.seconds += 29
    await joan.chronicle.write_down()
    assert len(told(path)) == 1
    time.seconds += 2
    for _ in range(3):
        await joan.chronicle.write_down()
    assert told(path)[1:] == ["no news from Twilio since 12:00:00: Twilio does not answer"]
    await joan.sees("afterwards")
    assert told(path)[2:] == [
        "watching began (joan@desk); what happened since 12:00:00 is not known",
        "afterwards opened",
    ]
    await joan.chronicle.stop()


async def test_a_list_that_is_read_rarely_is_no_silence(path: Path, time: VirtualTime) -> None:
    joan = Dashboard(path, time, "joan")
    joan.board.link(Link(LinkState.LIVE, every=25.0))
    await joan.sees()
    time.seconds += 70
    await joan.chronicle.write_down()
    assert len(told(path)) == 1
    await joan.chronicle.stop()


class Full(Journal):
    """A disk that takes nothing while it is full."""

    full = False

    def write_events(self, lines: Iterable[Mapping[str, object]]) -> None:
        if self.full:
            raise JournalError("The disk is full.")
        super().write_events(lines)


async def test_what_a_full_disk_does_not_take_is_written_later_and_what_is_too_much_is_counted(
    path: Path, time: VirtualTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roomtui.watch.chronicle._WAITING_MAX", 3)
    journal = Full(path)
    joan = Dashboard(path, time, "joan", journal=journal)
    await joan.sees()
    journal.full = True
    await joan.sees("one")
    assert str(joan.chronicle.trouble) == "The disk is full."
    await joan.sees("two", "three", "four", "five")
    journal.full = False
    await joan.sees()
    assert not joan.chronicle.trouble
    assert joan.told == ["What happens is not written down at the moment. The disk is full."]
    assert told(path)[1:] == [
        "three opened",
        "four opened",
        "five opened",
        "2 events could not be written down",
    ]
    await joan.chronicle.stop()


async def test_by_itself_it_writes_soon_and_ends_when_it_is_told_to(path: Path, time: VirtualTime) -> None:
    board = Board()
    chronicle = Chronicle(board, Journal(path), time, about={"who": "joan", "host": "desk"}, monotonic=time.monotonic)
    chronicle.start()
    board.show(Picture(as_of=NOON))
    board.show(Picture(as_of=NOON), (Event(NOON, OPENED, "RM1", Untrusted("board")),))
    await asyncio.wait_for(chronicle.stop(), 10)
    assert told(path) == ["watching began (joan@desk)", "board opened", "watching ended (joan@desk)"]


# The lock


def _hold(path: Path, ready: multiprocessing.synchronize.Event, forever: multiprocessing.synchronize.Event) -> None:
    lock = WriterLock(path)
    assert lock.take()
    lock.note(NOON)
    ready.set()
    forever.wait()


def test_the_lock_of_a_killed_process_is_free_and_says_until_when_was_watched(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, forever = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(path, ready, forever))
    holder.start()
    assert ready.wait(60)
    lock = WriterLock(path)
    assert not lock.take()
    assert not lock.held
    holder.kill()
    holder.join()
    assert lock.take()
    assert lock.watched_until() == NOON
    lock.release()


@pytest.mark.parametrize("content", ["", "nonsense", "2025-06-12T12:00:00", "\x00" * 64])
def test_a_lock_that_says_nothing_sensible_says_nothing(path: Path, content: str) -> None:
    path.parent.mkdir()
    path.with_name(f"{path.name}.lock").write_text(content)
    lock = WriterLock(path)
    assert lock.take()
    assert lock.watched_until() is None
    lock.release()


def test_an_event_is_read_as_it_was_written() -> None:
    event = Event(NOON, OPENED, "RM1", Untrusted("\x1b[2J\u202e東"))
    line = parse(encoded(event_line(event)))
    assert line is not None
    assert event_of(line) == event


def test_a_lock_whose_file_was_removed_is_held_by_nobody(path: Path) -> None:
    one, other = WriterLock(path), WriterLock(path)
    assert one.take()
    one.path.unlink()
    assert other.take()
    assert not one.held
    assert not one.take()
    other.release()
    assert one.take()


# A demo


@pytest.mark.parametrize("done", [False, True])
def test_of_a_play_only_what_was_done_stays(path: Path, *, done: bool) -> None:
    with only_what_was_done_stays(path):
        journal = Journal(path, size_max=100)
        for _ in range(5):
            journal.write_events([{"kind": "event", "filling": "x" * 60}])
        lock = WriterLock(path)
        assert lock.take()
        lock.release()
        if done:
            journal.write({"kind": "audit"})
    assert path.exists() == done
    assert done or not list(path.parent.iterdir())


def test_a_journal_that_was_there_before_a_play_or_that_somebody_still_writes_stays(path: Path) -> None:
    with only_what_was_done_stays(path):
        Journal(path).write_events([{"kind": "event"}])
        lock = WriterLock(path)
        assert lock.take()
    assert path.exists()
    lock.release()
    with only_what_was_done_stays(path):
        pass
    assert path.exists()


def test_a_play_goes_on_where_no_journal_can_be(tmp_path: Path) -> None:
    with only_what_was_done_stays(tmp_path / ("x" * 300) / "journal.jsonl"):
        pass
    assert not list(tmp_path.iterdir())
