"""What is amiss while the rooms list comes as it should: rooms that cannot be read, a time that cannot be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.rooms.countdown import span
from roomtui.rooms.words import plural

if TYPE_CHECKING:
    from collections.abc import Callable

    from roomtui.watch.budget import Attention


class Ailments:
    """Remembers what a person must be told, for as long as it is so.

    Args:
        doubt: the seconds by which the time of Twilio's answers has jumped lately, None where it has not.
    """

    def __init__(self, doubt: Callable[[], float | None]) -> None:
        self._doubt = doubt
        self._failed: dict[str, str] = {}
        self._lost: set[str] = set()

    def failed(self, sid: str, sentence: str) -> None:
        """This room could not be read, for the reason that `sentence` says."""
        self._failed[sid] = sentence

    def lost(self, sid: str, sentence: str) -> None:
        """Twilio says that it does not know this room, and lists it: the second time that is no chance any more.

        The first time it has ended since it was listed, as a rule.
        """
        if sid in self._lost:
            self.failed(sid, sentence)
        self._lost.add(sid)

    def well(self, sid: str) -> None:
        """This room was read, or has ended."""
        self._failed.pop(sid, None)
        self._lost.discard(sid)

    def told(self, attention: Attention) -> str | None:
        """A sentence on what is amiss with what is on screen; None where nothing is."""
        if attention.selected in self._failed:
            return self._failed[attention.selected]
        ailing = [sid for sid in self._failed if sid in attention.visible]
        if ailing:
            return f"Who is in {plural(len(ailing), 'room')} here could not be read: {self._failed[ailing[0]]}"
        jump = self._doubt()
        if jump is None:
            return None
        return f"The time in Twilio's answers has jumped by {span(round(jump))}: the countdowns may be wrong"
