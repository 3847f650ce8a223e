"""The board: what is known now, and who wants to hear of it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Final, Protocol

from roomtui.rooms.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from roomtui.rooms.changes import Event
    from roomtui.watch.budget import Attention

EVENTS_KEPT: Final = 200
"""How many of the latest events a state has."""
_NOTHING: Final[frozenset[str]] = frozenset()


class LinkState(Enum):
    """How we stand with Twilio."""

    CONNECTING = "connecting"
    LIVE = "live"
    TROUBLE = "trouble"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Link:
    """How we stand with Twilio; `next_try` is when it is asked again (Twilio's time), where that is not as usual.

    `trouble` is a sentence for people, safe to show. `every` is the seconds between two looks at the rooms list, where
    it is so long that it is looked at more rarely than was wished.
    """

    state: LinkState = LinkState.CONNECTING
    trouble: str | None = None
    next_try: datetime | None = None
    every: float | None = None


@dataclass(frozen=True, slots=True)
class BoardState:
    """All there is to show: the picture, the link, and the latest events, newest first.

    `news` has the events that came with this state, in the order in which they happened.

    `changed` has the SIDs whose entry in `picture.live` was added, replaced or removed since the state before, so that
    nobody need go through all of them; None where any may have been.
    """

    picture: Picture = field(default_factory=Picture)
    link: Link = field(default_factory=Link)
    events: tuple[Event, ...] = ()
    changed: frozenset[str] | None = None
    news: tuple[Event, ...] = ()


class Board:
    """Holds the current state, replaced as a whole, and tells its subscribers. It does not know who feeds it.

    Every subscriber is told every state, in order: each tells only what has changed since the one before.
    """

    def __init__(self) -> None:
        self._state = BoardState()
        self._subscribers: list[Callable[[BoardState], object]] = []
        self._untold: deque[BoardState] = deque()
        self._broken_off = False

    @property
    def state(self) -> BoardState:
        """What is known now."""
        return self._state

    def subscribe(self, subscriber: Callable[[BoardState], object]) -> Callable[[], None]:
        """Call `subscriber` with each new state, in the event loop's thread. Returns what ends the subscription."""
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber) if subscriber in self._subscribers else None

    def show(self, picture: Picture, events: tuple[Event, ...] = (), *, changed: frozenset[str] | None = None) -> None:
        """Replace the picture; `events` join the latest ones, in the order in which they happened.

        Args:
            picture: what is known now.
            events: what happened since the last picture.
            changed: as in `BoardState`.
        """
        same = picture is self._state.picture
        if same and not events:
            return
        latest = self._state.events
        if events:
            # Something may be noticed later than what happened after it.
            newest_first = sorted((*reversed(events), *latest), key=lambda event: event.at, reverse=True)
            latest = tuple(newest_first[:EVENTS_KEPT])
        changed = _NOTHING if same else changed
        self._replace(replace(self._state, picture=picture, events=latest, changed=changed, news=events))

    def link(self, link: Link) -> None:
        """Say how we stand with Twilio."""
        if link != self._state.link:
            self._replace(replace(self._state, link=link, changed=_NOTHING, news=()))

    def restore(self, state: BoardState) -> None:
        """Replace everything: nothing of what was known holds any more."""
        self._replace(replace(state, changed=None))

    def _replace(self, state: BoardState) -> None:
        if self._broken_off:
            # Some have not been told what the state before had changed.
            state, self._broken_off = replace(state, changed=None), False
        self._state = state
        self._untold.append(state)
        if len(self._untold) > 1:
            return  # a subscriber has changed the board while it was told: whoever tells goes on with this
        try:
            while self._untold:
                for subscriber in tuple(self._subscribers):
                    subscriber(self._untold[0])
                self._untold.popleft()
        finally:
            if self._untold:
                self._untold.clear()
                self._broken_off = True


class Feed(Protocol):
    """Whoever keeps a board current: the poller today; a recording, or one poller for a whole team, tomorrow."""

    @property
    def paused(self) -> bool:
        """Whether it has been told to pause."""
        ...

    @property
    def refresh(self) -> float:
        """Seconds between two looks at the rooms list."""
        ...

    def start(self) -> None:
        """Begin. To be called in the running event loop."""
        ...

    async def stop(self) -> None:
        """End, and wait for what is under way to end."""
        ...

    def pause(self) -> None:
        """Ask nothing more until `resume`; `refresh_now` still works."""
        ...

    def resume(self) -> None:
        """Go on asking."""
        ...

    def refresh_now(self) -> None:
        """Look at everything on screen at once."""
        ...

    def set_refresh(self, seconds: float) -> None:
        """Change the seconds between two looks at the rooms list."""
        ...

    def attend(self, attention: Attention) -> None:
        """Say what is on screen: it is looked at more often."""
        ...

    def look_at(self, sid: str) -> None:
        """Look at this room at once, its recording rules included: something was done to it."""
        ...

    def ended_by_us(self, sid: str) -> None:
        """Know that this room's end is our own doing."""
        ...
