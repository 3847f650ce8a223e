"""One look at one room: what of it to ask Twilio for, and what the answers say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from roomtui.rooms.model import RoomStatus
from roomtui.watch.rosters import Turns, read_last_roster, read_roster

if TYPE_CHECKING:
    from collections.abc import Callable

    from roomtui.rooms.clock import Clock
    from roomtui.rooms.picture import LiveRoom
    from roomtui.twilio_api.gateway import Gateway
    from roomtui.watch.budget import Attention
    from roomtui.watch.known import Known
    from roomtui.watch.looks import Looks

# How often those who left the selected room are asked for even if nobody is missing (seconds).
_IN_FULL_EVERY: Final = 6.0
# How often the selected room itself is asked for: between two times the list and those who are in it tell (seconds).
_FETCHED_EVERY: Final = 1.5
# On screen an end is noticed within so many seconds, be the list as long as it may.
_NOTICED_WITHIN: Final = 5.0


class RoomReading:
    """Reads rooms, each with its roster, into what is known.

    Args:
        gateway: Twilio.
        known: where it goes.
        looks: is told which rooms that left the list are there after all.
        clock: Twilio's time.
        monotonic: seconds that only grow.
        list_interval: seconds between two looks at the rooms list by now.
    """

    def __init__(
        self,
        gateway: Gateway,
        known: Known,
        looks: Looks,
        clock: Clock,
        *,
        monotonic: Callable[[], float],
        list_interval: Callable[[], float],
    ) -> None:
        self._gateway = gateway
        self._known = known
        self._looks = looks
        self._clock = clock
        self._monotonic = monotonic
        self._list_interval = list_interval
        self._turns = Turns()
        self._in_full: tuple[str, float] | None = None
        self._fetched: tuple[str, float] | None = None

    async def read(self, live: LiveRoom, attention: Attention, *, briefly: bool, urgent: bool) -> None:
        """Ask for the roster of this room, and for the room itself where the list does not tell enough.

        Args:
            live: the room, as it is known so far.
            attention: what a person looks at.
            briefly: whether to know a little of it is enough.
            urgent: whether a person waits for it.

        Raises:
            TwilioError: no answer, or none of use.
        """
        sid, room, roster = live.room.sid, live.room, live.roster
        selected = sid == attention.selected
        fetched = (
            (selected and self._is_time_to_fetch(sid))
            or urgent
            or not live.listed
            or (sid in attention.visible and self._may_have_ended_unseen(live))
        )
        if fetched:
            room = await self._gateway.room(sid, urgent=urgent)
            if not live.listed and room.is_live and room.status != RoomStatus.IN_PROGRESS:
                # Neither listed nor said to be in progress: as good as not known.
                self._known.not_found(sid, self._monotonic())
                return
        if room.is_live:
            turn = None if urgent or sid not in self._known.live else self._turns.next(sid)
            roster = await read_roster(
                self._gateway,
                sid,
                self._clock,
                before=live.roster,
                everybody=selected and self._is_time_for_all_of(sid),
                briefly=briefly,
                closely=selected or sid in attention.visible,
                still_empty=turn,
                urgent=urgent,
            )
            if not fetched and not roster.present and live.roster is not None and live.roster.present:
                # Everybody gone at once: they left, or the room ended, and then there is no countdown to show.
                fetched = True
                room = await self._gateway.room(sid, urgent=urgent)
        if not room.is_live:
            roster = await read_last_roster(self._gateway, sid, self._clock, urgent=urgent)
        if fetched and room.is_live:
            # One that is missing from the list but in progress was missed between two pages: it is there.
            self._looks.found(sid)
        self._known.looked_at(room, roster, fetched=fetched)

    def forget(self, sid: str) -> None:
        """This room has ended."""
        self._turns.forget(sid)

    def _may_have_ended_unseen(self, live: LiveRoom) -> bool:
        """Whether to ask for a room on screen itself: it is empty, and the list is too long to be read often.

        Where people are in it they tell: they are all gone when it ends.
        """
        has_people = live.roster is not None and live.roster.present
        return not has_people and self._list_interval() > _NOTICED_WITHIN

    def _is_time_to_fetch(self, sid: str) -> bool:
        """Whether to ask for the selected room itself: when it is chosen, and every other time that it is read."""
        now = self._monotonic()
        if self._fetched is not None and self._fetched[0] == sid and now - self._fetched[1] < _FETCHED_EVERY:
            return False
        self._fetched = sid, now
        return True

    def _is_time_for_all_of(self, sid: str) -> bool:
        """Whether to ask for those who left the selected room, too: when it is chosen, and now and then."""
        now = self._monotonic()
        if self._in_full is not None and self._in_full[0] == sid and now - self._in_full[1] < _IN_FULL_EVERY:
            return False
        self._in_full = sid, now
        return True
