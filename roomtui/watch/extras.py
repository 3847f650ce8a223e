"""What is read beside the rosters, where the budget has something left: recording rules, and who publishes what.

Nobody loses a countdown over it: rosters go first. Where they would take all there is, one read in twenty is for these.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from roomtui.rooms.model import RoomType, Tracks
from roomtui.twilio_api.errors import Broken, Refused, Throttled, TwilioError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, MutableMapping

    from roomtui.rooms.clock import Clock
    from roomtui.rooms.model import Room
    from roomtui.rooms.picture import LiveRoom
    from roomtui.twilio_api.gateway import Gateway
    from roomtui.watch.budget import Attention, ReadBudget

# How old each may grow, in seconds, before it is worth a read.
_IN_DETAIL: Final = 5.0
_ON_SCREEN: Final = 60.0
# What is not known at all counts as this many times too old.
_UNKNOWN: Final = 5.0
# At most four a second: a room of fifty would have ten to read.
_EVERY: Final = 0.25
# Where nothing was worth it, look again after so long.
_IDLE: Final = 1.0
# Where rosters take all there is, one read in so many.
_SHARE: Final = 20
# What Twilio refuses now it refuses in five seconds, too.
_AFTER_REFUSAL: Final = 60.0
_WITHOUT_MEDIA_SERVER: Final = frozenset({RoomType.PEER_TO_PEER, RoomType.GO})


@dataclass(frozen=True, slots=True)
class Extra:
    """One thing to read: what this participant publishes, or without a participant the room's recording rules."""

    room_sid: str
    participant_sid: str | None = None


def has_rules(room: Room) -> bool:
    """Whether the room has recording rules: nothing is recorded without a media server."""
    return room.type not in _WITHOUT_MEDIA_SERVER


def worth_having(rooms: Mapping[str, LiveRoom], attention: Attention) -> Iterator[tuple[Extra, float]]:
    """What a person at the screen may see, and how old it may grow (seconds); what matters more comes first.

    Rules of the rooms on screen; of the selected room, where more of it is shown than its row, also who publishes
    what. Nothing of a room that has left the list: it has ended, most likely.
    """
    selected = rooms.get(attention.selected or "") if attention.detail else None
    if selected is not None and selected.listed:
        sid = selected.room.sid
        if has_rules(selected.room):
            yield Extra(sid), _IN_DETAIL
        for participant in selected.roster.present if selected.roster is not None else ():
            yield Extra(sid, participant.sid), _IN_DETAIL
    for sid in sorted(attention.visible):
        live = rooms.get(sid)
        if live is not None and live is not selected and live.listed and has_rules(live.room):
            yield Extra(sid), _ON_SCREEN


class Extras:
    """Reads them, one at a time and four a second at most, and puts them to the rooms.

    Whatever goes wrong leaves what was known as it is; it has its age.

    Args:
        gateway: Twilio.
        rooms: the live rooms by SID; what is learnt is put there.
        clock: Twilio's time.
        budget: counts what went out.
        monotonic: seconds that only grow.
        learnt: called after a room was changed.
        failed: called with a room's SID where we ourselves failed.
    """

    def __init__(
        self,
        gateway: Gateway,
        rooms: MutableMapping[str, LiveRoom],
        clock: Clock,
        budget: ReadBudget,
        *,
        monotonic: Callable[[], float],
        learnt: Callable[[], None],
        failed: Callable[[str, Exception], None],
    ) -> None:
        self._gateway = gateway
        self._rooms = rooms
        self._clock = clock
        self._budget = budget
        self._monotonic = monotonic
        self._learnt = learnt
        self._failed = failed
        self._read_at: dict[Extra, float] = {}
        self._rules_of: dict[str, float] = {}
        self._tasks: dict[Extra, asyncio.Task[None]] = {}
        self._last = float("-inf")
        self._total_then = 0
        self._looked_for: Attention | None = None
        self._found_nothing = float("-inf")
        self._stopped = False

    @property
    def under_way(self) -> int:
        """How many are being read."""
        return len(self._tasks)

    def read_next(self, attention: Attention, *, spare: bool) -> None:
        """Begin to read what is most worth it, if it is time for it.

        Args:
            attention: what is on screen.
            spare: whether the rosters leave something.
        """
        now = self._monotonic()
        if self._stopped or now - self._last < _EVERY:
            return
        if not spare and self._budget.total - self._total_then < _SHARE:
            return
        if attention == self._looked_for and now - self._found_nothing < _IDLE:
            return
        self._looked_for = attention
        extra = self._most_worth(attention, now)
        if extra is None:
            self._found_nothing = now
            return
        self._last = now
        self._total_then = self._budget.total
        task = self._tasks[extra] = asyncio.ensure_future(self._read(extra))
        task.add_done_callback(lambda _: self._tasks.pop(extra, None))

    async def read_rules(self, room_sid: str) -> None:
        """Read the room's rules now: a person waits for them. Raises no `TwilioError`."""
        live = self._rooms.get(room_sid)
        if live is not None and has_rules(live.room):
            await self._read(Extra(room_sid), urgent=True)

    def forget(self, room_sid: str) -> None:
        """The room has ended."""
        self._rules_of.pop(room_sid, None)
        self._read_at = {extra: at for extra, at in self._read_at.items() if extra.room_sid != room_sid}

    async def settled(self) -> None:
        """Wait until none is being read."""
        while self._tasks:
            await asyncio.wait(self._tasks.values())  # `gather` lets nobody else go on where all are done

    async def stop(self) -> None:
        """Cancel what is under way, and begin nothing more."""
        self._stopped = True
        for task in self._tasks.values():
            task.cancel()
        await self.settled()

    def _most_worth(self, attention: Attention, now: float) -> Extra | None:
        best, most = None, 1.0
        for extra, fitting in worth_having(self._rooms, attention):
            age = now - self._read_at.setdefault(extra, now - _UNKNOWN * fitting)
            if extra not in self._tasks and (age / fitting > most or (best is None and age >= fitting)):
                best, most = extra, age / fitting
        return best

    async def _read(self, extra: Extra, *, urgent: bool = False) -> None:
        if extra.room_sid not in self._rooms:
            return
        began = self._read_at[extra] = self._monotonic()
        try:
            if extra.participant_sid is None:
                await self._read_rules(extra.room_sid, began, urgent=urgent)
            else:
                await self._read_tracks(extra.room_sid, extra.participant_sid)
        except TwilioError as error:
            refused = isinstance(error, Refused) and not isinstance(error, (Throttled, Broken))
            if refused and extra in self._read_at:  # else the room has ended, and is forgotten
                self._read_at[extra] = began + _AFTER_REFUSAL
        except Exception as error:  # noqa: BLE001 - nobody awaits it, and unseen it would leave old rules looking new
            self._failed(extra.room_sid, error)

    async def _read_rules(self, sid: str, began: float, *, urgent: bool) -> None:
        rules = await self._gateway.recording_rules(sid, urgent=urgent)
        live = self._rooms.get(sid)
        # An answer that was long on its way must not undo what was asked for later.
        if live is None or self._rules_of.get(sid, began) > began:
            return
        self._rules_of[sid] = began
        self._rooms[sid] = replace(live, recording=rules)
        self._learnt()

    async def _read_tracks(self, sid: str, participant_sid: str) -> None:
        published = await self._gateway.published_tracks(sid, participant_sid)
        live = self._rooms.get(sid)
        if live is None or live.roster is None or all(each.sid != participant_sid for each in live.roster.present):
            return  # they have left meanwhile
        self._rooms[sid] = live.publishing(participant_sid, Tracks(published, self._clock.now()))
        self._learnt()
