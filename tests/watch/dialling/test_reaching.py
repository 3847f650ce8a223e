"""A call that comes into the room, and who of those in it is the phone."""

from __future__ import annotations

from contextlib import aclosing

import pytest

from roomtui.rooms.calls import CallStatus
from roomtui.rooms.twiml import snippet
from roomtui.watch.actions import DialStage
from tests.watch.dialling.phone import ANSWERED, PHONE, RINGING, STAGES, THEM, US, Phone, stages


async def test_a_call_is_told_step_by_step_until_the_phone_is_in_the_room(phone: Phone) -> None:
    phone.rings_and_is_answered()
    phone.joins(PHONE, at=8)
    steps = await phone.told()
    assert stages(steps) == [*STAGES, DialStage.IN_THE_ROOM]
    assert [step.call.status for step in steps if step.call is not None] == ["queued", RINGING, ANSWERED, ANSWERED]
    last = steps[-1]
    assert last.participant is not None
    assert last.participant.identity.raw == PHONE
    assert last.sentence == "The phone is in the room."
    assert not any(digits in step.sentence for step in steps for digits in ("555", "Board", "alice"))
    assert all(step.unwritten is None for step in steps)


async def test_the_call_carries_the_twiml_that_puts_it_into_the_room(phone: Phone) -> None:
    async with aclosing(phone.desk.actions.dial(phone.dialling("joan", "Goodbye."))) as steps:
        await steps.__anext__()
    [new] = phone.twilio.dialled
    assert (new.to, new.from_) == (THEM, US)
    assert new.twiml == snippet("Board & Co", identity="joan", fallback_say="Goodbye.")


async def test_the_call_is_looked_at_every_second_and_urgently_and_the_room_once_it_is_answered(phone: Phone) -> None:
    phone.rings_and_is_answered()
    phone.joins(PHONE, at=8)
    await phone.told()
    assert phone.desk.waited == [1.0] * 8
    looks = [ask for ask in phone.twilio.asked if ask.what == "call"]
    assert len(looks) <= 10
    assert all(ask.urgent for ask in phone.twilio.asked if ask.what != "dial")
    first_look = next(at for at, ask in enumerate(phone.twilio.asked) if ask.what == "call")
    answered = next(at for at, ask in enumerate(phone.twilio.asked) if at > first_look and "part" in ask.what)
    assert sum(ask.what == "call" for ask in phone.twilio.asked[:answered]) >= 5, "nothing to see there before"


async def test_a_phone_that_is_in_the_room_at_once_is_told_at_once(phone: Phone) -> None:
    phone.is_(ANSWERED, at=1)
    phone.joins(PHONE, at=1)
    assert stages(await phone.told()) == [DialStage.PLACED, DialStage.ANSWERED, DialStage.IN_THE_ROOM]
    assert phone.desk.waited == [1.0]


async def test_the_identity_that_was_asked_for_is_waited_for(phone: Phone) -> None:
    phone.rings_and_is_answered()
    phone.joins(PHONE, at=6)
    phone.joins("joan", at=9)
    steps = await phone.told("joan")
    assert steps[-1].stage is DialStage.IN_THE_ROOM
    assert steps[-1].participant is not None
    assert steps[-1].participant.identity.raw == "joan"


async def test_somebody_who_was_there_before_is_not_the_phone(phone: Phone) -> None:
    phone.twilio.joins(phone.room, "joan")
    left = phone.twilio.joins(phone.room, "joan")
    phone.twilio.leaves(left)
    phone.rings_and_is_answered()
    phone.is_(CallStatus.COMPLETED, at=20)
    assert (await phone.told("joan"))[-1].stage is DialStage.NOT_IN_THE_ROOM


async def test_an_identity_that_puts_out_its_namesake_is_the_phone(phone: Phone) -> None:
    first = phone.twilio.joins(phone.room, "joan")
    phone.rings_and_is_answered()
    phone.desk.after(7, lambda: phone.twilio.leaves(first))
    phone.joins("joan", at=7)
    last = (await phone.told("joan"))[-1]
    assert last.stage is DialStage.IN_THE_ROOM
    assert last.participant is not None
    assert last.participant.sid != first


async def test_the_only_newcomer_is_probably_the_phone(phone: Phone) -> None:
    phone.rings_and_is_answered()
    phone.joins("x7Gq", at=7)
    last = (await phone.told())[-1]
    assert last.stage is DialStage.IN_THE_ROOM
    assert "probably" in last.sentence
    assert last.participant is not None
    assert last.participant.identity.raw == "x7Gq"
    assert sum(phone.desk.waited) >= 15, "the phone's own identity is waited for first"


async def test_a_guest_who_comes_meanwhile_is_not_taken_for_the_phone(phone: Phone) -> None:
    phone.rings_and_is_answered()
    phone.joins("guest", at=6)
    phone.joins(PHONE, at=12)
    last = (await phone.told())[-1]
    assert last.participant is not None
    assert (last.participant.identity.raw, last.sentence) == (PHONE, "The phone is in the room.")


async def test_who_came_while_it_rang_is_not_the_phone(phone: Phone) -> None:
    phone.is_(RINGING, at=1)
    phone.joins("guest", at=2)
    phone.is_(ANSWERED, at=8)
    assert (await phone.told())[-1].stage is DialStage.NOT_IN_THE_ROOM


@pytest.mark.parametrize("others", [("x7Gq", "guest"), ("+16505550123-634a594e",)], ids=["two", "another phone"])
async def test_where_several_came_or_another_phone_nobody_is_taken_for_it(
    phone: Phone, others: tuple[str, ...]
) -> None:
    phone.rings_and_is_answered()
    for other in others:
        phone.joins(other, at=7)
    assert (await phone.told())[-1].stage is DialStage.NOT_IN_THE_ROOM


async def test_nobody_else_is_taken_for_an_identity_that_was_asked_for(phone: Phone) -> None:
    phone.rings_and_is_answered()
    phone.joins("x7Gq", at=7)
    assert (await phone.told("joan"))[-1].stage is DialStage.NOT_IN_THE_ROOM
