"""A call on its way into a room, followed to its end, with or without the dialog that placed it."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from roomtui.rooms.twiml import TwimlError
from roomtui.twilio_api.errors import TwilioError
from roomtui.watch.actions import DialStage, ReadOnlyError
from roomtui.watch.journal import JournalError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from roomtui.rooms.clock import Clock
    from roomtui.tui.session import Session
    from roomtui.watch.actions import Dialling, DialStep


class FollowedCall:
    """Places a call and gathers its steps.

    Args:
        session: the connection.
        dialling: whom to call, and into which room.
        clock: Twilio's time.
        tell: tells the person how it ended, once, where nobody watches; with whether it went wrong.
    """

    def __init__(self, session: Session, dialling: Dialling, clock: Clock, tell: Callable[[str, bool], object]) -> None:
        self.steps: list[tuple[datetime, DialStep]] = []
        self.failure: str | None = None
        self.is_over = False
        self.watcher: Callable[[], object] | None = None
        self._session = session
        self._dialling = dialling
        self._clock = clock
        self._tell = tell

    @property
    def was_placed(self) -> bool:
        """Whether Twilio may have been asked to call: then doing it again would ring twice."""
        return bool(self.steps)

    @property
    def joined(self) -> bool:
        """Whether whoever was called is in the room."""
        return bool(self.steps) and self.steps[-1][1].stage is DialStage.IN_THE_ROOM

    @property
    def outcome(self) -> str:
        """How it ended, in a sentence or two."""
        if self.failure is not None or not self.steps:
            return self.failure or "The call was not placed."
        last = self.steps[-1][1]
        return f"{last.sentence} {last.unwritten or ''}".strip()

    async def follow(self) -> None:
        """Place the call and follow it until it is decided."""
        try:
            # Closed by itself where the dashboard is left: the call goes on, and the journal says so.
            async with aclosing(self._session.actions.dial(self._dialling)) as steps:
                async for step in steps:
                    self.steps.append((self._clock.now(), step))
                    self._changed()
        except (TwilioError, ReadOnlyError, JournalError, TwimlError) as error:
            self.failure = str(error)
        self.is_over = True
        self._session.feed.look_at(self._dialling.room.sid)
        self._changed()
        if self.watcher is None:
            self._tell(self.outcome, not self.joined)

    def _changed(self) -> None:
        if self.watcher is not None:
            self.watcher()
