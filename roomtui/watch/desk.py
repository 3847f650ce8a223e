"""What every change at Twilio has in common: whether it may be made, and the lines it leaves in the journal."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from roomtui.twilio_api.errors import Broken, Refused, TwilioError
from roomtui.watch.journal import JournalError
from roomtui.watch.rosters import read_last_roster, read_roster

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from roomtui.rooms.clock import Clock
    from roomtui.rooms.model import Room, Roster
    from roomtui.twilio_api.gateway import Gateway
    from roomtui.watch.journal import Journal

VERIFY_TRIES: Final = 3
"""How often the result of a change is looked for: it may take Twilio a moment to show."""
VERIFY_WAIT: Final = 0.5
"""Seconds between two of these looks."""
DATE_SLACK: Final = timedelta(seconds=2)
"""Twilio's dates are whole seconds, and our idea of its time is off by less than another one."""

ResultT = TypeVar("ResultT")


class ReadOnlyError(Exception):
    """This profile or session may not change anything; `str()` is one sentence for people."""


def read_only(undone: str) -> ReadOnlyError:
    """The error where nothing may be changed; `undone` is what was therefore not done, as in "no room was created"."""
    leave_out = "Leave out --read-only, or read_only in the configuration, to change things."
    return ReadOnlyError(f"This is read-only: {undone}. {leave_out}")


@dataclass(frozen=True, slots=True)
class Sight:
    """A room and its roster, read just now."""

    room: Room
    roster: Roster


@dataclass(slots=True)
class Desk:
    """What a change is made with.

    Attributes:
        gateway: Twilio.
        journal: where the changes are written down.
        clock: Twilio's time.
        context: what every audit line says: who, host, profile, account.
        read_only: refuse everything.
        sleep: waits between two looks at the result (seconds).
        monotonic: seconds that only grow.
    """

    gateway: Gateway
    journal: Journal
    clock: Clock
    context: Mapping[str, str]
    read_only: bool
    sleep: Callable[[float], Awaitable[object]]
    monotonic: Callable[[], float]

    def may_change(self, undone: str) -> None:
        """See that something may be changed.

        Raises:
            ReadOnlyError: it may not; `undone` is what was therefore not done: "room RM... was not ended".
        """
        if self.read_only:
            raise read_only(undone)

    async def look(self, name_or_sid: str) -> Sight:
        """The room and everybody who is in it, read now.

        Raises:
            TwilioError: Twilio could not be asked or does not know the room.
        """
        room = await self.gateway.room(name_or_sid, urgent=True)
        if not room.is_live:
            return Sight(room, await read_last_roster(self.gateway, room.sid, self.clock, urgent=True))
        # Everybody: who has lost the connection for a moment is in the room all the same, and would be put out.
        roster = await read_roster(self.gateway, room.sid, self.clock, everybody=True, urgent=True)
        return Sight(room, roster)

    def audit(self, action: str, undone: str, **about: object) -> Audit:
        """The lines of one change; see `Audit`."""
        return Audit(self.journal, self.clock, action, undone, {**self.context, **about})


class Audit:
    """The lines that one change leaves in the journal, tied together by an id: one before it is made, one after.

    Args:
        journal: where they go.
        clock: Twilio's time.
        action: what is done: "end-room".
        undone: what was not done if the first line cannot be written: "room RM... was not ended".
        about: what every one of the lines says.
    """

    def __init__(self, journal: Journal, clock: Clock, action: str, undone: str, about: Mapping[str, object]) -> None:
        self._journal = journal
        self._clock = clock
        self._undone = undone
        self._common = {"kind": "audit", "action": action, "id": uuid.uuid4().hex, **about}

    async def before(self) -> None:
        """Write down what is about to be done.

        Raises:
            JournalError: it may not be done.
        """
        try:
            await self._write("before")
        except JournalError as error:
            raise JournalError(f"{_capital(self._undone)}, because it cannot be written down. {error}") from error
        except asyncio.CancelledError:
            # The line may stand there already, and nothing follows from it.
            await self.after(outcome="not-done")
            raise

    async def note(self, phase: str, **facts: object) -> str | None:
        """Write down how far it has come; a sentence if that failed, for it goes on all the same."""
        try:
            await self._write(phase, **facts)
        except JournalError as error:
            return str(error)
        return None

    async def after(self, **facts: object) -> str | None:
        """Write down what came of it; a sentence if that failed, for it cannot be undone."""
        return await self.note("after", **facts)

    async def after_error(self, error: TwilioError) -> None:
        """Write down that Twilio refused, or gave no clear answer."""
        outcome = "no-answer" if not is_plain(error) else "refused" if isinstance(error, Refused) else "not-done"
        await self.after(outcome=outcome, answer=error.sentence, request_id=request_id_of(error))

    async def _write(self, phase: str, **facts: object) -> None:
        # In a thread: a slow disk, or another writer, shall not keep the screen waiting. A thread cannot be called
        # back, so whoever is cancelled meanwhile waits for it: the lines stand in the order in which things were done.
        line = {"at": self._clock.now().isoformat(), "phase": phase, **self._common, **facts}
        writing = asyncio.ensure_future(asyncio.to_thread(self._journal.write, line))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            await asyncio.wait([writing])
            if not writing.cancelled():
                writing.exception()
            raise


@dataclass(frozen=True)  # without slots: Python 3.10 trips over generic ones
class Done(Generic[ResultT]):
    """What came of a change, and what the journal is to say of it: the outcome, Twilio's answer and its request id."""

    result: ResultT
    outcome: str
    answer: str | None = None
    request_id: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


async def attempt(audit: Audit, deed: Callable[[], Awaitable[ResultT]]) -> ResultT:
    """Write it down, and do it; where it fails, write down how.

    Raises:
        JournalError: it cannot be written down, so it was not done.
        TwilioError: as `deed`.
    """
    await audit.before()
    try:
        return await deed()
    except TwilioError as error:
        await audit.after_error(error)
        raise
    except BaseException:
        # Cancelled, or a fault of our own: it may have been done or not.
        await audit.after(outcome="interrupted")
        raise


async def carry_out(audit: Audit, deed: Callable[[], Awaitable[Done[ResultT]]]) -> tuple[ResultT, str | None]:
    """Write it down, do it, write down what came of it.

    Returns:
        What the deed came to, and a sentence where its line could not be written.

    Raises:
        JournalError: it cannot be written down, so it was not done.
        TwilioError: as `deed`.
    """
    done = await attempt(audit, deed)
    facts = {"outcome": done.outcome, "answer": done.answer, "request_id": done.request_id, **done.facts}
    return done.result, await audit.after(**facts)


def is_plain(error: TwilioError) -> bool:
    """Whether it is certain that nothing was done: Twilio refused, or nothing was sent.

    No answer is not a no, nor is one that tells of trouble: it may have been done all the same.
    """
    if isinstance(error, Refused):
        return not isinstance(error, Broken)
    return error.unsent


def unclear(error: TwilioError, what_now: str) -> TwilioError:
    """An error that tells what `error` was, and that nobody knows what came of it."""
    return TwilioError(f"{sentence(error.sentence)} {what_now}")


def sentence(text: str) -> str:
    """`text` with an end to it."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def request_id_of(error: BaseException | None) -> str | None:
    """Twilio's request id, of an error or of what it was raised from."""
    for each in (error, error.__cause__ if error is not None else None):
        if isinstance(each, Refused):
            return each.request_id
    return None


def about(room: Room) -> dict[str, object]:
    """What an audit line says of a room."""
    return {"room_sid": room.sid, "room_name": room.unique_name.raw}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
