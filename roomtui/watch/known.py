"""The world as known: who is live, who has ended, who is missing, and the picture that all of it makes.

It asks nothing. What Twilio answered is told to it, in whatever order the answers arrive.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from roomtui.rooms.changes import changes
from roomtui.rooms.endings import Ending, EndingReason, ending
from roomtui.rooms.model import RoomStatus
from roomtui.rooms.picture import EndedRoom, LiveRoom, Picture
from roomtui.watch.live_rooms import LiveRooms
from roomtui.watch.rosters import kept

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from roomtui.rooms.changes import Event
    from roomtui.rooms.clock import Clock
    from roomtui.rooms.model import Room, Roster

_ENDED_KEPT: Final = timedelta(minutes=30)
_ENDED_KEPT_MAX: Final = 200
# Just after an end Twilio may answer 404 for a room that it will know again (twilio-node issue 593).
_NOT_FOUND_TOLERATED: Final = 2


class News(NamedTuple):
    """A picture, what happened since the one before, and the SIDs of the live rooms in which they differ."""

    picture: Picture
    events: tuple[Event, ...]
    changed: frozenset[str]


class Known:
    """What is known of all rooms. Nothing here goes through all of them: it follows what changes.

    Args:
        clock: Twilio's time.
        seen: called with a room in progress as soon as something new is known of it.
        gone: called with the SID of a room that is not in progress any more.

    Attributes:
        live: the rooms in progress by SID.
        as_of: when the last full list was read, or None.
    """

    def __init__(self, clock: Clock, *, seen: Callable[[LiveRoom], object], gone: Callable[[str], object]) -> None:
        self.live = LiveRooms(seen=seen, gone=gone)
        self.as_of: datetime | None = None
        self._clock = clock
        self._ended: dict[str, EndedRoom] = {}
        self._newest_first: tuple[EndedRoom, ...] | None = ()
        self._ours: set[str] = set()
        self._not_found: dict[str, int] = {}
        self._given_up: dict[str, float] = {}
        self._picture = Picture()
        self._names: dict[str, int] = {}
        self._since: datetime | None = None

    def listed(self, room: Room, began: float) -> None:
        """This room is in the list that was asked for at `began` (monotonic seconds)."""
        sid = room.sid
        self._not_found.pop(sid, None)
        # A list that was under way while the room ended must not bring it back: completed is for ever. One that was
        # only given up comes back when a later list has it.
        if sid in self._ended:
            if self._given_up.get(sid, began) >= began:
                return
            del self._ended[sid], self._given_up[sid]
            self._newest_first = None
        old = self.live.get(sid)
        if old is None:
            self.live[sid] = LiveRoom.known(room, None)
        elif old.room != room or not old.listed:
            self.live[sid] = old.told(room, old.roster)

    def unlisted(self, sid: str) -> bool:
        """This room is in the list no more. Whether it was in progress, as far as we knew."""
        live = self.live.get(sid)
        if live is not None and live.listed:
            self.live[sid] = replace(live, listed=False)
        return live is not None

    def looked_at(self, room: Room, roster: Roster | None, *, fetched: bool) -> None:
        """This is what a look at a room found; `fetched`: the room itself was asked for."""
        live = self.live.get(room.sid)
        if live is None:
            return  # it ended meanwhile
        roster = kept(roster, live.roster) if roster is not None else None
        if not room.is_live:
            self._ends(room, roster)
        elif fetched:
            self._not_found.pop(room.sid, None)
            # The same room in other words is the same room: the list, too, goes on with the words that are known.
            self.live[room.sid] = live.told(live.room if live.room == room else room, roster)
        elif live.listed:
            self.live[room.sid] = live.told(live.room, roster)

    def not_found(self, sid: str, now: float) -> None:
        """Twilio says that it knows no such room; `now` in monotonic seconds."""
        live = self.live.get(sid)
        if live is None or live.listed:
            return
        times = self._not_found.get(sid, 0) + 1
        self._not_found[sid] = times
        if times >= _NOT_FOUND_TOLERATED:
            self.give_up(sid, now)

    def give_up(self, sid: str, now: float) -> None:
        """This room left the list, and how it ended will not be known; `now` in monotonic seconds."""
        live = self.live.get(sid)
        if live is None or live.listed:
            return
        # Neither listed nor known: it is gone, and how it ended nobody tells any more. A word of our own for its status
        # would make it live.
        self._ends(replace(live.room, status=RoomStatus.COMPLETED.value), None)
        self._given_up[sid] = now

    def ended_by_us(self, sid: str) -> None:
        """This room's end is our own doing."""
        self._ours.add(sid)
        ended = self._ended.get(sid)
        if ended is not None:
            self._ended[sid] = replace(ended, ending=Ending(EndingReason.ENDED_BY_US))
            self._newest_first = None

    def forget_old_endings(self) -> None:
        """Keep the latest ends only."""
        now = self._clock.now()
        kept = self._ended_newest_first()[:_ENDED_KEPT_MAX]
        kept = tuple(ended for ended in kept if now - ended.noticed_at < _ENDED_KEPT)
        if len(kept) < len(self._ended):
            self._ended = {ended.room.sid: ended for ended in kept}
            self._newest_first = kept
        self._given_up = {sid: at for sid, at in self._given_up.items() if sid in self._ended}
        self._ours = {sid for sid in self._ours if sid in self._ended or sid in self.live}

    def develop(self) -> News:
        """Make a picture of what is known now; the same one where nothing has changed."""
        before = self._picture
        live, changed = self.live.changed()
        ended = self._ended_newest_first()
        if changed or ended is not before.ended or self.as_of != before.as_of:
            self._picture = Picture.counted(live, ended, self.as_of, **self.live.counts)
        after = self._picture
        if self._since is None:
            self._since = before.as_of
        events = changes(before, after, self._clock.now(), changed=changed, names=self._names, since=self._since)
        for sid in changed:
            self._follow_name(before.live.get(sid), after.live.get(sid))
        return News(after, events, frozenset(changed))

    def _ends(self, room: Room, roster: Roster | None) -> None:
        sid = room.sid
        live = self.live.pop(sid, None)
        self._not_found.pop(sid, None)
        why = ending(
            room,
            roster,
            ended_by_us=sid in self._ours,
            last_deadline=live.deadline if live is not None else None,
        ) or Ending(EndingReason.UNKNOWN, certain=False)
        self._ended[sid] = EndedRoom(room, roster, why, self._clock.now())
        self._newest_first = None

    def _ended_newest_first(self) -> tuple[EndedRoom, ...]:
        if self._newest_first is None:
            self._newest_first = tuple(sorted(self._ended.values(), key=lambda each: each.ended_at, reverse=True))
        return self._newest_first

    def _follow_name(self, old: LiveRoom | None, new: LiveRoom | None) -> None:
        """Count the live rooms of each name: who has one is asked of every room that opens."""
        names = self._names
        was = old.room.unique_name.raw if old is not None else None
        name = new.room.unique_name.raw if new is not None else None
        if name == was:
            return
        if name is not None:
            names[name] = names.get(name, 0) + 1
        if was is not None:
            names[was] -= 1
            if not names[was]:
                del names[was]
