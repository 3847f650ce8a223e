"""Ending many rooms, one behind the other: slowly enough for the write quota, each as carefully as a single one.

Twilio takes 20 writes a second from an account, for everything that its owner runs (Rooms API, rate limits).
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, Protocol

from roomtui.rooms.words import head_count
from roomtui.twilio_api.errors import CredentialsRefused, Refused, Throttled, TwilioError
from roomtui.watch.desk import ReadOnlyError
from roomtui.watch.ending import EndOutcome
from roomtui.watch.journal import JournalError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from roomtui.watch.ending import EndResult

WRITES_PER_SECOND: Final = 3
"""So many rooms are ended in a second at the most."""
_TROUBLES: Final = 3
_LONGEST_WAIT: Final = 30.0


class Ended(Enum):
    """What came of one of many rooms. `LEFT`: it was not tried any more."""

    ENDED = "ended"
    ENDED_BEFORE = "ended-before"
    NOT_VERIFIED = "not-verified"
    OCCUPIED = "occupied"
    FAILED = "failed"
    LEFT = "left"


OVER: Final = frozenset({Ended.ENDED, Ended.ENDED_BEFORE, Ended.NOT_VERIFIED})
"""What leaves nothing more to do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A room that is to be ended, and how many the person was told are in it (None: that was not known)."""

    sid: str
    people: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one room: how many were put out of it, and why it was not ended, in a sentence for people.

    `unwritten` is a sentence where the change was made but the journal could not take its result.
    """

    sid: str
    outcome: Ended
    people: int = 0
    why: str = ""
    unwritten: str | None = None


class Ender(Protocol):
    """Whoever ends a room: `watch.actions.Actions`."""

    async def end_room(self, sid: str, *, even_if_occupied: bool) -> EndResult:
        """End it, as `Actions.end_room`."""
        ...


async def end_many(
    actions: Ender,
    wanted: Sequence[Wanted],
    *,
    stopped: Callable[[], bool] = lambda: False,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> AsyncGenerator[Step, None]:
    """End these rooms, in this order; a step for each of them.

    A room that nobody was known to be in when the person confirmed is not ended if somebody is in it now. Where
    nothing can be changed or written down, or Twilio gives no answer several times in a row, the rest is left alone.

    Args:
        actions: what ends them.
        wanted: the rooms.
        stopped: whether the person wants no more of them ended; asked before each.
        sleep: waits (seconds).
        monotonic: seconds that only grow.
    """
    give_up, troubles, next_at = "", 0, monotonic()
    for each in wanted:
        wait = next_at - monotonic()
        if wait > 0 and not give_up and not stopped():
            await sleep(wait)
        give_up = give_up or ("stopped" if stopped() else "")
        if give_up:
            yield Step(each.sid, Ended.LEFT, why=give_up)
            continue
        next_at = monotonic() + 1 / WRITES_PER_SECOND
        try:
            result = await actions.end_room(each.sid, even_if_occupied=bool(each.people))
        except (ReadOnlyError, JournalError, CredentialsRefused) as error:
            give_up = "not tried, for the same reason"
            yield Step(each.sid, Ended.FAILED, why=str(error))
        except TwilioError as error:
            troubles = troubles + 1 if _is_trouble(error) else 0
            give_up = "not tried, because Twilio gives no good answer" if troubles >= _TROUBLES else ""
            next_at = max(next_at, monotonic() + _pause(error))
            yield Step(each.sid, Ended.FAILED, why=error.sentence)
        else:
            troubles = 0
            yield _step(each, result)


def _is_trouble(error: TwilioError) -> bool:
    """Whether the next room would hardly fare better."""
    return not isinstance(error, Refused) or isinstance(error, Throttled) or error.status >= 500


def _pause(error: TwilioError) -> float:
    if not isinstance(error, Throttled):
        return 0.0
    return min(error.retry_after or 1.0, _LONGEST_WAIT)


def _step(wanted: Wanted, result: EndResult) -> Step:
    if result.outcome is EndOutcome.OCCUPIED:
        came = f"{head_count(result.people)} came in meanwhile"
        inside = f"{head_count(result.people)} {'is' if result.people == 1 else 'are'} in it, which was not known"
        why = f"{came if wanted.people is not None else inside}: not ended"
        return Step(wanted.sid, Ended.OCCUPIED, result.people, why)
    outcome = {
        EndOutcome.ENDED: Ended.ENDED,
        EndOutcome.ENDED_BEFORE: Ended.ENDED_BEFORE,
        EndOutcome.NOT_VERIFIED: Ended.NOT_VERIFIED,
    }[result.outcome]
    put_out = 0 if outcome is Ended.ENDED_BEFORE else result.people
    return Step(wanted.sid, outcome, put_out, unwritten=result.unwritten)
