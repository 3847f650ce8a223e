"""A switchboard on a clock that stands still, and a customer's server that answers at once or when the test says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from roomtui.sandbox.callbacks.courier import CourierError, Reply
from roomtui.sandbox.clock import Clock
from roomtui.sandbox.voice.call import CallStatus, Instructions, PhoneCall, StatusCallback, Target
from roomtui.sandbox.voice.request import CallRequest
from roomtui.sandbox.voice.switchboard import Switchboard
from roomtui.sandbox.world.account import Account
from roomtui.sandbox.world.limits import RoomType
from roomtui.sandbox.world.room import Room, RoomSettings
from roomtui.sandbox.world.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from roomtui.sandbox.callbacks.log import Callback
    from roomtui.sandbox.voice.errands import Outcome

START = datetime(2026, 11, 20, 12, 0, 0, tzinfo=timezone.utc)
ALICE, BOB, CAROL = "+14158675309", "+14155550100", "+442071838750"
URL = "http://127.0.0.1:9999/voice"


def response(*verbs: str) -> str:
    """A TwiML document."""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{"".join(verbs)}</Response>'


def room(name: str, identity: str | None = None) -> str:
    """`<Connect><Room>`."""
    given = "" if identity is None else f' participantIdentity="{identity}"'
    return f"<Connect><Room{given}>{name}</Room></Connect>"


def xml(*verbs: str, url: str = URL) -> Reply:
    """A TwiML document from the customer's server."""
    return Reply(200, "text/xml", response(*verbs), url)


@dataclass
class Asked:
    """One request to the customer's server."""

    method: str
    url: str
    parameters: Mapping[str, str]


@dataclass
class Office:
    """Everything a call needs.

    Attributes:
        pages: what the customer's server answers, by URL without its query; anything else gets 404.
        is_slow: answers come only with `deliver`.
        asked: the requests for TwiML.
        told: the status callbacks.
    """

    pages: dict[str, Outcome] = field(default_factory=dict)
    is_slow: bool = False
    asked: list[Asked] = field(default_factory=list)
    told: list[Callback] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = Clock(start=START, speed=0.0, ticks=lambda: 0.0)
        self.world = World(self.clock, Account(sid=f"AC{'a' * 32}"), seed=1)
        self.board = Switchboard(self.world, self._errand, self.told.append, seed=1)
        self._waiting: list[tuple[Outcome, Callable[[Outcome], None]]] = []

    def _errand(self, target: Target, parameters: Mapping[str, str], then: Callable[[Outcome], None]) -> None:
        self.asked.append(Asked(target.method, target.url, parameters))
        missing = Reply(404, "text/html", "not here", target.url)
        self._waiting.append((self.pages.get(target.url.partition("?")[0], missing), then))

    def deliver(self) -> None:
        """The answers that are due arrive, and those to what they lead to at once."""
        while self._waiting:
            outcome, then = self._waiting.pop(0)
            then(outcome)

    def advance(self, seconds: float) -> None:
        """Time passes, from timer to timer; answers arrive at the moment they are asked for."""
        end = self.clock.now() + timedelta(seconds=seconds)
        self._settle()
        while (due := self.clock.next_due()) is not None and due <= end:
            self.clock.advance((due - self.clock.now()).total_seconds())
            self._settle()
        self.clock.advance((end - self.clock.now()).total_seconds())

    def _settle(self) -> None:
        self.clock.run_due()
        if not self.is_slow:
            self.deliver()

    def open_room(self, name: str = "daily", kind: RoomType = RoomType.GROUP, minutes: int = 5) -> Room:
        """A room in progress."""
        return self.world.create_room(
            RoomSettings(
                type=kind,
                max_participants=kind.seats,
                unique_name=name,
                unused_room_timeout=minutes,
                empty_room_timeout=minutes,
            )
        )

    def place(
        self,
        *verbs: str,
        to: str = ALICE,
        url: str | None = None,
        fallback: str | None = None,
        events: str = "",
        timeout: int = 60,
        time_limit: int = 14_400,
    ) -> PhoneCall:
        """A call of the REST API that is to follow some verbs, or a URL."""
        instructions = Instructions(
            twiml=None if url else response(*verbs),
            target=Target(url) if url else None,
            fallback=Target(fallback) if fallback else None,
        )
        callback = StatusCallback(Target(URL), frozenset(events.split())) if events else None
        return self.board.place(CallRequest(BOB, to, instructions, callback, timeout=timeout, time_limit=time_limit))

    def talk(self, *verbs: str, to: str = ALICE, url: str | None = None, fallback: str | None = None) -> PhoneCall:
        """A call that has just been answered."""
        call = self.place(*verbs, to=to, url=url, fallback=fallback)
        while call.is_live and call.status is not CallStatus.IN_PROGRESS:
            self.advance(1)
        assert call.is_live, "it was over at once"
        return call

    def receive(self, *verbs: str, url: str | None = None, events: str = "") -> PhoneCall:
        """Somebody calls in."""
        callback = StatusCallback(Target(URL), frozenset(events.split())) if events else None
        instructions = Instructions(target=Target(url)) if url else Instructions(twiml=response(*verbs))
        call = self.board.receive(CAROL, BOB, instructions, callback)
        self.advance(0)
        return call


def did(call: PhoneCall) -> list[str]:
    """What the call went through, without the details."""
    return [step.what for step in call.steps]


def codes(call: PhoneCall) -> list[int]:
    """The codes of its notices."""
    return [notice.code for notice in call.notices]


def no_answer() -> CourierError:
    """The customer's server is down."""
    return CourierError(11205, "cannot be connected to")
