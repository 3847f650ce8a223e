from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomtui.rooms.calls import CallStatus
from roomtui.rooms.model import PHONE_PARTICIPANTS_MAX
from roomtui.rooms.twiml import TwimlError, snippet
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import CredentialsRefused, Refused, Throttled, TwilioError, Unreachable, Unsendable
from roomtui.watch.actions import Actions, Dialling, DialStage, ReadOnlyError
from roomtui.watch.journal import Journal, JournalError
from tests.watch.deeds import CONTEXT, Desk, Refusing, no_clear_answer, refused
from tests.watch.scripted import ScriptedGateway
from tests.watch.virtual import NOON, idle

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from roomtui.rooms.model import Participant
    from roomtui.watch.actions import DialStep
    from tests.watch.conftest import Twilio

THEM, US = "+16505550100", "+16505550199"
PHONE = f"{THEM}-634a594e"
CALL = "CA" + "1".rjust(32, "0")
RINGING, ANSWERED = CallStatus.RINGING, CallStatus.IN_PROGRESS
STAGES = [DialStage.PLACED, DialStage.RINGING, DialStage.ANSWERED]


class Phone:
    """A desk, a room with alice in it, and a phone that does what the script says."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.twilio = desk.twilio
        self.room = desk.twilio.opens("Board & Co")
        desk.twilio.joins(self.room, "alice")

    def dialling(self, identity: str = "", fallback_say: str = "") -> Dialling:
        return Dialling(self.twilio.rooms[self.room], THEM, US, identity, fallback_say)

    def dial(self, identity: str = "", fallback_say: str = "") -> AsyncIterator[DialStep]:
        return self.desk.actions.dial(self.dialling(identity, fallback_say))

    async def told(self, identity: str = "") -> list[DialStep]:
        return [step async for step in self.dial(identity)]

    def is_(self, status: str, *, at: float, duration: int | None = None) -> None:
        self.desk.after(at, lambda: self.twilio.call_is(CALL, status, duration=duration))

    def joins(self, identity: str, *, at: float) -> None:
        self.desk.after(at, lambda: self.twilio.joins(self.room, identity))

    def rings_and_is_answered(self) -> None:
        self.is_(RINGING, at=2)
        self.is_(ANSWERED, at=5)

    def trouble(self, what: str, error: TwilioError, *, since: float, until: float) -> None:
        self.desk.after(since, lambda: self.twilio.trouble.update({what: error}))
        self.desk.after(until, lambda: self.twilio.trouble.pop(what))


@pytest.fixture
def phone(desk: Desk) -> Phone:
    return Phone(desk)


def stages(steps: list[DialStep]) -> list[DialStage]:
    return [step.stage for step in steps]


# A call that comes into the room


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


# An identity that nobody foresees


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


# A call that does not


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


# Trouble on the way


@pytest.mark.parametrize(
    "error",
    [
        Unreachable("no answer."),
        Throttled(status=429, code=20429, message=Untrusted("Slow")),
        refused(20404, 404),
        CredentialsRefused(status=401, code=20003, message=Untrusted("Authenticate")),
    ],
    ids=["no answer", "429", "404", "401"],
)
async def test_passing_trouble_is_waited_out(phone: Phone, error: TwilioError) -> None:
    phone.is_(RINGING, at=2)
    phone.trouble("call", error, since=3, until=100)
    phone.is_(ANSWERED, at=50)
    phone.joins(PHONE, at=51)
    assert stages(await phone.told()) == [*STAGES, DialStage.IN_THE_ROOM]


async def test_trouble_with_the_room_alone_is_waited_out(phone: Phone) -> None:
    phone.rings_and_is_answered()
    phone.joins(PHONE, at=6)
    phone.trouble("participants", Unreachable("no answer."), since=5, until=30)
    assert stages(await phone.told()) == [*STAGES, DialStage.IN_THE_ROOM]


async def test_twilios_wish_for_peace_is_respected(phone: Phone) -> None:
    slow = Throttled(status=429, code=20429, message=Untrusted("Slow"), retry_after=30)
    phone.trouble("call", slow, since=1, until=10)
    phone.is_(CallStatus.BUSY, at=5)
    await phone.told()
    assert phone.desk.waited == [1.0, 30.0]


async def test_trouble_that_does_not_pass_ends_the_following(phone: Phone) -> None:
    phone.trouble("call", Unreachable("no answer"), since=3, until=1000)
    steps = await phone.told()
    assert stages(steps) == [DialStage.PLACED, DialStage.NOT_IN_THE_ROOM]
    assert steps[-1].sentence == "no answer. It is not known what became of the call."
    assert sum(phone.desk.waited) == pytest.approx(122, abs=2)


@pytest.mark.parametrize("mute", [True, False], ids=["no answer", "no status"])
async def test_the_room_tells_where_the_call_does_not(phone: Phone, mute: bool) -> None:  # noqa: FBT001 - a case
    if mute:
        phone.trouble("call", Unreachable("no answer"), since=3, until=1000)
    else:
        phone.is_("parked", at=3)
    phone.joins(PHONE, at=7)
    steps = await phone.told()
    assert stages(steps) == [DialStage.PLACED, DialStage.IN_THE_ROOM]
    assert steps[-1].participant is not None


async def test_neither_call_nor_room_tell(phone: Phone) -> None:
    phone.trouble("call", Unreachable("no answer"), since=3, until=1000)
    phone.trouble("participants", Unreachable("none either"), since=3, until=1000)
    assert (await phone.told())[-1].sentence == "no answer. It is not known what became of the call."


@settings(max_examples=40, deadline=None)
@given(
    seconds=st.lists(st.integers(0, 40), min_size=4, max_size=4),
    trouble=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), max_size=3),
    identity=st.sampled_from(["", "joan"]),
)
async def test_whatever_the_timing_the_stages_come_in_order_and_the_phone_is_found(
    seconds: list[int],
    trouble: list[tuple[int, int]],
    identity: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    phone = Phone(Desk(tmp_path_factory.mktemp("dial") / "journal.jsonl"))
    at = 0.0
    for wait, status in zip(seconds, (CallStatus.INITIATED, RINGING, ANSWERED), strict=False):
        at += wait
        phone.is_(status, at=at)
    phone.joins(identity or PHONE, at=at + seconds[3])
    for since, length in trouble:
        phone.desk.after(since, lambda: phone.twilio.trouble.update(call=Unreachable("no answer")))
        phone.desk.after(since + length, lambda: phone.twilio.trouble.pop("call", None))
    told = stages(await phone.told(identity))
    assert told[0] is DialStage.PLACED
    assert told[-1] is DialStage.IN_THE_ROOM
    assert told[1:-1] == [stage for stage in STAGES[1:] if stage in told]
    assert [line["phase"] for line in phone.desk.lines()] == ["before", "placed", "after"]


# Placing it


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


# No clear answer


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


# Who looks no more


async def test_whoever_closes_it_lets_the_call_go_on_and_leaves_a_line(phone: Phone) -> None:
    phone.is_(RINGING, at=2)
    async with aclosing(phone.desk.actions.dial(phone.dialling())) as steps:
        async for step in steps:
            if step.stage is DialStage.RINGING:
                break
    assert [line["phase"] for line in phone.desk.lines()] == ["before", "placed", "after"]
    last = phone.desk.lines()[-1]
    assert (last["outcome"], last["call_sid"]) == ("not-followed", CALL)
    assert phone.twilio.count("hang-up") == 0
    assert phone.twilio.calls[CALL].status == RINGING


@pytest.mark.parametrize("steps_seen", [1, 2, 3])
async def test_it_may_be_closed_at_every_step(phone: Phone, steps_seen: int) -> None:
    phone.rings_and_is_answered()
    phone.joins(PHONE, at=9)
    following = phone.desk.actions.dial(phone.dialling())
    for _ in range(steps_seen):
        await following.__anext__()
    await following.aclose()
    assert [line.get("outcome") for line in phone.desk.lines()] == [None, None, "not-followed"]


async def test_after_the_last_step_there_is_nothing_left_to_close(phone: Phone) -> None:
    phone.is_(CallStatus.BUSY, at=1)
    async with aclosing(phone.desk.actions.dial(phone.dialling())) as steps:
        async for step in steps:
            if step.stage.is_final:
                break
    assert [line.get("outcome") for line in phone.desk.lines()] == [None, None, "not-in-the-room"]


@pytest.mark.parametrize(
    ("at", "outcomes"),
    [
        ("room", []),
        ("dial", [None, "interrupted"]),
        ("call", [None, None, "not-followed"]),
        ("participants", [None, None, "not-followed"]),
    ],
)
async def test_who_is_cancelled_in_the_middle_leaves_a_line(phone: Phone, at: str, outcomes: list[str | None]) -> None:
    phone.rings_and_is_answered()
    waiting = asyncio.Event()

    async def never(_seconds: float = 0) -> None:
        waiting.set()
        await asyncio.Event().wait()

    arrive = phone.twilio._arrive
    dialled = phone.twilio.dialled

    async def hang(ask: object) -> None:
        await arrive(ask)  # type: ignore[arg-type]  # handed through
        what = getattr(ask, "what", "")
        if what.startswith(at) and (bool(dialled) or at == "room"):
            await never()

    phone.twilio._arrive = hang  # type: ignore[method-assign]  # one answer never comes
    told = asyncio.create_task(phone.told())
    await waiting.wait()
    await idle()
    told.cancel()
    with pytest.raises(asyncio.CancelledError):
        await told
    assert [line.get("outcome") for line in phone.desk.lines()] == outcomes


# Over HTTP


async def dialled(twilio: Twilio, path: Path, identity: str = "", **manner: str) -> list[DialStep]:
    """The steps of a call into a new room of the sandbox, whose clock goes on while we wait."""
    if manner:
        await twilio.control("POST", "/numbers", Number=THEM, **manner)
    await twilio.join(await twilio.create(UniqueName="Board & <Co>"), "alice")
    actions = Actions(
        twilio.gateway,
        Journal(path),
        twilio.clock,
        context=CONTEXT,
        sleep=twilio.advance,
        monotonic=twilio.time.monotonic,
    )
    room = (await actions.look("Board & <Co>")).room
    return [step async for step in actions.dial(Dialling(room, THEM, US, identity, "Goodbye."))]


@pytest.mark.parametrize("identity", ["", "b\"o'b <&>"])
async def test_the_sandboxs_phone_rings_is_answered_and_comes_into_the_room(
    twilio: Twilio, tmp_path: Path, identity: str
) -> None:
    steps = await dialled(twilio, tmp_path / "journal.jsonl", identity)
    assert stages(steps) == [*STAGES, DialStage.IN_THE_ROOM]
    last = steps[-1]
    assert last.participant is not None
    assert last.call is not None
    assert last.participant.identity.raw == identity or last.participant.identity.raw.startswith(f"{THEM}-")
    truth = await twilio.control("GET", f"/calls/{last.call.sid}")
    assert truth["participant_sid"] == last.participant.sid


@pytest.mark.parametrize("behaviour", ["busy", "no-answer", "failed", "reject"])
async def test_the_sandboxs_phone_that_does_not_come_says_why(twilio: Twilio, tmp_path: Path, behaviour: str) -> None:
    last = (await dialled(twilio, tmp_path / "journal.jsonl", Behaviour=behaviour))[-1]
    assert last.stage is DialStage.NOT_IN_THE_ROOM
    assert last.call is not None
    assert last.call.is_over
    assert len(last.sentence) > 10


async def test_the_sandboxs_call_whose_answer_breaks_off_is_found_and_followed(twilio: Twilio, tmp_path: Path) -> None:
    await twilio.fault("truncated", Count="1", Path=f"/2010-04-01/Accounts/{twilio.sandbox.credentials.account_sid}")
    steps = await dialled(twilio, tmp_path / "journal.jsonl")
    assert "no clear answer" in steps[0].sentence
    assert stages(steps) == [*STAGES, DialStage.IN_THE_ROOM]
    assert steps[0].call is not None
    calls = await twilio.gateway.calls_to(THEM, since=NOON)
    assert [call.sid for call in calls] == [steps[0].call.sid], "a phone is never called twice"
