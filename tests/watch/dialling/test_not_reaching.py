"""A call that does not come into the room."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.calls import CallStatus
from roomtui.rooms.model import PHONE_PARTICIPANTS_MAX
from roomtui.twilio_api.errors import Unreachable
from roomtui.watch.actions import DialStage
from tests.watch.deeds import Desk
from tests.watch.scripted import ScriptedGateway

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from roomtui.rooms.model import Participant
from tests.watch.dialling.phone import ANSWERED, CALL, PHONE, RINGING, STAGES, Phone, stages


@pytest.mark.parametrize("status", [CallStatus.BUSY, CallStatus.NO_ANSWER, CallStatus.FAILED, CallStatus.CANCELED])
async def test_a_call_that_is_not_answered_says_why(phone: Phone, status: CallStatus) -> None:
    phone.is_(RINGING, at=2)
    phone.is_(status, at=4)
    steps = await phone.told()
    assert stages(steps) == [DialStage.PLACED, DialStage.RINGING, DialStage.NOT_IN_THE_ROOM]
    assert len(steps[-1].sentence) > 10
    assert steps[-1].call is not None
    assert steps[-1].call.status == status
    assert phone.desk.lines()[-1]["outcome"] == "not-in-the-room"


async def test_each_end_has_words_of_its_own(tmp_path: Path) -> None:
    sentences = set()
    over = [CallStatus.BUSY, CallStatus.NO_ANSWER, CallStatus.FAILED, CallStatus.CANCELED, CallStatus.COMPLETED]
    for number, status in enumerate(over):
        phone = Phone(Desk(tmp_path / str(number)))
        phone.is_(status, at=4)
        sentences.add((await phone.told())[-1].sentence)
    assert len(sentences) == len(over)


def ends(phone: Phone) -> None:
    phone.twilio.ends(phone.room)


def is_no_group_room(phone: Phone) -> None:
    phone.twilio.rooms[phone.room] = replace(phone.twilio.rooms[phone.room], type="peer-to-peer")


def is_full(phone: Phone) -> None:
    phone.twilio.rooms[phone.room] = replace(phone.twilio.rooms[phone.room], max_participants=1)


def has_all_its_phones(phone: Phone) -> None:
    for number in range(PHONE_PARTICIPANTS_MAX):
        phone.twilio.joins(phone.room, f"+1650555{number:04}-634a594e")


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (ends, "not in progress"),
        (is_no_group_room, "only group rooms"),
        (is_full, "The room is full"),
        (has_all_its_phones, f"{PHONE_PARTICIPANTS_MAX} phone participants"),
    ],
)
async def test_an_answered_call_that_ends_says_what_kept_it_out(
    phone: Phone, happens: Callable[[Phone], None], why: str
) -> None:
    phone.rings_and_is_answered()
    phone.desk.after(6, lambda: happens(phone))
    phone.is_(CallStatus.COMPLETED, at=6, duration=1)
    steps = await phone.told()
    assert stages(steps) == [*STAGES, DialStage.NOT_IN_THE_ROOM]
    assert why in steps[-1].sentence
    assert phone.desk.lines()[-1]["why"] == steps[-1].sentence


async def test_an_answered_call_that_ends_says_no_more_than_is_known(phone: Phone) -> None:
    phone.rings_and_is_answered()
    phone.is_(CallStatus.COMPLETED, at=6)
    phone.trouble("room", Unreachable("no answer"), since=6, until=100)
    last = (await phone.told())[-1]
    assert (last.stage, last.participant) == (DialStage.NOT_IN_THE_ROOM, None)
    assert "without having come into the room" in last.sentence


async def test_a_phone_that_was_in_the_room_between_two_looks_is_told_to_have_left(phone: Phone) -> None:
    phone.rings_and_is_answered()

    def came_and_left() -> None:
        phone.twilio.leaves(phone.twilio.joins(phone.room, PHONE))
        phone.twilio.call_is(CALL, CallStatus.COMPLETED, duration=1)

    phone.desk.after(6, came_and_left)
    last = (await phone.told())[-1]
    assert last.stage is DialStage.NOT_IN_THE_ROOM
    assert "left the room" in last.sentence
    assert last.participant is not None
    assert last.participant.identity.raw == PHONE


async def test_patience_ends_a_minute_after_the_answer(phone: Phone) -> None:
    phone.rings_and_is_answered()
    steps = await phone.told()
    assert stages(steps) == [*STAGES, DialStage.NOT_IN_THE_ROOM]
    assert sum(phone.desk.waited) == pytest.approx(65, abs=1)
    assert "the call goes on" in steps[-1].sentence


async def test_patience_ends_where_the_room_cannot_be_looked_at(phone: Phone) -> None:
    phone.rings_and_is_answered()
    phone.trouble("participants", Unreachable("no answer"), since=5, until=200)
    assert (await phone.told())[-1].stage is DialStage.NOT_IN_THE_ROOM
    assert sum(phone.desk.waited) == pytest.approx(65, abs=1)


async def test_a_room_that_cannot_be_looked_at_is_not_told_to_be_without_the_phone(phone: Phone) -> None:
    phone.rings_and_is_answered()
    phone.joins(PHONE, at=6)
    phone.trouble("participants", Unreachable("no answer"), since=5, until=200)
    assert (await phone.told())[-1].sentence == (
        "no answer. It was answered 60 s ago; whether it is in the room is not known. The call goes on."
    )


class _AnyStatus(ScriptedGateway):
    """It lists everybody, whatever status is asked for."""

    async def participants(
        self, room_sid: str, *, status: str | None = None, urgent: bool = False
    ) -> tuple[Participant, ...]:
        await super().participants(room_sid, status=status, urgent=urgent)
        return tuple(each for each in self.people.values() if each.room_sid == room_sid)


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        ("disconnected", DialStage.NOT_IN_THE_ROOM),
        ("lobby", DialStage.NOT_IN_THE_ROOM),
        ("", DialStage.IN_THE_ROOM),
    ],
)
async def test_who_is_listed_is_in_the_room_if_they_say_nothing_else(
    tmp_path: Path, status: str, stage: DialStage
) -> None:
    phone = Phone(Desk(tmp_path / "journal.jsonl", kind=_AnyStatus))
    phone.rings_and_is_answered()

    def come() -> None:
        sid = phone.twilio.joins(phone.room, PHONE)
        phone.twilio.people[sid] = replace(phone.twilio.people[sid], status=status)

    phone.desk.after(6, come)
    assert (await phone.told())[-1].stage is stage


async def test_however_long_it_rings_it_is_followed(phone: Phone) -> None:
    phone.is_(RINGING, at=500)
    phone.is_(ANSWERED, at=1100)
    phone.joins(PHONE, at=1101)
    assert (await phone.told())[-1].stage is DialStage.IN_THE_ROOM


async def test_a_status_that_nobody_knows_is_no_step_and_no_end(phone: Phone) -> None:
    phone.is_("parked", at=1)
    phone.is_(RINGING, at=2)
    phone.is_("parked", at=3)
    phone.is_("queued", at=4)
    phone.is_(ANSWERED, at=5)
    phone.joins(PHONE, at=6)
    assert stages(await phone.told()) == [*STAGES, DialStage.IN_THE_ROOM]


async def test_a_call_that_tells_only_what_nobody_knows_is_not_followed_for_ever(phone: Phone) -> None:
    phone.is_("parked", at=1)
    steps = await phone.told()
    assert stages(steps) == [DialStage.PLACED, DialStage.NOT_IN_THE_ROOM]
    assert steps[-1].sentence == (
        "Twilio tells no status of the call that is known here. It is not known what became of the call."
    )
    assert sum(phone.desk.waited) == pytest.approx(120, abs=2)
