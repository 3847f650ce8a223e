"""Calling a phone and putting it into a room: one call, placed once, and followed until it is there or over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from roomtui.rooms.calls import NewCall
from roomtui.rooms.twiml import snippet
from roomtui.twilio_api.errors import TwilioError
from roomtui.watch.desk import DATE_SLACK, about, attempt, is_plain, request_id_of, sentence
from roomtui.watch.following import DialStage, DialStep, Following

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from datetime import datetime

    from roomtui.rooms.calls import Call
    from roomtui.rooms.model import Room
    from roomtui.watch.desk import Desk

_FIND_TRIES: Final = 4
_FIND_WAIT: Final = 1.0
# Where Twilio does not answer at all each look takes long: then no other one is begun after so many seconds.
_FIND_WITHIN: Final = 30.0
# Not the further legs of somebody else's call.
_BY_API: Final = frozenset({None, "outbound-api"})


@dataclass(frozen=True, slots=True)
class Dialling:
    """Who is to be called into which room: `to` and `from_` as E.164.

    An empty `identity` lets Twilio make one up; `fallback_say` is spoken where the room cannot be entered, without it
    the call is hung up there.
    """

    room: Room
    to: str
    from_: str
    identity: str = ""
    fallback_say: str = ""


@dataclass(frozen=True, slots=True)
class _Placed:
    """What came of placing a call, for the journal; `call` is None where nobody knows."""

    call: Call | None
    answer: str
    request_id: str | None
    was_clear: bool = True


async def dial(desk: Desk, dialling: Dialling) -> AsyncGenerator[DialStep, None]:
    """Call the phone, and tell how far it has come; see `Actions.dial`."""
    room = dialling.room
    undone = f"nobody was called into room {room.sid}"
    desk.may_change(undone)
    twiml = snippet(room.unique_name.raw, identity=dialling.identity, fallback_say=dialling.fallback_say)
    sight = await desk.look(room.sid)
    if not sight.room.is_live:
        yield DialStep(DialStage.NOT_IN_THE_ROOM, "The room has ended, so nobody was called.", None, None)
        return
    audit = desk.audit(
        "dial",
        undone,
        **about(sight.room),
        people=sight.roster.connected,
        to=dialling.to,
        **{"from": dialling.from_},
        identity=dialling.identity,
    )
    placed = await attempt(audit, lambda: _place(desk, dialling, twiml))
    facts: dict[str, object] = {"answer": placed.answer, "request_id": placed.request_id}
    if placed.call is None:
        unwritten = await audit.after(outcome=DialStage.UNCLEAR.value, call_sid=None, **facts)
        told = f"{sentence(placed.answer)} The phone may or may not be called: look before you call again."
        yield DialStep(DialStage.UNCLEAR, told, None, None, unwritten)
        return
    facts["call_sid"] = placed.call.sid
    following = Following(desk, dialling, sight.roster, placed.call)
    settled = False
    try:
        # Whatever happens to us from here on, the journal knows which call it was.
        unwritten = await audit.note("placed", **facts)
        told = "The call is placed." if placed.was_clear else "Twilio gave no clear answer, but the call is there."
        step = DialStep(DialStage.PLACED, told, placed.call, None, unwritten)
        while not step.stage.is_final:
            yield step
            step = await following.next_step()
        settled = True
        status = step.call.status if step.call is not None else None
        unwritten = await audit.after(outcome=step.stage.value, why=step.sentence, call_status=status, **facts)
        yield replace(step, unwritten=unwritten)
    finally:
        if not settled:
            # Nobody looks any more; the call goes on.
            await audit.after(outcome="not-followed", **facts)


async def _place(desk: Desk, dialling: Dialling, twiml: str) -> _Placed:
    """Place the call, once; where Twilio gave no clear answer, look for it.

    Raises:
        TwilioError: nobody was called.
    """
    asked_at = desk.clock.now()
    try:
        call, request_id = await desk.gateway.dial(NewCall(to=dialling.to, from_=dialling.from_, twiml=twiml))
    except TwilioError as error:
        if is_plain(error):
            raise
        # No answer is not a no: the phone may ring already, and is not to be called twice.
        found = await _find(desk, dialling, asked_at.replace(microsecond=0) - DATE_SLACK)
        return _Placed(found, error.sentence, request_id_of(error), was_clear=False)
    return _Placed(call, call.status, request_id)


async def _find(desk: Desk, dialling: Dialling, since: datetime) -> Call | None:
    """The one call from our number to theirs that was made since; None where there is none, or more than one."""
    began = desk.monotonic()
    for tried in range(_FIND_TRIES):
        if tried:
            if desk.monotonic() - began >= _FIND_WITHIN:
                break
            await desk.sleep(_FIND_WAIT)
        try:
            calls = await desk.gateway.calls_to(dialling.to, since=since, urgent=True)
        except TwilioError:
            continue
        ours = [
            call
            for call in calls
            if call.from_.raw == dialling.from_
            and call.direction in _BY_API
            and (call.date_created is None or call.date_created >= since)
        ]
        if ours:
            return ours[0] if len(ours) == 1 else None
    return None
