"""In which rooms people have come or gone just now: a sign beside their number, for as long as an eye needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from roomtui.rooms.changes import EventKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from roomtui.rooms.changes import Event

SHOWN: Final = 10.0
"""Seconds (Twilio's) for which it is shown."""

_STEPS: Final = {EventKind.PARTICIPANT_JOINED: 1, EventKind.PARTICIPANT_LEFT: -1}
_KEPT: Final = 500


class _Move(NamedTuple):
    people: int
    until: float


class Moves:
    """Told what happens, it tells for a while in which rooms there are more people now, and in which fewer."""

    def __init__(self) -> None:
        self._moves: dict[str, _Move] = {}

    def hear(self, news: Iterable[Event], now: datetime) -> None:
        """Know what has happened by `now` (Twilio's time)."""
        seconds = now.timestamp()
        for event in news:
            step = _STEPS.get(event.kind)
            if step is not None:
                self._moves[event.room_sid] = _Move(self._people(event.room_sid, seconds) + step, seconds + SHOWN)
        if len(self._moves) > _KEPT:
            self._moves = {sid: move for sid, move in self._moves.items() if move.until > seconds}

    def of(self, sid: str, now: datetime) -> int:
        """How many more there are in this room than a while ago: below 0 if fewer, 0 if nothing is to be shown."""
        return self._people(sid, now.timestamp())

    def _people(self, sid: str, now: float) -> int:
        move = self._moves.get(sid)
        # A recording may have been wound back: what is far ahead has not happened.
        return move.people if move is not None and now < move.until <= now + SHOWN else 0
