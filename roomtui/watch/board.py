"""The board: what is known now, and who wants to hear of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Final, Protocol

from roomtui.rooms.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from roomtui.rooms.changes import Event
    from roomtui.watch.budget import Attention

_EVENTS_KEPT: Final = 200


class LinkState(Enum):
    """How we stand with Twilio."""

    CONNECTING = "connecting"
    LIVE = "live"
    TROUBLE = "trouble"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Link:
    """How we stand with Twilio; `next_try` is when it is asked again (Twilio's time), where that is not as usual.

    `trouble` is a sentence for people, safe to show.
    """

    state: LinkState = LinkState.CONNECTING
    trouble: str | None = None
    next_try: datetime | None = None


@dataclass(frozen=True, slots=True)
class BoardState:
    """All there is to show: the picture, the link, and the latest events, newest first."""

    picture: Picture = field(default_factory=Picture)
    link: Link = field(default_factory=Link)
    events: tuple[Event, ...] = ()


class Board:
    """Holds the current state, replaced as a whole, and tells its subscribers. It does not know who feeds it."""

    def __init__(self) -> None:
        self._state = BoardState()
        self._subscribers: list[Callable[[BoardState], object]] = []

    @property
    def state(self) -> BoardState:
        """What is known now."""
        return self._state

    def subscribe(self, subscriber: Callable[[BoardState], object]) -> Callable[[], None]:
        """Call `subscriber` with each new state, in the event loop's thread. Returns what ends the subscription."""
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber) if subscriber in self._subscribers else None

    def show(self, picture: Picture, events: tuple[Event, ...] = ()) -> None:
        """Replace the picture; `events` join the latest ones, in the order in which they happened."""
        if picture is self._state.picture and not events:
            return
        latest = self._state.events
        if events:
            # Something may be noticed later than what happened after it.
            newest_first = sorted((*reversed(events), *latest), key=lambda event: event.at, reverse=True)
            latest = tuple(newest_first[:_EVENTS_KEPT])
        self._replace(replace(self._state, picture=picture, events=latest))

    def link(self, link: Link) -> None:
        """Say how we stand with Twilio."""
        if link != self._state.link:
            self._replace(replace(self._state, link=link))

    def _replace(self, state: BoardState) -> None:
        self._state = state
        for subscriber in tuple(self._subscribers):
            # Not `state`: a subscriber may have replaced it, and nobody shall be told the older one last.
            subscriber(self._state)


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
