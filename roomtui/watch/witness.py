"""What the board has seen that Twilio does not tell afterwards: how rooms ended, and whose connection was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from roomtui.rooms.model import ParticipantStatus
from roomtui.rooms.namesakes import Namesakes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from roomtui.rooms.picture import EndedRoom, LiveRoom
    from roomtui.watch.board import Board, BoardState

_ENDED_KEPT: Final = 2000
_LOST_KEPT: Final = 5000


class Witness:
    """Hears what the board is shown, and remembers of it what will be gone from there.

    Args:
        board: what is seen.
        heard: called with the rooms that have just been seen to end, or of whose end more is known.

    Attributes:
        ended: the rooms that ended before our eyes, by SID; the latest are kept.
        lost: the SIDs of the participants who were reconnecting when they were last seen.
        namesakes: all rooms that were seen, by name, and those that somebody adds.
    """

    def __init__(self, board: Board, *, heard: Callable[[Sequence[EndedRoom]], object]) -> None:
        self.ended: dict[str, EndedRoom] = {}
        self.lost: dict[str, None] = {}
        self.namesakes = Namesakes()
        self._heard = heard
        self._told: Sequence[EndedRoom] = ()
        self._live: Mapping[str, LiveRoom] = {}
        self._unsubscribe = board.subscribe(self._hear)
        self._hear(board.state)

    def stop(self) -> None:
        """Hear no more."""
        self._unsubscribe()

    def _hear(self, state: BoardState) -> None:
        live = state.picture.live
        changed = live.keys() if state.changed is None else state.changed
        self._look_at(each for sid in changed if (each := live.get(sid)) is not None)
        if state.picture.ended is not self._told:
            self._told = state.picture.ended
            self._have_ended(self._told)
        before, self._live = self._live, live
        for sid in before.keys() - live.keys() if state.changed is None else state.changed:
            # One that went without a word, as those do that nobody asks about where very many end at once.
            if sid not in live and sid not in self.ended:
                self.namesakes.remove(sid)

    def _look_at(self, rooms: Iterable[LiveRoom]) -> None:
        for each in rooms:
            self.namesakes.add(each.room)
            for participant in each.roster.present if each.roster is not None else ():
                if participant.status == ParticipantStatus.RECONNECTING:
                    self.lost.setdefault(participant.sid)
                elif participant.sid in self.lost:
                    del self.lost[participant.sid]
        while len(self.lost) > _LOST_KEPT:
            del self.lost[next(iter(self.lost))]

    def _have_ended(self, ended: Sequence[EndedRoom]) -> None:
        news = [each for each in ended if self.ended.get(each.room.sid) is not each]
        for each in reversed(news):
            self.ended[each.room.sid] = each
            self.namesakes.add(each.room)
        while len(self.ended) > _ENDED_KEPT:
            oldest = next(iter(self.ended))
            del self.ended[oldest]
            self.namesakes.remove(oldest)
        if news:
            self._heard(news)
