"""Boards that live through something, at random or by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from roomtui.rooms.changes import changes
from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.model import Participant, ParticipantStatus, Roster, Track, Tracks
from roomtui.rooms.picture import EndedRoom, LiveRoom, Picture
from roomtui.rooms.recording import EVERYTHING, RecordingRules
from roomtui.rooms.untrusted import Untrusted
from roomtui.watch.board import Board, Link, LinkState
from tests.rooms.builders import CREATED, room

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.rooms.model import Room

NAMES = ("stand-up", "\ud800\x1b]52;c;x\x07", "東京", "call +16505551234", "")
STEPS = ("open", "join", "leave", "read", "rules", "tracks", "end", "unlist", "trouble", "live", "nothing")

histories = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 4), st.integers(0, 3)), max_size=40)
"""What happens, to which room, by whom."""


class Clock:
    """The time of a history."""

    def __init__(self) -> None:
        self.time: datetime = CREATED

    def now(self) -> datetime:
        return self.time


class Life:
    """A board, and what happens to it; each happening takes two seconds."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.board = Board()
        self._sids = 0

    def live_through(self, step: str, which: int, who: int) -> None:
        """One step of a history."""
        self.clock.time += timedelta(seconds=2)
        picture = self.board.state.picture
        live = dict(picture.live)
        ended = picture.ended
        sid = next((sid for number, sid in enumerate(live) if number == which), None)
        if step == "trouble":
            self.board.link(Link(LinkState.TROUBLE, "Twilio did not answer.", self.clock.time, 4.0))
        elif step == "live":
            self.board.link(Link(LinkState.LIVE))
        elif step == "nothing":
            return
        elif step == "open":
            opened = self._room(NAMES[which], who)
            live[opened.sid] = LiveRoom.known(opened, None)
            self._show(live, ended, {opened.sid})
        elif sid is not None:
            self._happen(step, who, sid, live, ended)

    def _happen(self, step: str, who: int, sid: str, live: dict[str, LiveRoom], ended: tuple[EndedRoom, ...]) -> None:
        entry, now = live[sid], self.clock.time
        roster = entry.roster or Roster((), (), now)
        if step == "join":
            came = self._person(sid, who)
            live[sid] = entry.told(entry.room, replace(roster, present=(*roster.present, came), as_of=now))
        elif step == "leave":
            gone = tuple(replace(each, status="disconnected", end_time=now) for each in roster.present[:1])
            lacking = None if who % 2 else ParticipantStatus.RECONNECTING
            left = Roster(roster.present[1:], (*(roster.gone or ()), *gone), now, lacking)
            live[sid] = entry.told(entry.room, left)
        elif step == "read":
            live[sid] = entry.told(entry.room, replace(roster, as_of=now, gone=None if roster.present else roster.gone))
        elif step == "rules":
            live[sid] = replace(entry, recording=RecordingRules(sid, EVERYTHING, now))
        elif step == "tracks" and roster.present:
            of = roster.present[0].sid
            audio = Track(sid=f"MT{int(now.timestamp()):032x}", participant_sid=of, name=Untrusted("mic"), kind="audio")
            live[sid] = entry.publishing(of, Tracks((audio,), now))
        elif step == "unlist":
            live[sid] = replace(entry, listed=False)
        elif step == "end":
            del live[sid]
            over = replace(entry.room, status="completed", end_time=now)
            ending = Ending(EndingReason.EMPTY_ROOM, certain=bool(who % 2))
            ended = (EndedRoom(over, entry.roster, ending, now), *ended)[:3]
        self._show(live, ended, {sid})

    def _show(self, live: dict[str, LiveRoom], ended: tuple[EndedRoom, ...], changed: set[str]) -> None:
        picture = Picture(MappingProxyType(live), ended, self.clock.time)
        events = changes(self.board.state.picture, picture, self.clock.time, since=CREATED)
        self.board.show(picture, events, changed=frozenset(changed))

    def _room(self, name: str, who: int) -> Room:
        self._sids += 1
        sid = f"RM{self._sids:032x}"
        return room(name or sid, sid=sid, created=self.clock.time, more={"new_field": [1, None]}, seats=2 + who)

    def _person(self, room_sid: str, who: int) -> Participant:
        self._sids += 1
        return Participant(
            sid=f"PA{self._sids:032x}",
            room_sid=room_sid,
            status="connected",
            identity=Untrusted(("alice", "[b]bob", "+16505551234-634a", "\x00")[who]),
            start_time=self.clock.time,
        )
