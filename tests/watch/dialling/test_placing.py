"""Placing the call: what is written down, what is refused, and who is asked where there is no clear answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.calls import CallStatus
from roomtui.rooms.twiml import TwimlError
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import Refused, Throttled, TwilioError, Unreachable, Unsendable
from roomtui.watch.actions import DialStage, ReadOnlyError
from roomtui.watch.journal import JournalError
from tests.watch.deeds import CONTEXT, Desk, Refusing, no_clear_answer, refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

from tests.watch.dialling.phone import ANSWERED, CALL, PHONE, THEM, US, Phone, stages


async def test_the_journal_tells_who_called_whom_into_which_room_and_what_came_of_it(phone: Phone) -> None:
    phone.rings_and_is_answered()
    phone.joins("joan", at=6)
    start = phone.desk.time.now()
    await phone.told("joan")
    before, placed, after = phone.desk.lines()
    common = {
        **CONTEXT,
        "kind": "audit",
        "action": "dial",
        "id": before["id"],
        "room_sid": phone.room,
        "room_name": "Board & Co",
        "people": 1,
        "to": THEM,
        "from": US,
        "identity": "joan",
    }
    answer = {"answer": "queued", "request_id": "RQ1", "call_sid": CALL}
    assert before == {**common, "phase": "before", "at": start.isoformat()}
    assert placed == {**common, **answer, "phase": "placed", "at": start.isoformat()}
    assert after == {
        **common,
        **answer,
        "phase": "after",
        "at": phone.desk.time.now().isoformat(),
        "outcome": "in-the-room",
        "why": "The phone is in the room.",
        "call_status": "in-progress",
    }


async def test_the_line_before_is_on_disk_when_twilio_is_told(phone: Phone) -> None:
    seen: list[list[str]] = []
    phone.twilio.before["dial"] = lambda: seen.append([line["phase"] for line in phone.desk.lines()])
    phone.is_(CallStatus.BUSY, at=1)
    await phone.told()
    assert seen == [["before"]]


async def test_a_room_that_has_ended_is_called_into_by_nobody(phone: Phone) -> None:
    dialling = phone.dialling()
    phone.twilio.ends(phone.room)
    [step] = [step async for step in phone.desk.actions.dial(dialling)]
    assert (step.stage, step.call) == (DialStage.NOT_IN_THE_ROOM, None)
    assert (phone.twilio.dialled, phone.desk.lines()) == ([], [])


async def test_read_only_calls_nobody(tmp_path: Path) -> None:
    phone = Phone(Desk(tmp_path / "journal.jsonl", read_only=True))
    with pytest.raises(ReadOnlyError, match="nobody was called"):
        await phone.told()
    assert (phone.twilio.asked, phone.desk.lines()) == ([], [])


async def test_what_twiml_cannot_carry_is_said_before_anything_is_asked(phone: Phone) -> None:
    with pytest.raises(TwimlError):
        await phone.told("bell\a")
    assert (phone.twilio.asked, phone.desk.lines()) == ([], [])


async def test_what_cannot_be_written_down_calls_nobody(tmp_path: Path) -> None:
    phone = Phone(Desk(tmp_path, journal=Refusing(tmp_path / "journal.jsonl", takes=0)))
    with pytest.raises(JournalError, match="Nobody was called into room"):
        await phone.told()
    assert phone.twilio.dialled == []


@pytest.mark.parametrize(("takes", "unwritten"), [(1, [True, False, True]), (2, [False, False, True])])
async def test_what_cannot_be_written_down_later_is_told_and_the_call_followed(
    tmp_path: Path, takes: int, unwritten: list[bool]
) -> None:
    phone = Phone(Desk(tmp_path, journal=Refusing(tmp_path / "journal.jsonl", takes=takes)))
    phone.is_(ANSWERED, at=1)
    phone.joins(PHONE, at=2)
    assert [step.unwritten == "The disk is full." for step in await phone.told()] == unwritten


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (refused(21219), "refused"),
        (Throttled(status=429, code=20429, message=Untrusted("Slow"), request_id="RQ9"), "refused"),
        (Unsendable("The TwiML is too long."), "not-done"),
    ],
    ids=["400", "429", "too long"],
)
async def test_a_refusal_is_told_and_written_down(phone: Phone, answer: TwilioError, outcome: str) -> None:
    phone.twilio.trouble["dial"] = answer
    with pytest.raises(TwilioError) as told:
        await phone.told()
    assert told.value is answer
    assert [line["phase"] for line in phone.desk.lines()] == ["before", "after"]
    assert phone.desk.lines()[1]["outcome"] == outcome
    assert phone.desk.lines()[1]["request_id"] == ("RQ9" if isinstance(answer, Refused) else None)


@no_clear_answer
async def test_a_call_that_was_made_all_the_same_is_followed(phone: Phone, trouble: TwilioError) -> None:
    phone.twilio.trouble["dial"] = trouble
    phone.desk.after(1, lambda: phone.twilio.calling(THEM, US))
    phone.is_(ANSWERED, at=3)
    phone.joins(PHONE, at=4)
    steps = await phone.told()
    assert stages(steps) == [DialStage.PLACED, DialStage.ANSWERED, DialStage.IN_THE_ROOM]
    assert "no clear answer" in steps[0].sentence
    assert steps[0].call is not None
    assert steps[0].call.sid == CALL
    assert len(phone.twilio.dialled) == 1, "a phone is never called twice"
    _, placed, _ = phone.desk.lines()
    assert (placed["call_sid"], placed["answer"]) == (CALL, trouble.sentence)


@no_clear_answer
async def test_where_no_call_shows_it_is_unclear(phone: Phone, trouble: TwilioError) -> None:
    phone.twilio.trouble["dial"] = trouble
    [step] = await phone.told()
    assert (step.stage, step.call) == (DialStage.UNCLEAR, None)
    assert step.sentence.startswith(trouble.sentence.rstrip("."))
    assert step.sentence.endswith("The phone may or may not be called: look before you call again.")
    _, after = phone.desk.lines()
    assert (after["outcome"], after["call_sid"], after["answer"]) == ("unclear", None, trouble.sentence)


async def test_where_nobody_can_look_it_is_unclear(phone: Phone) -> None:
    phone.twilio.trouble["dial"] = phone.twilio.trouble["calls-to"] = Unreachable("no answer.")
    assert stages(await phone.told()) == [DialStage.UNCLEAR]
    assert phone.twilio.count("calls-to") > 1


async def test_looks_that_take_long_are_not_repeated_for_minutes(phone: Phone) -> None:
    phone.twilio.trouble["dial"] = Unreachable("no answer.")

    def hangs() -> None:
        phone.desk.time.seconds += 40
        phone.twilio.trouble["calls-to"] = Unreachable("no answer.")

    phone.twilio.before["calls-to"] = hangs
    assert stages(await phone.told()) == [DialStage.UNCLEAR]
    assert phone.twilio.count("calls-to") == 1


async def test_passing_trouble_keeps_nobody_from_finding_the_call(phone: Phone) -> None:
    phone.twilio.trouble["dial"] = phone.twilio.trouble["calls-to"] = Unreachable("no answer.")
    phone.twilio.before["dial"] = lambda: phone.twilio.calling(THEM, US)
    phone.desk.after(2, lambda: phone.twilio.trouble.pop("calls-to"))
    phone.is_(CallStatus.BUSY, at=5)
    assert stages(await phone.told()) == [DialStage.PLACED, DialStage.NOT_IN_THE_ROOM]


@pytest.mark.parametrize(
    "others",
    [
        lambda twilio: twilio.calling(THEM, "+16505550111"),
        lambda twilio: twilio.calling("+16505550111", US),
        lambda twilio: twilio.calls.update(
            {CALL: replace(twilio.calls[twilio.calling(THEM, US)], direction="outbound-dial")}
        ),
        lambda twilio: (twilio.calling(THEM, US), twilio.calling(THEM, US)),
    ],
    ids=["from another", "to another", "a leg of another call", "two"],
)
async def test_only_the_one_call_from_us_to_them_is_ours(phone: Phone, others: Callable[[object], object]) -> None:
    phone.twilio.trouble["dial"] = Unreachable("no answer.")
    phone.twilio.before["dial"] = lambda: others(phone.twilio)
    assert stages(await phone.told()) == [DialStage.UNCLEAR]


async def test_a_call_that_was_made_before_is_not_ours(phone: Phone) -> None:
    phone.twilio.calling(THEM, US)
    phone.desk.time.seconds += 60
    phone.twilio.trouble["dial"] = Unreachable("no answer.")
    assert stages(await phone.told()) == [DialStage.UNCLEAR]
