"""A quarter past ten on a working day: what the tests and the screenshots show."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from roomtui.rooms.changes import Event, EventKind
from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.model import Participant, Room, Roster, Track, Tracks
from roomtui.rooms.picture import EndedRoom, LiveRoom, Picture
from roomtui.rooms.recording import EVERYTHING, NOTHING, RecordingRule, RecordingRules
from roomtui.rooms.untrusted import Untrusted
from roomtui.tui.app import RoomtuiApp
from roomtui.tui.clipboard import Clipboard
from roomtui.tui.session import Session, Settings
from roomtui.watch.actions import (
    CreateOutcome,
    CreateResult,
    Dialling,
    DialStage,
    DialStep,
    EndOutcome,
    EndResult,
    RecordOutcome,
    RecordResult,
    RemoveOutcome,
    RemoveResult,
    Sight,
)
from roomtui.watch.board import Board, Link, LinkState

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from roomtui.rooms.new_room import NewRoom
    from roomtui.watch.budget import Attention

NOW = datetime(2026, 11, 20, 10, 15, 0, tzinfo=timezone.utc)
HOSTILE = (
    "[@click=app.quit]free money[/]",
    "[/b]unbalanced [link=http://e]x",
    "esc\x1b[2J\x1b]52;c;aGFja2Vk\x1b\\c1\x9b31m",
    "nul\x00del\x7ftab\tnew\nline",
    "rtl \u202eetisoppo\u202c and \u200bzero\u200d",
    "family \U0001f468\u200d\U0001f469\u200d\U0001f467 heart \u2764\ufe0f",
    "z\u0335\u0321\u0322a\u0336\u0327\u0328l\u0337\u0329g\u0338\u032a\u032bo",
    "東" * 128,
    "\ud800 lone surrogate",
    "<b>&amp;\"'</b> $(reboot) `id`",
)


class StillClock:
    """Twilio's time, standing still until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


def ago(seconds: float = 0, *, minutes: float = 0, hours: float = 0) -> datetime:
    """An instant before the scene's present."""
    return NOW - timedelta(seconds=seconds, minutes=minutes, hours=hours)


def sid(kind: str, number: int) -> str:
    """A SID that looks like one."""
    return f"{kind}{number * 0x9E3779B97F4A7C15F39CC0605CEDC834 % (1 << 128):032x}"


def room(number: int, name: str, created: datetime, **fields: object) -> Room:
    """An ordinary group room with everything that Twilio tells of one."""
    room_sid = sid("RM", number)
    url = f"https://video.twilio.com/v1/Rooms/{room_sid}"
    ordinary = Room(
        sid=room_sid,
        status="in-progress",
        unique_name=Untrusted(name or room_sid),
        account_sid=sid("AC", 1),
        date_created=created,
        date_updated=created,
        type="group",
        max_participants=50,
        max_participant_duration=14400,
        max_concurrent_published_tracks=170,
        empty_room_timeout=5,
        unused_room_timeout=5,
        record_participants_on_connect=False,
        video_codecs=("VP8", "H264"),
        media_region="us1",
        audio_only=False,
        large_room=False,
        enable_turn=True,
        status_callback_method="POST",
        url=url,
        links=MappingProxyType({"participants": f"{url}/Participants"}),
    )
    return replace(ordinary, **fields)  # type: ignore[arg-type] # fields of Room, by name


def person(room_sid: str, identity: str, start: datetime, end: datetime | None = None, status: str = "") -> Participant:
    """Somebody who joined at `start`, and left at `end` if they did."""
    number = sum(ord(character) * 31**place for place, character in enumerate(identity + room_sid[-4:]))
    return Participant(
        sid=sid("PA", number % (1 << 60) + 1),
        room_sid=room_sid,
        status=status or ("connected" if end is None else "disconnected"),
        identity=Untrusted(identity),
        start_time=start,
        end_time=end,
        duration=None if end is None else int((end - start).total_seconds()),
    )


def live(of: Room, present: Sequence[Participant] = (), gone: Sequence[Participant] | None = ()) -> LiveRoom:
    """A live room whose roster was read just now."""
    return LiveRoom.known(of, Roster(tuple(present), None if gone is None else tuple(gone), NOW))


def recorded(entry: LiveRoom, rules: tuple[RecordingRule, ...]) -> LiveRoom:
    """A live room whose recording rules were read just now."""
    return replace(entry, recording=RecordingRules(entry.room.sid, rules, NOW))


def publishing(entry: LiveRoom, identity: str, *tracks: tuple[str, bool]) -> LiveRoom:
    """A live room in which somebody was just found to publish tracks of these kinds, enabled or not."""
    present = entry.roster.present if entry.roster is not None else ()
    who = next(each for each in present if each.identity.raw == identity)
    published = [
        Track(sid=sid("MT", number), participant_sid=who.sid, name=Untrusted(kind), kind=kind, enabled=enabled)
        for number, (kind, enabled) in enumerate(tracks, start=1)
    ]
    return entry.publishing(who.sid, Tracks(tuple(published), NOW))


def _day() -> tuple[list[LiveRoom], list[EndedRoom]]:
    standup = room(1, "daily-standup", ago(minutes=31))
    interview = room(2, "interview-7731", ago(minutes=1, seconds=50), type="group-small", max_participants=4)
    board = room(3, "Board & Co", ago(hours=3, minutes=52), record_participants_on_connect=True)
    webinar = room(
        4,
        "quarterly-webinar",
        ago(hours=4, minutes=58),
        max_participant_duration=86400,
        record_participants_on_connect=True,
        media_region="ie1",
    )
    support = room(5, "support-4711", ago(minutes=20), media_region="us2")
    tokyo = room(6, "東京オフィス朝会", ago(minutes=22), media_region="jp1")
    night = room(7, "night-watch", ago(hours=23, minutes=52), max_participant_duration=86400)
    tutoring = room(8, "tutoring-maths", ago(minutes=13), type="go", max_participants=2)
    pairing = room(9, "pairing-orbit", ago(minutes=47), type="peer-to-peer", max_participants=10)
    nameless = room(10, "", ago(minutes=12))
    unread = room(11, "huddle-ux", ago(minutes=2))
    rooms = [
        live(standup, gone=[person(standup.sid, "fatou", ago(minutes=30), ago(minutes=4, seconds=18))]),
        live(interview),
        _board_and_co(board),
        live(webinar, [person(webinar.sid, f"guest-{each:02}", ago(hours=4, seconds=each)) for each in range(50)]),
        recorded(
            live(support, [person(support.sid, "agent-joan", ago(minutes=19))]),
            (RecordingRule(type="include", kind="audio"),),
        ),
        live(tokyo, [person(tokyo.sid, "さくら", ago(minutes=20)), person(tokyo.sid, "haru", ago(minutes=5))]),
        live(night, [person(night.sid, "nico", ago(hours=23, minutes=51))]),
        live(tutoring, [person(tutoring.sid, "marek", ago(minutes=12)), person(tutoring.sid, "ivy", ago(minutes=11))]),
        live(pairing, gone=[person(pairing.sid, "ana", ago(minutes=40), ago(minutes=1, seconds=10))]),
        live(nameless, [person(nameless.sid, "carla", ago(minutes=11))]),
        LiveRoom.known(unread, None),
    ]
    closed = room(
        20,
        "retro",
        ago(hours=1),
        status="completed",
        end_time=ago(minutes=2),
        duration=3480,
        date_updated=ago(minutes=2),
    )
    lost = room(
        21,
        "all-hands",
        ago(hours=2),
        status="completed",
        end_time=ago(minutes=9),
        duration=6660,
        date_updated=ago(minutes=9),
    )
    guests = (person(closed.sid, "theo", ago(minutes=50), ago(minutes=7)),)
    ended = [
        EndedRoom(closed, Roster((), guests, NOW), Ending(EndingReason.EMPTY_ROOM), ago(minutes=2)),
        EndedRoom(lost, None, Ending(EndingReason.ENDED_BY_OTHERS, certain=False), ago(minutes=9)),
    ]
    return rooms, ended


def _board_and_co(board: Room) -> LiveRoom:
    entry = live(
        board,
        [
            person(board.sid, "alice", ago(hours=3, minutes=48)),
            person(board.sid, "bob", ago(hours=3, minutes=49), status="reconnecting"),
            person(board.sid, "+16505550123-634a594e", ago(minutes=20)),
        ],
        [person(board.sid, "kim", ago(hours=2), ago(hours=1))],
    )
    entry = publishing(entry, "alice", ("audio", True), ("video", True))
    entry = publishing(entry, "bob", ("audio", False))
    return recorded(publishing(entry, "+16505550123-634a594e", ("audio", True)), EVERYTHING)


def a_day() -> Picture:
    """Eleven rooms in all sorts of states, two that have ended."""
    rooms, ended = _day()
    return picture(rooms, ended)


def picture(rooms: Sequence[LiveRoom], ended: Sequence[EndedRoom] = (), as_of: datetime | None = NOW) -> Picture:
    """A picture of these rooms."""
    return Picture(MappingProxyType({each.room.sid: each for each in rooms}), tuple(ended), as_of)


def hostile() -> Picture:
    """Rooms and people with names that mean harm."""
    rooms = []
    for number, name in enumerate(HOSTILE, start=40):
        each = room(number, name, ago(minutes=number))
        rooms.append(live(each, [person(each.sid, name[:128], ago(minutes=number - 1))]))
    return picture(rooms)


def crowd(count: int, *, seconds: int = 200) -> Picture:
    """`count` empty rooms that all close within ten minutes: every countdown ticks."""
    rooms = []
    for number in range(count):
        each = room(1000 + number, f"room-{number:05}", ago(minutes=30))
        left = ago(seconds=300 - seconds - number % 60)
        rooms.append(live(each, gone=[person(each.sid, "alice", ago(minutes=20), left)]))
    return picture(rooms)


def lately() -> tuple[Event, ...]:
    """What happened in the last minutes."""
    standup, retro = sid("RM", 1), sid("RM", 20)
    return (
        Event(
            ago(minutes=4, seconds=18),
            EventKind.PARTICIPANT_LEFT,
            standup,
            Untrusted("daily-standup"),
            Untrusted("fatou"),
        ),
        Event(
            ago(minutes=2),
            EventKind.ROOM_ENDED,
            retro,
            Untrusted("retro"),
            ending=Ending(EndingReason.EMPTY_ROOM),
        ),
        Event(ago(seconds=30), EventKind.ROOM_OPENED, sid("RM", 11), Untrusted("huddle-ux")),
    )


REFUSED = Link(
    LinkState.TROUBLE,
    "Twilio refused the credentials (error 20003): Authenticate. Check the account SID and the token or API key.",
    NOW + timedelta(seconds=8),
)


@dataclass
class FakeFeed:
    """Remembers what it was told."""

    refresh: float = 2.0
    paused: bool = False
    told: list[tuple[str, object]] = field(default_factory=list)
    attention: Attention | None = None

    def start(self) -> None:
        self.told.append(("start", None))

    async def stop(self) -> None:
        self.told.append(("stop", None))

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def refresh_now(self) -> None:
        self.told.append(("refresh", None))

    def set_refresh(self, seconds: float) -> None:
        self.refresh = seconds

    def attend(self, attention: Attention) -> None:
        self.attention = attention

    def look_at(self, sid: str) -> None:
        self.told.append(("look_at", sid))

    def ended_by_us(self, sid: str) -> None:
        self.told.append(("ended_by_us", sid))


def step(stage: DialStage, sentence: str, participant: Participant | None = None) -> DialStep:
    """A step of a call."""
    return DialStep(stage, sentence, None, participant)


RINGS = (step(DialStage.PLACED, "The call is placed."), step(DialStage.RINGING, "It rings."))
ENTERS = (
    step(DialStage.ANSWERED, "Answered; waiting for the phone to enter the room."),
    step(DialStage.IN_THE_ROOM, "The phone is in the room.", person(sid("RM", 3), "+16505550199-0a1b2c3d", NOW)),
)
REFUSES = (step(DialStage.NOT_IN_THE_ROOM, "The line is busy."),)


class FakeActions:
    """Answers from a picture; what it was asked for is in its lists."""

    read_only = False

    def __init__(self, shown: Picture) -> None:
        self.picture = shown
        self.ended: list[str] = []
        self.created: list[NewRoom] = []
        self.removed: list[str] = []
        self.recorded: list[bool] = []
        self.dialled: list[Dialling] = []
        self.rules: tuple[RecordingRule, ...] = NOTHING
        self.steps: tuple[DialStep, ...] = (*RINGS, *ENTERS)
        self.steps_before_the_gate = len(self.steps)
        self.unclear = False
        self.failing: Exception | None = None
        self.unwritten: str | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def look(self, name_or_sid: str) -> Sight:
        await self.gate.wait()
        entry = self.picture.find(name_or_sid)
        assert entry is not None
        return Sight(entry.room, entry.roster or Roster((), (), NOW))

    async def end_room(self, sid: str, *, even_if_occupied: bool) -> EndResult:
        if self.failing is not None:
            raise self.failing
        sight = await self.look(sid)
        if sight.roster.connected and not even_if_occupied:
            return EndResult(EndOutcome.OCCUPIED, sight.room, sight.roster.connected)
        self.ended.append(sid)
        ended = replace(sight.room, status="completed")
        return EndResult(EndOutcome.ENDED, ended, sight.roster.connected, self.unwritten)

    async def create_room(self, new: NewRoom) -> CreateResult:
        await self._answer()
        self.created.append(new)
        if self.unclear:
            return CreateResult(CreateOutcome.UNCLEAR, None, "Twilio gave no clear answer. Look before you go on.")
        made = room(77, new.unique_name or "", NOW)
        return CreateResult(CreateOutcome.CREATED, made, unwritten=self.unwritten)

    async def remove(self, room_sid: str, participant_sid: str) -> RemoveResult:
        await self._answer()
        roster = (await self.look(room_sid)).roster
        gone = next((each for each in roster.everybody if each.sid == participant_sid), None)
        assert gone is not None
        if not gone.is_present:
            return RemoveResult(RemoveOutcome.GONE_BEFORE, gone, roster.connected)
        self.removed.append(participant_sid)
        outcome = RemoveOutcome.NOT_VERIFIED if self.unclear else RemoveOutcome.REMOVED
        return RemoveResult(outcome, gone, roster.connected - 1, self.unwritten)

    async def recording(self, room_sid: str) -> RecordingRules:
        await self.gate.wait()
        if self.failing is not None:
            raise self.failing
        return RecordingRules(room_sid, self.rules, NOW)

    async def record(self, room_sid: str, *, on: bool) -> RecordResult:
        await self._answer()
        self.recorded.append(on)
        rules = EVERYTHING if on else NOTHING
        told = RecordingRules(room_sid, rules, NOW)
        if self.rules == rules:
            return RecordResult(RecordOutcome.WAS_SO_BEFORE, told)
        outcome = RecordOutcome.NOT_VERIFIED if self.unclear else RecordOutcome.DONE
        return RecordResult(outcome, told, self.unwritten)

    async def dial(self, dialling: Dialling) -> AsyncGenerator[DialStep, None]:
        if self.failing is not None:
            raise self.failing
        self.dialled.append(dialling)
        for number, each in enumerate(self.steps):
            if number >= self.steps_before_the_gate:
                await self.gate.wait()
            yield each

    async def _answer(self) -> None:
        await self.gate.wait()
        if self.failing is not None:
            raise self.failing


@dataclass
class Stage:
    """An app with everything around it in the tests' hands."""

    app: RoomtuiApp
    board: Board
    clock: StillClock
    feed: FakeFeed
    actions: FakeActions
    written: list[str]


def stage(
    shown: Picture | None = None,
    link: Link | None = None,
    *,
    events: tuple[Event, ...] = (),
    read_only: bool = False,
    hide_personal: bool = False,
    ascii_only: bool = False,
    account: str = "acme-prod",
    caller_id: str | None = "+16505550100",
    **wishes: Any,  # more of the settings, by name
) -> Stage:
    """The app showing this picture, over this link."""
    shown = a_day() if shown is None else shown
    board, clock, feed, actions = Board(), StillClock(), FakeFeed(), FakeActions(shown)
    board.show(shown, events)
    board.link(link or Link(LinkState.LIVE))
    written: list[str] = []

    async def close() -> None:
        feed.told.append(("close", None))

    async def connect() -> Session:
        return Session(feed, actions, close)  # type: ignore[arg-type] # stands in for Actions

    settings = Settings(
        account=account,
        refresh=2.0,
        reads_per_second=20,
        reads=lambda: 0,
        read_only=read_only,
        hide_personal=hide_personal,
        ascii_only=ascii_only,
        caller_id=caller_id,
        **wishes,
    )

    async def no_program(*_: object) -> bool:
        return False

    clipboard = Clipboard(written.append, environ={"SSH_TTY": "/dev/pts/1"}, run=no_program)
    # What is shown must not hang on how long the test has taken: time goes on when the test says so.
    app = RoomtuiApp(board, clock, connect, settings, clipboard=clipboard, ticks=False)
    return Stage(app, board, clock, feed, actions, written)
